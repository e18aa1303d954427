"""What of an event's data is looked through: fields that nobody declared, and free text. Pure.

A declared text is free where no pattern, no list of words and no length up to MOST_NAME bounds it, or where a person may write
it; numbers, times, codes and names of devices are none. What the data directory marks as sensitive is not
looked through: it is where it belongs.
"""

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from msgspec import Struct, inspect
from msgspec.structs import replace

from streams.catalogue.entry import PersonalMark
from streams.messages.words import Sealed
from streams.risk.values import kinds

MOST_NAME = 100
"""Characters of a declared text up to which it is a name or a code; 本系统默认 (a default of this system)."""

MOST_PATH = 200
UNNAMED = "?"
"""What stands for a name of a field that is none: it may itself be what must not be repeated."""

MarkOf = Callable[[type, str], PersonalMark]
"""How the data directory marks a field of a struct."""


class Glimpse(Struct, frozen=True):
    """One place that is looked at: its path, the text there, whether somebody declared it, and its mark."""

    path: str
    text: str
    declared: bool = False
    mark: PersonalMark = "none"


def named(name: str, least: int = 6) -> str:
    """A name as it may be repeated: one of letters, with fewer than `least` digits and 40 characters at most.

    >>> named("probe_temp2"), named("温度"), named("13800138000"), named("x" * 41), named("<b>")
    ('probe_temp2', '温度', '?', '?', '?')
    """
    plain = len(name) <= 40 and name.replace("-", "_").isidentifier()
    return name if plain and sum(map(str.isdecimal, name)) < least and not kinds(name) else UNNAMED


def looked(data: Any, struct: type[Struct], mark_of: MarkOf) -> Iterator[Glimpse]:
    """All that is to be looked at in data that should be of this struct."""
    if isinstance(data, dict):
        for seen in _struct(data, struct, "", mark_of):
            yield replace(seen, path=seen.path[:MOST_PATH])


@cache
def has_free_text(struct: type[Struct]) -> bool:
    """Whether data of a struct may hold a free text in a declared field."""
    return any(_may_be_free(type_) for type_ in _fields(struct).values())


def _may_be_free(type_: Any) -> bool:
    parts = tuple(_parts(type_))
    return any(
        _is_free(part, parts)
        or isinstance(part, inspect.DictType)
        or (isinstance(part, inspect.StructType) and part.cls is not Sealed and has_free_text(part.cls))
        or (hasattr(part, "item_type") and _may_be_free(part.item_type))
        for part in parts
    )


@cache
def _fields(struct: type[Struct]) -> dict[str, Any]:
    info: Any = inspect.type_info(struct)
    return {field.encode_name: field.type for field in info.fields}


def _struct(data: dict[str, Any], struct: type[Struct], before: str, mark_of: MarkOf) -> Iterator[Glimpse]:
    declared = _fields(struct)
    for name, value in data.items():
        if name not in declared:
            path = f"{before}{named(name)}"
            yield Glimpse(path, name)
            yield from (Glimpse(path, text) for text in _texts(value))
        elif (mark := mark_of(struct, name)) != "sensitive":
            for seen in _value(value, declared[name], f"{before}{name}", mark_of):
                yield replace(seen, mark=mark) if mark == "personal" else seen


def _value(value: Any, type_: Any, path: str, mark_of: MarkOf) -> Iterator[Glimpse]:
    parts = tuple(_parts(type_))
    if isinstance(value, str):
        if any(_is_free(part, parts) for part in parts):
            yield Glimpse(path, value, declared=True)
    elif isinstance(value, list):
        inner = [part.item_type for part in parts if hasattr(part, "item_type")]
        for each in value:
            for part in inner[:1]:
                yield from _value(each, part, f"{path}[]", mark_of)
    elif isinstance(value, dict):
        yield from _within(value, parts, path, mark_of)


def _within(value: dict[str, Any], parts: tuple[Any, ...], path: str, mark_of: MarkOf) -> Iterator[Glimpse]:
    for part in parts:
        match part:
            case inspect.StructType(cls=cls) if cls is not Sealed:
                yield from _struct(value, cls, f"{path}.", mark_of)
                return
            case inspect.DictType(value_type=inner):
                for name, each in value.items():
                    yield Glimpse(f"{path}.*", name, declared=True)
                    yield from _value(each, inner, f"{path}.*", mark_of)
                return


def _parts(type_: Any) -> Iterator[Any]:
    match type_:
        case inspect.UnionType(types=types):
            for each in types:
                yield from _parts(each)
        case inspect.Metadata(type=inner):
            yield from _parts(inner)
        case _:
            yield type_


def _is_free(part: Any, parts: tuple[Any, ...]) -> bool:
    if not isinstance(part, inspect.StrType):
        return isinstance(part, inspect.AnyType | inspect.RawType)
    if any(isinstance(other, inspect.StructType) and other.cls is Sealed for other in parts):
        return True
    return part.pattern is None and (part.max_length is None or part.max_length > MOST_NAME)


def _texts(value: Any) -> Iterator[str]:
    """All texts in what nobody declared, names of fields among them, however deep they stand."""
    left = [value]
    while left:
        match left.pop():
            case str(text):
                yield text
            case list(members):
                left += members
            case dict(fields):
                left += [*fields, *fields.values()]
