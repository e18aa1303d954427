"""What objections do to figures: a granted one takes cases out or puts them right; all of them stand beside the figure. Pure.

A case is changed for the unit that objects alone, or that has its duties now, in the months of the objection. Of a time a
case can only be left out: when it was done is what the log says.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import numpy as np
from msgspec import Struct

from agents.measures.answers import MeasureAnswer, answer_of
from agents.measures.book.measure import MeasureRow
from agents.measures.figures import LEFT_OUT, CaseRows, reasons_of
from agents.measures.ledger import LEFT, MONTH_BITS, OUT, RIGHT, Ledger
from agents.measures.months import month_number
from streams.appraisal.objections import Objected, ObjectionState

Granted = Mapping[str, ObjectionState]
"""By the id of a case how it counts by an objection that was granted."""


class ObjectionMark(Struct, frozen=True):
    """An objection as it stands beside a figure. `changed`: which cases of it count otherwise by it; `answer`: its words."""

    objection: str
    unit: str
    state: ObjectionState
    reason: str
    answer: str
    changed: tuple[str, ...]


class ObjectedFigure(Struct, frozen=True):
    """A row of a measure with what was objected to: the figure as it counts, and the marks beside it."""

    answer: MeasureAnswer
    marks: tuple[ObjectionMark, ...] = ()


def figures(
    ledger: Ledger, found: Sequence[MeasureAnswer], known: Iterable[Objected] = (), standing: Callable[[str], str] = str
) -> list[ObjectedFigure]:
    """The rows with what was objected to in their measure. `standing`: a body by id as the one that has its duties."""
    if not found:
        return []
    measure = found[0].measure
    about = [each for each in known if each.said.measure == measure]
    granted = granted_of(ledger, measure, about, standing)
    return [ObjectedFigure(_changed(ledger, each, granted), tuple(_marks(each, about, granted))) for each in found]


def granted_of(
    ledger: Ledger, measure: str, known: Iterable[Objected], standing: Callable[[str], str] = str
) -> dict[str, ObjectionState]:
    """The cases of a measure that count otherwise, of the unit that objects and of the months of its objection."""
    return dict(_granted(ledger, measure, (each for each in known if each.said.measure == measure), standing))


def as_granted(ledger: Ledger, measure: str, cases: CaseRows, granted: Granted) -> CaseRows:
    """Cases of a measure as they count by what was granted."""
    states = {ledger.columns.rows[case]: state for case, state in granted.items()}
    at = np.flatnonzero(np.isin(cases.rows, list(states)))
    if not at.size:
        return cases
    hows, row = cases.hows.copy(), ledger.book.measures[measure]
    for place in at.tolist():
        hows[place] = _how(row, int(hows[place]), states[int(cases.rows[place])])
    return cases._replace(hows=hows)


def _how(row: MeasureRow, how: int, state: ObjectionState) -> int:
    """How a case counts that counted so: of a time it can only be left out."""
    if how not in (LEFT, RIGHT):
        return how
    if state == "left-out":
        return OUT + reasons_of(row).index(LEFT_OUT)
    if row.unit != "%":
        return how
    return RIGHT if row.direction == "higher" else LEFT


def _granted(
    ledger: Ledger, measure: str, about: Iterable[Objected], standing: Callable[[str], str]
) -> Iterator[tuple[str, ObjectionState]]:
    places, units = ledger.columns[measure], ledger.columns["unit"]
    for each in about:
        since, until = month_number(each.said.since), month_number(each.said.until)
        for case in each.granted:
            row = ledger.columns.rows.get(case)
            if row is None or standing(ledger.codes.words[units[row]]) != standing(each.said.unit):
                continue
            if since <= places[row] >> MONTH_BITS <= until:
                yield case, each.state


def _changed(ledger: Ledger, row: MeasureAnswer, granted: Granted) -> MeasureAnswer:
    if granted.keys().isdisjoint((*row.numerator, *row.rest)):
        return row
    return answer_of(ledger, row.measure, row.key, as_granted(ledger, row.measure, _rows(ledger, row), granted))


def _rows(ledger: Ledger, row: MeasureAnswer) -> CaseRows:
    """The cases of a row, as they count; the months are not asked for."""
    reasons = reasons_of(ledger.book.measures[row.measure])
    parts = ((RIGHT, row.numerator), (LEFT, row.rest), *((OUT + reasons.index(why), ids) for why, ids in row.left_out.items()))
    found = [(ledger.columns.rows[case], how) for how, ids in parts for case in ids]
    rows, hows = np.asarray(found, np.int64).reshape(-1, 2).T
    return CaseRows(rows, np.zeros(len(rows), np.int64), hows)


def _marks(row: MeasureAnswer, about: Iterable[Objected], granted: Granted) -> Iterator[ObjectionMark]:
    behind = {*row.numerator, *row.rest, *(case for cases in row.left_out.values() for case in cases)}
    for each in about:
        if behind.isdisjoint(each.said.cases):
            continue
        yield ObjectionMark(
            objection=each.said.objection,
            unit=each.said.unit,
            state=each.state,
            reason=each.said.reason,
            answer=each.answer.reason if each.answer else "",
            changed=tuple(case for case in each.granted if case in behind and granted.get(case) == each.state),
        )
