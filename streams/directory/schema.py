"""The part of JSON Schema that payloads are described in: whether a value holds by a schema, and whether one covers another.

Payload structs take no undeclared field, so their schemas are closed. Pure.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

Schema = dict[str, Any]
Parts = dict[str, Schema]
"""The `$defs` to which references of a schema lead."""

_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
    "object": (dict,),
    "array": (list,),
}


def valid(schema: Schema, value: Any, parts: Parts | None = None) -> bool:
    """Whether a JSON value holds by a schema.

    >>> valid({"type": "integer", "maximum": 5}, 5), valid({"type": "integer", "maximum": 5}, True)
    (True, False)
    """
    parts = schema.get("$defs", {}) if parts is None else parts
    return any(_holds(each, value, parts) for each in _options(schema, parts))


def _holds(one: Schema, value: Any, parts: Parts) -> bool:
    if "enum" in one:
        return any(type(each) is type(value) and each == value for each in one["enum"])
    if "const" in one:
        return bool(one["const"] == value)
    kind = one.get("type")
    if kind is None or not isinstance(value, _TYPES[kind]) or (isinstance(value, bool) and kind != "boolean"):
        return kind is None
    return kind not in _BOUNDED or _BOUNDED[kind](one, value, parts)


def _text(one: Schema, value: str, _parts: Parts) -> bool:
    return _in(one, "Length", len(value)) and ("pattern" not in one or re.search(one["pattern"], value) is not None)


def _number(one: Schema, value: float, _parts: Parts) -> bool:
    low, high = one.get("exclusiveMinimum"), one.get("exclusiveMaximum")
    return _in(one, "imum", value) and (low is None or value > low) and (high is None or value < high)


def _list(one: Schema, value: list[Any], parts: Parts) -> bool:
    return _in(one, "Items", len(value)) and all(valid(_item(one, n), each, parts) for n, each in enumerate(value))


def _object(one: Schema, value: dict[str, Any], parts: Parts) -> bool:
    known, rest = one.get("properties", {}), one.get("additionalProperties", True)
    if any(name not in value for name in one.get("required", ())) or not _in(one, "Properties", len(value)):
        return False
    for name, each in value.items():
        told = known.get(name, rest)
        if told is False or (isinstance(told, dict) and not valid(told, each, parts)):
            return False
    return True


def _in(one: Schema, what: str, value: float) -> bool:
    return bool(one.get(f"min{what}", value) <= value <= one.get(f"max{what}", value))


_BOUNDED: dict[str, Callable[[Schema, Any, Parts], bool]] = {
    "string": _text,
    "integer": _number,
    "number": _number,
    "array": _list,
    "object": _object,
}


def _item(one: Schema, n: int) -> Schema:
    first: list[Schema] = one.get("prefixItems", [])
    items = one.get("items", {})
    return first[n] if n < len(first) else (items if isinstance(items, dict) else {})


def _options(schema: Schema, parts: Parts) -> Iterator[Schema]:
    """The alternatives of a schema, references followed."""
    if "$ref" in schema:
        yield from _options(parts[schema["$ref"].rpartition("/")[2]], parts)
    elif "anyOf" in schema:
        for each in schema["anyOf"]:
            yield from _options(each, parts)
    else:
        yield schema


def uncovered(wide: Schema, narrow: Schema, path: str = "$") -> list[str]:
    """Where a value that holds by `narrow` need not hold by `wide`: paths and what is narrower; none: `wide` covers it."""
    return sorted(set(_uncovered((wide, wide.get("$defs", {})), (narrow, narrow.get("$defs", {})), path, frozenset())))


Located = tuple[Schema, Parts]


def _uncovered(wide: Located, narrow: Located, path: str, seen: frozenset[tuple[str, str]]) -> Iterator[str]:
    both = (str(wide[0].get("$ref")), str(narrow[0].get("$ref")))
    if both != ("None", "None") and both in seen:
        return
    seen |= {both}
    options = [(each, wide[1]) for each in _options(*wide)]
    for each in _options(*narrow):
        tried = [list(_one(option, (each, narrow[1]), path, seen)) for option in options]
        if [] not in tried:
            yield from min(tried, key=len, default=[f"{path}: nothing is taken"])


def _one(wide: Located, narrow: Located, path: str, seen: frozenset[tuple[str, str]]) -> Iterator[str]:
    w, n = wide[0], narrow[0]
    if "enum" in n or "const" in n:
        values = n.get("enum", [n.get("const")])
        if lost := [value for value in values if not _holds(w, value, wide[1])]:
            yield f"{path}: {', '.join(map(str, lost))} not taken"
        return
    if (kind := w.get("type")) is None and "enum" not in w:
        return
    if "enum" in w or not (kind == n.get("type") or (kind == "number" and n.get("type") == "integer")):
        yield f"{path}: {n.get('type', 'anything')} not taken"
        return
    yield from _bounds(w, n, path)
    if kind == "object":
        yield from _properties(wide, narrow, path, seen)
    elif kind == "array":
        yield from _uncovered((_item(w, 0), wide[1]), (_item(n, 0), narrow[1]), f"{path}[]", seen)


def _bounds(w: Schema, n: Schema, path: str) -> Iterator[str]:
    for what in ("imum", "Length", "Items", "Properties"):
        low, high = f"min{what}", f"max{what}"
        if low in w and n.get(low, float("-inf")) < w[low] and not (w[low] == 0 and what != "imum"):
            yield f"{path}: less than {w[low]} not taken"
        if high in w and n.get(high, float("inf")) > w[high]:
            yield f"{path}: more than {w[high]} not taken"
    for what in ("pattern", "exclusiveMinimum", "exclusiveMaximum"):
        if what in w and w[what] != n.get(what):
            yield f"{path}: another {what}"


def _properties(wide: Located, narrow: Located, path: str, seen: frozenset[tuple[str, str]]) -> Iterator[str]:
    (w, w_parts), (n, n_parts) = wide, narrow
    known, there = w.get("properties", {}), n.get("properties", {})
    for name in w.get("required", ()):
        if name not in n.get("required", ()):
            yield f"{path}.{name}: may be missing"
    rest = w.get("additionalProperties", True)
    for name, schema in there.items():
        told = known.get(name, rest)
        if told is False:
            yield f"{path}.{name}: not taken"
        elif isinstance(told, dict):
            yield from _uncovered((told, w_parts), (schema, n_parts), f"{path}.{name}", seen)
    others = n.get("additionalProperties", True)
    if others is not False:
        if rest is False:
            yield f"{path}: other fields not taken"
        elif isinstance(rest, dict):
            yield from _uncovered((rest, w_parts), (others if isinstance(others, dict) else {}, n_parts), f"{path}.*", seen)
