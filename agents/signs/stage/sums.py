"""What the inputs of a sign come to in a district: whole numbers, so that they are the same in whatever order inputs come."""

from collections.abc import Iterable

from agents.measures.parts import MILLIONTHS
from streams.messages import SignCell, format_time

_NO_ITEMS: dict[str, list[int]] = {}
"""The items of sums that have none, which are nearly all; it stays empty."""


class AreaSums:
    """A sum of inputs. `numerator` and `denominator` in millionths; `newest` (ms): of the valid inputs that came, 0 for none.

    `items`: of what is a mean the sum of each item, in millionths, and of how many; `parts`: of how many others it is the sum.
    """

    __slots__ = ("corrected", "denominator", "due", "items", "late", "newest", "numerator", "parts", "valid")

    def __init__(self) -> None:
        self.numerator = self.denominator = self.valid = self.due = self.newest = self.late = self.corrected = self.parts = 0
        self.items: dict[str, list[int]] = _NO_ITEMS

    def add(self, numerator: int, denominator: int, at: int, flags: int = 0) -> None:
        """One more valid input, of a fact at `at` (ms)."""
        self.numerator += numerator
        self.denominator += denominator
        self.valid += 1
        self.due += 1
        self.newest = max(self.newest, at)
        self.mark(flags)

    def lack(self, due: int, denominator: int) -> None:
        """So many inputs that were due and did not come."""
        self.due += due
        self.denominator += denominator

    def count(self, part: "AreaSums", sign: int) -> None:
        """Add another one (`sign` 1) or take it back (-1), all but the newest."""
        self.parts += sign
        self.numerator += sign * part.numerator
        self.denominator += sign * part.denominator
        self.valid += sign * part.valid
        self.due += sign * part.due
        self.late += sign * part.late
        self.corrected += sign * part.corrected
        if part.items and self.items is _NO_ITEMS:
            self.items = {}
        for item, (total, count) in part.items.items():
            known = self.items.setdefault(item, [0, 0])
            known[0] += sign * total
            known[1] += sign * count
            if not known[1]:
                del self.items[item]

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
            sums={item: (total / MILLIONTHS, count) for item, (total, count) in sorted(self.items.items())}
            if self.items
            else {},
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


def summed(parts: Iterable[AreaSums]) -> AreaSums:
    """The sum of some."""
    found = AreaSums()
    for each in parts:
        found.count(each, 1)
        found.newest = max(found.newest, each.newest)
    return found
