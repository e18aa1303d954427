"""The language of mappings: what tables and foreign documents have in common, as data (TOML).

Of a fact its kind, whom it concerns and when, and of each value where it stands, what it is, its unit and its words. A place in
a table is the name of a column; documents have more of them (`streams.gateways.foreign`).
"""

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal

from msgspec import Struct, field
from stdnum.cn import uscc

from streams.gateways.cells import Numbers, TimeColumns, read_number, read_time
from streams.gateways.tables import BROKEN
from streams.messages import format_time

UNITS: dict[tuple[str, str], tuple[str, str]] = {
    ("°F", "°C"): (f"{5 / 9:.17f}", f"{-160 / 9:.17f}"),
    ("K", "°C"): ("1", "-273.15"),
    ("mg/m³", "µg/m³"): ("1000", "0"),
    ("µg/m³", "mg/m³"): ("0.001", "0"),
    ("kPa", "MPa"): ("0.001", "0"),
    ("bar", "MPa"): ("0.1", "0"),
    ("hPa", "kPa"): ("0.1", "0"),
    ("mm", "m"): ("0.001", "0"),
    ("cm", "m"): ("0.01", "0"),
    ("km/h", "m/s"): (f"{5 / 18:.17f}", "0"),
    ("Wh", "kWh"): ("0.001", "0"),
    ("W", "kW"): ("0.001", "0"),
    ("s", "min"): (f"{1 / 60:.17f}", "0"),
    ("B", "MB"): ("0.000001", "0"),
}
"""Factor and summand from a unit of a source to one of the facts (GB 3100, GB 3101); others say `scale` and `offset`."""

_DIGITS = 12
"""Digits of a converted value: far more than any sensor has, and fewer than a float's noise."""

_FLAGS = {"true": True, "1": True, "false": False, "0": False}

Scalar = str | int | float | bool


class Value(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One value of a fact: `at`, its place in the source, or `is`, what it always is.

    `as`: what it is; `unit` and `to`: the source's unit and the fact's, or `scale` and `offset`: value · scale + offset;
    `words`: what the source's codes mean. A code without its word is refused.
    """

    at: str = ""
    is_: Scalar | None = field(default=None, name="is")
    as_: Literal["number", "whole", "text", "flag", "time", "uscc", "json"] = field(default="number", name="as")
    unit: str = ""
    to: str = ""
    scale: float = 1.0
    offset: float = 0.0
    words: dict[str, Scalar] = {}

    def __post_init__(self) -> None:
        """It has one origin, and a unit that can be converted."""
        if bool(self.at) == (self.is_ is not None):
            raise ValueError("a value has either `at`, its place, or `is`, what it always is")
        if (self.unit or self.to) and (self.unit, self.to) not in UNITS:
            known = ", ".join(f"{unit} to {to}" for unit, to in UNITS)
            raise ValueError(f"{self.unit} to {self.to} is not known: give `scale` and `offset`, or one of {known}")

    def read(self, found: Any, missing: tuple[str, ...], numbers: Numbers, time: TimeColumns) -> tuple[Any, str]:
        """The value of what was found, None where it is missing or cannot be read; and a row of REASONS, or "".

        >>> read = Value(at="t", unit="°F", to="°C").read
        >>> [read(each, ("NA",), Numbers(), TimeColumns(())) for each in ("50", 41, "NA", "warm", True)]
        [(10.0, ''), (5.0, ''), (None, ''), (None, 'not-a-number'), (None, 'not-a-number')]
        """
        if self.is_ is not None:
            return self.is_, ""
        if found is None or (isinstance(found, str) and (not found.strip() or found.strip() in missing)):
            return None, ""
        if isinstance(found, str) and BROKEN in found:
            return None, "encoding"
        if self.words:
            word = self.words.get(text_of(found) or "")
            return word, "" if word is not None else "unknown-word"
        if self.as_ == "number":
            return self._number(found, numbers)
        return _READ[self.as_](found, time)

    def _number(self, found: Any, numbers: Numbers) -> tuple[int | float | None, str]:
        value, reason = _number_of(found, numbers)
        if value is None or (not self.unit and self.scale == 1 and self.offset == 0):
            return value, reason
        factor, summand = UNITS[self.unit, self.to] if self.unit else (str(self.scale), str(self.offset))
        return float(f"{Decimal(str(value)) * Decimal(factor) + Decimal(summand):.{_DIGITS}g}"), reason


class Meaning(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a source's values mean: a fact of the kind `fact`, whose data are `values`, by field.

    A subject is `subject`.`region`.station, with what is given of the three; `missing` are words for "no value".
    """

    title: str
    fact: str = ""
    subject: str = ""
    region: str = ""
    missing: tuple[str, ...] = ()
    time: TimeColumns = TimeColumns(())
    numbers: Numbers = Numbers()
    values: dict[str, str | Value] = {}

    def subject_of(self, station: str) -> str:
        """The stable id of a subject, as `air.410100.烟厂`; empty where nothing names it."""
        region = self.region if self.subject else ""
        return ".".join(filter(None, (self.subject, region, station))) if station else ""

    def value_of(self, name: str) -> Value:
        """What is said of a value; a place alone is that of a number."""
        said = self.values[name]
        return Value(at=said) if isinstance(said, str) else said

    def read_value(self, value: Value, found: Any) -> tuple[Any, str]:
        """The value of what was found at its place, None where it is missing or cannot be read; and a row of REASONS, or ""."""
        return value.read(found, self.missing, self.numbers, self.time)


def nested(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values by name as the data of a fact: `name.zh` stands within `name`.

    >>> nested({"kind": "lift", "name.zh": "一号梯", "name.en": "No. 1"})
    {'kind': 'lift', 'name': {'zh': '一号梯', 'en': 'No. 1'}}
    """
    data: dict[str, Any] = {}
    for name, value in values.items():
        *outer, last = name.split(".")
        into = data
        for each in outer:
            into = into.setdefault(each, {})
        into[last] = value
    return data


def text_of(found: Any) -> str | None:
    """A text, number or truth value as text, whole numbers without a point; None of anything else.

    >>> text_of(" a1 "), text_of(7.0), text_of(True), text_of([])
    ('a1', '7', 'true', None)
    """
    if isinstance(found, bool):
        return "true" if found else "false"
    if isinstance(found, float) and found.is_integer():
        return str(int(found))
    if isinstance(found, str):
        return found.strip()
    return str(found) if isinstance(found, int | float | Decimal) else None


def _number_of(found: Any, numbers: Numbers) -> tuple[int | float | None, str]:
    if isinstance(found, str):
        return read_number(found, numbers)
    if isinstance(found, Decimal):
        found = int(found) if found == found.to_integral_value() else float(found)
    if isinstance(found, bool) or not isinstance(found, int | float) or not math.isfinite(found):
        return None, "not-a-number"
    return (None if found in numbers.sentinels else found), ""


def _whole(found: Any, _: TimeColumns) -> tuple[int | None, str]:
    value, reason = _number_of(found, Numbers())
    if value is None or value != int(value):
        return None, reason or "not-whole"
    return int(value), reason


def _text(found: Any, _: TimeColumns) -> tuple[str | None, str]:
    text = text_of(found)
    return (None, "not-a-text") if text is None else (text, "")


def _flag(found: Any, _: TimeColumns) -> tuple[bool | None, str]:
    flag = _FLAGS.get((text_of(found) or "").lower())
    return flag, "" if flag is not None else "not-a-flag"


def read_moment(time: TimeColumns, found: Sequence[Any]) -> tuple[int | None, str]:
    """The end of the interval, or the moment (ms), of what stands in the columns of a time; and a row of REASONS, or "".

    A database's own time goes as it is; without a zone it is of the mapping's.
    """
    if len(found) == 1 and isinstance(found[0], datetime):
        moment = found[0] if found[0].tzinfo else found[0].replace(tzinfo=time.offset)
        begin = time.length if time.label == "start" else 0
        return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1) + begin, ""
    texts = [text_of(each) for each in found]
    year = str(time.year) if time.year else ""
    return read_time(time, " ".join(filter(None, (year, *texts)))) if all(texts) else (None, "time")


def _time(found: Any, time: TimeColumns) -> tuple[str | None, str]:
    at, reason = read_moment(time, [found])
    return (None if at is None else format_time(at)), reason


def _uscc(found: Any, _: TimeColumns) -> tuple[str | None, str]:
    """A 统一社会信用代码 (GB 32100), whose last digit is right."""
    code = (text_of(found) or "").upper()
    return (code, "") if uscc.is_valid(code) else (None, "owner-code")


def _json(found: Any, _: TimeColumns) -> tuple[Any, str]:
    return found, ""


_READ: dict[str, Callable[[Any, TimeColumns], tuple[Any, str]]] = {
    "whole": _whole,
    "text": _text,
    "flag": _flag,
    "time": _time,
    "uscc": _uscc,
    "json": _json,
}
