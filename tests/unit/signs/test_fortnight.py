"""All signs of a simulated fortnight with people are what pandas reckons from the archive, to the last digit."""

from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any

import msgspec
import pandas as pd
import pytest

from agents.signs.book.read import sign_book
from agents.signs.book.sign import reach_of
from agents.signs.command import read_archive
from agents.signs.facts import SLACK, PartitionFacts
from agents.signs.figures import SignFigure, SignGround, figure
from agents.signs.ground import ground_of_archive
from agents.signs.past.hourly import fact_partitions, hourly
from streams.archive.files import read_partition
from streams.catalogue.described import catalogue
from streams.messages import DAY, HOUR, Alert, Audit, Incident, IncidentAudit
from tests.support.books import the_book
from tests.support.city.fortnight import archive, fortnight
from tests.support.city.staffed import BEGIN
from tests.unit.signs.archive_peer import ArchivePeer, Figure, JudgedPeer, read

MOMENTS = (BEGIN + 9 * DAY + 9 * HOUR, BEGIN + 13 * DAY + 7 * HOUR)
AREAS = {"410100": "4101", "410105": "410105"}
INSPECTED = {"environment.inspection", "food_drug.inspection", "special_equipment.self_check"}
KEPT: Mapping[str, tuple[str, ...]] = {
    "Alert": ("id", "rule", "adcode"),
    "Incident": ("id", "adcode", "first", "merged_into", "opened_at", "changed_at"),
}
"""What of a message is read, where it is not all of it."""

PER = {"lift-rescues": 10_000}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive of the fortnight."""
    return archive(tmp_path_factory.mktemp("fortnight"))


@pytest.fixture(scope="module")
def events(root: Path) -> pd.DataFrame:
    """Its events by pandas."""
    return read(root)


@pytest.fixture(scope="module")
def told() -> Mapping[str, pd.DataFrame]:
    """What judging told while it was written."""
    rows: dict[str, list[dict[str, Any]]] = {}
    for each in fortnight().told:
        if isinstance(each, Alert | Audit | Incident | IncidentAudit):
            kept = KEPT.get(type(each).__name__, each.__struct_fields__)
            row = {name: getattr(each, name) for name in kept}
            rows.setdefault(type(each).__name__, []).append({k: None if v is msgspec.UNSET else v for k, v in row.items()})
    tables = {name: pd.DataFrame(found) for name, found in rows.items()}
    for table in tables.values():
        for name in {"at", "changed_at"} & set(table.columns):
            table[name] = pd.to_datetime(table[name], utc=True, format="ISO8601")
    return tables


@pytest.fixture(scope="module")
def grounds(root: Path) -> Mapping[int, SignGround]:
    """What judging says at each moment, judged anew."""
    return {at: ground_of_archive(sign_book(), root, at) for at in MOMENTS}


def origins() -> Mapping[str, bool]:
    """Whether a rule reads what devices tell by the data directory, or an inspection."""
    found = {}
    for domain, specs in the_book().specs.items():
        for rule, spec in specs.items():
            types = [f"{domain}.{kind}" for kind in (*spec.on, *_named(spec.params))]
            found[rule] = any(
                type_ in INSPECTED or (type_ in catalogue() and catalogue()[type_].entry.origin == "device") for type_ in types
            )
    return found


def _named(params: Any) -> list[str]:
    """The kinds of facts that a judge's parameters name."""
    if isinstance(params, list | tuple):
        return [kind for each in params for kind in _named(each)]
    if not isinstance(params, dict):
        return []
    own = [params["kind"]] if isinstance(params.get("kind"), str) else []
    return [*own, *(kind for each in params.values() for kind in _named(each))]


@pytest.mark.parametrize("area", AREAS)
@pytest.mark.parametrize("at", MOMENTS)
def test_all_signs_are_what_pandas_reckons(
    root: Path, events: pd.DataFrame, told: Mapping[str, pd.DataFrame], grounds: Mapping[int, SignGround], at: int, area: str
) -> None:
    """Numerator, denominator, inputs that count and were due, and the value: equal, and not nearly so."""
    moment = pd.Timestamp(at, unit="ms", tz="UTC")
    peer, judged = ArchivePeer(events, moment, AREAS[area]), JudgedPeer(told, origins(), moment, AREAS[area])
    air, index = peer.air()
    expected = {
        "city-air": air,
        "source-within-limits": peer.emissions(),
        "source-transmission": peer.transmission(),
        "cold-stores-in-range": peer.cold(),
        "food-unfit": peer.unfit(),
        "follow-up-in-time": peer.followed(),
        "lift-rescues": peer.rescues(),
        "rescue-arrival": peer.arrivals(),
        "inspection-overdue": peer.overdue(),
        "site-availability": peer.availability(24),
        "site-availability-week": peer.availability(168),
        "patched-in-time": peer.patched(),
        "hotline-answered": peer.answered(),
        "requests-per-10000": Figure(0, 0, 0, None),
        "sources-online": peer.online(),
        "data-timely": peer.timely(),
        "incidents-found": judged.found(),
        "alarms-answered": judged.answered(),
        "alarms-true": judged.true(),
        "incidents-closed": judged.closed(),
    }
    parts = read_archive(sign_book(), root, at)
    found = {name: figure(name, row, parts, area, at, grounds[at]) for name, row in sign_book().items()}
    assert {name: _told(each) for name, each in found.items()} == expected
    for name, each in found.items():
        want = _value(name, expected[name], index)
        assert each.value == want, name
        assert (each.state == "na") == (want is None), name


def _told(each: SignFigure) -> Figure:
    return Figure(each.numerator, each.denominator, each.valid, each.due)


def _value(name: str, each: Figure, index: int | None) -> float | None:
    """What the sign says: nothing where nothing was due, or less was there than its floor."""
    floor = sign_book()[name].floor
    if not each.denominator or (floor is not None and each.due and each.valid / each.due < floor):
        return None
    return index if name == "city-air" else PER.get(name, 100) * each.numerator / each.denominator


def test_the_fortnight_is_worth_reckoning(root: Path, grounds: Mapping[int, SignGround]) -> None:
    """At its end most signs are told, neither all good nor all bad, and some are below their floor."""
    at = MOMENTS[-1]
    parts = read_archive(sign_book(), root, at)
    found = {name: figure(name, row, parts, "410100", at, grounds[at]) for name, row in sign_book().items()}
    between = [name for name, each in found.items() if each.value is not None and 0 < each.numerator < each.denominator]
    assert len(between) >= 12, {name: each.value for name, each in found.items()}


class SlowPart:
    """A partition of an archive, read as far as is asked for; every figure of it is made of all its facts."""

    def __init__(self, root: Path, topic: str, partition: int) -> None:
        self.topic, self.partition, self.facts = topic, partition, PartitionFacts(sign_book())
        self._records: Iterator[Any] = chain.from_iterable(read_partition(root, topic, partition))

    def until(self, at: int) -> None:
        """Take up records until a tick of a moment (ms) or later, or to the end."""
        while self.facts.now < at and (record := next(self._records, None)) is not None:
            self.facts.take(record[0], record[2])


def test_one_pass_over_the_archive_gives_every_hour_as_it_is_reckoned_alone(root: Path) -> None:
    """All signs of the city and a district at every 17th hour of five days: each field is that of the moment's own figure.

    Of a sign whose window began before the log did neither value nor state are told.
    """
    book, begin, end = sign_book(), BEGIN + 8 * DAY, BEGIN + 13 * DAY
    ground = ground_of_archive(book, root, end)
    parts = [SlowPart(root, *place) for place in fact_partitions(root)]
    found = {(each.sign, each.area, each.at): each for each in hourly(book, root, [*AREAS], begin, end)}
    assert len(found) == len(book) * len(AREAS) * 5 * 24
    for at in range(begin, end, 17 * HOUR):
        for each in parts:
            each.until(at + SLACK)
        known = [(each.topic, each.partition, each.facts) for each in parts]
        for name, row in book.items():
            for area in AREAS:
                alone, own = figure(name, row, known, area, at, ground), found[name, area, at]
                began_before = at - reach_of(row) < BEGIN
                assert own == (msgspec.structs.replace(alone, value=None, state="na") if began_before else alone)
