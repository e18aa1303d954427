"""What a sign comes to at a moment in an area, with its coverage and the facts behind it. Pure.

Each partition gives its own inputs; a figure is made of those of all. Windows are closed on the right: what happened at the
moment itself is in it, what happened a whole window before is not.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from msgspec import Struct

from agents.core.duration import span
from agents.core.judges.limit import is_valid
from agents.domains.environment.aqi import ITEMS, edition_at, index
from agents.domains.environment.judges import VALID_MINUTES
from agents.signs.book.sign import (
    AIR_HOUR,
    LEVELS,
    AirForm,
    InputDue,
    OnlineForm,
    OnlineInput,
    PairsForm,
    RateForm,
    ShareForm,
    SignRow,
    test_of,
)
from agents.signs.facts import PartitionFacts, SignFact
from agents.signs.reading import owed, reading_of, total
from streams.messages import Severity, SignState

POLLUTANTS = tuple(item for item in ITEMS if item != "o3_8h")
"""What takes part in an hourly index (HJ 633-2012 table 1, HJ 633-2026 table 3)."""


class SignInput(NamedTuple):
    """One input: what it adds to numerator and denominator, whether it counts (`valid`); `offset`: -1 where none came."""

    subject: str
    offset: int
    at: int
    numerator: float
    denominator: float
    valid: bool


class PartitionInput(NamedTuple):
    """The same with the partition that it is of."""

    topic: str
    partition: int
    input: SignInput


class SignFigure(Struct, frozen=True, kw_only=True):
    """A sign at a moment (ms) in an area (six digits).

    `value`: in the sign's unit, None where it is not told; `numerator`, `denominator`; `valid` of `due` inputs, `coverage`
    (0 to 1): None where nobody owes any; `newest`: the time (ms) of its newest valid input; `detail`: of air the mean of each
    pollutant, and what the index rests on.
    """

    sign: str
    area: str
    at: int
    state: SignState
    value: float | None
    numerator: float
    denominator: float
    valid: int
    due: int | None
    coverage: float | None
    newest: int | None
    detail: Mapping[str, float] = {}


def area_holds(area: str, adcode: str) -> bool:
    """Whether a district lies in an area: a district's own code, a city's (`410100`) or a province's (`410000`).

    >>> area_holds("410100", "410105"), area_holds("410105", "410105"), area_holds("410100", "410305")
    (True, True, False)
    """
    kept = area.removesuffix("00") if area.endswith("00") else area
    kept = kept.removesuffix("00") if kept.endswith("00") and len(kept) == len("4100") else kept
    return adcode.startswith(kept)


def inputs(row: SignRow, facts: PartitionFacts, area: str, at: int) -> Iterator[SignInput]:
    """What a partition has for a sign: each input that was due or came."""
    formula, since = row.formula, at - span(row.window)
    if isinstance(formula, ShareForm):
        yield from _share(formula, facts, area, since, at)
    elif isinstance(formula, PairsForm):
        yield from _pairs(formula, facts, area, since, at)
    elif isinstance(formula, RateForm):
        yield from _rate(formula, facts, area, since, at)
    elif isinstance(formula, OnlineForm):
        for source in formula.sources:
            yield from _online(source, formula.times, facts, area, at)
    else:
        yield from _air(formula, facts, area, since, at)


def figure(name: str, row: SignRow, parts: Sequence[tuple[str, int, PartitionFacts]], area: str, at: int) -> SignFigure:
    """A sign of all partitions together."""
    found = [each.input for each in all_inputs(row, parts, area, at)]
    valid = [each for each in found if each.valid]
    due = None if row.floor is None else len(found)
    coverage = len(valid) / due if due else None
    numerator, denominator = total(each.numerator for each in valid), total(each.denominator for each in valid)
    value, detail = _value(row, valid, numerator, denominator, parts, at)
    told = value if row.floor is None or (coverage is not None and coverage >= row.floor) else None
    return SignFigure(
        sign=name,
        area=area,
        at=at,
        state="na" if told is None else _level(row, told),
        value=told,
        numerator=numerator,
        denominator=denominator,
        valid=len(valid),
        due=due,
        coverage=coverage,
        newest=max((each.at for each in valid if each.offset >= 0), default=None),
        detail=detail,
    )


def all_inputs(row: SignRow, parts: Iterable[tuple[str, int, PartitionFacts]], area: str, at: int) -> Iterator[PartitionInput]:
    """The inputs of all partitions, each with its place."""
    for topic, partition, facts in parts:
        for each in sorted(inputs(row, facts, area, at)):
            yield PartitionInput(topic, partition, each)


def _level(row: SignRow, value: float) -> SignState:
    """The worst level that a value has reached."""
    reached: Severity | None = None
    for level in LEVELS:
        threshold = row.thresholds.get(level)
        if threshold is not None and (value <= threshold.value if row.direction == "higher" else value >= threshold.value):
            reached = level
    return reached or "ok"


def _value(
    row: SignRow,
    valid: Sequence[SignInput],
    numerator: float,
    denominator: float,
    parts: Sequence[tuple[str, int, PartitionFacts]],
    at: int,
) -> tuple[float | None, Mapping[str, float]]:
    if isinstance(row.formula, AirForm):
        return _mean_index(valid, parts, at)
    if not denominator:
        return None, {}
    scale = row.formula.per if isinstance(row.formula, RateForm) else 100
    return scale * numerator / denominator, {}


def _share(formula: ShareForm, facts: PartitionFacts, area: str, since: int, at: int) -> Iterator[SignInput]:
    """The readings of a window, and of what was due the moments of which none came."""
    read = reading_of(formula)
    came: dict[str, int] = {}
    domain = formula.type.partition(".")[0]
    for fact in facts.of(formula.type):
        if not since < fact.at <= at or not _placed(facts, domain, fact, area, formula.due):
            continue
        came[fact.subject] = came.get(fact.subject, 0) + 1
        found = read(fact.data, None)
        if found is not None:
            yield SignInput(fact.subject, fact.offset, fact.at, *found)
    if formula.due is not None:
        for subject, count in _owed(formula.due, facts, domain, area, since, at):
            for n in range(count - came.get(subject, 0)):
                yield SignInput(subject, -1, since + n, 0, 0, valid=False)


def _owed(due: InputDue, facts: PartitionFacts, domain: str, area: str, since: int, at: int) -> Iterator[tuple[str, int]]:
    """How many readings each subject in service owed in a window: none for the time before it was registered."""
    for subject, service in facts.services.get(domain, {}).items():
        if service.registered and _there(service.at(at), due.subjects, area):
            yield subject, owed(due, since, service.since, at)


def _pairs(formula: PairsForm, facts: PartitionFacts, area: str, since: int, at: int) -> Iterator[SignInput]:
    """What began and whose limit ran out in the window; the first end after the beginning counts."""
    begins, ends, voids = test_of(formula.begins), test_of(formula.ends), test_of(formula.voids)
    limit, domain = span(formula.limit), formula.type.partition(".")[0]
    begun: dict[tuple[str, object], SignFact] = {}
    ended: dict[tuple[str, object], int] = {}
    void: set[tuple[str, object]] = set()
    for fact in sorted(facts.of(formula.type), key=lambda each: (each.at, each.offset)):
        if fact.data is None or fact.at > at:
            continue
        key = (fact.subject, getattr(fact.data, formula.key))
        if begins(fact.data):
            begun.setdefault(key, fact)
        elif ends(fact.data) and key in begun:
            ended.setdefault(key, fact.at)
        elif formula.voids and voids(fact.data):
            void.add(key)
    for key, fact in begun.items():
        if since < fact.at + limit <= at and key not in void and _placed(facts, domain, fact, area, None):
            in_time = key in ended and ended[key] - fact.at <= limit
            yield SignInput(fact.subject, fact.offset, fact.at, in_time, 1, valid=True)


def _rate(formula: RateForm, facts: PartitionFacts, area: str, since: int, at: int) -> Iterator[SignInput]:
    counts, domain = test_of(formula.counts), formula.type.partition(".")[0]
    for subject, service in facts.services.get(domain, {}).items():
        if service.registered and _there(service.at(at), formula.subjects, area):
            yield SignInput(subject, -1, at, 0, 1, valid=True)
    for fact in facts.of(formula.type):
        if since < fact.at <= at and fact.data is not None and counts(fact.data) and _placed(facts, domain, fact, area, None):
            yield SignInput(fact.subject, fact.offset, fact.at, 1, 0, valid=True)


def _online(source: OnlineInput, times: float, facts: PartitionFacts, area: str, at: int) -> Iterator[SignInput]:
    """Of each source in service whether a valid record of it is young enough; one that was registered since owes none yet."""
    domain, within = source.type.partition(".")[0], int(times * span(source.every))
    newest: dict[str, SignFact] = {}
    for fact in facts.of(source.type):
        known = newest.get(fact.subject)
        if fact.data is not None and fact.at <= at and (known is None or known.at < fact.at):
            newest[fact.subject] = fact
    for subject, service in facts.services.get(domain, {}).items():
        if not service.registered or not _there(service.at(at), source.subjects, area):
            continue
        last = newest.get(subject)
        if last is not None and last.at > at - within:
            yield SignInput(subject, last.offset, last.at, 1, 1, valid=True)
        elif service.since <= at - within:
            yield SignInput(subject, -1 if last is None else last.offset, at, 0, 1, valid=True)


def _air(formula: AirForm, facts: PartitionFacts, area: str, since: int, at: int) -> Iterator[SignInput]:
    """The newest hour of the window of each station in service."""
    newest: dict[str, SignFact] = {}
    for fact in facts.of(AIR_HOUR):
        if since < fact.at <= at and (fact.subject not in newest or newest[fact.subject].at < fact.at):
            newest[fact.subject] = fact
    for subject, service in facts.services.get("environment", {}).items():
        if service.registered and service.since < at and _there(service.at(at), formula.subjects, area):
            last = newest.get(subject)
            if last is None:
                yield SignInput(subject, -1, at, 0, 0, valid=False)
            else:
                yield SignInput(subject, last.offset, last.at, 1, 1, valid=_valid_hour(last))


def _valid_hour(fact: SignFact) -> bool:
    data = fact.data
    return data is not None and is_valid(data, VALID_MINUTES) and any(getattr(data, each) is not None for each in POLLUTANTS)


def _mean_index(
    valid: Sequence[SignInput], parts: Sequence[tuple[str, int, PartitionFacts]], at: int
) -> tuple[float | None, Mapping[str, float]]:
    """The index of the mean of each pollutant over the stations whose hour counts."""
    there = (facts.reading(AIR_HOUR, each.subject, each.at) for _, _, facts in parts for each in valid)
    hours = [fact.data for fact in there if fact is not None]
    means: dict[str, Decimal] = {}
    for item in POLLUTANTS:
        values = [Decimal(repr(value)) for data in hours if (value := getattr(data, item)) is not None]
        if values:
            means[item] = sum(values, Decimal(0)) / len(values)
    found = index(edition_at(at), "1h", means)
    return None if found.aqi is None else float(found.aqi), {item: float(mean) for item, mean in means.items()}


def _placed(facts: PartitionFacts, domain: str, fact: SignFact, area: str, due: InputDue | None) -> bool:
    """Whether a fact's subject was registered in the area at the fact's time, as what owes it where somebody does."""
    service = facts.services.get(domain, {}).get(fact.subject)
    if service is None or not service.registered:
        return False
    known = service.at(fact.at) or service.registered[-1][1:]
    return area_holds(area, known[1]) and (due is None or known[0] == due.subjects)


def _there(known: tuple[str, str] | None, kind: str, area: str) -> bool:
    return known is not None and known[0] == kind and area_holds(area, known[1])
