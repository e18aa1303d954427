"""Units beside their kind, objections and indexes are told by what a person reaches; objecting and answering by right alone."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from agents.oversight.questions import Questions
from screen.access.authentication import Authentication
from screen.access.people import Person
from screen.access.request_guard import RequestGuard
from screen.feed.directory import Appeals
from screen.feed.fold import fold
from screen.feed.hub import Hub
from screen.feed.view import View
from screen.oversight.appraised import AppraisedRoutes
from streams.messages import Place
from streams.messages.services.appraisal import Objection, ObjectionAnswer
from streams.oversight.client import OversightClient
from streams.places.organs import units
from tests.support.directory.appraisal import NAME, OFFICE, answer, objection
from tests.support.orders.answering import answering
from tests.support.orders.indexed import index_row, indicator
from tests.support.orders.kept import AFTER, NOISE, KeptOrders, two_requests
from tests.support.orders.partition import ECOLOGY
from tests.support.pure.view import heartbeat

MARCH = "since=2026-03&until=2026-03"
SIGNED = f"measure=request-signed&{MARCH}"
INDEX = "index=handling&period=2026-03&draft=true"
CASE = f"{NOISE}/1"

LEADER = Person(id="l", name="带班", role="leader", unit="zz-gov")
OURS = Person(id="e", name="审核", role="reviewer", departments=(ECOLOGY,))
CLERK = Person(id="c", name="承办", role="handler", departments=(ECOLOGY,))
OTHER = Person(id="u", name="审核", role="reviewer", departments=("zz-um",))
INSPECTOR = Person(id="i", name="督查", role="inspector", unit=OFFICE)
OFFICE_CLERK = Person(id="o", name="文员", role="clerk", unit=OFFICE)
WALL = Person(id="w", name="大厅", role="viewer")

SAID = objection(cases=(CASE,))
PRESS = {
    "measure": "request-signed",
    "unit": ECOLOGY,
    "since": "2026-03",
    "until": "2026-03",
    "cases": [CASE],
    "reason": "派单系统故障",
    "key": "a" * 32,
}


class WrittenSaid:
    """The producer of acts as the routes know it, which keeps what it is given."""

    def __init__(self) -> None:
        self.records: list[Objection | ObjectionAnswer] = []

    def place(self, _name: str) -> Place | None:
        """Nothing was pressed before."""
        return None

    def record(self, _log: str, record: Any, _name: str, _session: str) -> Place:
        """Keep it."""
        self.records.append(record)
        return Place(topic="t.appraisal", partition=0, offset=len(self.records) - 1)


class FiguresDesk:
    """A person's browser before the routes, with what the log has of objections."""

    def __init__(self, kept: KeptOrders, socket: Path, person: Person, *said: Objection | ObjectionAnswer) -> None:
        hub, self.written = Hub(), WrittenSaid()
        kept.books.say(said)
        hub.view = fold(View(), [*kept.by.told, heartbeat(kept.by.time, kept.by.time), *said])
        routes = AppraisedRoutes(hub, OversightClient(socket), self.written, "t").table()  # type: ignore[arg-type]
        acts = frozenset({"/screen/oversight/object", "/screen/oversight/answer"})
        middleware = [
            Middleware(Authentication, local=person, entrance=None, provider=None),
            Middleware(RequestGuard, acts=acts, uploads={}),
        ]
        self.client = TestClient(Starlette(routes=routes, middleware=middleware), base_url="http://127.0.0.1")
        self.hub = hub

    def get(self, path: str, status: int = 200) -> Any:
        """What is told."""
        found = self.client.get(f"/screen/oversight/{path}")
        assert found.status_code == status, found.text
        return found.json()

    def post(self, path: str, body: dict[str, Any], status: int = 202) -> Any:
        """What is answered to a press."""
        headers = {"x-onescreen": "act", "origin": "http://127.0.0.1", "sec-fetch-site": "same-origin"}
        found = self.client.post(f"/screen/oversight/{path}", json=body, headers=headers)
        assert found.status_code == status, found.text
        return found.json()


@pytest.fixture
def kept() -> KeptOrders:
    """A request that ecology has not signed in time; an index of the place that counts it."""
    made = two_requests()
    made.books.said.office = OFFICE
    made.tick(AFTER)
    made.questions = Questions("t", made.books, units("4101"), {"handling": index_row({"a": indicator("request-signed", 100)})})
    return made


@pytest.fixture
def socket(kept: KeptOrders, tmp_path: Path) -> Iterator[Path]:
    """Where the service answers."""
    path = tmp_path / "t.socket"
    with answering(kept.ask, path):
        yield path


@pytest.mark.parametrize(("person", "there"), [(LEADER, [ECOLOGY]), (OURS, [ECOLOGY]), (OTHER, []), (WALL, [])])
def test_units_are_told_to_who_reaches_them(kept: KeptOrders, socket: Path, person: Person, there: list[str]) -> None:
    """In the funnel, among the objections and in the index: of every unit to a leader, of one's own to others, else nothing."""
    desk = FiguresDesk(kept, socket, person, SAID)
    compared = desk.get(f"compare?{SIGNED}")
    assert [row["unit"] for row in compared["rows"]] == there
    assert len(compared["kinds"]) == len(there)
    assert [each["unit"] for each in desk.get("objections")["objections"]] == there
    if there:
        assert [each["key"] for each in desk.get(f"index?{INDEX}")["scores"]] == there
    else:
        assert "no case counts" in desk.get(f"index?{INDEX}", 422)["error"]


def test_a_unit_is_told_by_name_and_no_person_is(kept: KeptOrders, socket: Path) -> None:
    """Who objected stands there as a unit: neither account nor name of who pressed is in what goes out."""
    said = replace(SAID, by=replace(SAID.by, name="李某"))
    found = FiguresDesk(kept, socket, LEADER, said).client.get("/screen/oversight/objections").text
    assert "郑州市生态环境局" in found
    assert f'"{said.by.id}"' not in found
    assert "李某" not in found


def test_scores_of_districts_are_for_who_sees_every_unit(kept: KeptOrders, socket: Path) -> None:
    """They are made of every unit's figures: to others they would be of the own unit alone, and false."""
    path = f"index?{INDEX}&by=district"
    assert [each["key"] for each in FiguresDesk(kept, socket, LEADER).get(path)["scores"]] == ["410105"]
    FiguresDesk(kept, socket, OURS).get(path, 403)


def test_other_weights_are_asked_for_in_the_address(kept: KeptOrders, socket: Path) -> None:
    """`a:100` is answered; what is no number, or does not add up to 100, is 422 with its reason."""
    desk = FiguresDesk(kept, socket, LEADER)
    assert desk.get(f"index?{INDEX}&weights=a:100")["weights"] == {"a": 100}
    assert "a:30,b:70" in desk.get(f"index?{INDEX}&weights=a:x", 422)["error"]
    assert "add up to 100" in desk.get(f"index?{INDEX}&weights=a:50", 422)["error"]


def test_a_unit_objects_by_who_may(kept: KeptOrders, socket: Path) -> None:
    """本单位审核人 of the unit: 202, written under its own unit at the log's time, with what was pressed."""
    desk = FiguresDesk(kept, socket, OURS)
    desk.post("object", PRESS)
    (record,) = desk.written.records
    assert isinstance(record, Objection)
    assert (record.unit, record.cases, record.reason, record.by.id, record.at) == (ECOLOGY, (CASE,), "派单系统故障", "e", AFTER)


@pytest.mark.parametrize(("person", "status"), [(CLERK, 403), (OTHER, 403), (INSPECTOR, 403), (WALL, 403), (LEADER, 409)])
def test_nobody_else_objects(kept: KeptOrders, socket: Path, person: Person, status: int) -> None:
    """A handler, an inspector and a viewer may not, another department's is bound, a leader of all is of no such unit."""
    desk = FiguresDesk(kept, socket, person)
    desk.post("object", PRESS, status)
    assert desk.written.records == []


def test_an_objection_that_may_not_be_is_refused_with_its_reason(kept: KeptOrders, socket: Path) -> None:
    """The same case twice, and no reason: 409."""
    desk = FiguresDesk(kept, socket, OURS, SAID)
    assert "already" in desk.post("object", PRESS, 409)["error"]
    assert "give a reason" in FiguresDesk(kept, socket, OURS).post("object", PRESS | {"reason": " "}, 409)["error"]
    desk.post("object", PRESS | {"cases": [], "extra": 1}, 422)


def test_the_office_answers(kept: KeptOrders, socket: Path) -> None:
    """Somebody of the measuring office who may; the press offers itself to him alone, and is written."""
    desk = FiguresDesk(kept, socket, INSPECTOR, SAID)
    assert [each["may"] for each in desk.get("objections")["objections"]] == [["answer"]]
    desk.post("answer", {"objection": NAME, "outcome": "left-out", "reason": "属实"})
    (record,) = desk.written.records
    assert isinstance(record, ObjectionAnswer)
    assert (record.outcome, record.by.department) == ("left-out", OFFICE)


@pytest.mark.parametrize(("person", "status"), [(OURS, 403), (OTHER, 403), (OFFICE_CLERK, 403), (WALL, 403), (LEADER, 409)])
def test_nobody_else_answers(kept: KeptOrders, socket: Path, person: Person, status: int) -> None:
    """Neither the unit, nor another body, nor somebody of the office without the right, nor a leader who is not of it."""
    desk = FiguresDesk(kept, socket, person, SAID)
    offered = [each["may"] for each in desk.get("objections")["objections"]]
    assert "answer" not in {act for may in offered for act in may}
    desk.post("answer", {"objection": NAME, "outcome": "left-out", "reason": "属实"}, status)
    assert desk.written.records == []


def test_the_measuring_office_sees_what_it_measures(kept: KeptOrders, socket: Path) -> None:
    """An account for the office's department alone sees every unit, in a role with `oversee`; a clerk of it does not."""
    inspector = Person(id="z", name="督查", role="inspector", departments=(OFFICE,))
    desk = FiguresDesk(kept, socket, inspector, SAID)
    assert [each["may"] for each in desk.get("objections")["objections"]] == [["answer"]]
    clerk = Person(id="y", name="文员", role="clerk", departments=(OFFICE,))
    assert FiguresDesk(kept, socket, clerk, SAID).get("objections")["objections"] == []


def test_the_unit_takes_its_objection_back_and_nobody_elses(kept: KeptOrders, socket: Path) -> None:
    """撤回 by the unit: 202; by another unit 403; what is answered is over: 409."""
    back = {"objection": NAME, "outcome": "withdrawn", "reason": "已核对"}
    desk = FiguresDesk(kept, socket, OURS, SAID)
    assert [each["may"] for each in desk.get("objections")["objections"]] == [["withdraw"]]
    desk.post("answer", back)
    FiguresDesk(kept, socket, OTHER, SAID).post("answer", back, 403)
    answered = FiguresDesk(kept, socket, OURS, SAID, answer("refused"))
    assert "is answered" in answered.post("answer", back, 409)["error"]


def test_who_has_objected_does_not_answer(kept: KeptOrders, socket: Path) -> None:
    """Of the office's own figure somebody else of the office must answer: nobody judges in his own matter."""
    theirs = replace(SAID, unit=OFFICE, by=replace(SAID.by, id="i", department=OFFICE))
    desk = FiguresDesk(kept, socket, INSPECTOR, theirs)
    assert "has objected" in desk.post("answer", {"objection": NAME, "outcome": "left-out", "reason": "属实"}, 409)["error"]


def test_what_may_not_be_in_the_log_is_no_objection_to_the_screen(kept: KeptOrders, socket: Path) -> None:
    """A record of a role that may not object, whoever wrote it, is passed over."""
    by = replace(SAID.by, role="handler")
    assert FiguresDesk(kept, socket, LEADER, replace(SAID, by=by)).hub.view[Appeals].known == {}
    assert FiguresDesk(kept, socket, LEADER, SAID).hub.view[Appeals].known.keys() == {NAME}
