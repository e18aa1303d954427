"""Where time stands in a partition, for whoever reads it without judging: in an opened log by ticks of a chain alone. Pure."""

from msgspec import json

from streams.messages import RESUMED, TICK, DecodeError, PartitionTime, decode_event, parse_time
from streams.signing.keys import Verify
from streams.signing.kinds import SERIES, matches
from streams.signing.state import Trust
from streams.signing.ticks import CHAIN, ClockTick
from streams.signing.trust import Delivered, needs_signature, take, tick

_MARKS = (b"clock.", b"log.", b"key.")
_CLOCK = frozenset({TICK, RESUMED, CHAIN})


class PartitionClock:
    """Follows clock and roots of one partition as its judge does; before the log is opened it believes as `PartitionTime`.

    `place`: topic below the log's name, and number of the partition; `trust`, `now` (ms) and `bounded`: from where it goes
    on, by default from the beginning.
    """

    def __init__(
        self,
        place: tuple[str, int],
        verify: Verify,
        trust: Trust | None = None,
        now: int | None = None,
        *,
        bounded: bool = False,
    ) -> None:
        self._to, self._partition = place
        self._verify = verify
        self._trust = trust or Trust()
        self._time = PartitionTime(now, bounded=bounded)

    @property
    def now(self) -> int | None:
        """The newest tick (ms); None before the first."""
        return self._time.now

    def take(self, offset: int, key: bytes | None, value: bytes | None) -> int | None:
        """Read the partition's next record; the time (ms) that it tells if it is believed, else None."""
        kind = _kind(value)
        if value is None or not kind:
            return None
        if not needs_signature(self._trust, kind, False, offset):
            return self._time.take(value)
        if kind == TICK:
            return self._tick(offset, value)
        record = Delivered(self._to, self._partition, offset, key, value)
        self._trust = take(self._trust, record, self.now, self._verify, lambda _: None).trust
        return None

    def _tick(self, offset: int, value: bytes) -> int | None:
        event = decode_event(value)
        try:
            at, link = parse_time(event.time), json.decode(event.data, type=ClockTick).r
        except (ValueError, OverflowError):
            return None
        found = tick(self._trust, at, link, offset, self.now)
        self._trust = found.trust
        if found.reason is not None or found.copy:
            return None
        self._time.now = at
        return at


def _kind(value: bytes | None) -> str:
    """The type of a record of the clock or the roots; empty of every other."""
    if value is None or not any(mark in value for mark in _MARKS):
        return ""
    try:
        kind = decode_event(value).type
    except (DecodeError, RecursionError):
        return ""
    return kind if kind in _CLOCK or matches(SERIES, kind) else ""
