"""What objections do to figures: a granted one takes cases out or puts them right; all of them stand beside the figure. Pure.

A case is changed for the unit that objects alone, in the months of the objection. Times (hours) are not objected to: the share
of what was in time is.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from agents.measures.answers import MeasureAnswer
from agents.measures.interval import wilson
from agents.measures.ledger import Ledger
from streams.appraisal.objections import Objected, ObjectionState
from streams.messages import Text

LEFT_OUT = "objection-granted"
"""The reason by which a granted case is left out, beside the conditions of the book."""

LEFT_OUT_TITLE = Text("申诉成立", "By a granted objection")

Direction = Literal["higher", "lower"]


class ObjectionMark(Struct, frozen=True):
    """An objection as it stands beside a figure. `changed`: which cases of it count otherwise by it; `answer`: its words."""

    objection: str
    unit: str
    state: ObjectionState
    reason: str
    answer: str
    changed: tuple[str, ...]


class Figure(Struct, frozen=True):
    """A row of a measure with what was objected to: the figure as it counts, and the marks beside it."""

    answer: MeasureAnswer
    marks: tuple[ObjectionMark, ...] = ()


def figures(
    ledger: Ledger, found: Sequence[MeasureAnswer], direction: Direction, known: Iterable[Objected] = ()
) -> list[Figure]:
    """The rows with what was objected to in their measure."""
    if not found:
        return []
    measure = found[0].measure
    about = [each for each in known if each.said.measure == measure]
    granted = dict(_granted(ledger, measure, about))
    return [Figure(_changed(each, direction, granted), tuple(_marks(each, about, granted))) for each in found]


def _granted(ledger: Ledger, measure: str, about: Iterable[Objected]) -> Iterator[tuple[str, ObjectionState]]:
    """The cases that count otherwise, of the unit that objects and of the months of its objection."""
    for each in about:
        for case in each.granted:
            cell = next((key for key, cell in ledger.cells[measure].items() if case in cell.cases), None)
            if cell and cell.unit == each.said.unit and each.said.since <= cell.month <= each.said.until:
                yield case, each.state


def _changed(row: MeasureAnswer, direction: Direction, granted: Mapping[str, ObjectionState]) -> MeasureAnswer:
    out = {case for case in (*row.numerator, *row.rest) if granted.get(case) == "left-out"}
    right = {case for case in (*row.numerator, *row.rest) if granted.get(case) == "put-right"}
    if row.share is None or not (out or right):
        return row
    done = {*row.numerator, *right} if direction == "higher" else {*row.numerator} - right
    numerator = tuple(sorted(done - out))
    rest = tuple(sorted({*row.numerator, *row.rest} - done - out))
    count, of = len(numerator), len(numerator) + len(rest)
    low, high = wilson(count, of) if of else (None, None)
    return replace(
        row,
        count=count,
        of=of,
        share=count / of if of else None,
        low=low,
        high=high,
        numerator=numerator,
        rest=rest,
        excluded=row.excluded | ({LEFT_OUT: len(out)} if out else {}),
        left_out=row.left_out | ({LEFT_OUT: tuple(sorted(out))} if out else {}),
    )


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
