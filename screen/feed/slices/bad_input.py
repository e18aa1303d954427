"""What came in and could not be judged, over the last day. Pure."""

from typing import Any, ClassVar

from msgspec import Struct

from screen.feed.slices.clock import Clock
from screen.feed.view import Slice, View
from screen.i18n.texts import owner_name
from streams.messages import DAY, Quality, parse_time
from streams.messages.outputs.quality import UNVERIFIED

MOST_BAD = 20_000
"""Quality records remembered at most, newest kept: more in one day are shown as this number or more."""


class Bad(Struct, frozen=True):
    """One quality record: of which domain, why, whose, the log's time of it (ms), and how many bad records it stands for.

    `place`: topic, partition and offset.
    """

    domain: str
    reason: str
    owner: str
    at: int
    count: int = 1
    place: tuple[str, int, int] | None = None


class BadInput(Slice):
    """`bad`: the quality records of the last 24 h of the log by id. Reads the Clock: a record without a time has its `now`."""

    TAKES: ClassVar[tuple[type, ...]] = (Quality,)

    bad: dict[str, Bad] = {}

    def grouped(self) -> list[tuple[str, str, str, int, int]]:
        """The records by domain, reason and owner, with how many and the newest one's time (ms); most frequent first."""
        found: dict[tuple[str, str, str], list[Bad]] = {}
        for item in self.bad.values():
            found.setdefault((item.domain, item.reason, item.owner), []).append(item)
        rows = [(*key, sum(each.count for each in items), max(each.at for each in items)) for key, items in found.items()]
        return sorted(rows, key=lambda row: (-row[3], row[:3]))

    @property
    def unverified(self) -> int:
        """How many records of the last 24 h were refused because of their signature."""
        return sum(each.count for each in self.bad.values() if each.reason in UNVERIFIED)

    def take(self, message: Quality, view: View) -> None:
        """Remember a record."""
        at = parse_time(message.at) if message.at else view[Clock].now or 0
        where = message.place.topic, message.place.partition, message.place.offset
        self.bad[message.id] = Bad(message.domain, message.reason, message.owner, at, message.more or 1, where)

    def forget(self, now: int) -> None:
        """Let go of what is older than 24 h."""
        if len(self.bad) > MOST_BAD:
            self.bad = dict(list(self.bad.items())[-MOST_BAD:])
        self.bad = {key: item for key, item in self.bad.items() if item.at > now - DAY}

    def sections(self, view: View) -> dict[str, Any]:
        """`quality`."""
        rows = [(domain, reason, owner_name(owner), count, at) for domain, reason, owner, count, at in self.grouped()]
        return {"quality": rows}
