"""A wide table: a row a time and pollutant, a column a station. Its cells become one fact a station and hour."""

import re
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from streams.gateways.cells import Refusal, RowPlace, read_time
from streams.gateways.mapping import Mapping, Row, Wide
from streams.gateways.tables import Record
from streams.messages import format_time


class Hour(Struct):
    """What is known of one station's hour: values and published values by field, and what was odd."""

    values: dict[str, object] = {}
    published: dict[str, object] = {}
    odd: list[Refusal] = []


class WideTable:
    """Collects the rows of a wide table; `rows` gives its facts, `odd` what concerns no single fact."""

    def __init__(self, mapping: Mapping, wide: Wide, header: Sequence[str]) -> None:
        self.odd: list[Refusal] = []
        self._mapping = mapping
        self._wide = wide
        self._header = header
        self._stations = [(n, column) for n, column in enumerate(header) if re.fullmatch(wide.stations, column)]
        self._fields = {column: field for field, column in (mapping.column | mapping.published).items()}
        self._hours: dict[tuple[int, str], Hour] = {}

    def take(self, record: Record, place: RowPlace) -> None:
        """Read one row; one that cannot be read is told and changes nothing."""
        if len(record.cells) != len(self._header):
            self.odd.append(place.refusal("cells", "", f"{len(record.cells)} cells", f": {len(self._header)}"))
            return
        named = dict(zip(self._header, record.cells, strict=True))
        item = named[self._wide.item].strip()
        if item in self._wide.ignored:
            return
        if item not in self._fields:
            self.odd.append(place.refusal("item", self._wide.item, item, f": {', '.join(self._fields)}"))
            return
        columns = self._mapping.time.columns
        label = " ".join(named[column].strip() for column in columns)
        at, reason = read_time(self._mapping.time, label)
        if reason:
            more = f": {', '.join(self._mapping.time.formats)}" if at is None else ""
            self.odd.append(place.refusal(reason, " ".join(columns), label, more))
        if at is not None and (not reason or self.odd[-1].taken):
            self._take_cells(at, item, record.cells, place)

    def _take_cells(self, at: int, item: str, cells: Sequence[str], place: RowPlace) -> None:
        field, of = self._fields[item], f" ({item})"
        for n, station in self._stations:
            value, reason = self._mapping.read(field, cells[n])
            if value is None and not reason:
                continue
            hour = self._hours.setdefault((at, station), Hour())
            if reason:
                hour.odd.append(place.refusal(reason, station, cells[n], of))
            if value is not None and (not reason or hour.odd[-1].taken):
                into = hour.values if field in self._mapping.values else hour.published
                if into.setdefault(field, value) != value:
                    hour.odd.append(place.refusal("twice", station, cells[n], of))

    def rows(self, domain: str, source: str) -> Iterator[Row]:
        """The facts in order of time; a station without any value in an hour has none."""
        for (at, station), hour in sorted(self._hours.items(), key=lambda item: item[0][0]):
            data = hour.values | ({"published": hour.published} if hour.published else {})
            time = format_time(at)
            id_ = f"{time}-{station}"
            value = self._mapping.event(domain, source, id_, station, time, data)
            yield Row(station, at, id_, value, tuple(hour.odd))


def read_wide(mapping: Mapping, wide: Wide, header: Sequence[str], records: Iterable[tuple[Record, RowPlace]]) -> WideTable:
    """A wide table read as a whole: its rows may stand in any order."""
    table = WideTable(mapping, wide, header)
    for record, place in records:
        table.take(record, place)
    return table
