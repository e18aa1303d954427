"""One sign of the city as data: what it counts, of what, how much of its input must be there, and by what text. Pure.

A sign has one of a few forms. Of the facts of a log: `share`: readings, of which some are as they should be; `pairs`: what
began, of which some ended in time; `rate`: what happened, to so many subjects in service or residents; `online`: subjects in
service, of which some were heard of; `received`: readings that were due, of which some came as they should; `register`:
subjects in service, of which some are past a day of theirs; `emission`: hours of pollution sources within their own limits;
`air`: the air quality index of an area's mean. Of what judging gives: `measure`: what a measure of the book counts; `judged`:
alerts and incidents. Nothing else is evaluated: no expression, no code. What would make a sign a lie: `agents.signs.book.lint`.
"""

from collections.abc import Callable, Mapping
from typing import Any, Literal

from msgspec import Struct

from agents.core.duration import span
from agents.measures.book.measure import Provenance
from agents.signs.book.case import SignCase
from streams.messages import SEVERITIES, Severity, Text
from streams.messages.outputs.order import Basis

LEVELS = tuple(reversed(SEVERITIES))
"""The levels of a threshold, the mildest first (突发事件应对法 63)."""

SHARE = "%"
"""The unit of shares."""

LEAST = 20
"""Of fewer cases a share is told, but crosses nothing: one case would be more than 5 % of it. A choice (本系统自定)."""

AIR_HOUR = "environment.air_hour"
"""The type of fact that the form `air` reads."""

SOURCE_HOUR = "environment.source_hour"
"""The type of fact that the form `emission` reads."""

Test = Callable[..., bool]
"""Whether something holds of the data of a fact, and of the limits of its subject's registration where a test asks for them."""

NO_LIMITS: Mapping[str, float] = {}


class SignTest(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A test of one field of a fact (`answered`): it has one of these values, is at least or at most so high.

    `own`: bounds of the subject's registration (`<field>.low`, `<field>.high` of its limits) go before these; `optional`: it
    holds too where the fact says nothing of the field.
    """

    field: str
    among: tuple[str | bool, ...] = ()
    at_least: float | None = None
    at_most: float | None = None
    own: bool = False
    optional: bool = False


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
    `due`: None where nobody owes a reading, for the reason that `undue` gives. `of`: of the readings that came, or of those
    that were due, so that one that is missing counts as one that is not as it should be.
    """

    type: str
    counts: tuple[SignTest, ...] = ()
    numerator: tuple[SignTest, ...] = ()
    weight: str = ""
    percent: str = ""
    of: Literal["came", "due"] = "came"
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
    """How often something of `type` happened for which `counts` holds, for each `per` subjects in service of a kind.

    Without `subjects`: for each `per` residents of the area. An area of which nobody has told residents has no figure.
    """

    type: str
    counts: tuple[SignTest, ...] = ()
    subjects: str = ""
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


class ReceivedForm(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="received", tag_field="form"):
    """Of the readings that the sources owed, those that came and are `valid`, or came within one interval of their own time.

    Coverage is what came of what was due: what has not come is in the denominator and not in the numerator.
    """

    sources: tuple[OnlineInput, ...]
    counts: Literal["valid", "timely"]


class RegisterForm(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="register", tag_field="form"):
    """Of the subjects of these kinds in service, those whose last day (`day`, a trait of their registration) is over.

    One whose registration has no such day is no valid input.
    """

    domain: str
    subjects: tuple[str, ...]
    day: str
    service: ServiceSteps | None = None


class EmissionForm(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="emission", tag_field="form"):
    """Of the valid hours of these pollution sources, those whose every factor is within the source's own registered limit.

    Of a factor counts the mean that its standard judges (`agents.domains.environment.limits.mean_of`), if its mark is normal;
    an hour with no such factor is not valid.
    """

    subjects: tuple[str, ...]


class MeasureForm(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="measure", tag_field="form"):
    """What a share of the book of measures counts, of the window before a moment: its cases by their own moment."""

    measure: str
    undue: Text


class JudgedForm(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="judged", tag_field="form"):
    """What became of alerts and incidents.

    `verdicts`: of the occurrences that were verified as true or false those that were true. `answered`: of the annunciations of
    `severities` whose `within` has run out, those that somebody acknowledged in it. `first-told`: of incidents those whose
    first alert rests on facts of devices (by the data directory) or of the types `inspections`. `closed`: of incidents whose
    `within` and, after it, `watch` have run out, those that ended within it and stayed ended.
    """

    counts: Literal["verdicts", "answered", "first-told", "closed"]
    severities: tuple[Severity, ...] = ()
    within: str = ""
    watch: str = ""
    inspections: tuple[str, ...] = ()
    undue: Text


FactForm = ShareForm | PairsForm | RateForm | OnlineForm | ReceivedForm | RegisterForm | EmissionForm | AirForm
"""What the facts of a log are enough for."""

Form = FactForm | MeasureForm | JudgedForm


class SignRow(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One sign as a file of the book has it.

    `window`: over how long before a moment it is reckoned, whole hours; `floor`: the coverage (0 to 1) below which it is told
    as NA, where somebody owes its input; `direction`: which way is better; `thresholds`: by level; `delay`: for how long a
    value stands beyond one, or is back by `deadband` (in its unit), before that is told; `provenance`, `source`, `mark`:
    whose it is, by what text, and how sure that is; `owner`: the domain whose departments answer for it; `department`: who acts
    on it, and `guidance` what is done first; `opens`: the rules whose alerts stand behind it; `same_as`:
    the measure that says the same by months; `case`: examples, each with what it must come to.
    """

    name: Text
    what: Text
    owner: str
    department: str
    guidance: Text
    opens: tuple[str, ...] = ()
    same_as: str = ""
    unit: str
    window: str
    direction: Literal["higher", "lower"]
    floor: float | None = None
    floor_basis: Text | None = None
    formula: Form
    thresholds: Mapping[Severity, SignThreshold] = {}
    delay: str = "5m"
    deadband: float | None = None
    provenance: Provenance
    source: Text
    mark: Basis
    case: tuple[SignCase, ...] = ()


class MissingSign(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A sign that is not there: its name, what it would count, and what it needs that the log does not have."""

    name: Text
    what: Text
    needs: Text


def types_of(formula: Form) -> tuple[str, ...]:
    """The types of facts that a formula reads, without registrations; none where judging gives what it reads."""
    if isinstance(formula, MeasureForm | JudgedForm):
        return ()
    if isinstance(formula, OnlineForm | ReceivedForm):
        return tuple(each.type for each in formula.sources)
    if isinstance(formula, AirForm):
        return (AIR_HOUR,)
    if isinstance(formula, EmissionForm):
        return (SOURCE_HOUR,)
    steps = service_of(formula)
    own = () if isinstance(formula, RegisterForm) else (formula.type,)
    return (*own, *([steps.type] if steps else ()))


def subjects_of(formula: Form) -> tuple[str, ...]:
    """As what the sources of a formula are registered, where it says so."""
    match formula:
        case OnlineForm() | ReceivedForm():
            return tuple(each.subjects for each in formula.sources)
        case RegisterForm() | EmissionForm():
            return formula.subjects
        case AirForm() | RateForm():
            return (formula.subjects,) if formula.subjects else ()
        case ShareForm():
            return (formula.due.subjects,) if formula.due else ()
        case _:
            return ()


def service_of(formula: Form) -> ServiceSteps | None:
    """By which facts the subjects of a formula leave service and come back."""
    return formula.service if isinstance(formula, RateForm | RegisterForm) else None


def reach_of(row: SignRow) -> int:
    """How long before a moment (ms) facts may lie that a sign rests on at that moment."""
    formula = row.formula
    if isinstance(formula, PairsForm):
        return span(row.window) + span(formula.limit)
    if isinstance(formula, OnlineForm):
        return max(int(formula.times * span(each.every)) for each in formula.sources)
    return span(row.window)


def least_of(row: SignRow) -> int:
    """Of how many cases a share must be before its thresholds are judged; 0 where it is none."""
    return LEAST if row.unit == SHARE else 0


def is_owed(formula: Form) -> bool:
    """Whether somebody owes the inputs of a sign, so that it has a coverage."""
    if isinstance(formula, ShareForm):
        return formula.due is not None
    return isinstance(formula, OnlineForm | ReceivedForm | RegisterForm | EmissionForm | AirForm)


def is_of_residents(formula: Form) -> bool:
    """Whether a sign counts to so many residents, so that it has no figure where nobody has told them."""
    return isinstance(formula, RateForm) and not formula.subjects


def test_of(tests: tuple[SignTest, ...]) -> Test:
    """Whether all of these hold of the data of a fact."""
    compiled = tuple(_compiled(each) for each in tests)
    return lambda data, limits=NO_LIMITS: all(holds(data, limits) for holds in compiled)


def _compiled(each: SignTest) -> Test:
    low = float("-inf") if each.at_least is None else each.at_least
    high = float("inf") if each.at_most is None else each.at_most
    name, among, optional = each.field, frozenset(each.among), each.optional
    if among:
        return lambda data, _: getattr(data, name) in among
    if each.own:
        lowest, highest = f"{name}.low", f"{name}.high"

        def within(data: Any, limits: Mapping[str, float]) -> bool:
            value = getattr(data, name)
            return optional if value is None else limits.get(lowest, low) <= value <= limits.get(highest, high)

        return within
    return lambda data, _: optional if (value := getattr(data, name)) is None else low <= value <= high
