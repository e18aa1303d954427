"""One sign of the city as data: what it counts, of what, how much of its input must be there, and by what text. Pure.

A sign has one of five forms. `share`: readings, of which some are as they should be; `pairs`: what began, of which some ended
in time; `rate`: what happened, to so many subjects in service; `online`: subjects in service, of which some were heard of;
`air`: the air quality index of an area's mean. Nothing else is evaluated: no expression, no code.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal

from msgspec import Struct

from agents.core.duration import span
from agents.measures.book.measure import Provenance
from streams.catalogue.payloads import fields, payload
from streams.messages import DAY, HOUR, SEVERITIES, Severity, Text
from streams.messages.outputs.order import Basis

LEVELS = tuple(reversed(SEVERITIES))
"""The levels of a threshold, the mildest first (突发事件应对法 63)."""

AIR_HOUR = "environment.air_hour"
"""The type of fact that the form `air` reads."""

Test = Callable[[Any], bool]
"""Whether something holds of the data of a fact."""


class SignTest(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A test of one field of a fact (`answered`): it has one of these values, is at least or at most so high."""

    field: str
    among: tuple[str | bool, ...] = ()
    at_least: float | None = None
    at_most: float | None = None


class InputDue(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What was due: each subject in service that is registered as of a kind (`air_station`) sends a reading `every` so long."""

    subjects: str
    every: str


class OnlineInput(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Sources of one kind: what they are registered as, the type by which they are heard of, and how often they send."""

    subjects: str
    type: str
    every: str


class ServiceSteps(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """By which facts a subject leaves service and comes back: the type, its field, the values of either."""

    type: str
    field: str
    leaves: tuple[str, ...]
    returns: tuple[str, ...]


class SignThreshold(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """From which value on the sign is at a level, and by what text."""

    value: float
    basis: Text


class ShareForm(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="share", tag_field="form"):
    """Of the readings of `type` for which `counts` holds those for which `numerator` holds.

    `weight`: each counts for so many as this field says; `percent`: then the numerator is this field's percentage of them.
    `due`: None where nobody owes a reading, for the reason that `undue` gives.
    """

    type: str
    counts: tuple[SignTest, ...] = ()
    numerator: tuple[SignTest, ...] = ()
    weight: str = ""
    percent: str = ""
    due: InputDue | None = None
    undue: Text | None = None


class PairsForm(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="pairs", tag_field="form"):
    """Of what began (by `key`) those that ended within `limit`, once that has run out; `voids`: what never was one.

    What is still open then counts as late. Nobody owes a beginning: `undue` says so.
    """

    type: str
    key: str
    begins: tuple[SignTest, ...]
    ends: tuple[SignTest, ...]
    voids: tuple[SignTest, ...] = ()
    limit: str
    undue: Text


class RateForm(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="rate", tag_field="form"):
    """How often something of `type` happened for which `counts` holds, for each `per` subjects in service of a kind."""

    type: str
    counts: tuple[SignTest, ...] = ()
    subjects: str
    per: float
    service: ServiceSteps | None = None
    undue: Text


class OnlineForm(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="online", tag_field="form"):
    """Of the sources in service those that were heard of within `times` of their interval."""

    sources: tuple[OnlineInput, ...]
    times: float


class AirForm(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="air", tag_field="form"):
    """The index (HJ 633) of the mean of the valid hourly values of each pollutant over an area's stations of one kind."""

    subjects: str


Form = ShareForm | PairsForm | RateForm | OnlineForm | AirForm


class SignRow(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One sign as a file of the book has it.

    `window`: over how long before a moment it is reckoned, whole hours; `floor`: the coverage (0 to 1) below which it is told
    as NA, where somebody owes its input; `direction`: which way is better; `thresholds`: by level; `provenance`, `source`,
    `mark`: whose it is, by what text, and how sure that is; `owner`: the domain whose departments answer for it.
    """

    name: Text
    what: Text
    owner: str
    unit: str
    window: str
    direction: Literal["higher", "lower"]
    floor: float | None = None
    floor_basis: Text | None = None
    formula: Form
    thresholds: Mapping[Severity, SignThreshold] = {}
    provenance: Provenance
    source: Text
    mark: Basis

    @property
    def hours(self) -> int:
        """The window in hours."""
        return span(self.window) // HOUR


def types_of(formula: Form) -> tuple[str, ...]:
    """The types of facts that a formula reads, without registrations."""
    if isinstance(formula, OnlineForm):
        return tuple(each.type for each in formula.sources)
    if isinstance(formula, AirForm):
        return (AIR_HOUR,)
    steps = formula.service if isinstance(formula, RateForm) else None
    return (formula.type, *([steps.type] if steps else []))


def reach_of(row: SignRow) -> int:
    """How long before a moment (ms) facts may lie that a sign rests on at that moment."""
    formula = row.formula
    if isinstance(formula, PairsForm):
        return span(row.window) + span(formula.limit)
    if isinstance(formula, OnlineForm):
        return max(int(formula.times * span(each.every)) for each in formula.sources)
    return span(row.window)


def is_owed(formula: Form) -> bool:
    """Whether somebody owes the inputs of a sign, so that it has a coverage."""
    return isinstance(formula, OnlineForm | AirForm) or (isinstance(formula, ShareForm) and formula.due is not None)


def test_of(tests: tuple[SignTest, ...]) -> Test:
    """Whether all of these hold of the data of a fact."""
    compiled = tuple(_compiled(each) for each in tests)
    return lambda data: all(holds(data) for holds in compiled)


def _compiled(each: SignTest) -> Test:
    low = float("-inf") if each.at_least is None else each.at_least
    high = float("inf") if each.at_most is None else each.at_most
    name, among = each.field, frozenset(each.among)
    if among:
        return lambda data: getattr(data, name) in among
    return lambda data: (value := getattr(data, name)) is not None and low <= value <= high


def wrongs(row: SignRow) -> Iterator[str]:
    """What would make a sign a lie."""
    yield from _spans(row)
    yield from _floor(row)
    yield from _ordered(row)
    for type_ in types_of(row.formula):
        try:
            known = payload(type_)
        except (KeyError, AttributeError):
            yield f"no type of fact is called {type_!r}: see `python -m streams catalogue`"
            continue
        yield from _unknown(row.formula, type_, {each.path for each in fields(known)})
    formula = row.formula
    if isinstance(formula, ShareForm):
        if bool(formula.due) == bool(formula.undue):
            yield "a share says what was due, or why nothing was (undue): one of the two"
        if formula.percent and not formula.weight:
            yield "a percentage needs the field that it is of (weight)"
        if bool(formula.percent) == bool(formula.numerator):
            yield "a share counts by tests (numerator) or by a percentage (percent): one of the two"
    if isinstance(formula, OnlineForm) and not formula.sources:
        yield "no source is named"


def _floor(row: SignRow) -> Iterator[str]:
    if not is_owed(row.formula):
        if row.floor is not None:
            yield "nobody owes its input, so that there is no coverage: leave its floor away"
    elif row.floor is None or not 0 < row.floor <= 1 or row.floor_basis is None:
        yield "its floor of coverage is a share above 0, at most 1, with its basis: without one it is told of however little"


def _spans(row: SignRow) -> Iterator[str]:
    formula = row.formula
    spans = [row.window]
    if isinstance(formula, ShareForm) and formula.due:
        spans.append(formula.due.every)
    if isinstance(formula, PairsForm):
        spans.append(formula.limit)
    if isinstance(formula, OnlineForm):
        spans += [each.every for each in formula.sources]
    for text in spans:
        try:
            if not span(text):
                yield f"{text!r} is no length of time"
        except ValueError as error:
            yield str(error)
            return
    if span(row.window) % HOUR or span(row.window) > 31 * DAY:
        yield f"its window {row.window!r} is whole hours, at most 31 days"


def _ordered(row: SignRow) -> Iterator[str]:
    values = [row.thresholds[level].value for level in LEVELS if level in row.thresholds]
    rising = sorted(values, reverse=row.direction == "higher")
    if values != rising or len(set(values)) != len(values):
        yield "its thresholds do not get worse from blue to red"


def _unknown(formula: Form, type_: str, known: set[str]) -> Iterator[str]:
    for name in _fields(formula, type_):
        if name not in known:
            yield f"{type_} has no field {name!r}"


def _fields(formula: Form, type_: str) -> Iterator[str]:
    if isinstance(formula, ShareForm):
        yield from (each.field for each in (*formula.counts, *formula.numerator))
        yield from filter(None, (formula.weight, formula.percent))
    elif isinstance(formula, PairsForm):
        yield from (each.field for each in (*formula.begins, *formula.ends, *formula.voids))
        yield formula.key
    elif isinstance(formula, RateForm):
        if formula.service and formula.service.type == type_:
            yield formula.service.field
        if formula.type == type_:
            yield from (each.field for each in formula.counts)
