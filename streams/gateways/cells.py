"""One cell of a table: the number or the time in it, or why there is none. What can be read in one way only is read."""

import math
import re
import unicodedata
from datetime import datetime
from typing import Literal

from msgspec import Struct

from streams.messages import CST, DAY, HOUR, parse_time

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_INTEGER = re.compile(r"-?(0|[1-9]\d{0,15})", re.ASCII)
_LIMIT = set("<>≤≥")
_COMMA = re.compile(r"[+-]?(?P<whole>\d+),(?P<rest>\d+)", re.ASCII)
_GROUPED = {
    ".": re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?", re.ASCII),
    ",": re.compile(r"[+-]?(\d+|\d{1,3}(\.\d{3})+)(,\d*)?", re.ASCII),
}
"""Numbers with groups of thousands, by the decimal sign that a table declares."""

MOST = 40
"""Characters of a cell that a report shows."""

REASONS: dict[str, tuple[bool, str]] = {
    "full-width": (True, "digits and signs in half width"),
    "decimal-comma": (True, "a decimal point, or [numbers] decimal = ',' in the mapping"),
    "hour-24": (True, "00:00 of the next day for 24:00"),
    "not-a-number": (False, "a number, or one of the mapping's `missing`"),
    "below-limit": (False, "a measured value; below or above a limit is neither the limit nor 0"),
    "one-comma": (False, "1.02 or 1020: say in the mapping whether [numbers] decimal is ',' or '.'"),
    "time": (False, "a time of one of these forms"),
    "cells": (False, "as many cells as the header has"),
    "encoding": (False, "text in one encoding"),
    "item": (False, "one of these"),
    "twice": (False, "one value a station, hour and pollutant; the first stands"),
    "sheets": (False, "one table a file; the first sheet is read"),
}
"""What can be odd with a cell, a row or a sheet: whether it is taken with a remark, and what was expected."""


class Refusal(Struct, frozen=True):
    """One thing refused, or taken with a remark: where it stands, what stood there (shortened), and what was expected.

    `line` counts from 1, the header included; of a sheet it is the row, of Parquet the row behind a header. An empty `column`
    is the whole row.
    """

    file: str
    line: int
    column: str
    value: str
    expected: str
    reason: str
    taken: bool


class RowPlace(Struct, frozen=True):
    """Where a row stands, and whether all that is irregular is refused."""

    file: str
    line: int
    strict: bool = False

    def refusal(self, reason: str, column: str, value: str, more: str = "") -> Refusal:
        """What is to be told of a cell here; `more` completes what was expected."""
        taken, expected = REASONS[reason]
        shown = value if len(value) <= MOST else value[: MOST - 1] + "…"
        return Refusal(self.file, self.line, column, shown, expected + more, reason, taken and not self.strict)


class Numbers(Struct, frozen=True, forbid_unknown_fields=True):
    """How a table writes numbers: its decimal sign, where it is declared, and the numbers that stand for no value."""

    decimal: Literal["", ".", ","] = ""
    sentinels: tuple[float, ...] = ()


class TimeColumns(Struct, frozen=True, forbid_unknown_fields=True):
    """Which columns say the time, in China Standard Time, and whether the label is the end or the start of the hour.

    `format`: how the columns, joined by one blank, are read (Python's strptime); of several the first that fits.
    """

    columns: tuple[str, ...]
    format: str | tuple[str, ...]
    hour: Literal["end", "start"]

    @property
    def formats(self) -> tuple[str, ...]:
        """The formats in the order in which they are tried."""
        return (self.format,) if isinstance(self.format, str) else self.format


def half_width(text: str) -> str:
    """A text with the digits, signs and letters of full width in half width, a minus sign as a hyphen, and no blanks around.

    >>> half_width("\N{FULLWIDTH DIGIT ONE}\N{FULLWIDTH DIGIT TWO}"), half_width("\N{MINUS SIGN}99")
    ('12', '-99')
    """
    return unicodedata.normalize("NFKC", text).replace("\N{MINUS SIGN}", "-").strip()


def read_number(text: str, numbers: Numbers) -> tuple[int | float | None, str]:
    """The number of a cell that is not empty, None for a sentinel or where there is none; and a row of REASONS, or "".

    >>> plain = Numbers(sentinels=(-99,))
    >>> [read_number(each, plain) for each in ("12.5", "-99", "12,5", "1,020", "<2")]
    [(12.5, ''), (None, ''), (12.5, 'decimal-comma'), (None, 'one-comma'), (None, 'below-limit')]
    """
    plain = text.strip()
    folded = plain if plain.isascii() else half_width(plain)
    value, reason = _parsed(folded, numbers.decimal)
    if value is not None and value in numbers.sentinels:
        return None, ""
    return value, reason or ("full-width" if value is not None and folded != plain else "")


def _parsed(text: str, decimal: str) -> tuple[int | float | None, str]:
    if decimal and _GROUPED[decimal].fullmatch(text):
        return _plain(text.replace("," if decimal == "." else ".", "").replace(",", "."))
    comma = None if decimal else _COMMA.fullmatch(text)
    if comma and len(comma["rest"]) == 3 and comma["whole"] != "0" and len(comma["whole"]) <= 3:
        return None, "one-comma"
    if comma:
        return float(text.replace(",", ".")), "decimal-comma"
    if decimal == ",":
        return None, "below-limit" if text[:1] in _LIMIT else "not-a-number"
    return _plain(text)


def _plain(text: str) -> tuple[int | float | None, str]:
    """The number of a text with a decimal point or none."""
    if _INTEGER.fullmatch(text):
        return int(text), ""
    if _NUMBER.fullmatch(text) and math.isfinite(float(text)):
        return float(text), ""
    return None, "below-limit" if text[:1] in _LIMIT else "not-a-number"


def read_time(time: TimeColumns, label: str) -> tuple[int | None, str]:
    """The end of the hour (ms) that a label names, None where it is no time; and a row of REASONS, or "".

    >>> from streams.messages import format_time
    >>> day = TimeColumns(("at",), ("%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M"), "end")
    >>> [(format_time(at), why) for at, why in (read_time(day, each) for each in ("2024/6/1 8:00", "2024/6/1 24:00"))]
    [('2024-06-01T08:00:00+08:00', ''), ('2024-06-02T00:00:00+08:00', 'hour-24')]
    """
    folded = label if label.isascii() else half_width(label)
    at, reason = _moment(time.formats, folded), ""
    if at is None:
        at, reason = _hour_24(time.formats, folded), "hour-24"
    if at is None:
        return None, "time"
    return at + (HOUR if time.hour == "start" else 0), reason or ("full-width" if folded != label.strip() else "")


def _hour_24(formats: tuple[str, ...], label: str) -> int | None:
    """Midnight at the end of the day: the label is a time, of hour 0, where one 24 in it is 00."""
    for found in re.finditer("24", label):
        at = _moment(formats, f"{label[: found.start()]}00{label[found.end() :]}")
        if at is not None and (at + 8 * HOUR) % DAY == 0:
            return at + DAY
    return None


def _moment(formats: tuple[str, ...], label: str) -> int | None:
    for format_ in formats:
        try:
            moment = datetime.strptime(label, format_)
            return parse_time((moment if moment.tzinfo else moment.replace(tzinfo=CST)).isoformat())
        except ValueError:
            continue
    return None
