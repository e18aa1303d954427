"""What is good of a fact of which something is not: each field for itself, so that one bad field never discards the others.

Only a fact that its strict type refuses comes here. A field that is not declared is left out, and so is an optional one that
is not of its type or outside its bounds. A required field that is bad, and a fact of which nothing is left, refuse the whole;
so does any bad field of a registration, which would take the place of one that knew it.
"""

from collections.abc import Callable, Iterator
from functools import cache
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import msgspec
from msgspec import Raw, Struct, structs

from agents.core.intake import Refused, bad_data
from streams.messages import Name, Registered, encode

SHOWN = 100
"""Characters of a name of a field that a record tells: it stands in the data of whoever sends."""

MOST_FLAWS = 32
"""How many fields at fault of one fact are told, each for itself."""

_parts = msgspec.json.Decoder(dict[str, Raw]).decode


class _Name(Name, frozen=True, gc=False, forbid_unknown_fields=True):
    """A name with no other fields than it has."""


class _Register(Registered, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """A registration with no other fields than it has."""

    name: _Name


class Mended(Struct, frozen=True):
    """What is left of a fact, of its payload's type; None where no declared field has a value. `flaws`: what was left out."""

    data: Any
    flaws: tuple[Refused, ...]


def decoder(payload: Any) -> Callable[[Raw], Any]:
    """What decodes the data of a fact strictly: an undeclared field is a ValidationError. Payloads forbid it themselves."""
    decode = msgspec.json.Decoder(payload).decode
    if payload is not Registered:
        return decode
    strict = msgspec.json.Decoder(_Register).decode

    def register(raw: Raw) -> Any:
        strict(raw)
        return decode(raw)

    return register


def lenient(payload: Any) -> list[str]:
    """The names of a payload's struct types that take undeclared fields without a word; a domain must have none."""
    return sorted({each.__name__ for each in _structs(payload) if not each.__struct_config__.forbid_unknown_fields})


def good_of(raw: Raw, payload: Any) -> Any:
    """What is good of a fact's data, of its payload's type; None where nothing is."""
    try:
        return msgspec.json.decode(raw, type=payload)
    except msgspec.DecodeError as error:
        try:
            return mended(raw, payload, error).data
        except Refused:
            return None


def mended(raw: Raw, payload: Any, error: msgspec.DecodeError) -> Mended:
    """What is good of a fact's data that raised this error; Refused where a required field is bad, or none is good."""
    found: list[Refused] = []
    try:
        parts = _parts(raw)
    except msgspec.DecodeError:
        raise bad_data(error) from None
    kept = _struct(parts, payload, "$.data", found)
    try:
        data = msgspec.json.decode(kept, type=payload)
    except msgspec.DecodeError as other:
        raise bad_data(other) from None
    bad = next((flaw for flaw in found if flaw.reason != "undeclared-field"), None)
    if bad is not None and (payload is Registered or not _valued(kept)):
        raise bad
    return Mended(data if _valued(kept) else None, tuple(found[:MOST_FLAWS]))


def left_out(flaws: tuple[Refused, ...], payload: Any) -> tuple[str, ...]:
    """The declared fields of a payload of which something was bad."""
    names = {flaw.field.split(".")[2] for flaw in flaws if flaw.reason != "undeclared-field"}
    return tuple(field.name for field in structs.fields(payload) if field.encode_name in names)


def completed(first: Any, second: Any, brought: tuple[str, ...]) -> tuple[Any, Any, bool]:
    """The first report of a time with what a second one brings; what is judged of that; whether the rest is the same.

    Of the second report only what it brings is judged: the rest was judged when it first came.
    """
    rest = [field for field in structs.fields(second) if field.name not in brought]
    added = {name: getattr(second, name) for name in brought}
    whole = structs.replace(first, **added)
    part = structs.replace(second, **{field.name: _default(field) for field in rest if not field.required})
    return whole, part, whole == second


def _default(field: structs.FieldInfo) -> Any:
    return field.default if field.default_factory is msgspec.NODEFAULT else field.default_factory()


def read(raw: Raw, payload: Any, decode: Callable[[Raw], Any]) -> Any:
    """The data of a fact that was judged before: strictly where that goes, else what was good of it."""
    try:
        return decode(raw)
    except msgspec.DecodeError as error:
        return mended(raw, payload, error).data


def _struct(parts: dict[str, Raw], type_: Any, path: str, found: list[Refused]) -> bytes:
    """The good fields of a struct as JSON; Refused where a required one is bad."""
    declared = {field.encode_name: field for field in structs.fields(type_)}
    kept: dict[str, Raw] = {}
    for name, raw in parts.items():
        field = declared.get(name)
        if field is None:
            found.append(_undeclared(path, name))
            continue
        try:
            kept[name] = Raw(_value(raw, field.type, f"{path}.{name}", found))
        except Refused as bad:
            if field.required:
                raise
            found.append(bad)
    return encode(kept)


def _value(raw: Raw, type_: Any, path: str, found: list[Refused]) -> Raw | bytes:
    """A value as it stands, or what is good of it; Refused where nothing is."""
    try:
        msgspec.json.decode(raw, type=type_)
    except msgspec.DecodeError as error:
        core = _core(type_)
        if core is None:
            raise bad_data(error, path) from None
        try:
            parts = _parts(raw)
        except msgspec.DecodeError:
            raise bad_data(error, path) from None
        kept = _struct(parts, core, path, found) if _is_struct(core) else _items(parts, core, path, found)
        try:
            msgspec.json.decode(kept, type=type_)
        except msgspec.DecodeError as other:
            raise bad_data(other, path) from None
        return kept
    return raw


def _items(parts: dict[str, Raw], type_: Any, path: str, found: list[Refused]) -> bytes:
    """The good entries of a dict as JSON."""
    kept: dict[str, Raw] = {}
    for name, raw in parts.items():
        try:
            kept[name] = Raw(_value(raw, get_args(type_)[1], f"{path}.{name[:SHOWN]}", found))
        except Refused as bad:
            found.append(bad)
    return encode(kept)


def _undeclared(path: str, name: str) -> Refused:
    shown = name.encode("utf-8", "replace").decode()[:SHOWN]
    return Refused("undeclared-field", "no such field is declared; it is not judged", f"{path}.{shown}")


def _core(hint: Any) -> Any:
    """The struct or dict that a type stands for, without its bounds and without None; None where it is something else."""
    origin = get_origin(hint)
    if origin is Annotated:
        return _core(get_args(hint)[0])
    if origin in {Union, UnionType}:
        return next((core for each in get_args(hint) if (core := _core(each)) is not None), None)
    return hint if origin is dict or _is_struct(hint) else None


def _structs(hint: Any) -> Iterator[Any]:
    """The struct types within a type, itself among them."""
    core = _core(hint)
    if core is None:
        return
    if not _is_struct(core):
        yield from _structs(get_args(core)[1])
        return
    yield core
    for type_ in _types(core):
        yield from _structs(type_)


@cache
def _types(struct: Any) -> tuple[Any, ...]:
    """The types of a struct's fields."""
    return tuple(field.type for field in structs.fields(struct))


def _is_struct(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, Struct)


def _valued(data: bytes) -> bool:
    """Whether a JSON object has anything that is a value."""
    return any(_is_value(value) for value in msgspec.json.decode(data, type=dict[str, Any]).values())


def _is_value(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_is_value, value.values()))
    return value not in (None, "", [])
