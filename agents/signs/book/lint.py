"""What would make a sign a lie, or of no use: each in a sentence. Pure."""

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from msgspec import Struct

from agents.core.duration import span
from agents.core.signs.feed import SIGNS
from agents.measures.book.measure import MeasureRow
from agents.measures.reckoned.row import ReckonedRow
from agents.signs.book.case import SignCase
from agents.signs.book.sign import (
    LEVELS,
    SHARE,
    AirForm,
    Form,
    JudgedForm,
    MeasureForm,
    OnlineForm,
    PairsForm,
    RateForm,
    ReceivedForm,
    RegisterForm,
    ShareForm,
    SignRow,
    is_owed,
    service_of,
    types_of,
)
from streams.catalogue.payloads import fields, payload
from streams.messages import DAY, HOUR

INDEX = "AQI"

CIRCLE = "a sign is not made of signs: name the facts that they are made of"

ENDS: Mapping[str, str] = {"ok": "one that is told and at no level", "na": "one that is not told"}
"""What cases a sign has at least, by the state that they come to."""


class SignWorld(Struct, frozen=True, kw_only=True):
    """What signs may name beside the catalogue: rules, departments, measures of the book and those beside it."""

    rules: Collection[str]
    answers: Callable[[str], bool]
    measures: Mapping[str, MeasureRow]
    beside: Mapping[str, ReckonedRow]
    domains: Collection[str]


def wrongs(row: SignRow) -> Iterator[str]:
    """What is wrong with a sign by itself."""
    yield from _spans(row)
    yield from _floor(row)
    yield from _levels(row)
    yield from _unit(row)
    if isinstance(row.formula, RegisterForm) and row.formula.domain == SIGNS:
        yield CIRCLE
    for type_ in types_of(row.formula):
        if type_.partition(".")[0] == SIGNS:
            yield CIRCLE
            continue
        try:
            known = payload(type_)
        except (KeyError, AttributeError):
            yield f"no type of fact is called {type_!r}: see `python -m streams catalogue`"
            continue
        yield from (
            f"{type_} has no field {name!r}"
            for name in _fields(row.formula, type_)
            if name not in {each.path for each in fields(known)}
        )
    yield from _form(row.formula)


def strangers(row: SignRow, world: SignWorld) -> Iterator[str]:
    """What a sign names that there is not, or that says something else than the sign."""
    if row.owner not in world.domains:
        yield f"no domain is called {row.owner!r}"
    if not world.answers(row.department):
        yield f"there is no department {row.department!r}"
    yield from (f"there is no rule {rule!r} for it to open" for rule in row.opens if rule not in world.rules)
    formula, same = row.formula, world.beside.get(row.same_as)
    if row.same_as and same is None:
        yield f"no measure that is reckoned beside the book is called {row.same_as!r}"
    elif same and (same.direction, same.unit) != (row.direction, row.unit):
        yield f"the measure {row.same_as!r} has another direction or unit"
    elif same and same.target is not None and same.target not in {each.value for each in row.thresholds.values()}:
        yield f"the measure {row.same_as!r} has the target {same.target:g}, and no threshold is that"
    if not isinstance(formula, MeasureForm):
        return
    if formula.measure not in world.measures:
        yield f"no share of the book of measures is called {formula.measure!r}"
    elif world.measures[formula.measure].unit != SHARE:
        yield f"the measure {formula.measure!r} is a time, and no share"
    elif world.measures[formula.measure].population != "duty":
        yield f"the measure {formula.measure!r} counts no duties: the stage of signs counts those alone"


def unproved(row: SignRow) -> Iterator[str]:
    """Which cases are missing."""
    states = {case.expect.state for case in row.case}
    yield from (f"it has no case of the state {state!r}: {what}" for state, what in ENDS.items() if state not in states)
    values = {case.expect.value for case in row.case if _counts(case)}
    if row.thresholds and not values & {each.value for each in row.thresholds.values()}:
        yield "it has no case exactly at one of its thresholds"
    names = [case.name for case in row.case]
    yield from (f"two cases are called {name!r}" for name in sorted({name for name in names if names.count(name) > 1}))


def _counts(case: SignCase) -> bool:
    return case.expect.value is not None and case.expect.state not in ENDS


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
    if isinstance(formula, OnlineForm | ReceivedForm):
        spans += [each.every for each in formula.sources]
    if isinstance(formula, JudgedForm):
        spans += [each for each in (formula.within, formula.watch) if each]
    for text in spans:
        try:
            if not span(text):
                yield f"{text!r} is no length of time"
        except ValueError as error:
            yield str(error)
            return
    if span(row.window) % HOUR or span(row.window) > 31 * DAY:
        yield f"its window {row.window!r} is whole hours, at most 31 days"


def _levels(row: SignRow) -> Iterator[str]:
    values = [row.thresholds[level].value for level in LEVELS if level in row.thresholds]
    rising = sorted(values, reverse=row.direction == "higher")
    if values != rising or len(set(values)) != len(values):
        yield "its thresholds do not get worse from blue to red"
    worst = 100 if row.direction == "higher" else 0
    if row.unit == SHARE and any(not 0 <= value <= 100 or value == worst for value in values):
        yield "a threshold of a share lies between 0 and 100 %, and is not the best that there is"


def _unit(row: SignRow) -> Iterator[str]:
    formula = row.formula
    fits = INDEX if isinstance(formula, AirForm) else SHARE
    if isinstance(formula, RateForm):
        if row.unit in {SHARE, INDEX} or not row.unit.strip():
            yield f"how often something happened is no {row.unit or 'figure without a unit'}: say what is counted"
    elif row.unit != fits:
        yield f"its formula comes to {fits}, and not to {row.unit!r}"


def _form(formula: Form) -> Iterator[str]:
    if isinstance(formula, ShareForm):
        yield from _share(formula)
    elif isinstance(formula, OnlineForm | ReceivedForm) and not formula.sources:
        yield "no source is named"
    elif isinstance(formula, JudgedForm):
        asked = {"answered": ("severities", "within"), "first-told": ("inspections",), "closed": ("within", "watch")}
        wanted = set(asked.get(formula.counts, ()))
        given = {name for name in ("severities", "within", "watch", "inspections") if getattr(formula, name)}
        if wanted != given:
            yield f"{formula.counts} asks for {sorted(wanted)}, and has {sorted(given)}"


def _share(formula: ShareForm) -> Iterator[str]:
    if bool(formula.due) == bool(formula.undue):
        yield "a share says what was due, or why nothing was (undue): one of the two"
    if formula.of == "due" and (formula.due is None or formula.counts or formula.weight):
        yield "a share of what was due counts each reading that was, and has neither counts nor weight"
    if formula.percent and not formula.weight:
        yield "a percentage needs the field that it is of (weight)"
    if bool(formula.percent) == bool(formula.numerator):
        yield "a share counts by tests (numerator) or by a percentage (percent): one of the two"


def _fields(formula: Form, type_: str) -> Iterator[str]:
    steps: Any = service_of(formula)
    if steps is not None and steps.type == type_:
        yield steps.field
    if isinstance(formula, ShareForm):
        yield from (each.field for each in (*formula.counts, *formula.numerator))
        yield from filter(None, (formula.weight, formula.percent))
    elif isinstance(formula, PairsForm):
        yield from (each.field for each in (*formula.begins, *formula.ends, *formula.voids))
        yield formula.key
    elif isinstance(formula, RateForm) and formula.type == type_:
        yield from (each.field for each in formula.counts)
