"""What single facts are to a sign: the pieces of which both the figures of an archive and those of the stage are made. Pure."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from agents.core.duration import span
from agents.core.judges.limit import is_valid
from agents.domains.environment.aqi import ITEMS, edition_at, index
from agents.domains.environment.judges import VALID_MINUTES
from agents.signs.book.sign import LEVELS, Form, InputDue, RateForm, ShareForm, SignRow, test_of
from streams.messages import Registered, SignState

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


class Happened(NamedTuple):
    """Something that happened at a time (ms): whether it begins, ends or voids something, which thing, how it came."""

    at: int
    role: str
    key: str
    flags: int = 0


def in_time(events: Iterable[Happened], limit: int, since: int, at: int) -> Iterator[tuple[Happened, bool]]:
    """What began, of a subject's events in their order, whose limit (ms) ran out after `since`, by `at`; whether in time.

    The first end after the beginning counts; what is void never was.
    """
    begun: dict[str, Happened] = {}
    ended: dict[str, int] = {}
    void: set[str] = set()
    for each in events:
        if each.at > at:
            continue
        if each.role == "begin":
            begun.setdefault(each.key, each)
        elif each.role == "end" and each.key in begun:
            ended.setdefault(each.key, each.at)
        elif each.role == "void":
            void.add(each.key)
    for key, each in begun.items():
        if since < each.at + limit <= at and key not in void:
            yield each, key in ended and ended[key] - each.at <= limit


AirValues = dict[str, int]
"""The values of an hour by pollutant, in millionths of their unit."""

POLLUTANTS = tuple(item for item in ITEMS if item != "o3_8h")
"""What takes part in an hourly index (HJ 633-2012 table 1, HJ 633-2026 table 3)."""


def air_values(data: Any) -> AirValues | None:
    """The values of an hour of air; None where it does not count: it needs 45 minutes (GB 3095, table 4) and some value."""
    if data is None or not is_valid(data, VALID_MINUTES):
        return None
    found = {item: millionths(value) for item in POLLUTANTS if (value := getattr(data, item)) is not None}
    return found or None


def mean_index(sums: Mapping[str, tuple[int, int]], at: int) -> tuple[float | None, dict[str, float]]:
    """The index (HJ 633 of the day) of the mean of each pollutant, of its sum (millionths) and its count; and the means."""
    means = {item: Decimal(total) / MILLIONTHS / count for item, (total, count) in sums.items() if count}
    found = index(edition_at(at), "1h", means)
    return None if found.aqi is None else float(found.aqi), {item: float(mean) for item, mean in means.items()}


def level_of(row: SignRow, value: float) -> SignState:
    """The worst level that a value has reached."""
    reached: SignState = "ok"
    for level in LEVELS:
        threshold = row.thresholds.get(level)
        if threshold is not None and (value <= threshold.value if row.direction == "higher" else value >= threshold.value):
            reached = level
    return reached


def share_of(formula: Form, numerator: float, denominator: float) -> float | None:
    """The value of a sign that is no mean: per cent, or for so many; None where there is nothing that it is of."""
    scale = formula.per if isinstance(formula, RateForm) else 100
    return scale * numerator / denominator if denominator else None
