"""What a message of our own may hold in a time and in a number: whatever else stands there, `decode` refuses the record.

Whoever reads a record may then reckon with it, and nothing written into a topic stops a reader.
"""

from functools import cache
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from msgspec import Meta, Struct

from streams.messages.times import parse_time

_MARK = "time"

Time = Annotated[str, Meta(extra={_MARK: True})]
"""A moment, RFC 3339, as `parse_time` reads it; an empty text where a message has none."""

Count = Annotated[int, Meta(ge=-(2**53), le=2**53)]
"""A number, offset or revision that every reader of JSON holds exactly (RFC 8259 §6)."""

Digest = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
"""32 bytes in hexadecimal digits."""

Kid = Annotated[str, Meta(pattern="^[0-9a-f]{32}$")]
"""The id of a key that signs."""

Hash = Annotated[str, Meta(pattern="^[0-9a-z]+:[0-9a-f]{64}$")]
"""32 bytes in hexadecimal digits, after the name of the algorithm that gave them."""

Longitude = Annotated[float, Meta(ge=-180, le=180)]
Latitude = Annotated[float, Meta(ge=-90, le=90)]
"""Degrees, WGS-84."""


class NoTime(ValueError):  # noqa: N818 - not an error of ours: the record is refused
    """A field of a message that should be a time is none: its path."""


def check_times(message: Any) -> None:
    """Raise NoTime for the first text in a message, a struct, that should be a time and is none."""
    _check(message, "$")


def _check(value: Any, path: str) -> None:
    if isinstance(value, Struct):
        for name, is_time in _fields(type(value)):
            found = getattr(value, name)
            if not is_time:
                _check(found, f"{path}.{name}")
            elif found:
                _check_text(found, f"{path}.{name}")
    elif isinstance(value, tuple):
        for each in value:
            _check(each, f"{path}[...]")


def _check_text(text: str, path: str) -> None:
    try:
        parse_time(text)
    except (ValueError, OverflowError):
        raise NoTime(path) from None


@cache
def _fields(type_: type[Struct]) -> tuple[tuple[str, bool], ...]:
    """The fields of a type that are times, or hold messages with times in them; whether they are the former."""
    hints = get_type_hints(type_, include_extras=True)
    times = [name for name, hint in hints.items() if any(map(_is_time, _parts(hint)))]
    holders = [name for name, hint in hints.items() if name not in times and any(map(_has_times, _parts(hint)))]
    return (*((name, True) for name in times), *((name, False) for name in holders))


def _parts(hint: Any) -> tuple[Any, ...]:
    """A type, and those that it is made of."""
    if get_origin(hint) in {Union, UnionType, tuple}:
        return tuple(part for each in get_args(hint) for part in _parts(each))
    return (hint,)


def _is_time(hint: Any) -> bool:
    metas = get_args(hint)[1:] if get_origin(hint) is Annotated else ()
    return any(isinstance(each, Meta) and _MARK in (each.extra or {}) for each in metas)


def _has_times(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, Struct) and bool(_fields(hint))
