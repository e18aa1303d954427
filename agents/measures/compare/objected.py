"""What objections do to figures: a granted one takes cases out or puts them right; all of them stand beside the figure. Pure.

A case is changed for the unit that objects alone, or that has its duties now, in the months of the objection. Of a time a
case can only be left out: when it was done is what the log says.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from agents.measures.answers import MeasureAnswer
from agents.measures.figures import CaseRows, figure
from agents.measures.ledger import LEFT, MONTH_BITS, RIGHT, Ledger
from agents.measures.months import month_number
from streams.appraisal.objections import Objected, ObjectionState
from streams.messages import Text
from streams.oversight.wire import Figure

LEFT_OUT = "objection-granted"
"""The reason by which a granted case is left out, beside the conditions of the book."""

LEFT_OUT_TITLE = Text("申诉成立", "By a granted objection")


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
    granted = dict(_granted(ledger, measure, about, standing))
    return [ObjectedFigure(_changed(ledger, each, granted), tuple(_marks(each, about, granted))) for each in found]


def _granted(
    ledger: Ledger, measure: str, about: Iterable[Objected], standing: Callable[[str], str]
) -> Iterator[tuple[str, ObjectionState]]:
    """The cases that count otherwise, of the unit that objects and of the months of its objection."""
    places, units = ledger.columns[measure], ledger.columns["unit"]
    for each in about:
        since, until = month_number(each.said.since), month_number(each.said.until)
        for case in each.granted:
            row = ledger.columns.rows.get(case)
            if row is None or standing(ledger.codes.words[units[row]]) != standing(each.said.unit):
                continue
            if since <= places[row] >> MONTH_BITS <= until:
                yield case, each.state


def _changed(ledger: Ledger, row: MeasureAnswer, granted: Mapping[str, ObjectionState]) -> MeasureAnswer:
    counted = ledger.book.measures[row.measure]
    in_it = {*row.numerator, *row.rest}
    out = {case for case in in_it if granted.get(case) == "left-out"}
    right = {case for case in in_it if granted.get(case) == "put-right"} if counted.unit == "%" else set[str]()
    if not (out or right):
        return row
    done = ({*row.numerator} | right if counted.direction == "higher" else {*row.numerator} - right) - out
    rest = in_it - done - out
    found = figure(ledger, row.measure, _rows(ledger, done, rest))
    fields = {name: getattr(found, name) for name in Figure.__struct_fields__}
    return replace(
        row,
        **fields
        | {
            "excluded": row.excluded | ({LEFT_OUT: len(out)} if out else {}),
            "numerator": tuple(sorted(done)),
            "rest": tuple(sorted(rest)),
            "left_out": row.left_out | ({LEFT_OUT: tuple(sorted(out))} if out else {}),
        },
    )


def _rows(ledger: Ledger, done: set[str], rest: set[str]) -> CaseRows:
    """The cases as they count now."""
    rows = np.asarray([ledger.columns.rows[case] for case in (*done, *rest)], np.int64)
    return CaseRows(rows, np.zeros(len(rows), np.int64), np.asarray([RIGHT] * len(done) + [LEFT] * len(rest), np.int64))


def _marks(row: MeasureAnswer, about: Iterable[Objected], granted: Mapping[str, ObjectionState]) -> Iterator[ObjectionMark]:
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
