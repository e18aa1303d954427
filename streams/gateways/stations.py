"""Which stations of a table become known. A renamed station must not slip in as a new one.

Feeds rename a station by a suffix in brackets: 岗李水库 goes on as 岗李水库(对照点), with both names in one table. A name that
is another one, of the register or of the table, with such a suffix is not registered, so that its readings become quality
records (`unregistered`) until a person decides. The person decides by a mapping's `[stations."岗李水库(对照点)"]`: names in the
register are always registered.
"""

import re
from collections.abc import Collection, Iterable, Iterator

from streams.gateways.intake.datum import to_wgs84
from streams.gateways.mapping import Mapping, Row, Station
from streams.gateways.timeline import Arrival
from streams.messages import REGISTERED, Name, Registered, event_bytes, format_time

_SUFFIXED = re.compile(r"(?P<base>.+?)\s*[((][^()()]*[))]", re.DOTALL)


def is_renamed(name: str, others: Collection[str]) -> bool:
    """Whether a name is one of the others with a suffix in brackets.

    >>> is_renamed("岗李水库(对照点)", {"岗李水库", "烟厂"}), is_renamed("龙湖(北)", {"烟厂"})
    (True, False)
    """
    match = _SUFFIXED.fullmatch(name)
    return match is not None and match["base"] in others


def registrations(mapping: Mapping, rows: Iterable[Row], domain: str, source: str) -> Iterator[Arrival]:
    """An `environment.registered` for each station of the rows, at the time of its first reading."""
    first = _first_readings(rows)
    known = {*first, *mapping.stations}
    for name, at in first.items():
        if name in mapping.stations or not is_renamed(name, known):
            yield _registration(mapping, name, at, domain, source)


def _first_readings(rows: Iterable[Row]) -> dict[str, int]:
    first: dict[str, int] = {}
    for row in rows:
        if row.station and row.at is not None:
            first[row.station] = min(row.at, first.get(row.station, row.at))
    return first


def _registration(mapping: Mapping, name: str, at: int, domain: str, source: str) -> Arrival:
    station = mapping.stations.get(name, Station())
    subject = mapping.subject_of(name)
    located = station.lon is not None and station.lat is not None
    lon, lat = to_wgs84(station.lon or 0.0, station.lat or 0.0, mapping.datum) if located else (None, None)
    facts = Registered(
        kind=mapping.kind,
        name=Name(zh=name, en=station.en),
        adcode=station.adcode or mapping.region,
        lon=lon,
        lat=lat,
        owner=station.owner,
        owner_role=station.owner_role,
    )
    value = event_bytes(
        type=domain + REGISTERED,
        source=source,
        id=f"registered-{name}",
        time=format_time(at),
        subject=subject,
        region=facts.adcode,
        data=facts,
    )
    return Arrival(at, domain, subject.encode(), value)
