"""A day whose time is over when its cells come: its full hours are told whole, and nobody is waited for without an end."""

from collections.abc import Iterable, Iterator

from msgspec import UNSET
from msgspec.structs import replace

from agents.core.signs.city import LONGEST, PATIENCE
from agents.core.signs.feed import figures
from agents.core.signs.fold import CitySigns
from agents.signs.stage.basis import sign_rules
from streams.messages import (
    CELLS,
    MINUTE,
    SECOND,
    CitySign,
    SignCell,
    SignCells,
    event_bytes,
    format_time,
    parse_time,
)
from tests.unit.signs.facts import tick

BEGIN = parse_time("2026-08-20T00:00:00+08:00")
HOURS = 14
END = HOURS * 60
"""Minutes of the history."""

DUE = 1_000


def good(partition: int, minute: int) -> int:
    """How many probes of a partition were good in the window of a minute."""
    return 900 + (minute // 60 * (7 + partition) + minute % 60) % 97


def cells(partition: int, minute: int) -> bytes:
    """What a partition tells of a minute."""
    at = format_time(BEGIN + minute * MINUTE)
    one = SignCell(
        sign="site-availability",
        area="410105",
        numerator=good(partition, minute),
        denominator=DUE,
        valid=DUE,
        due=DUE,
        newest=at,
    )
    data = SignCells(topic="t.events.cyber", partition=partition, city="410100", at=at, cells=(one,))
    return event_bytes(type=CELLS, source="test", id=f"{partition}/{at}", time=at, subject="410100", region="410100", data=data)


def clock(ms: int) -> bytes:
    """A tick so long after the beginning."""
    return tick(format_time(BEGIN + ms))


def history() -> Iterator[bytes]:
    """The ticks of the whole day first; then one partition far ahead of the other, while a second passes each 100 records."""
    yield from (clock(minute * MINUTE) for minute in range(END + 1))
    order = [(0, 1), (1, 1), *((0, minute) for minute in range(2, END + 1)), *((1, minute) for minute in range(2, END + 1))]
    for n, (partition, minute) in enumerate(order, 1):
        yield cells(partition, minute)
        if n % 100 == 0:
            yield clock(END * MINUTE + n * SECOND // 100)
    for minute in range(END + 1, END + 4):
        yield clock(minute * MINUTE)
        yield from (cells(partition, minute) for partition in range(2))


def run(stage: CitySigns, lines: Iterable[bytes]) -> list[CitySign]:
    """What is told of lines."""
    out = (each for line in lines for each in stage.run([(stage.position, None, line)]))
    return [each for each in out if isinstance(each, CitySign)]


def stage() -> CitySigns:
    """The stage at its beginning."""
    return CitySigns(sign_rules(), "t.events.cells", 0, keyed=False)


def test_the_trend_of_a_day_that_was_behind_is_there_at_once() -> None:
    """At each full hour the share of both partitions together, though one came hours after the other, and no minute in between.

    What is told is bounded: the full hours, the minutes of the last hour, and those since; so is what waits.
    """
    one, waited = stage(), 0
    told = list[CitySign]()
    for line in history():
        told += run(one, [line])
        waited = max(waited, sum(len(each) for city in one.cities.values() for each in city.waiting.values()))
    last = [each for each in told if each.area == "410105"][-1]
    wanted = [100 * (good(0, hour * 60) + good(1, hour * 60)) / (2 * DUE) for hour in range(1, HOURS + 1)]
    assert last.at == format_time(BEGIN + (END + 3) * MINUTE)
    assert last.trend == (*[None] * (24 - HOURS), *wanted)
    assert len(told) <= 2 * (HOURS + 60 + 4)
    assert waited <= 2 * (HOURS + 61)


def test_the_same_is_told_where_it_is_started_again_in_between() -> None:
    """A checkpoint each 250 records, from which another one goes on."""
    lines, kept = [*history()], dict[bytes, bytes | None]()
    whole = run(stage(), lines)
    parts, one = list[CitySign](), stage()
    for begin in range(0, len(lines), 250):
        parts += run(one, lines[begin : begin + 250])
        kept |= dict(one.snapshot())
        one = stage()
        one.restore(kept.items())
    assert parts == whole


def test_who_stays_behind_is_not_waited_for_without_an_end() -> None:
    """One partition goes on telling, half an hour behind: after ten minutes the city is told, and what it owed is missing."""
    one, behind = stage(), 30
    told = run(one, (cells(partition, minute) for minute in range(1, 3) for partition in range(2)))
    told += run(one, [clock(3 * MINUTE)])
    assert told[-1].coverage == 1
    later = list[tuple[int, CitySign]]()
    for minute in range(behind + 3, behind + 20):
        lines = [clock(minute * MINUTE), cells(0, minute), cells(1, minute - behind)]
        later += [(minute, each) for each in run(one, lines)]
    lost = [minute for minute, each in later if each.coverage == 0.5]
    assert lost
    assert lost[0] - (behind + 3) <= (LONGEST + PATIENCE) // MINUTE
    assert all(each.state == "na" for _, each in later if each.coverage == 0.5)


def test_a_log_whose_clock_stands_still_has_its_signs() -> None:
    """All ticks first, then the cells, and no tick after them: what is told is what a tick tells later, but provisional.

    Nothing provisional is told to the rules of crossings, and the trend is whole.
    """
    lines = [clock(minute * MINUTE) for minute in range(END + 1)]
    lines += [cells(partition, minute) for partition in range(2) for minute in range(1, END + 1)]
    one = stage()
    told = run(one, lines)
    assert told
    assert all(each.provisional and each.at == format_time(BEGIN + END * MINUTE) for each in told)
    assert [*figures(told)] == []
    newest = {(each.sign, each.area): each for each in told}
    wanted = [100 * (good(0, hour * 60) + good(1, hour * 60)) / (2 * DUE) for hour in range(1, HOURS + 1)]
    assert newest["site-availability", "410105"].trend == (*[None] * (25 - HOURS), *wanted[:-1])
    assert newest["site-availability", "410105"].value == wanted[-1]
    later = {(each.sign, each.area): each for each in run(one, [clock(END * MINUTE + SECOND)])}
    assert {key: replace(each, provisional=UNSET) for key, each in newest.items()} == later


def test_who_comes_nearer_is_waited_for() -> None:
    """A day is told at ten minutes a minute: for an hour and a half of the log nothing, then all full hours of both."""
    one, told, so_far = stage(), list[CitySign](), [1, 1]
    run(one, (clock(minute * MINUTE) for minute in range(END + 1)))
    now = END
    while min(so_far) < now - 1:
        lines = [clock(now * MINUTE)]
        for partition in range(2):
            until = min(now, so_far[partition] + 10)
            lines += [cells(partition, minute) for minute in range(so_far[partition], until + 1)]
            so_far[partition] = until
        told += run(one, lines)
        now += 1
    assert now - END > 3 * LONGEST // MINUTE
    wanted = [100 * (good(0, hour * 60) + good(1, hour * 60)) / (2 * DUE) for hour in range(1, HOURS + 1)]
    told += run(one, [clock(now * MINUTE)])
    last = [each for each in told if each.area == "410105"][-1]
    assert [each for each in last.trend if each is not None][: len(wanted)] == wanted
    assert all(each.coverage == 1 for each in told)


def test_who_stays_a_little_behind_is_waited_for_always() -> None:
    """One partition tells each minute eight minutes later: for two hours each minute of both is told, nothing missing."""
    one, behind = stage(), 8
    told = list[CitySign]()
    for minute in range(1, 121):
        lines = [clock(minute * MINUTE), cells(0, minute), *([cells(1, minute - behind)] if minute > behind else [])]
        told += run(one, lines)
    mine = [each for each in told if each.area == "410105" and each.at > format_time(BEGIN + 20 * MINUTE)]
    assert {each.coverage for each in mine} == {1.0}
    assert len({each.at for each in mine}) >= 120 - behind - 21


def test_a_district_that_has_nothing_any_more_is_told_so() -> None:
    """The only cell of a district is gone, as where its last subject has left: it is told as NA, not as it was for ever."""
    one, at = stage(), format_time(BEGIN + 2 * MINUTE)
    told = run(one, [clock(0), cells(0, 1), clock(MINUTE + SECOND)])
    assert {(each.area, each.state == "na") for each in told} == {("410100", False), ("410105", False)}
    data = SignCells(topic="t.events.cyber", partition=0, city="410100", at=at, cells=())
    gone = event_bytes(type=CELLS, source="test", id=at, time=at, subject="410100", region="410100", data=data)
    told = run(one, [clock(2 * MINUTE), gone, clock(2 * MINUTE + SECOND)])
    assert {(each.area, each.state) for each in told} == {("410100", "na"), ("410105", "na")}
