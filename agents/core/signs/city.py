"""The cells of a city: how far each partition of facts has told, and what all of them come to at a minute."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator

from msgspec import Struct

from streams.messages import SignCell, SignCells, parse_time

MILLIONTHS = 1_000_000
"""In what cells are summed, so that a sum is exact in whatever order they come; a choice."""


class CityMark(Struct, array_like=True):
    """How far a city is: the newest minute (ms) of which signs were told.

    `fresh`: a partition has told for the first time since then: others may follow it.
    """

    done: int = 0
    fresh: bool = False


class PartitionCells(Struct, array_like=True):
    """How far a partition of facts has told: up to which minute (ms), and what of it holds."""

    told: int = 0
    holds: SignCells | None = None


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

    def take(self, cells: SignCells) -> tuple[str, int] | None:
        """Take up what a partition tells: which partition, and of which minute; None for a second copy."""
        name, at = f"{cells.topic}/{cells.partition}", parse_time(cells.at)
        source = self.sources.get(name)
        if source is None:
            source = self.sources[name] = PartitionCells()
            self.mark.fresh = True
        if at <= source.told:
            return None
        source.told = at
        self.wait(name, at, cells)
        return name, at

    def wait(self, name: str, at: int, cells: SignCells) -> None:
        """What a partition has told of a minute waits until that is told."""
        self.sources.setdefault(name, PartitionCells(at))
        self.waiting.setdefault(name, {})[at] = cells
        place = bisect_left(self._minutes, at)
        if at > self.mark.done and self._minutes[place : place + 1] != [at]:
            self._minutes.insert(place, at)

    def minutes(self, until: int) -> list[int]:
        """The minutes after the newest told, up to `until` (ms), of which some partition has told, in their order."""
        return self._minutes[: bisect_right(self._minutes, until)]

    @property
    def complete(self) -> int:
        """The newest minute (ms) of which, or of a later one, every partition has told."""
        return min((source.told for source in self.sources.values()), default=0)

    def advance(self, at: int) -> Iterator[tuple[str, int]]:
        """What was told of minutes up to `at` holds from now on: the partitions and minutes that wait no longer."""
        for name, waiting in self.waiting.items():
            over = sorted(minute for minute in waiting if minute <= at)
            for minute in over:
                self.sources[name].holds = waiting.pop(minute)
                yield name, minute
        self.mark.done, self.mark.fresh = max(at, self.mark.done), False
        del self._minutes[: bisect_right(self._minutes, self.mark.done)]

    def totals(self, city: str, at: int) -> dict[tuple[str, str], "Total"]:
        """What all partitions come to at a minute, by sign and area: each district, and the city, which is all of them."""
        totals: dict[tuple[str, str], Total] = {}
        for source in self.sources.values():
            there = source.told >= at
            for cell in source.holds.cells if source.holds else ():
                for area in {cell.area, city}:
                    totals.setdefault((cell.sign, area), Total()).add(cell, there=there)
        return totals


class Total:
    """Cells together: whole numbers of millionths. `lost`: a part is of a partition that has not told of the minute."""

    __slots__ = ("corrected", "denominator", "due", "items", "late", "lost", "newest", "numerator", "valid")

    def __init__(self, cells: Iterable[SignCell] = ()) -> None:
        self.numerator = self.denominator = self.valid = self.due = self.late = self.corrected = 0
        self.newest = ""
        self.lost = False
        self.items: dict[str, tuple[int, int]] = {}
        for each in cells:
            self.add(each, there=True)

    def add(self, cell: SignCell, *, there: bool) -> None:
        """Add a cell; of a partition that is not `there` what was due of it alone."""
        self.due += cell.due
        if not there:
            self.lost = True
            return
        self.numerator += round(cell.numerator * MILLIONTHS)
        self.denominator += round(cell.denominator * MILLIONTHS)
        self.valid += cell.valid
        self.late += cell.late
        self.corrected += cell.corrected
        self.newest = max(self.newest, cell.newest)
        for item, (total, count) in cell.sums.items():
            known = self.items.get(item, (0, 0))
            self.items[item] = known[0] + round(total * MILLIONTHS), known[1] + count
