"""What single facts are to a sign: the pieces of which both the figures of an archive and those of the stage are made. Pure."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from agents.core.duration import span
from agents.signs.book.sign import InputDue, ShareForm, test_of
from streams.messages import Registered

MILLIONTHS = 1_000_000
"""In what the inputs of a sign are summed: whole numbers, so that a sum is exact in whatever order they come; a choice."""


class Reading(NamedTuple):
    """What one reading adds to a sign's numerator and denominator, and whether it counts as an input that is there."""

    numerator: float
    denominator: float
    valid: bool = True


INVALID = Reading(0, 0, valid=False)
"""A reading that came and says nothing."""

ReadingOf = Callable[[Any, Registered | None], Reading | None]
"""By the data of a reading, None where these are not of their type, and its subject's registration; None: it is not counted."""


def reading_of(formula: ShareForm) -> ReadingOf:
    """What a reading adds to a sign of this form."""
    counts, numerator = test_of(formula.counts), test_of(formula.numerator)
    weighs, percents = formula.weight, formula.percent

    def read(data: Any, _facts: Registered | None) -> Reading | None:
        if data is None:
            return INVALID
        if not counts(data):
            return None
        weight = getattr(data, weighs) if weighs else 1
        percent = getattr(data, percents) if percents else None
        if weight is None or (percents and percent is None):
            return INVALID
        return Reading(weight * percent / 100 if percent is not None else weight * numerator(data), weight)

    return read


def owed(due: InputDue, since: int, registered: int, at: int) -> int:
    """How many readings a subject owed in a window from `since` to `at` (ms): none for the time before it was registered."""
    return max(0, (at - max(since, registered)) // span(due.every))


def millionths(value: float) -> int:
    """A number in millionths, to the nearest."""
    return round(value * MILLIONTHS)


def total(values: Iterable[float]) -> float:
    """The sum of numbers, each to the nearest millionth: exact, whatever their order."""
    return sum(map(millionths, values)) / MILLIONTHS
