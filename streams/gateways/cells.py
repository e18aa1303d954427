"""One cell of a table: the number or the time in it, or why there is none. What can be read in one way only is read."""

import math
import re
import unicodedata
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Literal

from msgspec import Struct

from streams.messages import DAY, HOUR, MINUTE, SECOND, format_time, parse_time

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_INTEGER = re.compile(r"-?(0|[1-9]\d{0,15})", re.ASCII)
_INTERVAL = re.compile(r"[1-9]\d{0,3}[mhd]")
_LENGTHS = {"m": MINUTE, "h": HOUR, "d": DAY}
_ZONE = re.compile(r"Z|[+-](0\d|1[0-4]):[0-5]\d")
_EPOCH = re.compile(r"\d{1,19}(\.\d{1,9})?", re.ASCII)
_LIMIT = set("<>≤≥")
_COMMA = re.compile(r"[+-]?(?P<whole>\d+),(?P<rest>\d+)", re.ASCII)
_GROUPED = {
    ".": re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?", re.ASCII),
    ",": re.compile(r"[+-]?(\d+|\d{1,3}(\.\d{3})+)(,\d*)?", re.ASCII),
}
"""Numbers with groups of thousands, by the decimal sign that a table declares."""

MOMENTS = {
    "rfc3339": Decimal(0),
    "s": Decimal(SECOND),
    "ms": Decimal(1),
    "us": Decimal("1e-3"),
    "ns": Decimal("1e-6"),
}
"""Formats of moments that are words: RFC 3339 with its offset; counts since 1970-01-01T00:00:00Z, with milliseconds of one."""

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
    "unknown-word": (False, "one of the mapping's `words`"),
    "not-whole": (False, "a whole number"),
    "not-a-text": (False, "a text, a number, true or false"),
    "not-a-flag": (False, "true or false, 1 or 0"),
    "owner-code": (False, "a 统一社会信用代码 of 18 characters whose last one is right (GB 32100)"),
    "datum-gcj02": (True, "a position in the district where it is registered: as GCJ-02 it lies there (疑似 GCJ-02)"),
    "datum-bd09": (True, "a position in the district where it is registered: as BD-09 it lies there (疑似 BD-09)"),
    "elsewhere": (True, "a position in the district where it is registered"),
    "position": (False, "degrees of longitude and latitude, in China where the datum is GCJ-02 or BD-09"),
    "several": (False, "one value at this place"),
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
    """Which columns say the time, how it is read, and which end of the interval measured it names.

    `columns` are joined by one blank; of several a `format` the first that fits: Python's strptime, or a word of `MOMENTS`.
    `zone`: where the text has none. `year`: of a log that writes none; it stands before the columns. `interval` (`10m`, `1h`,
    `1d`): how long was measured; empty where the time is a moment.
    """

    columns: tuple[str, ...]
    format: str | tuple[str, ...] = "rfc3339"
    label: Literal["end", "start"] = "end"
    interval: str = ""
    zone: str = "+08:00"
    year: int = 0

    def __post_init__(self) -> None:
        """The length and the zone are of their forms, and a beginning has a length."""
        if self.interval and not _INTERVAL.fullmatch(self.interval):
            raise ValueError(f"interval is {self.interval!r}: write 10m, 1h or 1d")
        if not _ZONE.fullmatch(self.zone):
            raise ValueError(f"zone is {self.zone!r}: write +08:00 or Z")
        if self.label == "start" and not self.interval:
            raise ValueError('label is "start": say by `interval` (10m, 1h, 1d) how long was measured')

    @property
    def formats(self) -> tuple[str, ...]:
        """The formats in the order in which they are tried."""
        return (self.format,) if isinstance(self.format, str) else self.format

    @property
    def length(self) -> int:
        """How long was measured (ms); 0 of a moment."""
        return int(self.interval[:-1]) * _LENGTHS[self.interval[-1]] if self.interval else 0

    @property
    def offset(self) -> timezone:
        """The zone of a time that names none."""
        hours, minutes = (0, 0) if self.zone == "Z" else (int(self.zone[:3]), int(self.zone[0] + self.zone[4:]))
        return timezone(timedelta(hours=hours, minutes=minutes))


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
    """The end of the interval, or the moment (ms), that a label names, None where it is no time; and a row of REASONS, or "".

    >>> from streams.messages import format_time
    >>> day = TimeColumns(("at",), ("%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M"))
    >>> [(format_time(at), why) for at, why in (read_time(day, each) for each in ("2024/6/1 8:00", "2024/6/1 24:00"))]
    [('2024-06-01T08:00:00+08:00', ''), ('2024-06-02T00:00:00+08:00', 'hour-24')]
    >>> format_time(read_time(TimeColumns(("ts",), "ms", "start", "10m"), "1717200000000")[0])
    '2024-06-01T08:10:00+08:00'
    """
    folded = label if label.isascii() else half_width(label)
    at, reason = _moment(time, folded), ""
    if at is None:
        at, reason = _hour_24(time, folded), "hour-24"
    if at is None:
        return None, "time"
    return at + (time.length if time.label == "start" else 0), reason or ("full-width" if folded != label.strip() else "")


def _hour_24(time: TimeColumns, label: str) -> int | None:
    """Midnight at the end of the day: the label is a time, of hour 0, where one 24 in it is 00."""
    for found in re.finditer("24", label):
        at = _moment(time, f"{label[: found.start()]}00{label[found.end() :]}")
        if at is not None and (at + 8 * HOUR) % DAY == 0:
            return at + DAY
    return None


def _moment(time: TimeColumns, label: str) -> int | None:
    for format_ in time.formats:
        try:
            return _word(format_, label) if format_ in MOMENTS else _by_format(format_, label, time.offset)
        except (ValueError, OverflowError):
            continue
    return None


def _by_format(format_: str, label: str, zone: timezone) -> int:
    moment = datetime.strptime(label, format_)
    return parse_time((moment if moment.tzinfo else moment.replace(tzinfo=zone)).isoformat())


def _word(word: str, label: str) -> int:
    """The moment of a label by a word of MOMENTS; ValueError where it is none."""
    if word == "rfc3339":
        return parse_time(label)
    if not _EPOCH.fullmatch(label):
        raise ValueError(label)
    return parse_time(format_time(int(Decimal(label) * MOMENTS[word])))
