"""How the sources of data are, from the newest records of the log: what came against what should, how late, when last. Pure.

A source is what events call so (CloudEvents `source`), with one type. What came is counted by minutes of the log's time,
which the ticks of a partition tell; how late a record was is the newest tick before it less its own time. A subject is of the
source whose record of the type came last: who has moved to another one is missed at the old one no more.
"""

from typing import Any

from msgspec import Struct

from streams.catalogue.described import find
from streams.messages import HOUR, MINUTE, DecodeError, decode_event, parse_time, tick_of

WINDOW = HOUR
"""What is counted: the last hour."""

MOST_SOURCES, MOST_SUBJECTS = 2_000, 20_000
"""Sources, and subjects of one, that are known at most; a choice: more are counted with none."""

FAMILIES = frozenset({"command", "clock", "book", "calendar", "log", "key", "order", "personal", "alert"})
"""What is no source's data: people's acts, time, and what stages say to each other."""

_UNITS = {"s": 1_000, "m": MINUTE, "h": HOUR, "d": 24 * HOUR}


class Minute(Struct):
    """What came in one minute of the log: records, those that were bad, and how late the latest was (ms)."""

    count: int = 0
    bad: int = 0
    late: int = 0


class Source(Struct):
    """A source of one type: its minutes by number since 1970, the newest event time (ms), its subjects, its road."""

    name: str
    type: str
    minutes: dict[int, Minute] = {}
    last: int = 0
    subjects: set[str] = set()
    road: str = ""


class SourceHealth(Struct, frozen=True):
    """How a source does: what came in the window, what should have (None where nobody says), how late and when last.

    `road`: the gateway that brought the newest, empty where none did. `bad`: records that were told as bad; `allowance`: how
    late they may be (ms); `window`: ms that are looked over. `fault`: `silent`, `few`, `late`, `bad`, or empty.
    """

    source: str
    type: str
    provider: str
    origin: str
    road: str
    count: int
    expected: float | None
    last: int
    late: int
    allowance: int | None
    bad: int
    window: int
    fault: str


def span(text: str) -> int:
    """A length such as `30m` in ms.

    >>> span("30m"), span("2h")
    (1800000, 7200000)
    """
    return int(text[:-1]) * _UNITS[text[-1]]


class Sources:
    """All sources of a log that are known so far, of records that come in the order of their partitions."""

    def __init__(self) -> None:
        self.known: dict[tuple[str, str], Source] = {}
        self._at: dict[tuple[str, int], int] = {}
        self._began: int | None = None
        self._of: dict[tuple[str, int, int], tuple[Source, int]] = {}
        self._whose: dict[tuple[str, str], Source] = {}

    def take(self, place: tuple[str, int, int], value: bytes | None, road: str = "") -> None:
        """The next record of a partition, at topic, partition and offset, and its road; what cannot be read is nobody's."""
        partition = place[:2]
        if (now := tick_of(value)) is not None:
            self._at[partition] = now
            self._began = now if self._began is None else min(self._began, now)
            return
        try:
            event = decode_event(value or b"")
            time = parse_time(event.time)
        except (DecodeError, ValueError, OverflowError):
            return
        now = self._at.get(partition)
        if now is None or event.type.partition(".")[0] in FAMILIES or event.type.endswith(".registered"):
            return
        key = event.source, event.type
        if key not in self.known and len(self.known) >= MOST_SOURCES:
            return
        source = self.known.setdefault(key, Source(*key, {}, 0, set()))
        minute = source.minutes.setdefault(now // MINUTE, Minute())
        minute.count += 1
        minute.late = max(minute.late, now - time)
        source.last = max(source.last, now)
        source.road = road
        self._own(source, event.subject)
        self._of[place] = source, now // MINUTE

    def _own(self, source: Source, subject: str) -> None:
        """A subject is the source's from now on."""
        before = self._whose.get((source.type, subject))
        if before is source:
            return
        if before is not None:
            before.subjects.discard(subject)
        if len(source.subjects) < MOST_SUBJECTS:
            source.subjects.add(subject)
            self._whose[source.type, subject] = source

    def bad(self, place: tuple[str, int, int], count: int = 1) -> None:
        """That the record at a place was told as bad, and how many it stands for; each place is told once."""
        if found := self._of.pop(place, None):
            source, number = found
            if minute := source.minutes.get(number):
                minute.bad += count

    def forget(self, now: int) -> None:
        """Let go of minutes before the window, and of places in them."""
        first = (now - WINDOW) // MINUTE
        for source in self.known.values():
            source.minutes = {number: minute for number, minute in source.minutes.items() if number > first}
        self._of = {place: found for place, found in self._of.items() if found[1] > first}

    def health(self, now: int) -> list[SourceHealth]:
        """How all of them do at the log's time: those in trouble first, then by type and name."""
        began = now if self._began is None else self._began
        window = min(WINDOW, max(now - began, MINUTE))
        found = [told for source in self.known.values() if (told := health(source, now, window)) is not None]
        return sorted(found, key=lambda each: (not each.fault, each.type, each.source))


def health(source: Source, now: int, window: int) -> SourceHealth | None:
    """How one source does; None where the directory does not describe its type, or all its subjects have moved away."""
    described = find(source.type)
    first = (now - window) // MINUTE
    minutes = [minute for number, minute in source.minutes.items() if number >= first]
    if described is None or not (source.subjects or minutes):
        return None
    entry = described.entry
    every, allowance = (
        (span(entry.every.span) if entry.every else None),
        (span(described.allowance) if described.allowance else None),
    )
    expected = len(source.subjects) * window / every if every else None
    figures: dict[str, Any] = {
        "count": sum(minute.count for minute in minutes),
        "expected": expected,
        "late": max((minute.late for minute in minutes), default=0),
        "allowance": allowance,
        "bad": sum(minute.bad for minute in minutes),
    }
    return SourceHealth(
        source=source.name,
        type=source.type,
        provider=entry.provider,
        origin=entry.origin,
        road=source.road,
        last=source.last,
        window=window,
        fault=fault(**figures, overdue=every is not None and source.last + every + (allowance or 0) < now),
        **figures,
    )


FEW = 0.9
"""Below this share of what is expected a source counts as one that sends too little. 本系统默认."""

BAD = 0.01
"""Above this share of bad records it counts as bad. 本系统默认."""


def fault(*, count: int, expected: float | None, late: int, allowance: int | None, bad: int, overdue: bool = False) -> str:
    """What is wrong with a source, the gravest first; empty where nothing is. What comes less than once a window is not missed.

    Nor is a single record, which may be on its way, before it is `overdue`: later than it may be.

    >>> fault(count=50, expected=60.0, late=0, allowance=None, bad=0)
    'few'
    """
    due = int(expected or 0)
    if due and count < FEW * due and (due - count > 1 or overdue):
        return "few" if count else "silent"
    if allowance is not None and late > allowance:
        return "late"
    return "bad" if count and bad > BAD * count else ""
