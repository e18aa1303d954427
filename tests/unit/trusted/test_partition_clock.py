"""Whoever reads the time of an opened log without judging it believes what its judge believes."""

from itertools import count

import pytest

from agents.core.alerts.fold import Fold
from agents.offline.reading import Reading
from streams.messages import DAY, HOUR, MINUTE, event_bytes, format_time, resumed_bytes, tick_bytes
from streams.signing.envelope import envelope_bytes
from streams.signing.partition_clock import PartitionClock
from tests.support.events import START, clean, registered
from tests.support.pure.alarm import BOOK
from tests.support.signed_log import ADMIN, CLOCK, REGISTRAR, TOPIC, VERIFY, SignedLog, event, fold, records
from tests.support.signing import ENVIRONMENT

YEAR_2099 = START + 73 * 365 * DAY


def forged(log: SignedLog) -> list[bytes]:
    """What somebody writes who has no key: ticks of 2099 and near ones, without a link, with a past one; a gap's end."""
    past = event("clock.tick", START + 10 * MINUTE, {"r": "AAAAAAAAAAAAAAAAAAAAAA"})
    return [tick_bytes(YEAR_2099), tick_bytes(START + 2 * MINUTE), past, resumed_bytes(YEAR_2099, START), log.tick(START)]


def lived() -> list[bytes]:
    """A log that is opened, with forgeries between its ticks, a gap that two persons end, a clock whose key ends."""
    log = SignedLog()
    values = [*log.start, *forged(log), log.written(registered(), REGISTRAR), log.tick(START), *forged(log), clean(START)]
    values += [log.tick(START + n * MINUTE) for n in (1, 2, 2, 3)]
    gap = event("clock.resumed", START + DAY, {"last": format_time(START + 3 * MINUTE)})
    values += [
        log.chain(START + DAY),
        log.both(gap, ADMIN),
        log.chain(START + DAY),
        log.tick(START + DAY + MINUTE),
        *forged(log),
    ]
    return [*values, envelope_bytes(log.ended(CLOCK)), log.tick(START + DAY + 2 * MINUTE), *forged(log)]


def clock(place: tuple[str, int] = (ENVIRONMENT, 0)) -> PartitionClock:
    """A reader at the beginning."""
    return PartitionClock(place, VERIFY)


@pytest.mark.parametrize("before", [0, 3])
def test_a_reader_believes_what_the_judge_believes(before: int) -> None:
    """After each record its time is that of the fold, of a log opened at its beginning and of one opened on its way."""
    old = [tick_bytes(START - n * MINUTE) for n in (9, 8, 7)]
    by, time = fold(), clock()
    for record in records([*old[:before], *lived()]):
        by.run([record])
        time.take(*record)
        assert time.now == by.now, record
    assert time.now == START + DAY + MINUTE


def test_a_log_never_opened_is_read_as_ever() -> None:
    """Ticks without a link count there."""
    by, time = Fold(BOOK, TOPIC, 0), clock()
    values = [tick_bytes(START), resumed_bytes(START + HOUR, START), tick_bytes(YEAR_2099), tick_bytes(START + 2 * HOUR)]
    for record in records(values):
        by.run([record])
        time.take(*record)
        assert time.now == by.now
    assert [time.take(9, None, each) for each in (None, b"{", b'{"type":"clock.tick"}')] == [None] * 3
    assert time.now == START + 2 * HOUR


def test_a_reader_goes_on_from_where_a_chain_stands() -> None:
    """Given trust and time of a point on the way it takes the ticks behind it, and no forged ones."""
    log = SignedLog()
    by, offset = fold(), count(len(log.start) + 1)
    by.run(records([*log.start, log.tick(START)]))
    time = PartitionClock((ENVIRONMENT, 0), VERIFY, by.trust, by.now, bounded=True)
    assert [time.take(next(offset), None, value) for value in forged(log)] == [None] * 5
    assert time.take(next(offset), None, log.tick(START + 7 * MINUTE)) == START + 7 * MINUTE


def test_a_false_tick_cuts_no_job_of_an_opened_log_short() -> None:
    """A job reads on behind forged ticks that are near enough to be plausible: its parts begin at the clock's own alone."""
    log = SignedLog()
    late = event_bytes(type="clock.tick", source="x", id="x", time=format_time(START + 30 * MINUTE), data={})
    values = [
        *log.start,
        log.tick(START),
        late,
        log.tick(START + MINUTE),
        tick_bytes(START + HOUR),
        log.tick(START + 2 * MINUTE),
    ]
    reading = Reading(START + HOUR, len(values), lambda _: None)
    parts = [now for now, _ in reading.moments((TOPIC, 0), records(values))]
    assert parts == [None, START, START + MINUTE, START + 2 * MINUTE]
    assert reading.reached == START + 2 * MINUTE
