"""What single facts are to a sign: the pieces of which both the figures of an archive and those of the stage are made. Pure.

The signs of readings are of three forms: `share`, `received` and `emission`. Each has its sources, what a reading of them adds,
and what a reading adds that was due and did not come; nothing else of them is reckoned anywhere.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from msgspec import Struct

from agents.core.duration import span
from agents.core.judges.limit import is_valid
from agents.domains.environment.aqi import ITEMS, edition_at, index
from agents.domains.environment.judges import VALID_MINUTES
from agents.domains.environment.limits import mean_of
from agents.domains.environment.payload import SourceData
from agents.domains.environment.source_codes import NORMAL
from agents.measures.parts import MILLIONTHS, millionths, part_of
from agents.signs.book.sign import (
    AIR_HOUR,
    LEVELS,
    SOURCE_HOUR,
    EmissionForm,
    Form,
    InputDue,
    OnlineInput,
    PairsForm,
    RateForm,
    ReceivedForm,
    RegisterForm,
    ShareForm,
    SignRow,
    Test,
    test_of,
)
from streams.messages import DAY, Registered, SignState, begin_of

POLLUTANTS = tuple(item for item in ITEMS if item != "o3_8h")
"""What takes part in an hourly index (HJ 633-2012 table 1, HJ 633-2026 table 3)."""

ReadingsForm = ShareForm | ReceivedForm | EmissionForm
"""The forms that go over readings."""


class SignReading(NamedTuple):
    """What one reading adds to a sign's numerator and denominator, and whether it counts as an input that is there."""

    numerator: float
    denominator: float
    valid: bool = True


class ReadingSource(Struct, frozen=True):
    """Of what readings are: their type, and what was due; None where nobody owes one."""

    type: str
    due: InputDue | None


INVALID = SignReading(0, 0, valid=False)
"""A reading that came and says nothing."""

ReadingOf = Callable[[Any, Registered | None, int], SignReading | None]
"""By the data of a reading, None where these are not of their type, its subject's registration, and how long (ms) after its own
time it came; None: it is not counted."""


def sources_of(formula: ReadingsForm) -> tuple[ReadingSource, ...]:
    """The sources of a formula's readings."""
    if isinstance(formula, ShareForm):
        return (ReadingSource(formula.type, formula.due),)
    if isinstance(formula, ReceivedForm):
        return tuple(ReadingSource(each.type, _due(each)) for each in formula.sources)
    return tuple(ReadingSource(SOURCE_HOUR, InputDue(subjects=kind, every="1h")) for kind in formula.subjects)


def _due(source: OnlineInput) -> InputDue:
    return InputDue(subjects=source.subjects, every=source.every)


def reading_of(formula: ReadingsForm, source: ReadingSource) -> ReadingOf:
    """What a reading of a source adds to a sign."""
    if isinstance(formula, ShareForm):
        return _of_share(formula)
    if isinstance(formula, EmissionForm):
        return _of_emission
    every = span(source.due.every) if source.due else 0
    if formula.counts == "timely":
        timely, tardy = SignReading(1, 1), SignReading(0, 1)
        return lambda _data, _facts, late: timely if late <= every else tardy
    return lambda data, _facts, _late: SignReading(is_valid_reading(source.type, data), 1)


def absent(formula: ReadingsForm) -> SignReading:
    """What a reading adds that was due and did not come."""
    of_due = isinstance(formula, ReceivedForm) or (isinstance(formula, ShareForm) and formula.of == "due")
    return SignReading(0, 1, valid=False) if of_due else INVALID


def by_interval(formula: ReadingsForm, readings: Iterable[tuple[int, SignReading, int]]) -> list[tuple[int, SignReading, int]]:
    """The readings of one subject as they count: time (ms), what it adds, its place (any number).

    Of a share of what was due one for each interval: it is as it should be where all of its readings are, and is told by one
    that is not, else by its newest. Invalid readings are none there.
    """
    if not (isinstance(formula, ShareForm) and formula.of == "due" and formula.due):
        return list(readings)
    every, found = span(formula.due.every), dict[int, tuple[int, SignReading, int]]()
    for each in sorted(readings):
        known = found.get((each[0] - 1) // every)
        if each[1].valid and (known is None or each[1].numerator <= known[1].numerator):
            found[(each[0] - 1) // every] = each
    return list(found.values())


def _of_share(formula: ShareForm) -> ReadingOf:
    counts, numerator = test_of(formula.counts), test_of(formula.numerator)
    weighs, percents = formula.weight, formula.percent

    def read(data: Any, facts: Registered | None, _late: int) -> SignReading | None:
        if data is None:
            return INVALID
        limits: Mapping[str, float] = facts.limits if facts else {}
        if not counts(data, limits):
            return None
        weight = getattr(data, weighs) if weighs else 1
        percent = getattr(data, percents) if percents else None
        if weight is None or (percents and percent is None):
            return INVALID
        return SignReading(part_of(weight, percent) if percent is not None else weight * numerator(data, limits), weight)

    return read


def _of_emission(data: SourceData | None, facts: Registered | None, _late: int) -> SignReading:
    """An hour is kept where each mean that is judged is at or within the source's own limit."""
    if data is None or facts is None:
        return INVALID
    marked = {item: mean_of(item, each, facts) for item, each in data.factors.items() if each.flag in NORMAL}
    means = [(mean, facts.limits[item]) for item, mean in marked.items() if mean is not None and item in facts.limits]
    return SignReading(all(mean <= limit for mean, limit in means), 1) if means else INVALID


def is_valid_reading(type_: str, data: Any) -> bool:
    """Whether a reading counts as valid: its payload takes it, an hour of air has its minutes, one of a source a mark."""
    if type_ == AIR_HOUR:
        return air_values(data) is not None
    if type_ == SOURCE_HOUR:
        return data is not None and any(each.flag in NORMAL for each in data.factors.values())
    return data is not None


def last_day(formula: RegisterForm, facts: Registered) -> int | None:
    """When the last day begins that a registration has (ms); None where it has none."""
    text = facts.traits.get(formula.day)
    try:
        return begin_of(text) if isinstance(text, str) else None
    except ValueError:
        return None


def register_reading(last: int | None, at: int) -> SignReading:
    """A subject in service by the last day that its registration has: in the numerator once that day is over."""
    return INVALID if last is None else SignReading(last + DAY <= at, 1)


def owed(every: int, since: int, registered: int, at: int) -> int:
    """How many readings, one each `every` ms, a subject owed from `since` to `at` (ms): none before it was registered."""
    return max(0, (at - max(since, registered)) // every)


class SignEvent(NamedTuple):
    """Something that happened at a time (ms), and where it stands: whether it begins, ends or voids something, which thing.

    `flags`: how it came.
    """

    at: int
    offset: int
    role: str
    key: str
    flags: int = 0


def role_of(formula: PairsForm, begins: Test, ends: Test, voids: Test, data: Any) -> tuple[str, str] | None:
    """What an event is to a sign of pairs, and of which thing; None: nothing."""
    key = str(getattr(data, formula.key))
    if begins(data):
        return "begin", key
    if ends(data):
        return "end", key
    return ("void", key) if formula.voids and voids(data) else None


def in_time(events: Iterable[SignEvent], limit: int, since: int, at: int) -> Iterator[tuple[SignEvent, bool]]:
    """What began, of a subject's events in their order, whose limit (ms) ran out after `since`, by `at`; whether in time.

    The first end after the beginning counts; what is void never was.
    """
    begun: dict[str, SignEvent] = {}
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
