"""A form for a type of the data directory: its fields with names, units, bounds, lists and marks. Pure."""

from functools import cache
from typing import Any, Literal

from msgspec import Struct, inspect

from streams.catalogue.described import BESIDE, DescribedField, DescribedType
from streams.messages import Text

Widget = Literal["text", "number", "integer", "boolean", "choice", "day"]
"""How a field is written."""

_DAYS = frozenset({r"^\d{4}-\d{2}-\d{2}$", r"^(\d{4}-\d{2}-\d{2})?$", r"^\d{4}-\d\d-\d\d$"})
_NOT_BY_HAND = ("field_note", "refused_input", "registered", "clock_setting")
_ELSEWHERE = frozenset({"data.sharing", "data.directory"})  # what the risk watch repeats: done on /catalogue


class FormField(Struct, frozen=True, kw_only=True):
    """One field: its name in the data and in words, how it is written, and its bounds.

    `low`, `high`: of a number; `longest`: characters of a text; `values`: those of a choice; `personal`: its mark.
    """

    name: str
    title: Text
    widget: Widget
    unit: str = ""
    required: bool = False
    low: float | None = None
    high: float | None = None
    longest: int | None = None
    values: tuple[str | int, ...] = ()
    personal: str = "none"
    sealable: bool = False


@cache
def form_of(described: DescribedType) -> tuple[FormField, ...] | None:
    """The fields of a type's form; None where it is measured, done on another page, or has what no form takes."""
    name = described.name.partition(".")[2]
    if described.group in BESIDE or not described.stated or name in _NOT_BY_HAND or described.name in _ELSEWHERE:
        return None
    types: dict[str, Any] = {field.encode_name: field.type for field in inspect.type_info(described.struct).fields}  # type: ignore[attr-defined]
    found = []
    for field in described.fields:
        if field.shape.depth:
            continue
        made = _field(field, types[field.shape.name])
        if made is not None:
            found.append(made)
        elif field.shape.required:
            return None
    return tuple(found)


def _field(field: DescribedField, type_: Any) -> FormField | None:
    part = next((part for part in _parts(type_) if not isinstance(part, inspect.NoneType | inspect.StructType)), None)
    widget = _widget(part)
    if widget is None:
        return None
    return FormField(
        name=field.shape.name,
        title=field.name,
        widget=widget,
        unit=field.entry.unit if field.entry else "",
        required=field.shape.required or bool(getattr(part, "min_length", 0)),
        low=_bound(part, "ge", "gt"),
        high=_bound(part, "le", "lt"),
        longest=getattr(part, "max_length", None),
        values=field.shape.values,
        personal=field.entry.personal if field.entry else "none",
        sealable=field.shape.sealable,
    )


def _widget(part: Any) -> Widget | None:
    match part:
        case inspect.LiteralType():
            return "choice"
        case inspect.BoolType():
            return "boolean"
        case inspect.IntType():
            return "integer"
        case inspect.FloatType():
            return "number"
        case inspect.StrType(pattern=pattern):
            return "day" if pattern in _DAYS else "text"
        case _:
            return None


def _bound(part: Any, *names: str) -> float | None:
    return next((value for name in names if (value := getattr(part, name, None)) is not None), None)


def _parts(type_: Any) -> tuple[Any, ...]:
    match type_:
        case inspect.UnionType(types=types):
            return tuple(part for each in types for part in _parts(each))
        case inspect.Metadata(type=inner):
            return _parts(inner)
        case _:
            return (type_,)
