"""What tells time: ticks, and what resumes time after a gap; and where it stands in a partition after them."""

import msgspec
from msgspec import Struct

from streams.messages.codec import decode_event, event_bytes
from streams.messages.event import RESUMED, STEP, TICK, Resumption
from streams.messages.times import format_time, parse_time

_TIMES = b"clock."


class ToldTime(Struct, frozen=True):
    """A time (ms) that a record tells; where it is `resumed` after a gap, the newest tick before, None before the first."""

    at: int
    since: int | None = None
    resumed: bool = False


class PartitionTime:
    """Where time stands in one partition, as whoever judges it believes: a tick far ahead of the one before is none.

    `now`: the newest tick (ms), None before the first; `bounded`: whether the partition has had a `clock.resumed`; before that
    every tick is believed.
    """

    def __init__(self, now: int | None = None, *, bounded: bool = False) -> None:
        self.now = now
        self.bounded = bounded

    def take(self, value: bytes | None) -> int | None:
        """Read the partition's next record; the time (ms) that it tells if it is believed, else None."""
        told = told_time(value)
        if told is None or not self._believes(told):
            return None
        self.bounded = self.bounded or told.resumed
        self.now = told.at if self.now is None else max(self.now, told.at)
        return told.at

    def _believes(self, told: ToldTime) -> bool:
        if self.now is None or not self.bounded:
            return True
        return self.now in {told.at, told.since} if told.resumed else told.at <= self.now + STEP


def tick_bytes(ms: int) -> bytes:
    """The `clock.tick` event of a moment: its id is its time, so that a second copy is known as one."""
    text = format_time(ms)
    return event_bytes(type=TICK, source="clock", id=text, time=text)


def resumed_bytes(ms: int, since: int | None) -> bytes:
    """The `clock.resumed` event of a moment, after the newest tick `since` (ms) of its partition, None before the first."""
    text = format_time(ms)
    data = Resumption(since=None if since is None else format_time(since))
    return event_bytes(type=RESUMED, source="clock", id=text, time=text, data=data)


def time_bytes(ms: int, since: int | None) -> bytes:
    """The event that says what time it is after the newest tick `since` (ms): a tick, or after a gap what resumes time.

    One that is not later than it says nothing new, and is a tick.
    """
    near = since is not None and ms <= since + STEP
    return tick_bytes(ms) if near else resumed_bytes(ms, since)


def tick_of(value: bytes | None) -> int | None:
    """The time (ms) that a record's value tells where it is a tick, or resumes time; None for everything else."""
    told = told_time(value)
    return None if told is None else told.at


def told_time(value: bytes | None) -> ToldTime | None:
    """The time that a record tells; None for one that tells no time."""
    if value is None or _TIMES not in value:
        return None
    try:
        event = decode_event(value)
        if event.type == RESUMED:
            since = msgspec.json.decode(event.data, type=Resumption).since
            return ToldTime(parse_time(event.time), None if since is None else parse_time(since), resumed=True)
        return ToldTime(parse_time(event.time)) if event.type == TICK else None
    except (ValueError, OverflowError):  # bytes that anybody may have written (msgspec's errors are ValueErrors)
        return None
