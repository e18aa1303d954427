"""What the inputs of a sign come to in a district: whole numbers, so that they are the same in whatever order inputs come."""

from agents.measures.parts import MILLIONTHS
from streams.messages import SignCell, format_time


class AreaSums:
    """A sum of inputs. `numerator` and `denominator` in millionths; `newest` (ms): of the valid inputs that came, 0 for none.

    `items`: of what is a mean the sum of each item, in millionths, and of how many.
    """

    __slots__ = ("corrected", "denominator", "due", "items", "late", "newest", "numerator", "valid")

    def __init__(self) -> None:
        self.numerator = self.denominator = self.valid = self.due = self.newest = self.late = self.corrected = 0
        self.items: dict[str, list[int]] = {}

    def add(self, numerator: int, denominator: int, at: int, flags: int = 0) -> None:
        """One more valid input, of a fact at `at` (ms)."""
        self.numerator += numerator
        self.denominator += denominator
        self.valid += 1
        self.due += 1
        self.newest = max(self.newest, at)
        self.mark(flags)

    def mark(self, flags: int) -> None:
        """Count how an input came."""
        self.late += flags & LATE
        self.corrected += flags >> 1 & 1

    def cell(self, sign: str, area: str) -> SignCell:
        """The sums as a cell."""
        return SignCell(
            sign=sign,
            area=area,
            numerator=self.numerator / MILLIONTHS,
            denominator=self.denominator / MILLIONTHS,
            valid=self.valid,
            due=self.due,
            newest=format_time(self.newest) if self.newest else "",
            late=self.late,
            corrected=self.corrected,
            sums={item: (total / MILLIONTHS, count) for item, (total, count) in sorted(self.items.items())},
        )


LATE, CORRECTED = 1, 2
"""How an input came: after its allowance or by hand; corrected."""

ONE = MILLIONTHS
"""One whole thing."""

ByArea = dict[str, AreaSums]
"""The sums of a sign by district."""


def of_area(into: ByArea, area: str) -> AreaSums:
    """The sums of a district."""
    found = into.get(area)
    if found is None:
        found = into[area] = AreaSums()
    return found
