"""What is told once a day of each kind, and counted after that; and the facts of a day of which no rule judged anything.

A source that sends an undeclared field sends it a thousand times a day. The first one is told at once; at the first tick of the
next day (China Standard Time) one more record tells how many came after it. A day begins and ends by the partition's own time.
"""

from collections.abc import Iterator
from typing import Any

from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import replace

from agents.core import intake
from agents.core.intake import Refused, Source
from streams.messages import DAY, HOUR, Event, Place, Quality, Reason

MOST = 256
"""How many kinds of a day are told apart, so that they fit into a checkpoint; what comes beyond is counted by reason alone."""

NAME = 200
"""Characters of a source or type by which kinds are told apart."""

_CST = 8 * HOUR


class Kind(Struct, frozen=True, array_like=True):
    """What is told once a day: the source and the type of the events, the reason, the field, and what else tells it apart."""

    source: str
    type: str
    reason: Reason
    field: str
    detail: str = ""


class CountedToday(Struct, array_like=True):
    """One kind that was told: how many came after it, the offset and the size (bytes) of the newest one."""

    kind: Kind
    message: str
    row: str
    more: int = 0
    offset: int = 0
    size: int = 0


class LeftOut(Struct, frozen=True, array_like=True):
    """The fields that were bad in a fact: of which subject, kind and event time (ms) it was."""

    subject: str
    kind: str
    at: int
    fields: tuple[str, ...]


class ToldToday(Struct, array_like=True):
    """What a partition has told today, how many facts of today no rule judged, and what was left out of the newest facts."""

    counted: list[CountedToday] = []
    unjudged: int = 0
    left: list[LeftOut] = []


class Day:
    """The day of one partition. `unjudged`: the facts of today of which no rule judged anything.

    `ends`: when it is over (ms), 0 while that is not known. `left`: what was left out of a fact, by subject and kind: a second
    report of its time may bring it.
    """

    def __init__(self) -> None:
        self.unjudged = 0
        self.ends = 0
        self.left: dict[tuple[str, str], LeftOut] = {}
        self._counted: dict[Kind, CountedToday] = {}
        self._filed: dict[str, None] = {}

    def first(self, refused: Refused, event: Event, detail: str, offset: int, size: int) -> bool:
        """Whether this is the first of its kind today, to be told; else it is counted."""
        kind = Kind(event.source[:NAME], event.type[:NAME], refused.reason, refused.field, detail)
        if kind not in self._counted and len(self._counted) >= MOST:
            kind = Kind("", "", refused.reason, "")
        known = self._counted.get(kind)
        if known is None:
            self._counted[kind] = CountedToday(kind, refused.message, refused.row)
            return True
        known.more, known.offset, known.size = known.more + 1, offset, size
        return False

    def files(self, fault: str) -> bool:
        """Whether a fault in data is the first of its kind today, so that it is filed; of at most MOST kinds a day."""
        if fault in self._filed or len(self._filed) >= MOST:
            return False
        self._filed[fault] = None
        return True

    def filed(self) -> list[str] | UnsetType:
        """What a checkpoint must hold of what was filed today."""
        return [*self._filed] or UNSET

    def leave(self, subject: str, kind: str, at: int, fields: tuple[str, ...]) -> None:
        """These fields were left out of a fact; of at most MOST subjects and kinds that is remembered."""
        known = self.left.pop((subject, kind), None)
        newest = LeftOut(subject, kind, at, fields) if known is None or known.at <= at else known
        self.left[subject, kind] = newest
        if len(self.left) > MOST:
            del self.left[next(iter(self.left))]

    def brought(self, subject: str, kind: str, at: int, data: Any) -> tuple[str, ...]:
        """The fields left out of the fact of this time that another report of it has; from now on they are there."""
        left = self.left[subject, kind]
        brought = tuple(name for name in left.fields if getattr(data, name) is not None) if left.at == at else ()
        if brought:
            del self.left[subject, kind]
        return brought

    def over(self) -> Iterator[CountedToday]:
        """The day is over: what was counted, in the order in which it was told."""
        counted, self._counted, self.unjudged, self._filed = self._counted, {}, 0, {}
        return (each for each in counted.values() if each.more)

    def saved(self) -> ToldToday | UnsetType:
        """What a checkpoint must hold of the day."""
        if not (self._counted or self.unjudged or self.left):
            return UNSET
        return ToldToday(list(self._counted.values()), self.unjudged, list(self.left.values()))

    def take_up(self, told: ToldToday | UnsetType, filed: list[str] | UnsetType = UNSET) -> None:
        """The day as a checkpoint holds it; those before had none."""
        self._filed = dict.fromkeys(filed or ())
        if told is not UNSET:
            self.unjudged = told.unjudged
            self._counted = {each.kind: each for each in told.counted}
            self.left = {(each.subject, each.kind): each for each in told.left}


def end_of_day(at: int) -> int:
    """When the day of China Standard Time that holds a moment is over (ms)."""
    return ((at + _CST) // DAY + 1) * DAY - _CST


def sum_of(counted: CountedToday, topic: str, partition: int, owner: str, log: str, domain: str, now: int) -> Quality:
    """The record that says how many came after the one that was told; it stands where the newest of them does."""
    kind = counted.kind
    refused = Refused(kind.reason, f"{counted.message}; {counted.more} more that day", kind.field, counted.row)
    source = Source(Place(topic, partition, counted.offset), counted.size, owner, kind.type)
    return replace(intake.record(refused, source, log, domain, now), more=counted.more)
