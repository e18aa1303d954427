"""The cells of a city: how far each partition of facts has told, and what all of them come to at a minute."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from copy import copy

from msgspec import Struct

from streams.messages import HOUR, MINUTE, TREND_HOURS, SignCell, SignCells, parse_time

MILLIONTHS = 1_000_000
"""In what cells are summed, so that a sum is exact in whatever order they come; a choice."""


PATIENCE = 5 * MINUTE
"""How long after a minute (ms) a partition of facts may tell of it before it counts as not there; a choice."""

LONGEST = 15 * MINUTE
"""How far behind (ms) a partition that goes on telling may stay and still be waited for; a choice.

One that is further behind is waited for while it comes nearer by as much time as passes, looked at each so many ms.
"""


class CityMark(Struct, array_like=True):
    """How far a city is: the newest minute (ms) of which signs were told.

    `fresh`: a partition has told for the first time since then: others may follow it. `late`: since when (ms) somebody who is
    waited for has been far behind, 0 where nobody is; `slowest`: what the slowest had told by then (ms).
    """

    done: int = 0
    fresh: bool = False
    late: int = 0
    slowest: int = 0


class PartitionCells(Struct, array_like=True):
    """How far a partition of facts has told: up to which minute (ms), what of it holds, when (ms) it was heard last."""

    told: int = 0
    holds: SignCells | None = None
    heard: int = 0


class City:
    """How far a city is, its partitions of facts by topic and number, and what these told of later minutes (ms), oldest first.

    A checkpoint has a record for each of them, so that none grows with how long others are waited for.
    """

    __slots__ = ("_minutes", "mark", "sources", "waiting")

    def __init__(self) -> None:
        self.mark = CityMark()
        self.sources: dict[str, PartitionCells] = {}
        self.waiting: dict[str, dict[int, SignCells]] = {}
        self._minutes: list[int] = []

    def take(self, cells: SignCells, now: int) -> list[tuple[str, int]]:
        """Take up what a partition tells when time stands at `now` (ms): which partition, and of which minutes.

        A second copy changes nothing.
        """
        name, at = f"{cells.topic}/{cells.partition}", parse_time(cells.at)
        source = self.sources.get(name)
        if source is None:
            source = self.sources[name] = PartitionCells()
            self.mark.fresh, self.mark.late = True, 0
        if at <= source.told:
            return []
        before, source.told, source.heard = source.told, at, now
        self.wait(name, at, cells)
        if is_past(before, now) and self.waiting[name].pop(before, None) is not None:
            return [(name, before), (name, at)]
        return [(name, at)]

    def wait(self, name: str, at: int, cells: SignCells) -> None:
        """What a partition has told of a minute waits until that is told."""
        self.sources.setdefault(name, PartitionCells(at))
        self.waiting.setdefault(name, {})[at] = cells
        place = bisect_left(self._minutes, at)
        if at > self.mark.done and self._minutes[place : place + 1] != [at]:
            self._minutes.insert(place, at)

    def minutes(self, until: int, now: int) -> list[int]:
        """The minutes after the newest told, up to `until` (ms), of which some partition has told, in their order.

        Those that nobody asks for any more when time stands at `now` are passed over.
        """
        place = bisect_right(self._minutes, until)
        found = [at for at in self._minutes[:place] if not is_past(at, now)]
        self._minutes[:place] = found
        return found

    def look(self, now: int) -> bool:
        """See when time stands at `now` (ms) who is far behind, and since when; whether that has changed."""
        mark, slowest = self.mark, self._slowest(now)
        if slowest > now - LONGEST:
            changed, mark.late, mark.slowest = mark.late != 0, 0, 0
        elif changed := not mark.late or (now - mark.late >= LONGEST and self._comes_nearer(slowest, now)):
            mark.late, mark.slowest = now, slowest
        return changed

    def until(self, now: int) -> int:
        """Up to which minute (ms) may be told when time stands at `now`: all have told, or nobody waits for those who have not.

        Who goes on telling is waited for, so that hours that are behind are told whole; who has told for the first time, and
        is far behind, until it is not, for others may follow it. Whoever stays far behind is waited for no more.
        """
        slowest = self._slowest(now)
        if slowest <= now - LONGEST:
            if now - self.mark.late >= LONGEST and not self._comes_nearer(slowest, now):
                slowest = min((told for told in self._waited(now) if told > now - LONGEST), default=now)
            elif self.mark.fresh:
                return 0
        return max(self.complete, min(now - PATIENCE, slowest))

    def _waited(self, now: int) -> Iterator[int]:
        """Up to which minutes (ms) those have told who have told lately; who was behind then may be silent for longer."""
        for source in self.sources.values():
            if source.heard > now - (PATIENCE if source.told > source.heard - PATIENCE else LONGEST):
                yield source.told

    def _slowest(self, now: int) -> int:
        return min(self._waited(now), default=now)

    def _comes_nearer(self, slowest: int, now: int) -> bool:
        return slowest - self.mark.slowest >= 2 * (now - self.mark.late)

    @property
    def complete(self) -> int:
        """The newest minute (ms) of which, or of a later one, every partition has told."""
        return min((source.told for source in self.sources.values()), default=0)

    def advance(self, at: int) -> Iterator[tuple[str, int]]:
        """What was told of minutes up to `at` (ms) holds: the partitions and minutes that wait no longer."""
        for name, waiting in self.waiting.items():
            over = sorted(minute for minute in waiting if minute <= at)
            for minute in over:
                self.sources[name].holds = waiting.pop(minute)
                yield name, minute
        self.mark.done, self.mark.fresh = max(at, self.mark.done), False
        del self._minutes[: bisect_right(self._minutes, self.mark.done)]

    def copy(self) -> "City":
        """Another one that goes on from here."""
        other = City()
        other.mark, other._minutes = copy(self.mark), [*self._minutes]
        other.sources = {name: copy(source) for name, source in self.sources.items()}
        other.waiting = {name: {**waiting} for name, waiting in self.waiting.items()}
        return other

    def totals(self, city: str, at: int) -> dict[tuple[str, str], "Total"]:
        """What all partitions come to at a minute, by sign and area: each district, and the city, which is all of them."""
        totals: dict[tuple[str, str], Total] = {}
        for source in self.sources.values():
            there = source.told >= at
            for cell in source.holds.cells if source.holds else ():
                key = cell.sign, cell.area
                total = totals.get(key)
                if total is None:
                    total = totals[key] = Total()
                total.add(cell, there=there)
        for (sign, area), total in [*totals.items()]:
            if area != city:
                totals.setdefault((sign, city), Total()).join(total)
        return totals


def is_past(at: int, now: int) -> bool:
    """Whether nobody asks for a minute (ms) any more: of what is more than an hour ago a day's full hours are told alone."""
    return at < now - HOUR and (at % HOUR != 0 or at <= now - TREND_HOURS * HOUR)


class Total(Struct):
    """Cells together: whole numbers of millionths. `lost`: a part is of a partition that has not told of the minute."""

    numerator: int = 0
    denominator: int = 0
    valid: int = 0
    due: int = 0
    late: int = 0
    corrected: int = 0
    newest: str = ""
    lost: bool = False
    items: dict[str, tuple[int, int]] = {}

    def add(self, cell: SignCell, *, there: bool) -> None:
        """Add a cell; of a partition that is not `there` what was due of it alone."""
        self.due += cell.due
        if not there:
            self.lost = True
            return
        self.numerator += round(cell.numerator * MILLIONTHS)
        self.denominator += round(cell.denominator * MILLIONTHS)
        self._count(cell)
        for item, (total, count) in cell.sums.items():
            self._mean(item, round(total * MILLIONTHS), count)

    def join(self, other: "Total") -> None:
        """Add what others come to."""
        self.due += other.due
        self.lost = self.lost or other.lost
        self.numerator += other.numerator
        self.denominator += other.denominator
        self._count(other)
        for item, (total, count) in other.items.items():
            self._mean(item, total, count)

    def _count(self, part: "SignCell | Total") -> None:
        self.valid += part.valid
        self.late += part.late
        self.corrected += part.corrected
        if part.newest > self.newest:
            self.newest = part.newest

    def _mean(self, item: str, total: int, count: int) -> None:
        known = self.items.get(item, (0, 0))
        self.items[item] = known[0] + total, known[1] + count
