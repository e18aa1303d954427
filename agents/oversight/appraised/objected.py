"""Objections as the page tells them, with what each has changed, and the figures that were corrected by them. Pure."""

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Literal

import numpy as np

from agents.measures.columns import Numbers
from agents.measures.compare.objected import as_granted, granted_of
from agents.measures.figures import CaseRows, case_rows, counted_at, figure, reasons_of
from agents.measures.ledger import LEFT, OUT, RIGHT, Ledger
from agents.measures.months import month_number, month_text
from agents.oversight.bodies import StandingBodies
from streams.appraisal.objections import STATES, Objected
from streams.oversight.wire import Correction, Figure, HowCounted, ObjectedCase, ObjectionTold

WHY = "objection"
"""Why a figure was corrected: no act of a trail, but a granted objection."""


def granted_rows(
    ledger: Ledger, measure: str, chosen: Numbers | None, known: Iterable[Objected], bodies: StandingBodies
) -> CaseRows:
    """All cases that count in a measure, or those of them that were chosen, as they count by what was granted."""
    granted = granted_of(ledger, measure, known, bodies.standing)
    return as_granted(ledger, measure, case_rows(ledger, measure, chosen), granted)


def objections_told(
    ledger: Ledger, known: tuple[Objected, ...], about: Iterable[Objected], bodies: StandingBodies
) -> Iterator[ObjectionTold]:
    """Some (`about`) of all objections that are known, as they stand."""
    counted = cache(lambda measure: case_rows(ledger, measure))
    for each in about:
        said, answer = each.said, each.answer
        changed = granted_of(ledger, said.measure, [each], bodies.standing) if said.measure in ledger.book.measures else {}
        now, without = _figures(ledger, each, known, counted, bodies)
        yield ObjectionTold(
            objection=said.objection,
            measure=said.measure,
            unit=bodies.standing(said.unit),
            since=said.since,
            until=said.until,
            cases=tuple(_case(ledger, case, changed=case in changed) for case in said.cases),
            reason=said.reason,
            at=said.at,
            state=each.state,
            title=STATES[each.state],
            answer=answer.reason if answer else "",
            answered_at=answer.at if answer else "",
            figure=now,
            without=without,
        )


def corrected(
    ledger: Ledger, known: Iterable[Objected], measure: str, chosen: Numbers | None, bodies: StandingBodies
) -> Iterator[Correction]:
    """How each case counts otherwise by an objection that was granted, of one measure (empty: all) and the rows chosen."""
    for each in known:
        name = each.said.measure
        if each.answer is None or name not in ledger.book.measures or measure not in {"", name}:
            continue
        for case, state in granted_of(ledger, name, [each], bodies.standing).items():
            row = ledger.columns.rows[case]
            if chosen is not None and not chosen[row]:
                continue
            one = counted_at(np.asarray([row]), np.asarray([ledger.columns[name][row]]))
            before, after = (_how(ledger, name, cases) for cases in (one, as_granted(ledger, name, one, {case: state})))
            if before != after:
                order = ledger.case(case).order
                yield Correction(
                    at=each.answer.at,
                    measure=name,
                    order=order,
                    line=case.partition("/")[2] if order else "",
                    number=ledger.case(case).number,
                    before=before,
                    after=after,
                    why=WHY,
                )


def _how(ledger: Ledger, measure: str, one: CaseRows) -> HowCounted:
    how, row = int(one.hows[0]), int(one.rows[0])
    behind: Literal["numerator", "rest", "left-out"] = "left-out"
    if how in {LEFT, RIGHT}:
        behind = "numerator" if how == RIGHT else "rest"
    reasons = reasons_of(ledger.book.measures[measure])
    return HowCounted(
        unit=ledger.codes.words[ledger.columns["unit"][row]],
        month=month_text(int(one.months[0])),
        behind=behind,
        reason=reasons[how - OUT] if how >= OUT else "",
    )


def _case(ledger: Ledger, case: str, *, changed: bool) -> ObjectedCase:
    head = ledger.cases.get(case)
    if head is not None and not head.order:
        return ObjectedCase(case, "", head.number, changed)
    order = case.partition("/")[0]
    known = ledger.facts[order].order if order in ledger.facts else None
    return ObjectedCase(case, order, known.number if known else "", changed)


def _figures(
    ledger: Ledger,
    each: Objected,
    known: tuple[Objected, ...],
    counted: Callable[[str], CaseRows],
    bodies: StandingBodies,
) -> tuple[Figure | None, Figure | None]:
    """The figure of the unit that objects, in the months of its objection, by all objections, and by all but this one.

    `counted`: the cases of a measure by none.
    """
    said = each.said
    if said.measure not in ledger.book.measures:
        return None, None
    cases = counted(said.measure).within(month_number(said.since), month_number(said.until))
    unit = bodies.standing(said.unit)
    mine = [n for n, word in enumerate(ledger.codes.words) if bodies.standing(word) == unit]
    cases = cases.where(np.isin(ledger.columns.numbers("unit")[cases.rows], mine))

    def by(some: Iterable[Objected]) -> Figure:
        granted = granted_of(ledger, said.measure, some, bodies.standing)
        return figure(ledger, said.measure, as_granted(ledger, said.measure, cases, granted))

    return by(known), by(other for other in known if other is not each)
