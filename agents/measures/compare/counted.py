"""What is counted of each body as bodies are on a day: one that has ended counts with whoever has its duties. Pure."""

from collections.abc import Iterable
from datetime import date

from msgspec import Struct

from agents.measures.compare.objected import ObjectedFigure, ObjectionMark
from streams.organs.unit import Units


class CountedUnit(Struct):
    """The ids of the cases of a unit, and of those that it has followed (`merged`), with what was objected to."""

    numerator: list[str] = []
    rest: list[str] = []
    left_out: list[str] = []
    merged: list[str] = []
    marks: list[ObjectionMark] = []

    @property
    def counts(self) -> tuple[int, int]:
        """How many of how many."""
        return len(self.numerator), len(self.numerator) + len(self.rest)


def standing_id(units: Units, day: date, unit: str) -> str:
    """The id of the body that has a body's duties on a day; its own where nobody has, or it is none."""
    now = units.standing(unit, day)
    return now.id if now else unit


def standing_units(found: Iterable[ObjectedFigure], units: Units, day: date) -> dict[str, CountedUnit]:
    """By unit as it stands on a day; what is no body, as a district, stands for itself."""
    there: dict[str, CountedUnit] = {}
    for each in found:
        name = standing_id(units, day, each.answer.key)
        counted = there.setdefault(name, CountedUnit())
        counted.numerator += each.answer.numerator
        counted.rest += each.answer.rest
        counted.left_out += [case for cases in each.answer.left_out.values() for case in cases]
        counted.marks += each.marks
        counted.merged += [each.answer.key] if name != each.answer.key else []
    return there
