"""The cells of a city: how far each partition of facts has told, and what all of them come to at a minute."""

from collections.abc import Iterable, Iterator

from msgspec import Struct

from streams.messages import SignCell, SignCells, parse_time

MILLIONTHS = 1_000_000
"""In what cells are summed, so that a sum is exact in whatever order they come; a choice."""


class PartitionCells(Struct, array_like=True):
    """What a partition of facts has told: up to which minute (ms), what of it holds, and what is of later minutes."""

    told: int = 0
    holds: SignCells | None = None
    waiting: list[SignCells] = []


class City(Struct, array_like=True):
    """The newest minute (ms) of which signs were told; the partitions of facts by topic and number.

    `fresh`: a partition has told for the first time since then: others may follow it.
    """

    done: int = 0
    fresh: bool = False
    sources: dict[str, PartitionCells] = {}

    def take(self, cells: SignCells) -> bool:
        """Take up what a partition tells; False for a second copy."""
        name, at = f"{cells.topic}/{cells.partition}", parse_time(cells.at)
        source = self.sources.get(name)
        if source is None:
            source = self.sources[name] = PartitionCells()
            self.fresh = True
        if at <= source.told:
            return False
        source.told = at
        source.waiting.append(cells)
        return True

    def minutes(self) -> Iterator[int]:
        """The minutes after the newest told of that some partition has told, in their order."""
        found = {parse_time(each.at) for source in self.sources.values() for each in source.waiting}
        yield from sorted(at for at in found if at > self.done)

    def complete(self, at: int) -> bool:
        """Whether every partition has told of a minute, or of a later one."""
        return all(source.told >= at for source in self.sources.values())

    def advance(self, at: int) -> None:
        """What was told of minutes up to `at` holds from now on."""
        for source in self.sources.values():
            while source.waiting and parse_time(source.waiting[0].at) <= at:
                source.holds = source.waiting.pop(0)
        self.done, self.fresh = max(at, self.done), False

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
