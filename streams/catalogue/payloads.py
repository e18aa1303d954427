"""The fields of a payload as its struct declares them: format, bounds, what is nested in what.

The payloads of the domains are loaded by the names that `domain.toml` gives: the one way from `streams` into `agents`, to
structs that rest on msgspec alone.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from typing import Any

from msgspec import Struct, inspect

from streams.catalogue import EVERYWHERE, domains
from streams.messages import Registered, Text
from streams.messages.words import Sealed

PACKAGE = "agents.domains"
"""Where the payloads of the domains are."""

_ATOMS: dict[type, Text] = {
    Sealed: Text("密封引用", "sealed"),
    Text: Text("双语文本", "text in both languages"),
}
"""Structs whose parts nobody needs told."""


class FieldShape(Struct, frozen=True):
    """One field of a payload: its path (`factors.*.avg`), the struct that declares it and its name there, its format.

    `required`: whether a fact must have it; `sealable`: whether a text of a person may stand in it, sealed or not; `logical`:
    its type in one word of JSON Schema; `values`: those that it may have, where they are named.
    """

    path: str
    struct: type
    name: str
    format: Text
    required: bool
    sealable: bool
    logical: str
    values: tuple[str | int, ...] = ()
    depth: int = 0


@cache
def payload(type_: str) -> type[Struct]:
    """The struct that the data of a domain's type of event have; KeyError where the domain or the kind is not known."""
    domain, _, kind = type_.partition(".")
    if kind == "registered" and domain in domains():
        return Registered
    if kind in EVERYWHERE and domain in domains():
        return struct_named(f"streams.messages:{EVERYWHERE[kind].payload}")
    found: type[Struct] = getattr(import_module(f"{PACKAGE}.{domain}.payload"), domains()[domain].kind[kind].payload)
    return found


class NoData(Struct, frozen=True):
    """The data of a type that carries none."""


def struct_named(where: str) -> type[Struct]:
    """The struct of a name such as `streams.messages.orders:Issue`; NoData of an empty one."""
    if not where:
        return NoData
    module, _, name = where.partition(":")
    found: type[Struct] = getattr(import_module(module), name)
    return found


@cache
def fields(struct: type[Struct]) -> tuple[FieldShape, ...]:
    """All fields of a struct, each before those that are nested in it."""
    return tuple(_fields(struct, "", 0, frozenset()))


def _fields(struct: type[Struct], before: str, depth: int, above: frozenset[type]) -> Iterator[FieldShape]:
    described: Any = inspect.type_info(struct)
    for field in described.fields:
        path = f"{before}{field.encode_name}"
        parts = tuple(_parts(field.type, ""))
        sealable = any(isinstance(part, inspect.StructType) and part.cls is Sealed for part, _ in parts)
        values = tuple(
            value for part, _ in parts if isinstance(part, inspect.LiteralType) for value in part.values if value is not None
        )
        words, logical = format_of(field.type), logical_of(field.type)
        yield FieldShape(path, struct, field.encode_name, words, field.required, sealable, logical, values, depth)
        for part, way in parts:
            if isinstance(part, inspect.StructType) and part.cls not in _ATOMS and part.cls not in above:
                yield from _fields(part.cls, f"{path}{way}.", depth + 1, above | {struct})


def _parts(type_: Any, way: str) -> Iterator[tuple[Any, str]]:
    """What a type is made of, each with the way to it: `.*` through a mapping, `[]` through a list."""
    match type_:
        case inspect.UnionType(types=types):
            for each in types:
                yield from _parts(each, way)
        case inspect.Metadata(type=inner):
            yield from _parts(inner, way)
        case inspect.DictType(value_type=inner):
            yield from _parts(inner, f"{way}.*")
        case inspect.VarTupleType(item_type=inner) | inspect.ListType(item_type=inner):
            yield from _parts(inner, f"{way}[]")
        case inspect.TupleType(item_types=types):
            for each in types:
                yield from _parts(each, f"{way}[]")
        case _:
            yield type_, way


_PLAIN: Mapping[type, Text] = {
    inspect.BoolType: Text("是/否", "yes or no"),
    inspect.IntType: Text("整数", "whole number"),
    inspect.FloatType: Text("小数", "number"),
    inspect.StrType: Text("字符串", "text"),
    inspect.DateType: Text("日期", "date"),
    inspect.BytesType: Text("字节（Base64）", "bytes (Base64)"),
    inspect.RawType: Text("JSON", "JSON"),
    inspect.AnyType: Text("JSON", "JSON"),
}


def format_of(type_: Any) -> Text:
    """A type in words, with its bounds.

    >>> format_of(inspect.IntType(ge=0, le=60))
    Text(zh='整数 · 0–60', en='whole number · 0–60')
    """
    parts = [part for part, _ in _parts(type_, "") if not isinstance(part, inspect.NoneType)]
    words = list(dict.fromkeys(_word(part) for part in parts))
    zh, en = "/".join(word.zh for word in words), " or ".join(word.en for word in words)
    match _outer(type_):
        case inspect.DictType():
            return Text(f"按键：{zh}", f"by key: {en}")
        case inspect.VarTupleType() | inspect.ListType() | inspect.TupleType():
            return Text(f"列表：{zh}", f"list: {en}")
        case _:
            return Text(zh, en)


_LOGICAL: Mapping[type, str] = {
    inspect.BoolType: "boolean",
    inspect.IntType: "integer",
    inspect.FloatType: "number",
    inspect.StructType: "object",
    inspect.DictType: "object",
    inspect.VarTupleType: "array",
    inspect.ListType: "array",
    inspect.TupleType: "array",
}


def logical_of(type_: Any) -> str:
    """A type in one word: boolean, integer, number, object, array; string for the rest.

    >>> logical_of(inspect.FloatType()), logical_of(inspect.DictType(inspect.StrType(), inspect.IntType()))
    ('number', 'object')
    """
    outer = _outer(type_)
    if isinstance(outer, inspect.LiteralType) and all(isinstance(value, int) for value in outer.values):
        return "integer"
    return _LOGICAL.get(type(outer), "string")


def _outer(type_: Any) -> Any:
    match type_:
        case inspect.Metadata(type=inner):
            return _outer(inner)
        case inspect.UnionType(types=types):
            return next((_outer(each) for each in types if not isinstance(each, inspect.NoneType)), type_)
        case _:
            return type_


def _word(type_: Any) -> Text:
    match type_:
        case inspect.StructType(cls=cls):
            return _ATOMS.get(cls, Text("对象", "object"))
        case inspect.LiteralType(values=values):
            return Text(f"枚举 · {len(values)}", f"one of {len(values)}")
    plain = _PLAIN.get(type(type_), Text("JSON", "JSON"))
    bounds = _bounds(type_)
    return Text(f"{plain.zh} · {bounds}", f"{plain.en} · {bounds}") if bounds else plain


def _bounds(type_: Any) -> str:
    match type_:
        case inspect.IntType() | inspect.FloatType():
            low, high = (_first(type_.ge, type_.gt), _first(type_.le, type_.lt))
        case inspect.StrType():
            low, high = type_.min_length, type_.max_length
        case _:
            return ""
    if low is None:
        return "" if high is None else f"≤ {_number(high)}"
    return f"≥ {_number(low)}" if high is None else f"{_number(low)}–{_number(high)}"


def _first(one: float | None, other: float | None) -> float | None:
    return other if one is None else one


def _number(value: float) -> str:
    return f"{value:g}"
