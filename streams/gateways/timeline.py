"""Records in the order in which they arrive, and between them the ticks of their own time."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from msgspec import Struct


class Arrival(NamedTuple):
    """One record on its way into a log: when it arrives (ms since the epoch), its domain, its key and its bytes.

    `mark` goes with the record as the Kafka header `mark`, for a source that must find its own place again; mostly empty.
    """

    at: int
    domain: str
    key: bytes
    value: bytes
    mark: bytes = b""


class Undated(NamedTuple):
    """An arrival whose time may be unreadable; the other fields are those of an arrival."""

    at: int | None
    domain: str
    key: bytes
    value: bytes


Beat = Arrival | int
"""What a log is made of: an arrival, or a tick (ms since the epoch)."""


class Counts(Struct):
    """How many events and ticks went out; a tick counts once, however many partitions it goes to."""

    events: int = 0
    ticks: int = 0


def dated(records: Iterable[Undated]) -> list[Arrival]:
    """Records in order of time, stable; one without a time arrives with the one before it, or with the first that has one.

    >>> [(arrival.at, arrival.value) for arrival in dated([Undated(None, "", b"", b"a"), Undated(7, "", b"", b"b")])]
    [(7, b'a'), (7, b'b')]
    """
    waiting, done = list(records), []
    now = next((record.at for record in waiting if record.at is not None), 0)
    for record in waiting:
        now = now if record.at is None else record.at
        done.append(Arrival(now, record.domain, record.key, record.value))
    return sorted(done, key=lambda arrival: arrival.at)


def timeline(arrivals: Iterable[Arrival], start: int, end: int, step: int) -> Iterator[Beat]:
    """Arrivals, which must be in order of `at`, among ticks every `step` ms from `start` to `end` (all ms).

    An arrival stands after the first tick that is not before it, as a record that is seen at the next stroke of the clock.

    >>> list(timeline([Arrival(60, "d", b"k", b"v")], start=0, end=120, step=50))
    [0, 50, 100, Arrival(at=60, domain='d', key=b'k', value=b'v', mark=b'')]
    """
    now = start
    yield now
    for arrival in arrivals:
        while now < arrival.at:
            now += step
            yield now
        yield arrival
    while now + step <= end:
        now += step
        yield now
