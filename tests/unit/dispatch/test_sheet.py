"""The sheet and the dispatcher's view as the page gets them."""

from typing import Any

import msgspec
from msgspec.structs import replace

from screen.access.people import Person
from screen.dispatch.matter import matter, queue
from screen.dispatch.receivers import Wanted
from screen.dispatch.sheet import SheetRequest, sheet
from screen.feed.fold import fold
from screen.feed.view import View
from streams.messages import Text, encode
from streams.messages.orders import Passage
from streams.messages.outputs.order import Application, Stamp
from streams.orders.kinds import kinds
from tests.support.pure.view import heartbeat
from tests.unit.dispatch.made import NOW, at, line, order, plant, verified

BUREAU = Person("wang", "王敏", "supervisor", departments=("zz-ee",))
KEY = "0" * 32


def told(*messages: Any, person: Person = BUREAU, **asked: Any) -> dict[str, Any]:
    """The sheet of the plant's alert, as the page reads it."""
    view = fold(View(), [heartbeat(NOW, NOW), verified(plant()), *messages])
    found = sheet(view, person, SheetRequest(plant().id, KEY, **asked))
    return dict(msgspec.json.decode(encode(found)))


def test_the_sheet_of_the_look() -> None:
    """Verified, the bureau's own branch, the enterprise barred, six checks well, limits from now, a press that may be made."""
    found = told()
    assert [each["unit"] for each in found["receivers"]["candidates"]] == ["zz-ee-410182"]
    assert {each["unit"] for each in found["receivers"]["barred"]} == {"gov-410182", "subject"}
    assert [each["state"] for each in found["checks"]] == ["ok"] * 6
    assert [(each["clock"], each["mark"]) for each in found["clocks"]] == [("sign", "default"), ("handle", "likely")]
    assert (found["verdict"], found["sends"], found["secret"]) == ("true", "", None)
    assert found["fields"]["alerts"][0]["occurrence"] == 1


def test_a_limit_of_the_issuer_stands_in_place_of_the_kinds() -> None:
    """The core gives the clock `handle` the receiver's own limit; the sheet shows that one and not both."""
    found = told(receivers=(Wanted("zz-ee-410182", "main", "4 working-hours"),))
    assert [(each["clock"], each["mark"]) for each in found["clocks"]] == [("sign", "default"), ("handle", "issuer")]


def test_an_account_without_a_unit_sends_for_the_general_office() -> None:
    """Who has no department (the one local person of a log without accounts) stands for the city's general office."""
    found = told(person=Person("local", "值班", "supervisor"))
    assert found["receivers"]["sender"] == "zz-gov"
    assert [each["unit"] for each in found["receivers"]["candidates"]] == ["zz-ee"]


def test_the_id_of_the_order_is_that_of_the_press() -> None:
    """The same press makes the same order however often the sheet is asked for; another press, or person, another one."""
    assert told()["order"] == told(title="疑似超限")["order"]
    assert len(told()["order"]) == 32
    assert told()["order"] != told(person=Person("li", "李", "supervisor"))["order"]


def test_what_a_person_changes_is_checked_anew() -> None:
    """A text with a degree of secrecy is refused with the sentence; a receiver that may not be written to is barred."""
    found = told(text=(Passage("cause", "该厂违法排放；附机密★1年。"),), receivers=(Wanted("gov-410182", "main"),))
    states = {each["name"]: each["state"] for each in found["checks"]}
    assert (states["wording"], states["correspondence"]) == ("stop", "stop")
    assert found["secret"]["zh"].startswith("涉密事项按涉密渠道办理")


def test_an_open_order_on_the_subject_is_asked_about() -> None:
    """重复; and the load of the proposed unit counts it."""
    one = order(1, at("09:00"))
    found = told(one, line(one))
    assert found["likes"]["same"] == [one.id]
    assert found["receivers"]["candidates"][0]["load"] == {"open": 1, "unsigned": 1}


def test_an_alert_that_is_not_known_has_no_sheet() -> None:
    """The page says so."""
    assert sheet(View(), BUREAU, SheetRequest("0" * 32, KEY)) is None


def test_return_applications_stand_first() -> None:
    """Who waits for a decision, by its due time; nothing of an ended order."""
    one, two = order(1, at("09:00")), order(2, at("09:30"))
    asked = Application(kind="return", asked=Stamp(at=at("10:00")), clause="责任清单 12", unit="zz-um", due=at("17:00"))
    soon = Application(kind="return", asked=Stamp(at=at("10:00")), due=at("12:00"))
    view = fold(View(), [heartbeat(NOW, NOW), one, line(one, returns=asked), two, line(two, returns=soon)])
    found = queue(view, BUREAU)
    assert [row["id"] for row in found["returns"]["rows"]] == [two.id, one.id]
    assert found["returns"]["rows"][1]["proposed_name"].zh == "郑州市城市管理局"
    assert found["loads"][0]["load"].open == 2


def test_a_filed_request_has_a_proposal_and_its_duplicates() -> None:
    """并单 candidates of the same topic and place; the caller is told of nowhere."""
    state, traits = kinds()["request"].filed, {"topic": "供水"}
    filed = {"kind": "request", "alerts": (), "lines": 0, "main": "", "issuer": "zz-hotline", "state": state}
    filed["traits"] = traits
    one = order(1, at("09:00"), title=Text("小区停水", "No water"), **filed)
    two = order(2, at("13:00"), title=Text("停水", "No water"), **filed)
    view = fold(View(), [heartbeat(NOW, NOW), one, two])
    assert [row["id"] for row in queue(view, BUREAU)["filed"]["rows"]] == [one.id, two.id]
    found = matter(view, BUREAU, one.id)
    assert found is not None
    assert [each.id for each in found["duplicates"]] == [two.id]
    assert [(each.unit, each.part) for each in found["receivers"].candidates] == [("zz-water", "main")]
    assert found["receivers"].basis.startswith("实务：供水服务由供水企业承办")


def test_a_complaint_is_proposed_past_whom_it_is_about() -> None:
    """信访 28, 济南 32: of the water utility's bills the utility would answer; complained of it does not, its superior does."""
    made = order(1, at("09:00"), kind="request", alerts=(), lines=0, main="", issuer="zz-hotline", state="accepted")
    made = replace(made, traits={"nature": "complaint", "topic": "水费", "against": "zz-water"})
    found = matter(fold(View(), [heartbeat(NOW, NOW), made]), BUREAU, made.id)
    assert found is not None
    receivers = found["receivers"]
    assert "zz-water" not in {each.unit for each in receivers.candidates}
    assert receivers.upward
    assert "回避" in receivers.basis
    assert any(text.zh.startswith("反映的是") for text in receivers.why)


def test_data_that_may_be_wrong_are_proposed_to_who_provides_them() -> None:
    """令809 26: the department that uses the data applies to the one that provides them; the list of duties is not asked."""
    made = order(1, at("09:00"), kind="correction", alerts=(), lines=0, main="", issuer="zz-um", state="proposed")
    made = replace(made, paper="letter", supervising="zz-data", traits={"type": "environment.inspection", "provider": "zz-ee"})
    found = matter(fold(View(), [heartbeat(NOW, NOW), made]), BUREAU, made.id)
    assert found is not None
    receivers = found["receivers"]
    assert (receivers.sender, [(each.unit, each.part) for each in receivers.candidates]) == ("zz-um", [("zz-ee", "main")])
    assert (receivers.basis, receivers.supervising, receivers.upward) == (
        "政务数据共享条例（令809）第二十六条",
        "zz-data",
        False,
    )
