"""What the columns of a table mean: a mapping is data (TOML), and a row becomes the bytes of one CloudEvent.

A mapping for a table of one's own is a copy of `cnemc.toml` with other names in it.
"""

import re
import tomllib
from collections.abc import Mapping as Names
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import msgspec
from msgspec import Raw, Struct

from streams.command import Trouble
from streams.gateways.cells import Refusal, RowPlace, TimeColumns, read_time
from streams.gateways.intake.datum import Datum
from streams.gateways.meaning import Meaning, Value, nested
from streams.gateways.tables import BROKEN, Record
from streams.messages import Event, OwnerRole, encode, format_time

BUILT_IN = tuple(Path(__file__).with_name(name) for name in ("cnemc.toml", "cnemc_wide.toml"))
"""Mappings that are found by a table's header."""

WORDS = frozenset({"level", "primary"})
"""Fields of what was published that are words."""


class Station(Struct, frozen=True, forbid_unknown_fields=True):
    """What the register knows of a station: English name, district (GB/T 2260), degrees in the mapping's `datum`, and owner.

    All may be unknown. `owner` is the 统一社会信用代码 (GB 32100) of the body that is its `owner_role`.
    """

    en: str = ""
    adcode: str = ""
    lon: float | None = None
    lat: float | None = None
    owner: str = ""
    owner_role: OwnerRole | Literal[""] = ""


class Wide(Struct, frozen=True, forbid_unknown_fields=True):
    """A table with a column a station and a row a pollutant.

    The column that names the pollutant, a regular expression of the columns that are stations, pollutants that are left out.
    """

    item: str
    stations: str
    ignored: tuple[str, ...] = ()


class Mapping(Meaning, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The meaning of a table's columns; `cnemc.toml` says what each field is."""

    fact: str
    kind: str
    subject: str
    region: str
    missing: tuple[str, ...]
    time: TimeColumns
    values: dict[str, str | Value]
    station: str = ""
    wide: Wide | None = None
    published: dict[str, str] = {}
    stations: dict[str, Station] = {}
    datum: Datum = "WGS-84"

    def __post_init__(self) -> None:
        """A table says its stations in a column or, a wide one, by its columns."""
        if bool(self.station) == (self.wide is not None):
            raise ValueError("give either `station`, the column that names it, or [wide] with the columns that are stations")
        if self.wide:
            re.compile(self.wide.stations)

    @property
    def column(self) -> dict[str, str]:
        """The column of each value that has one."""
        return {name: at for name in self.values if (at := self.value_of(name).at)}

    def columns(self) -> tuple[str, ...]:
        """Every column that the table must have."""
        if self.wide:
            return (*self.time.columns, self.wide.item)
        return (*self.time.columns, self.station, *self.column.values(), *self.published.values())

    def constants(self) -> dict[str, object]:
        """The values that are always the same."""
        return {name: value.is_ for name in self.values if (value := self.value_of(name)).is_ is not None}

    def read(self, field: str, text: str) -> tuple[Any, str]:
        """What a cell says of a field, None where it is missing or cannot be read; and a row of REASONS, or ""."""
        if field in self.values:
            return self.read_value(self.value_of(field), text)
        found, reason = self.read_value(Value(at=field, as_="text" if field in WORDS else "number"), text)
        return (text, "") if found is not None and field in WORDS else (found, reason)

    def event(self, domain: str, source: str, id_: str, station: str, time: str, data: object) -> bytes:
        """The bytes of a fact of this table."""
        subject, type_ = self.subject_of(station), f"{domain}.{self.fact}"
        raw = Raw(encode(data))
        return encode(
            Event(
                specversion="1.0", id=id_, source=source, type=type_, subject=subject, time=time, region=self.region, data=raw
            )
        )


class Row(Struct, frozen=True):
    """A row understood as far as it could be: station's name, its time (ms, None where unreadable), the event's id and bytes.

    `odd`: what was refused in it or taken with a remark.
    """

    station: str
    at: int | None
    id: str
    value: bytes
    odd: tuple[Refusal, ...] = ()


def load_mapping(path: Path) -> Mapping:
    """The mapping in a TOML file; Trouble says what is wrong with it, and where."""
    try:
        return msgspec.convert(tomllib.loads(path.read_text("utf-8")), Mapping)
    except OSError as error:
        raise Trouble(f"the mapping {path} cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError, re.error) as error:
        raise Trouble(f"the mapping {path} is not usable: {error}. Take {BUILT_IN[0]} as a pattern") from None


def find_mapping(header: Sequence[str], own: Path | None) -> Mapping:
    """The mapping for a table with these columns: one's own, or a built-in one; Trouble lists what was found and is needed."""
    known = [load_mapping(path) for path in ([own] if own else BUILT_IN)]
    for mapping in known:
        if set(mapping.columns()) <= set(header) and (mapping.wide is None or _stations(mapping.wide, header)):
            return mapping
    missing = [f"{mapping.title} needs {', '.join(sorted(set(mapping.columns()) - set(header)))} too" for mapping in known]
    raise Trouble(
        f"no mapping fits this table. Its columns are: {', '.join(header)}. {'; '.join(missing)}. A mapping "
        "(--map FILE.toml) must name the columns of the time with their format, the station's column, and a column for each "
        f"value: take {BUILT_IN[0]} as a pattern"
    )


def _stations(wide: Wide, header: Sequence[str]) -> list[str]:
    return [column for column in header if re.fullmatch(wide.stations, column)]


def read_row(mapping: Mapping, header: Sequence[str], record: Record, place: RowPlace, origin: tuple[str, str, int]) -> Row:
    """One row as a CloudEvent; `origin` is (domain, source, row number).

    A cell that cannot be read is left out and told; the others stand. A row whose time or number of cells is wrong goes as it
    stands, with its time as text or the list of its cells, so that the judge makes a quality record of it; it is told too.
    """
    domain, source, number = origin
    named = dict(zip(header, record.cells, strict=False))
    station = named.get(mapping.station, "").strip()
    odd: list[Refusal] = []
    if BROKEN in station:
        odd.append(place.refusal("encoding", mapping.station, station))
        station = ""
    at, label = _time(mapping, named, place, odd)
    data: object = record.cells
    if len(record.cells) == len(header):
        data = _data(mapping, named, place, odd)
    else:
        odd.append(place.refusal("cells", "", f"{len(record.cells)} cells", f": {len(header)}"))
    value = mapping.event(domain, source, str(number), station, label if at is None else format_time(at), data)
    return Row(station, at, str(number), value, tuple(odd))


def _time(mapping: Mapping, named: Names[str, str], place: RowPlace, odd: list[Refusal]) -> tuple[int | None, str]:
    label = " ".join(named.get(column, "").strip() for column in mapping.time.columns)
    at, reason = read_time(mapping.time, label)
    if reason:
        more = f": {', '.join(mapping.time.formats)}" if at is None else ""
        odd.append(place.refusal(reason, " ".join(mapping.time.columns), label, more))
        at = at if odd[-1].taken else None
    return at, label


def _data(mapping: Mapping, named: Names[str, str], place: RowPlace, odd: list[Refusal]) -> dict[str, object]:
    data = nested(mapping.constants() | _present(mapping, mapping.column, named, place, odd))
    published = _present(mapping, mapping.published, named, place, odd)
    return data | {"published": published} if published else data


def _present(
    mapping: Mapping, fields: Names[str, str], named: Names[str, str], place: RowPlace, odd: list[Refusal]
) -> dict[str, object]:
    found: dict[str, object] = {}
    for field, column in fields.items():
        value, reason = mapping.read(field, named[column])
        if reason:
            odd.append(place.refusal(reason, column, named[column]))
        if value is not None and (not reason or odd[-1].taken):
            found[field] = value
    return found
