"""How far time may step in a partition: a lone far tick is refused and told, a gap is announced, old logs stay as they were."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.core.alerts.fold import Fold
from agents.core.incidents.fold import Incidents
from agents.core.stage import Stage
from agents.offline.reading import Reading
from streams.kafka.ticks import standing
from streams.messages import (
    DAY,
    HOUR,
    RESUMED,
    STEP,
    Alert,
    PartitionTime,
    Quality,
    ToldTime,
    event_bytes,
    format_time,
    resumed_bytes,
    tick_bytes,
    time_bytes,
)
from streams.topics import events_topic
from tests.support.books import the_book
from tests.support.events import START, STATION, clean, registered
from tests.support.pure.scenarios import basis

YEAR_2099 = START + 73 * 365 * DAY


def alerts() -> Stage:
    """A partition of facts."""
    return Fold(the_book(), events_topic("live", "environment"), 0)


def incidents() -> Stage:
    """The partition of incidents."""
    grouping = basis().grouping
    assert grouping is not None
    return Incidents(grouping, events_topic("live", "incidents"), 0)


BOTH = pytest.mark.parametrize("make", [alerts, incidents])


def told(by: Stage, *values: bytes) -> list[tuple[str, str]]:
    """Reason and field of the quality records that these records give."""
    records = [(by.position + n, None, value) for n, value in enumerate(values)]
    return [(each.reason, each.field) for each in by.run(records) if isinstance(each, Quality)]


@BOTH
def test_a_far_tick_is_refused_and_told(make: Callable[[], Stage]) -> None:
    """Time stays, a step of an hour is taken, the true ticks after it go on."""
    by = make()
    assert told(by, resumed_bytes(START, None), tick_bytes(YEAR_2099)) == [("bad-tick", "$.time")]
    assert by.now == START
    assert told(by, tick_bytes(START + STEP), tick_bytes(START + 2 * STEP + 1)) == [("bad-tick", "$.time")]
    assert told(by, tick_bytes(START + STEP + 1_000)) == []
    assert by.now == START + STEP + 1_000


@BOTH
def test_a_gap_is_announced(make: Callable[[], Stage]) -> None:
    """After a weekend time goes on by a record that names the newest tick; one of another tick is refused, a copy is silent."""
    by = make()
    told(by, resumed_bytes(START, None), tick_bytes(START + 1_000))
    assert told(by, resumed_bytes(START + 3 * DAY, START - 2 * HOUR)) == [("bad-tick", "$.data.last")]
    monday = resumed_bytes(START + 3 * DAY, START + 1_000)
    assert told(by, monday, monday) == []
    assert by.now == START + 3 * DAY
    assert told(by, resumed_bytes(YEAR_2099, None)) == [("bad-tick", "$.data.last")]


@BOTH
def test_a_log_without_announcements_is_as_it_was(make: Callable[[], Stage]) -> None:
    """Logs from before there was `clock.resumed` may have gaps of any length: every later tick is believed."""
    by = make()
    assert told(by, tick_bytes(START), tick_bytes(START + 30 * DAY), tick_bytes(START + 400 * DAY)) == []
    assert by.now == START + 400 * DAY


@BOTH
def test_the_bound_outlives_a_restart(make: Callable[[], Stage]) -> None:
    """A checkpoint keeps it; one without it says nothing of it."""
    by, after = make(), make()
    told(by, resumed_bytes(START, None))
    after.restore(by.snapshot())
    assert told(after, tick_bytes(YEAR_2099)) == [("bad-tick", "$.time")]
    plain, again = make(), make()
    told(plain, tick_bytes(START))
    assert b"bounded" not in dict(plain.snapshot())[b""]
    again.restore([*plain.snapshot()])
    assert told(again, tick_bytes(START + 2 * DAY)) == []


def test_a_true_reading_is_not_late_after_a_false_tick() -> None:
    """The tick of 2099 is refused, so the hour that comes after it is judged."""
    by = alerts()
    keyed = [None, STATION.encode(), None, STATION.encode()]
    values = [resumed_bytes(START, None), registered(), tick_bytes(YEAR_2099), clean(START, o3=400)]
    out = by.run([(n, key, value) for n, (key, value) in enumerate(zip(keyed, values, strict=True))])
    assert [each.reason for each in out if isinstance(each, Quality)] == ["bad-tick"]
    assert [each.value for each in out if isinstance(each, Alert)]


@pytest.mark.parametrize("data", [None, {}, {"last": 5}, {"last": "yesterday"}, {"last": "x" * 300}])
def test_an_announcement_that_cannot_be_read_is_told(data: object) -> None:
    """It moves nothing."""
    by = alerts()
    told(by, resumed_bytes(START, None))
    bad = event_bytes(type=RESUMED, source="clock", id="1", time=format_time(START + DAY), data=data)  # type: ignore[arg-type]
    assert len(told(by, bad)) == 1
    assert by.now == START


def test_who_writes_time_announces_gaps() -> None:
    """Within a step a tick; beyond it, and at first, a `clock.resumed`."""
    assert time_bytes(START, None) == resumed_bytes(START, None)
    assert time_bytes(START + STEP, START) == tick_bytes(START + STEP)
    assert time_bytes(START + STEP + 1, START) == resumed_bytes(START + STEP + 1, START)
    assert time_bytes(START - DAY, START) == tick_bytes(START - DAY)


def test_where_time_stands_behind_false_ticks() -> None:
    """A false one is passed over at the beginning, in the middle and at the end; an announced gap is not."""
    ticks = [ToldTime(START + n * 1_000) for n in range(5)]
    false = ToldTime(YEAR_2099)
    for at in range(6):
        assert standing([*ticks[:at], false, *ticks[at:]]) == START + 4_000
    assert standing([*ticks, ToldTime(START + 9 * DAY, START + 4_000, resumed=True)]) == START + 9 * DAY
    assert standing([ToldTime(START)]) == START


MOMENTS = st.integers(0, 40).map(lambda n: START + n * HOUR // 2)


@given(st.lists(st.tuples(MOMENTS, st.none() | st.just(-1) | MOMENTS), max_size=20))
def test_who_reads_time_believes_what_the_judge_believes(moments: list[tuple[int, int | None]]) -> None:
    """Ticks (-1) and announcements in any order: after each record a reader's time is that of the partition's fold."""
    by, time = alerts(), PartitionTime()
    for at, since in moments:
        value = tick_bytes(at) if since == -1 else resumed_bytes(at, since)
        told(by, value)
        time.take(value)
        assert (time.now, time.bounded) == (by.now, by.bounded)  # type: ignore[attr-defined]  # it is a Fold


def test_a_false_tick_cuts_no_job_short() -> None:
    """A job reads on behind a tick of 2099, and time stands meanwhile."""
    values = [resumed_bytes(START, None), tick_bytes(YEAR_2099), b"x", tick_bytes(START + HOUR), b"y", tick_bytes(START + DAY)]
    reading = Reading(START + 2 * HOUR, len(values), lambda _: None)
    found = list(reading.moments(("t.events.environment", 0), ((n, None, value) for n, value in enumerate(values))))
    assert [(now, [n for n, *_ in part]) for now, part in found] == [(START, [0, 1, 2]), (START + HOUR, [3, 4, 5])]
    assert reading.reached == START + HOUR
