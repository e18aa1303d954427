"""The bands of an adopted baseline in the records of the stage: from the event on, over a kill, and of one version alone."""

from collections.abc import Iterable

import pytest

from agents.core.signs.counts import NoCounts
from agents.core.signs.feed import cells
from agents.core.signs.fold import CitySigns, legible_sign
from agents.core.signs.rules import SignRules, StageSign
from agents.core.signs.usual import hour_kind
from streams.messages import (
    BANDS,
    HOUR,
    HOURS_ALIKE,
    MINUTE,
    CitySign,
    Quality,
    SignBands,
    SignCell,
    SignCells,
    Text,
    event_bytes,
    format_time,
    parse_time,
    tick_bytes,
)
from streams.outputs import Output
from streams.signing.kinds import matches
from streams.signing.roots.parts import PARTS

CITY, AREA, SIGN, MADE = "410100", "410105", "sites", "m" * 32
BEGIN = parse_time("2026-11-27T12:00:00+08:00")
"""A Friday."""

Sent = tuple[bytes | None, bytes]
"""A key and a value."""

RULES = SignRules(
    signs={
        SIGN: StageSign(
            name=Text("甲", "A"),
            version="v" * 32,
            made=MADE,
            owed=True,
            floor=0.5,
            value=lambda numerator, denominator, *_: 100 * numerator / denominator if denominator else None,
            level=lambda _: "ok",
        )
    },
    areas={},
    owner="zz-data",
    counts=lambda *_: NoCounts(),
)


def bands(version: str = "a" * 16, area: str = AREA, city: str = CITY, made: str = MADE) -> tuple[bytes, bytes]:
    """The event of a version's bands: of each kind of hour its number, and that plus a half."""
    told = SignBands(
        version=version,
        city=city,
        area=area,
        sign=SIGN,
        made=made,
        bands=tuple(None if kind == 0 else (float(kind), kind + 0.5) for kind in range(HOURS_ALIKE)),
    )
    at = format_time(BEGIN)
    value = event_bytes(type=BANDS, source="test", id=f"{version}/{area}/{at}", time=at, subject=CITY, data=told)
    return CITY.encode(), value


def hours(count: int, first: int = 0) -> list[Sent]:
    """What one partition tells at so many full hours, each with a tick a minute after it."""
    cell = SignCell(sign=SIGN, area=AREA, numerator=9, denominator=10, valid=10, due=10)
    told = [
        SignCells(topic="t.events.cyber", partition=0, city=CITY, at=format_time(BEGIN + n * HOUR), cells=(cell,))
        for n in range(first, first + count)
    ]
    ticks = [(None, tick_bytes(parse_time(each.at) + MINUTE)) for each in told]
    return [sent for pair in zip(cells(told), ticks, strict=True) for sent in pair]


def stage() -> CitySigns:
    """A partition at its beginning."""
    return CitySigns(RULES, "t.events.cells", 0)


def run(of: CitySigns, events: Iterable[Sent]) -> list[Output]:
    """What events give, from where the partition stands."""
    return of.run((of.position + n, key, value) for n, (key, value) in enumerate(events))


def newest(outputs: Iterable[Output], area: str = AREA) -> CitySign:
    """The last record of the area."""
    return [each for each in outputs if isinstance(each, CitySign) and each.area == area][-1]


def known(at: int) -> tuple[float, float]:
    """The band of an hour."""
    return float(hour_kind(at)), hour_kind(at) + 0.5


def test_a_record_has_the_bands_of_the_hours_of_its_trend() -> None:
    """From Friday noon to Saturday: each of the 24 hours before has its own band; the city, of which none is told, none."""
    of = stage()
    given = run(of, [bands(), *hours(30)])
    record = newest(given)
    at = parse_time(record.at)
    assert record.band == tuple(known(at - n * HOUR) for n in range(24, 0, -1))
    assert len(record.trend) == len(record.band) == 24
    assert newest(given, CITY).band == ()


def test_before_an_adoption_there_is_no_band_and_after_another_only_its_own() -> None:
    """Of the first version nothing is left, in an area either that the second does not name."""
    of = stage()
    assert newest(run(of, hours(3))).band == ()
    given = run(of, [bands(), bands(area=CITY), *hours(2, 3)])
    assert newest(given).band[-1] == newest(given, CITY).band[-1] == known(BEGIN + 3 * HOUR)
    given = run(of, [bands("b" * 16), *hours(2, 5)])
    assert newest(given).band[-1] == known(BEGIN + 5 * HOUR)
    assert newest(given, CITY).band == ()
    assert {each.version for each in of.usual.values()} == {"b" * 16}


def test_a_sign_that_counts_otherwise_now_has_no_band() -> None:
    """Its window or formula has changed since the baseline was drawn."""
    assert set(newest(run(stage(), [bands(made="n" * 32), *hours(3)])).band) == {None}


@pytest.mark.parametrize("cut", range(1, 18))
def test_a_kill_changes_no_record(cut: int) -> None:
    """Wherever the worker is killed: restored from its checkpoints the partition gives the same bytes."""
    events = [*hours(2), bands(), bands(area=CITY), *hours(3, 2), bands("b" * 16), *hours(2, 5)]
    whole = run(stage(), events)
    first, items = stage(), dict[bytes, bytes | None]()
    given = run(first, events[: cut // 2])
    items |= dict(first.snapshot())
    given += run(first, events[cut // 2 : cut])
    items |= dict(first.snapshot())
    assert all(legible_sign(key, value) for key, value in items.items() if value is not None)
    second = stage()
    second.restore(items.items())
    assert given + run(second, events[cut:]) == whole


def test_bands_of_another_city_are_refused() -> None:
    """They would stand in a partition that is not theirs."""
    of = stage()
    (refused,) = run(of, [bands(city="410300")])
    assert isinstance(refused, Quality)
    assert (refused.reason, refused.field, of.usual) == ("malformed-data", "$.data.city", {})


def test_bands_of_too_few_kinds_of_hours_are_refused() -> None:
    """192 or none."""
    key, value = bands()
    cut = value.replace(b"[191.0,191.5]", b"[191.0,191.5],null")
    assert cut != value
    (refused,) = run(stage(), [(key, cut)])
    assert isinstance(refused, Quality)
    assert refused.reason == "malformed-data"


def test_who_adopts_may_sign_the_bands_in_an_opened_log() -> None:
    """A person's own key may, into what the stage of signs reads; the key of another part may not."""
    places = ("events.cells", "appraisal")
    rights = {row.name: row.rights(places, ("cyber",)) for row in PARTS}
    may = {name for name, each in rights.items() if matches(each.may, BANDS) and "events.cells" in each.to}
    assert may == {r"cli-[a-z0-9._-]+", r"screen-\d+"}
