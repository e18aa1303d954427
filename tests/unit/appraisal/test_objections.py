"""A unit objects to its own figure, somebody else of the measuring office answers, once."""

import msgspec
import pytest
from msgspec.structs import replace

from streams.appraisal.objections import objection_refusal, objections, right_to_object, take_objection
from streams.desk import desk_bytes, event_of, place_of, record_of
from streams.messages import rights_of
from streams.messages.services.appraisal import Objection, ObjectionAnswer
from tests.support.directory.appraisal import NAME, OFFICE, UNIT, answer, objection, person

Said = Objection | ObjectionAnswer


def test_an_objection_waits_for_the_office() -> None:
    """It is open until the office answers, changes nothing until then, and a granted one names the cases that it changes."""
    known = objections([objection()], OFFICE)
    assert (known[NAME].state, known[NAME].granted) == ("open", ())
    take_objection(known, answer("left-out"), OFFICE)
    assert (known[NAME].state, known[NAME].granted) == ("left-out", ("a/1",))


def test_an_office_may_grant_a_part() -> None:
    """Of two cases one: the other stays as it is."""
    known = objections([objection(cases=("a/1", "b/1")), answer("put-right", cases=("b/1",))], OFFICE)
    assert known[NAME].granted == ("b/1",)


def test_a_refused_one_changes_nothing_and_may_be_said_anew() -> None:
    """不予采纳 leaves the figure; a new objection to the same case is another one."""
    known = objections([objection(), answer("refused")], OFFICE)
    assert known[NAME].granted == ()
    assert objection_refusal(known, objection(objection="f" * 32), OFFICE) == ""


def test_nobody_keeps_a_unit_from_objecting_to_its_own_case() -> None:
    """Whose a case is the figures know: another unit that names it first changes nothing of it, and stands in nobody's way."""
    theirs = replace(objection(objection="f" * 32, unit="zz-um"), by=person("wang", "zz-um"))
    known = objections([theirs, answer("left-out", objection="f" * 32)], OFFICE)
    assert known["f" * 32].granted == ("a/1",)
    assert objection_refusal(known, objection(), OFFICE) == ""


WRONG: list[tuple[list[Said], Said, str]] = [
    ([], objection(reason=" "), "give a reason"),
    ([], objection(by="li", unit="zz-um"), "a unit objects to its own figure"),
    ([], objection(cases=()), "names the cases"),
    ([], objection(until="2026-02"), "runs backward"),
    ([objection()], objection(), "is known"),
    ([objection()], objection(objection="f" * 32), "is about a/1 in request-signed already"),
    ([], answer("refused"), "there is no objection"),
    ([objection()], answer("left-out", department="zz-um"), "'zz-inspect' measures"),
    ([objection()], answer("left-out", department=UNIT), "'zz-inspect' measures"),
    ([objection()], answer("left-out", by="li"), "'li' has objected"),
    ([objection()], answer("left-out", cases=("c/1",)), "is not about c/1"),
    ([objection()], answer("withdrawn"), "'zz-ee' alone takes its objection back"),
    ([objection(), answer("refused")], answer("left-out"), "is answered: refused"),
]


@pytest.mark.parametrize(("before", "wrong", "words"), WRONG)
def test_what_may_not_be_changes_nothing(before: list[Said], wrong: Said, words: str) -> None:
    """Nobody judges in his own matter, and one matter is judged once (the rules of this system's own)."""
    known = objections(before, OFFICE)
    assert words in objection_refusal(known, wrong, OFFICE)
    assert objections([*before, wrong], OFFICE) == known


def test_without_an_office_nothing_is_granted() -> None:
    """A place that names no measuring office has nobody to answer."""
    known = objections([objection()], "")
    assert "no measuring office" in objection_refusal(known, answer("left-out"), "")


def test_they_are_signed_events_of_their_topic() -> None:
    """Key = the objection, in `appraisal`; what an opened log holds reads back as what was written."""
    for record, type_ in ((objection(), "appraisal.objection"), (answer("refused"), "appraisal.answer")):
        event = event_of(record, "test")
        assert (place_of(record), event.type) == (("appraisal", NAME), type_)
        assert record_of(type_, bytes(event.data)) == record
        assert msgspec.json.decode(desk_bytes(record, "test"))["subject"] == NAME


def test_the_rights_are_the_units_and_the_offices() -> None:
    """To object and to take back is the unit's sign-off's, to answer the office's."""
    assert right_to_object(objection()) == right_to_object(answer("withdrawn", department=UNIT)) == "figure-object"
    assert right_to_object(answer("left-out")) == "figure-answer"
    assert {"figure-object"} <= set(rights_of("reviewer"))
    assert "figure-answer" not in rights_of("reviewer")
