"""What the columns of a table mean: a mapping is data (TOML), and a row becomes the bytes of one CloudEvent.

A mapping for a table of one's own is a copy of `cnemc.toml` with other names in it.
"""

import math
import re
import tomllib
from collections.abc import Mapping as Names
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Raw, Struct

from streams.command import Trouble
from streams.messages import CST, HOUR, Event, encode, format_time, parse_time

BUILT_IN = (Path(__file__).parent / "cnemc.toml",)
"""Mappings that are found by a table's header."""

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_INTEGER = re.compile(r"-?(0|[1-9]\d{0,15})", re.ASCII)


class TimeColumns(Struct, frozen=True, forbid_unknown_fields=True):
    """Which columns say the time, in China Standard Time, and whether the label is the end or the start of the hour."""

    columns: tuple[str, ...]
    format: str
    hour: Literal["end", "start"]


class Station(Struct, frozen=True, forbid_unknown_fields=True):
    """What the register knows of a station: English name, district (GB/T 2260), degrees WGS-84; all may be unknown."""

    en: str = ""
    adcode: str = ""
    lon: float | None = None
    lat: float | None = None


class Mapping(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The meaning of a table's columns; `cnemc.toml` says what each field is."""

    title: str
    fact: str
    kind: str
    subject: str
    region: str
    station: str
    missing: tuple[str, ...]
    time: TimeColumns
    values: dict[str, str]
    published: dict[str, str] = {}
    stations: dict[str, Station] = {}

    def columns(self) -> tuple[str, ...]:
        """Every column that the table must have."""
        return (*self.time.columns, self.station, *self.values.values(), *self.published.values())

    def subject_of(self, station: str) -> str:
        """The stable id of a station, made of city and name: `air.410100.烟厂`; empty where a row names no station."""
        return f"{self.subject}.{self.region}.{station}" if station else ""


class Row(Struct, frozen=True):
    """A row understood as far as it could be: station's name, its time (ms, None where unreadable) and the event's bytes."""

    station: str
    at: int | None
    value: bytes


def load_mapping(path: Path) -> Mapping:
    """The mapping in a TOML file; Trouble says what is wrong with it, and where."""
    try:
        return msgspec.convert(tomllib.loads(path.read_text("utf-8")), Mapping)
    except OSError as error:
        raise Trouble(f"the mapping {path} cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise Trouble(f"the mapping {path} is not usable: {error}. Take {BUILT_IN[0]} as a pattern") from None


def find_mapping(header: Sequence[str], own: Path | None) -> Mapping:
    """The mapping for a table with these columns: one's own, or a built-in one; Trouble lists what was found and is needed."""
    known = [load_mapping(path) for path in ([own] if own else BUILT_IN)]
    for mapping in known:
        if set(mapping.columns()) <= set(header):
            return mapping
    missing = [f"{mapping.title} needs {', '.join(sorted(set(mapping.columns()) - set(header)))} too" for mapping in known]
    raise Trouble(
        f"no mapping fits this table. Its columns are: {', '.join(header)}. {'; '.join(missing)}. A mapping "
        "(--map FILE.toml) must name the columns of the time with their format, the station's column, and a column for each "
        f"value: take {BUILT_IN[0]} as a pattern"
    )


def read_row(mapping: Mapping, header: Sequence[str], cells: Sequence[str], place: tuple[str, str, int]) -> Row:
    """One row as a CloudEvent; `place` is (domain, source, row number).

    Nothing is lost: a value that is no number goes as its text, a time that cannot be read as its text, a row with too
    few or too many cells as the list of its cells; the judge makes a quality record of each.
    """
    domain, source, number = place
    named = dict(zip(header, cells, strict=False))
    station = named.get(mapping.station, "").strip()
    label = " ".join(named.get(column, "").strip() for column in mapping.time.columns)
    at = _time(mapping.time, label)
    event = Event(
        specversion="1.0",
        id=str(number),
        source=source,
        type=f"{domain}.{mapping.fact}",
        subject=mapping.subject_of(station),
        time=label if at is None else format_time(at),
        region=mapping.region,
        data=Raw(encode(_data(mapping, named) if len(cells) == len(header) else list(cells))),
    )
    return Row(station, at, encode(event))


def _time(time: TimeColumns, label: str) -> int | None:
    try:
        moment = datetime.strptime(label, time.format)
    except ValueError:
        return None
    at = parse_time((moment if moment.tzinfo else moment.replace(tzinfo=CST)).isoformat())
    return at + HOUR if time.hour == "start" else at


def _data(mapping: Mapping, cells: Names[str, str]) -> dict[str, object]:
    data = _present(mapping, mapping.values, cells)
    published = _present(mapping, mapping.published, cells)
    return data | {"published": published} if published else data


def _present(mapping: Mapping, fields: Names[str, str], cells: Names[str, str]) -> dict[str, object]:
    return {
        field: cells[column] if field in {"level", "primary"} else _number(cells[column])
        for field, column in fields.items()
        if cells[column].strip() not in mapping.missing
    }


def _number(text: str) -> int | float | str:
    """The number that a text is, or the text as it stands."""
    plain = text.strip()
    if _INTEGER.fullmatch(plain):
        return int(plain)
    if _NUMBER.fullmatch(plain) and math.isfinite(float(plain)):
        return float(plain)
    return text
