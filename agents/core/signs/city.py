"""The cells of a city: how far each partition of facts has told, and what all of them come to at a minute."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from msgspec import Struct

from streams.messages import HOUR, MINUTE, TREND_HOURS, SignCell, SignCells, parse_time

MILLIONTHS = 1_000_000
"""In what cells are summed, so that a sum is exact in whatever order they come; a choice."""


PATIENCE = 2 * MINUTE
"""How long after a minute (ms) a partition of facts may tell of it before it counts as not there; a choice."""

SETTLE = 10_000
"""For how long (ms) after a partition has told for the first time past minutes wait for others that follow it; a choice."""

LONGEST = 10 * MINUTE
"""For how long (ms) the city waits for a partition that goes on telling, but is behind; a choice."""


class CityMark(Struct, array_like=True):
    """How far a city is: the newest minute (ms) of which signs were told, and when time stood where that was told (`moved`).

    `fresh`: a partition has told for the first time since then, at `since`: others may follow it.
    """

    done: int = 0
    fresh: bool = False
    since: int = 0
    moved: int = 0


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
            self.mark.fresh, self.mark.since = True, now
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

    def until(self, now: int) -> int:
        """Up to which minute (ms) may be told when time stands at `now`: all have told, or nobody waits for those who have not.

        Who has told lately is waited for, so that hours that are behind are told whole.
        """
        behind = [source.told for source in self.sources.values() if source.heard > now - PATIENCE]
        patient = now - max(self.mark.moved, self.mark.since) < LONGEST
        if patient and self.mark.fresh and now < self.mark.since + SETTLE and min(behind, default=now) <= now - PATIENCE:
            return 0
        return max(self.complete, min([now - PATIENCE, *behind]) if patient else now - PATIENCE)

    @property
    def complete(self) -> int:
        """The newest minute (ms) of which, or of a later one, every partition has told."""
        return min((source.told for source in self.sources.values()), default=0)

    def advance(self, at: int, now: int) -> Iterator[tuple[str, int]]:
        """What was told of minutes up to `at` holds from `now` on (ms): the partitions and minutes that wait no longer."""
        for name, waiting in self.waiting.items():
            over = sorted(minute for minute in waiting if minute <= at)
            for minute in over:
                self.sources[name].holds = waiting.pop(minute)
                yield name, minute
        self.mark.done, self.mark.fresh, self.mark.moved = max(at, self.mark.done), False, now
        del self._minutes[: bisect_right(self._minutes, self.mark.done)]

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
