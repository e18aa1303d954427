"""Events whose marked fields all bear one mark, by what the data directory says: a new field is stained without a line."""

import random
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
from msgspec import Struct, inspect

from streams.catalogue.described import DescribedType, find
from streams.catalogue.payloads import NoData
from streams.catalogue.sight import PEOPLE, field_entry, weight
from streams.messages import REGISTERED
from tests.support.pure.values import value_of

PERSONAL = "QpersonalZXWV"
SENSITIVE = "QsensitiveZXWV"
LON, LAT = 113.71234567, 34.71234567
"""Numbers that stand nowhere else, in the place of those that are marked as sensitive."""

SAMPLE: dict[str, Any] = {"lon": LON, "lat": LAT}


def stained(type_: str, data: Any) -> Any:
    """Data of a type with its marked texts and numbers stained; as they are where the payload would not take them so."""
    described = find(type_)
    if described is None or described.struct is NoData or not isinstance(data, dict):
        return data
    person = not type_.endswith(REGISTERED) or data.get("kind") in PEOPLE
    for limit in (200, 24, 0):
        made = _struct(data, described.struct, limit, person) if limit else data
        if fits(described, made):
            return made
    return data


def fits(described: DescribedType, data: Any) -> bool:
    """Whether the payload takes it."""
    try:
        msgspec.convert(data, described.struct)
    except (msgspec.ValidationError, ValueError):
        return False
    return True


def samples(described: DescribedType, count: int = 3) -> Iterator[Any]:
    """Random data of a type that its payload takes, stained."""
    for seed in range(count):
        data = msgspec.to_builtins(value_of(described.struct, random.Random(seed)))
        if fits(described, data):
            yield stained(described.name, data)


def _struct(data: dict[str, Any], struct: type[Struct], limit: int, person: bool) -> dict[str, Any]:
    info: Any = inspect.type_info(struct)
    types = {field.encode_name: field.type for field in info.fields}
    made = dict(data)
    for name, value in data.items():
        if name not in types:
            continue
        entry = field_entry(struct, name)
        if entry is not None and weight(entry) != "none":
            stain = SENSITIVE if weight(entry) == "sensitive" else PERSONAL
            made[name] = value if entry.people and not person else _stain(value, stain[:limit], SAMPLE.get(name))
        else:
            made[name] = _within(value, types[name], lambda each, of: _struct(each, of, limit, person))
    return made


def _stain(value: Any, stain: str, number: Any) -> Any:
    if isinstance(value, str):
        return f"{stain}{value}" if value else value
    if isinstance(value, list | tuple):
        return [_stain(each, stain, number) for each in value]
    return number if isinstance(value, float) and number is not None else value


def _within(value: Any, type_: Any, made: Callable[[dict[str, Any], type[Struct]], Any]) -> Any:
    """The value with what `made` makes of the structs in it."""
    structs = [part.cls for part in _parts(type_) if isinstance(part, inspect.StructType)]
    if isinstance(value, list | tuple):
        return [_within(each, type_, made) for each in value]
    if isinstance(value, dict) and structs:
        mapping = any(isinstance(part, inspect.DictType) for part in _parts(type_))
        if mapping:
            return {key: made(each, structs[0]) if isinstance(each, dict) else each for key, each in value.items()}
        return made(value, structs[0])
    return value


def _parts(type_: Any) -> Iterator[Any]:
    yield type_
    for name in ("type", "item_type", "value_type"):
        if inner := getattr(type_, name, None):
            yield from _parts(inner)
    for each in getattr(type_, "types", ()):
        yield from _parts(each)
