"""What a sign comes to at a moment in an area, with its coverage and the facts behind it. Pure.

Each partition gives its own inputs; a figure is made of those of all. Windows are closed on the right: what happened at the
moment itself is in it, what happened a whole window before is not.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from msgspec import Struct

from agents.core.duration import span
from agents.measures.parts import total
from agents.signs.book.sign import (
    AIR_HOUR,
    AirForm,
    EmissionForm,
    InputDue,
    OnlineForm,
    OnlineInput,
    PairsForm,
    RateForm,
    ReceivedForm,
    RegisterForm,
    ShareForm,
    SignRow,
    is_of_residents,
    is_owed,
    test_of,
)
from agents.signs.facts import PartitionFacts, SignFact
from agents.signs.reading import (
    ReadingsForm,
    SignEvent,
    SignReading,
    absent,
    air_values,
    by_interval,
    in_time,
    last_day,
    level_of,
    mean_index,
    owed,
    reading_of,
    register_reading,
    role_of,
    share_of,
    sources_of,
)
from streams.messages import SignState


class SignInput(NamedTuple):
    """One input: what it adds to numerator and denominator, whether it counts (`valid`); `offset`: -1 where none came."""

    subject: str
    offset: int
    at: int
    numerator: float
    denominator: float
    valid: bool


class JudgedCase(NamedTuple):
    """What judging says of one alert, incident or case of a measure: when it counts (ms), where, whether it is good."""

    at: int
    adcode: str
    subject: str
    good: bool


class SignGround(Struct, frozen=True, kw_only=True):
    """What signs rest on beside facts: by sign what judging says, and how many residents areas have (by code)."""

    cases: Mapping[str, Sequence[JudgedCase]] = {}
    residents: Mapping[str, int] = {}


NO_GROUND = SignGround()


class PartitionInput(NamedTuple):
    """The same with the partition that it is of."""

    topic: str
    partition: int
    input: SignInput


Why = Literal["", "coverage", "nothing-due", "no-residents"]
"""Why a sign is not told: too little of its input was there, nothing was due, nobody has told how many live there."""


class SignFigure(Struct, frozen=True, kw_only=True):
    """A sign at a moment (ms) in an area (six digits).

    `value`: in the sign's unit, None where it is not told; `numerator`, `denominator`; `valid` of `due` inputs, `coverage`
    (0 to 1): None where nobody owes any; `newest`: the time (ms) of its newest valid input; `detail`: of air the mean of each
    pollutant, and what the index rests on; `why`: of one that is not told, the reason.
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
    why: Why = ""


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
    if isinstance(formula, ShareForm | ReceivedForm | EmissionForm):
        yield from _readings(formula, facts, area, since, at)
    elif isinstance(formula, PairsForm):
        yield from _pairs(formula, facts, area, since, at)
    elif isinstance(formula, RateForm):
        yield from _rate(formula, facts, area, since, at)
    elif isinstance(formula, OnlineForm):
        for source in formula.sources:
            yield from _online(source, formula.times, facts, area, at)
    elif isinstance(formula, RegisterForm):
        yield from _register(formula, facts, area, at)
    elif isinstance(formula, AirForm):
        yield from _air(formula, facts, area, since, at)


def judged(row: SignRow, cases: Iterable[JudgedCase], area: str, at: int) -> Iterator[SignInput]:
    """What judging has for a sign: each of its cases that counts in the window."""
    since = at - span(row.window)
    for each in cases:
        if since < each.at <= at and area_holds(area, each.adcode):
            yield SignInput(each.subject, -1, each.at, each.good, 1, valid=True)


class SignSums(NamedTuple):
    """What the inputs of a sign come to: those that are `valid` of those that came or were due, `newest` (ms) of the valid.

    `items`: of what is a mean the sum of each (millionths), and of how many.
    """

    numerator: float
    denominator: float
    valid: int
    inputs: int
    newest: int | None
    items: Mapping[str, tuple[int, int]] = {}


def figure(
    name: str,
    row: SignRow,
    parts: Sequence[tuple[str, int, PartitionFacts]],
    area: str,
    at: int,
    ground: SignGround = NO_GROUND,
) -> SignFigure:
    """A sign of all partitions together."""
    found = [each.input for each in all_inputs(row, parts, area, at)]
    said = [*judged(row, ground.cases.get(name, ()), area, at)]
    moments = [each.at for each in (*(each for each in found if each.valid and each.offset >= 0), *said)]
    found += said
    valid = [each for each in found if each.valid]
    sums = SignSums(
        total(each.numerator for each in found),
        total(each.denominator for each in found),
        len(valid),
        len(found),
        max(moments, default=None),
        _air_sums(valid, parts) if isinstance(row.formula, AirForm) else {},
    )
    return figure_of(name, row, sums, area, at, ground)


def figure_of(name: str, row: SignRow, sums: SignSums, area: str, at: int, ground: SignGround = NO_GROUND) -> SignFigure:
    """A sign of what its inputs come to."""
    numerator, denominator, valid = sums.numerator, sums.denominator, sums.valid
    due = sums.inputs if is_owed(row.formula) else None
    coverage = valid / due if due else None
    of_residents = is_of_residents(row.formula)
    if of_residents:
        denominator = float(ground.residents.get(area, 0))
    value, detail = _value(row, numerator, denominator, sums.items, at)
    covered = not due or row.floor is None or (coverage is not None and coverage >= row.floor)
    told = value if covered else None
    why: Why = "" if told is not None else "nothing-due"
    if told is None and not covered:
        why = "coverage"
    elif told is None and of_residents:
        why = "no-residents"
    return SignFigure(
        sign=name,
        area=area,
        at=at,
        state="na" if told is None else level_of(row, told),
        value=told,
        numerator=numerator,
        denominator=denominator,
        valid=valid,
        due=due,
        coverage=coverage,
        newest=sums.newest,
        detail=detail,
        why=why,
    )


def all_inputs(row: SignRow, parts: Iterable[tuple[str, int, PartitionFacts]], area: str, at: int) -> Iterator[PartitionInput]:
    """The inputs of all partitions, each with its place."""
    for topic, partition, facts in parts:
        for each in sorted(inputs(row, facts, area, at)):
            yield PartitionInput(topic, partition, each)


def _value(
    row: SignRow, numerator: float, denominator: float, items: Mapping[str, tuple[int, int]], at: int
) -> tuple[float | None, Mapping[str, float]]:
    if isinstance(row.formula, AirForm):
        return mean_index(items, at)
    return share_of(row.formula, numerator, denominator), {}


def _readings(formula: ReadingsForm, facts: PartitionFacts, area: str, since: int, at: int) -> Iterator[SignInput]:
    """The readings of a window, and of what was due the moments of which none came."""
    missing = absent(formula)
    for source in sources_of(formula):
        read, domain = reading_of(formula, source), source.type.partition(".")[0]
        services = facts.services.get(domain, {})
        told, came = defaultdict[str, list[tuple[int, SignReading, int]]](list), Counter[str]()
        for fact in facts.of(source.type):
            if not since < fact.at <= at or not _placed(facts, domain, fact, "", source.due):
                continue
            came[fact.subject] += 1
            found = read(fact.data, services[fact.subject].facts(fact.at), fact.came - fact.at)
            if found is not None:
                told[fact.subject].append((fact.at, found, fact.offset))
        for subject, readings in told.items():
            counted = by_interval(formula, readings)
            came[subject] -= len(readings) - len(counted)
            for moment, each, offset in counted:
                if area_holds(area, services[subject].when(moment)[1]):
                    yield SignInput(subject, offset, moment, *each)
        if source.due is not None:
            for subject, count in _owed(source.due, facts, domain, area, since, at):
                for n in range(count - came[subject]):
                    yield SignInput(subject, -1, since + n, *missing)


def _owed(due: InputDue, facts: PartitionFacts, domain: str, area: str, since: int, at: int) -> Iterator[tuple[str, int]]:
    """How many readings each subject in service owed in a window: none for the time before it was registered."""
    for subject, service in facts.services.get(domain, {}).items():
        if _there(service.at(at), due.subjects, area):
            yield subject, owed(span(due.every), since, service.since, at)


def _register(formula: RegisterForm, facts: PartitionFacts, area: str, at: int) -> Iterator[SignInput]:
    """Each subject in service by the last day that its registration has."""
    for subject, service in facts.services.get(formula.domain, {}).items():
        known = service.at(at)
        if known is not None and known[0] in formula.subjects and area_holds(area, known[1]):
            yield SignInput(subject, -1, at, *register_reading(last_day(formula, service.facts(at)), at))


def _pairs(formula: PairsForm, facts: PartitionFacts, area: str, since: int, at: int) -> Iterator[SignInput]:
    """What began and whose limit ran out in the window; the first end after the beginning counts."""
    begins, ends, voids = test_of(formula.begins), test_of(formula.ends), test_of(formula.voids)
    limit, domain = span(formula.limit), formula.type.partition(".")[0]
    known: dict[str, list[SignEvent]] = {}
    for fact in sorted(facts.of(formula.type), key=lambda each: (each.at, each.offset)):
        if fact.data is not None and (role := role_of(formula, begins, ends, voids, fact.data)):
            known.setdefault(fact.subject, []).append(SignEvent(fact.at, fact.offset, *role))
    for subject, events in known.items():
        for begun, good in in_time(events, limit, since, at):
            if area_holds(area, facts.services[domain][subject].when(begun.at)[1]):
                yield SignInput(subject, begun.offset, begun.at, good, 1, valid=True)


def _rate(formula: RateForm, facts: PartitionFacts, area: str, since: int, at: int) -> Iterator[SignInput]:
    counts, domain = test_of(formula.counts), formula.type.partition(".")[0]
    for subject, service in facts.services.get(domain, {}).items() if formula.subjects else ():
        if _there(service.at(at), formula.subjects, area):
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
        if not _there(service.at(at), source.subjects, area):
            continue
        last = newest.get(subject)
        if last is not None and last.at > at - within:
            yield SignInput(subject, last.offset, last.at, 1, 1, valid=True)
        elif service.since <= at - within:
            yield SignInput(subject, *((-1, at) if last is None else (last.offset, last.at)), 0, 1, valid=True)


def _air(formula: AirForm, facts: PartitionFacts, area: str, since: int, at: int) -> Iterator[SignInput]:
    """The newest hour of the window of each station in service; one that was registered in the window owes none yet."""
    newest: dict[str, SignFact] = {}
    for fact in facts.of(AIR_HOUR):
        if since < fact.at <= at and (fact.subject not in newest or newest[fact.subject].at < fact.at):
            newest[fact.subject] = fact
    for subject, service in facts.services.get("environment", {}).items():
        if _there(service.at(at), formula.subjects, area):
            last = newest.get(subject)
            if last is not None:
                valid = air_values(last.data) is not None
                yield SignInput(subject, last.offset, last.at, valid, valid, valid=valid)
            elif service.since <= since:
                yield SignInput(subject, -1, at, 0, 0, valid=False)


def _air_sums(valid: Sequence[SignInput], parts: Sequence[tuple[str, int, PartitionFacts]]) -> dict[str, tuple[int, int]]:
    """Of each pollutant the sum over the stations whose hour counts, and of how many."""
    there = (facts.reading(AIR_HOUR, each.subject, each.at) for _, _, facts in parts for each in valid)
    sums: dict[str, tuple[int, int]] = {}
    for values in (air_values(fact.data) for fact in there if fact is not None):
        for item, value in (values or {}).items():
            known = sums.get(item, (0, 0))
            sums[item] = known[0] + value, known[1] + 1
    return sums


def _placed(facts: PartitionFacts, domain: str, fact: SignFact, area: str, due: InputDue | None) -> bool:
    """Whether a fact's subject was registered in the area at the fact's time, as what owes it where somebody does."""
    service = facts.services.get(domain, {}).get(fact.subject)
    if service is None:
        return False
    known = service.when(fact.at)
    return area_holds(area, known[1]) and (due is None or known[0] == due.subjects)


def _there(known: tuple[str, str] | None, kind: str, area: str) -> bool:
    return known is not None and known[0] == kind and area_holds(area, known[1])
