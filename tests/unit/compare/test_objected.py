"""A granted objection changes the figure and says so; one that waits, or is refused, stands beside it."""

from datetime import date
from functools import partial
from typing import Any

from msgspec.structs import replace

from agents.measures.answers import answers
from agents.measures.compare.counted import standing_id
from agents.measures.compare.objected import ObjectedFigure, figures
from agents.measures.figures import LEFT_OUT
from agents.measures.interval import wilson
from streams.appraisal.objections import objections
from streams.messages import Text
from streams.messages.services.appraisal import Objection, ObjectionAnswer
from streams.organs.unit import Unit, Units
from tests.support.directory.appraisal import NAME, OFFICE, UNIT, answer, objection
from tests.support.orders.signings import Signing, signed_ledger

ROWS = (Signing(UNIT, 8, 10), Signing("zz-um", 5, 10))
MISSED = "0-9/1"


def figure(*records: Objection | ObjectionAnswer, measure: str = "request-signed") -> ObjectedFigure:
    """The figure of the unit that objects: 8 of 10, and what was said of it."""
    ledger = signed_ledger(*ROWS)
    known = objections(records, OFFICE).values()
    found = figures(ledger, answers(ledger, measure), known)
    return next(each for each in found if each.answer.key == UNIT)


def test_one_that_waits_stands_beside_the_figure_as_it_is() -> None:
    """8 of 10 stays 8 of 10 until the office has answered."""
    found = figure(objection(cases=(MISSED,)))
    assert (found.answer.count, found.answer.of) == (8, 10)
    ((mark),) = found.marks
    assert (mark.objection, mark.state, mark.changed) == (NAME, "open", ())


def test_a_case_that_is_left_out_is_in_neither_number_and_is_named() -> None:
    """剔除 of one missed case: 8 of 9, with the interval of 8 of 9, and one case left out by that reason."""
    found = figure(objection(cases=(MISSED,)), answer("left-out"))
    assert (found.answer.count, found.answer.of, found.answer.share) == (8, 9, 8 / 9)
    assert (found.answer.low, found.answer.high) == wilson(8, 9)
    assert found.answer.left_out == {LEFT_OUT: (MISSED,)}
    assert found.answer.excluded == {LEFT_OUT: 1}
    assert [(mark.state, mark.changed) for mark in found.marks] == [("left-out", (MISSED,))]


def test_a_case_that_is_put_right_counts_as_done() -> None:
    """更正 of one missed case: 9 of 10."""
    found = figure(objection(cases=(MISSED,)), answer("put-right"))
    assert (found.answer.count, found.answer.of) == (9, 10)
    assert MISSED in found.answer.numerator


def test_where_less_is_better_put_right_is_not_late() -> None:
    """Of what is late a case that is put right leaves the numerator, and stays in the denominator."""
    ledger = signed_ledger(*ROWS)
    late = next(each for each in answers(ledger, "request-overdue") if each.key == UNIT)
    assert (late.count, late.of) == (10, 10)
    found = figure(
        objection(measure="request-overdue", cases=(MISSED,)),
        answer("put-right"),
        measure="request-overdue",
    )
    assert (found.answer.count, found.answer.of) == (9, 10)


def test_a_refused_one_is_told_with_its_reason() -> None:
    """不予采纳: the figure stays, and whoever sees it sees why."""
    found = figure(objection(cases=(MISSED,)), answer("refused", reason="系统日志显示已送达"))
    assert (found.answer.count, found.answer.of) == (8, 10)
    assert [(mark.state, mark.answer, mark.changed) for mark in found.marks] == [("refused", "系统日志显示已送达", ())]


def test_nobody_changes_the_figure_of_another_unit_or_month() -> None:
    """A case of another unit, or of a month that the objection does not name, counts as it did."""
    others = figure(objection(cases=("1-9/1", MISSED)), answer("left-out"))
    assert (others.answer.of, others.marks[0].changed) == (9, (MISSED,))
    ledger = signed_ledger(*ROWS)
    known = objections([objection(cases=("1-9/1",)), answer("left-out")], OFFICE).values()
    found = figures(ledger, answers(ledger, "request-signed"), known)
    assert {each.answer.key: each.answer.of for each in found} == {UNIT: 10, "zz-um": 10}
    april = figure(objection(cases=(MISSED,), since="2026-04", until="2026-04"), answer("left-out"))
    assert (april.answer.count, april.answer.of) == (8, 10)


def test_where_all_is_left_out_there_is_no_share() -> None:
    """Never 100 % of nothing."""
    ledger = signed_ledger(Signing(UNIT, 0, 1))
    known = objections([objection(cases=("0-0/1",)), answer("left-out")], OFFICE).values()
    (found,) = figures(ledger, answers(ledger, "request-signed"), known)
    assert (found.answer.of, found.answer.share, found.answer.low) == (0, None, None)
    assert figures(ledger, []) == []


def test_of_a_time_a_case_is_left_out_alone() -> None:
    """Ten open ones become nine; put right nothing is, for when something was done is what the log says."""
    out = figure(objection(measure="request-time", cases=(MISSED,)), answer("left-out"), measure="request-time")
    right = figure(objection(measure="request-time", cases=(MISSED,)), answer("put-right"), measure="request-time")
    assert (out.answer.of, right.answer.of) == (9, 10)
    assert out.answer.open is not None
    assert out.answer.open.count == 9


def test_a_successor_objects_for_the_unit_that_it_has_followed() -> None:
    """A body that has ended says nothing more: who has its duties now objects to its cases, and to nobody else's."""
    ledger = signed_ledger(*ROWS)
    theirs = objections([objection(cases=(MISSED, "1-9/1")), answer("left-out")], OFFICE).values()
    said: dict[str, Any] = {"name": Text("甲", "A"), "kind": "bureau", "level": "city", "basis": "test"}
    ended = Unit(id=UNIT, until=date(2026, 4, 1), successor="zz-new", **said)
    units = Units([ended, Unit(id="zz-new", **said), Unit(id="zz-um", **said)])
    (merged,) = (replace(each, said=replace(each.said, unit="zz-new")) for each in theirs)
    found = figures(ledger, answers(ledger, "request-signed"), [merged], partial(standing_id, units, date(2026, 4, 1)))
    assert {each.answer.key: (each.answer.count, each.answer.of) for each in found} == {UNIT: (8, 9), "zz-um": (5, 10)}
