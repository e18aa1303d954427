"""The yearly cap, what could be merged, and the class of credit risk, beside the press that would send an inspector."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from agents.commands.orders import inspecting
from agents.offline.capped import Visited, sent_beyond
from agents.offline.standing import StandingOrder
from screen.access.people import Person
from screen.dispatch import visits as room
from screen.dispatch.sheet import SheetRequest, sheet
from screen.dispatch.visits import Errand, refusal, refusal_of_act, visits
from screen.feed.enterprises.inspected import Enterprises, Inspected
from screen.feed.fold import fold
from screen.feed.view import View
from streams.messages import Actor, Name, SubjectStatus, Text, encode, format_time
from streams.messages.orders import Issue, LegalInstrument, Link, OrderAct, Receiver
from streams.messages.outputs.order import Application, Linked, Stamp
from streams.places.inspections import CapSpec, caps, cause_fault, causes, line_of
from tests.support.orders.pressed import sent
from tests.support.orders.records import line, name
from tests.support.pure.view import heartbeat
from tests.unit.dispatch.made import NOW, SUBJECT, WANG, at, order, plant, verified

CODE = "91350100M000100Y43"
OTHER = "91410100MA000000X0"
BUREAU = Person("wang", "王敏", "supervisor", departments=("zz-ee",))
CAP = {"ee": CapSpec(2, "陕环执法函〔2025〕122号：同一年度对同一检查对象不超过2次")}
"""The cap that 安康市生态环境局 has published (2025-05-29)."""


def status(subject: str, kind: str, owner: Any = msgspec.UNSET, domain: str = "service", **values: Any) -> SubjectStatus:
    """The newest values of a subject."""
    return SubjectStatus(
        subject=subject,
        domain=domain,
        kind=kind,
        name=Name("甲公司"),
        adcode="410182",
        lon=None,
        lat=None,
        at=format_time(NOW),
        values=values,
        owner=owner,
    )


def made(n: int, day: str, sort: str = "routine", organ: str = "zz-ee-410182", **values: Any) -> SubjectStatus:
    """An inspection of the enterprise that was made."""
    return status(
        f"inspection.410100.{n}", "inspection", enterprise=CODE, organ=organ, day=day, sort=sort, result="clean", **values
    )


def planned(n: int, month: str, organ: str = "zz-amr") -> SubjectStatus:
    """One that is planned."""
    return status(f"inspection.410100.{n}", "inspection", enterprise=CODE, organ=organ, month=month, task="SJ-1", items="使用")


PLANT = status(SUBJECT, "enterprise_source", CODE, "environment")
CLASS = status(
    "enterprise.410100.A", "enterprise", CODE, grade="D", system="省系统", day="2026-11-01", edition="2026版", by="省局"
)
TWICE = (made(1, "2026-03-02"), made(2, "2026-08-11"))


def seen(*messages: Any) -> View:
    """The view after these."""
    return fold(View(), [heartbeat(NOW, NOW), verified(plant()), PLANT, *messages])


def told(*messages: Any, person: Person = BUREAU, **asked: Any) -> dict[str, Any]:
    """The sheet as the page reads it."""
    found = sheet(seen(*messages), person, SheetRequest(plant().id, "0" * 32, **asked))
    return dict(msgspec.json.decode(encode(found)))


def issue(**changes: Any) -> Issue:
    """The order that would send the branch of the ecology bureau to the plant."""
    given = Issue(
        order="0" * 32,
        kind="lead",
        actor=Actor(id="wang", role="supervisor"),
        title=Text("疑似超限", "Suspected"),
        receivers=(Receiver(unit="zz-ee-410182", part="main"),),
        adcode="410182",
        alerts=(Link(domain="environment", subject=SUBJECT, alert=plant().id, occurrence=1),),
    )
    return replace(given, **changes)


@pytest.fixture(autouse=True)
def cap_of_two(monkeypatch: pytest.MonkeyPatch) -> None:
    """A place whose ecology line may inspect an enterprise twice a year."""
    monkeypatch.setattr(room, "caps", lambda: CAP)


def states(sheet: dict[str, Any]) -> dict[str, str]:
    """The checks by name."""
    return {each["name"]: each["state"] for each in sheet["checks"]}


def test_below_the_cap_an_order_may_go() -> None:
    """One of two: it is shown and goes."""
    found = told(TWICE[0])
    assert states(found)["inspections"] == "ok"
    assert [(each["line"], each["made"], each["most"]) for each in found["visits"]["caps"]] == [("ee", 1, 2)]
    assert refusal(seen(TWICE[0]), issue()) == ""
    assert "inspection" not in told(TWICE[0], cause="monitoring")["fields"]["traits"]


def test_at_the_cap_nothing_goes_without_a_lawful_cause() -> None:
    """54号: the third inspection of the year is refused by sheet and press; 数据监测 with its reason lets it go."""
    found = told(*TWICE)
    assert states(found)["inspections"] == "stop"
    assert "ee: 2 of 2 (陕环执法函〔2025〕122号" in refusal(seen(*TWICE), issue())
    named = told(*TWICE, cause="monitoring")
    assert states(named)["inspections"] == "ask"
    assert named["fields"]["traits"]["inspection"] == "monitoring"
    by_cause = {"inspection": "monitoring"}
    assert refusal(seen(*TWICE), issue(traits=by_cause, reason="在线监测连续超限")) == ""
    assert "says why" in refusal(seen(*TWICE), issue(traits=by_cause))
    assert "is no cause" in refusal(seen(*TWICE), issue(traits={"inspection": "wish"}, reason="想去"))


def test_a_single_case_and_another_line_and_last_year_do_not_count() -> None:
    """个案检查 is not bound by the cap (54号); the cap is of one organ's line and one year."""
    others = (made(1, "2026-03-02", "case", cause="complaint"), made(2, "2026-04-01", organ="zz-amr"), made(3, "2025-12-31"))
    assert refusal(seen(TWICE[1], *others), issue()) == ""
    assert [each.made for each in visits(seen(*others), SUBJECT, ASKED).caps] == [0]


ASKED = Errand(frozenset({"zz-ee-410182"}), "410182", NOW)


def test_a_place_that_has_set_no_cap_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """未设: the number is shown, and no cap is invented; Zhengzhou's folder has none so far."""
    monkeypatch.setattr(room, "caps", caps)
    assert caps("4101") == {}
    (cap,) = visits(seen(*TWICE), SUBJECT, ASKED).caps
    assert (cap.made, cap.most, cap.reached) == (2, None, False)


def test_an_enterprise_whose_code_is_not_known_has_no_visits() -> None:
    """The register names no 统一社会信用代码: nothing is guessed by its name."""
    view = seen(replace(PLANT, owner=msgspec.UNSET), *TWICE)
    assert visits(view, SUBJECT, ASKED).code == ""
    assert refusal(view, issue()) == ""


def test_what_is_planned_for_this_month_could_be_merged() -> None:
    """能合并实施的不得重复检查 (54号): one planned for November by another organ; none of December, none made."""
    done = replace(planned(9, "2026-11"), values=planned(9, "2026-11").values | {"day": "2026-11-03", "sort": "routine"})
    found = told(planned(7, "2026-11"), planned(8, "2026-12"), done)
    assert [(each["subject"], each["organ"]) for each in found["visits"]["merge"]] == [("inspection.410100.7", "zz-amr")]


def test_a_supervision_sends_nobody() -> None:
    """A 督办 urges an order that stands; the cap asks of what sends an office to the enterprise."""
    assert refusal(seen(*TWICE), issue(kind="supervision")) == ""


def test_the_class_is_for_whom_it_is_and_changes_nothing() -> None:
    """Reference for supervision, no rating (国市监信发〔2022〕6号): with system, day and edition; checks and receivers stay."""
    with_class, without = told(CLASS), told()
    assert with_class["credit"] == {"grade": "D", "system": "省系统", "day": "2026-11-01", "edition": "2026版", "by": "省局"}
    assert told(CLASS, person=Person("chen", "陈", "analyst"))["credit"] is None
    assert without["credit"] is None
    assert {**with_class, "credit": None} == without


def test_the_year_turns_and_what_was_inspected_is_let_go() -> None:
    """A calendar year begins anew; what is planned for it stands."""
    view = seen(*TWICE, planned(7, "2027-01"))
    later = fold(view, [heartbeat(NOW + 45 * 86_400_000, NOW + 45 * 86_400_000)])
    assert [each.subject for each in later[Enterprises].inspections.get(CODE) or ()] == ["inspection.410100.7"]
    assert len(view[Enterprises].inspections.get(CODE) or ()) == 3


def test_a_correction_stands_in_place_of_what_was_said() -> None:
    """The same inspection with another day is one, not two; with another enterprise it is that one's alone."""
    found = seen(made(1, "2026-03-02"), made(1, "2026-03-05"))[Enterprises].inspections.get(CODE)
    assert [each.day for each in found or ()] == ["2026-03-05"]
    other = replace(made(1, "2026-03-02"), values=made(1, "2026-03-02").values | {"enterprise": OTHER})
    known = seen(made(1, "2026-03-02"), other)[Enterprises]
    assert known.inspections.get(CODE) is None
    assert len(known.inspections.get(OTHER) or ()) == 1
    assert known.codes.get("inspection.410100.1") == OTHER


def test_the_causes_have_their_source(tmp_path: Path) -> None:
    """Each names the text it rests on, and says what was not read (待核); a cap without a source is refused."""
    assert set(causes()) == {"complaint", "assigned", "monitoring", "applied", "accident"}
    assert all("待核" in each.source for each in causes().values())
    assert cause_fault({}, "") == ""
    (tmp_path / "4101").mkdir()
    (tmp_path / "4101" / "inspections.toml").write_text('[cap.ee]\nmost = 2\nsource = ""\n', "utf-8")
    with pytest.raises(ValueError, match="cap"):
        caps("4101", tmp_path)
    assert line_of("zz-ee-410182") == line_of("zz-ee") == "ee"
    assert Inspected("s", "zz-ee", "410182", month="2026-11").year == 2026


def test_the_year_has_what_was_imported_and_what_orders_recorded_once() -> None:
    """涉企检查 of the year by month: two imported visits; a re-inspection of the same organ and day is the same visit."""
    again = order(1, at("09:00"), inspected=Stamp(at="2026-08-11T10:00:00+08:00", actor=WANG))
    found = told(*TWICE, again)["inspections"]
    assert (found["count"], found["organs"], found["months"][2], found["months"][7]) == (2, 1, 1, 1)
    assert {each["what"] for each in found["rows"]} == {"visit-routine"}


def test_the_press_itself_is_refused_at_the_cap() -> None:
    """Whatever a page sends: nothing is written of the third inspection (409), and with its lawful cause it is (202)."""
    data = {name: each for name, each in msgspec.to_builtins(issue()).items() if name != "actor"}
    status, kept = sent(BUREAU, "issue", seen(*TWICE), **data)
    assert (status, kept.presses) == (409, [])
    named = {"traits": {"inspection": "monitoring"}, "reason": "在线监测连续超限"}
    status, kept = sent(BUREAU, "issue", seen(*TWICE), **(data | named))
    assert (status, len(kept.presses)) == (202, 1)


def test_a_command_line_is_bound_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """54号: what the log has stops `order issue` as it stops the page; a single case and last year do not count."""
    monkeypatch.setattr(inspecting, "caps", lambda: CAP)
    organs, subjects = ("zz-ee-410182",), (SUBJECT,)
    assert "ee: 2 of 2" in inspecting.beyond_cap([PLANT, *TWICE], organs, subjects, 2026)
    assert inspecting.beyond_cap([PLANT, *TWICE], organs, subjects, 2027) == ""
    others = (TWICE[0], made(2, "2026-08-11", "case"), made(3, "2025-12-31"), made(4, "2026-05-01", organ="zz-amr"))
    assert inspecting.beyond_cap([PLANT, *others], organs, subjects, 2026) == ""
    assert inspecting.beyond_cap([replace(PLANT, owner=msgspec.UNSET), *TWICE], organs, subjects, 2026) == ""


def test_who_was_sent_past_page_and_command_line_is_told_from_the_log() -> None:
    """54号: two inspections by 11 August, and the branch sent in November is one beyond; one of the same day counts not."""
    stands = order(1, at("09:00"), alerts=(LINKED,))
    sent_on = line(1, unit="zz-ee-410105")
    found = list(sent_beyond(Visited([PLANT, *TWICE]), [StandingOrder(stands, (sent_on,))], CAP))
    assert [(each.order, each.unit, each.enterprise, each.role, each.made, each.most) for each in found] == [
        (stands.id, "zz-ee-410105", CODE, "ee", 2, 2)
    ]
    lawful = replace(stands, traits={"inspection": "monitoring"})
    for which, lines, visits_made in (
        (lawful, (sent_on,), TWICE),
        (replace(stands, kind="supervision"), (sent_on,), TWICE),
        (stands, (replace(sent_on, part="assist"),), TWICE),
        (stands, (replace(sent_on, unit="zz-amr"),), TWICE),
        (stands, (sent_on,), TWICE[:1]),
        (stands, (sent_on,), (TWICE[0], made(2, sent_on.sent[:10]))),
        (stands, (sent_on,), (TWICE[0], made(2, "2025-08-11"))),
    ):
        assert list(sent_beyond(Visited([PLANT, *visits_made]), [StandingOrder(which, lines)], CAP)) == []


LINKED = Linked(link=Link(domain="environment", subject=SUBJECT, alert=plant().id, occurrence=1), active=True)
BRANCH = Receiver(unit="zz-ee-410105", part="support")


def test_every_press_that_sends_an_inspector_is_bound() -> None:
    """54号: at the cap no act on a standing order adds an office of the line; assisting ones and other lines may come."""
    stands = seen(*TWICE, order(1, at("09:00"), alerts=(LINKED,)))
    act = OrderAct(order=name(1), actor=Actor(id="wang", role="supervisor"))
    for verb in ("dispatch", "add"):
        assert "ee: 2 of 2" in refusal_of_act(stands, verb, replace(act, receivers=(BRANCH,)))
    assert refusal_of_act(stands, "add", replace(act, receivers=(replace(BRANCH, part="assist"),))) == ""
    assert refusal_of_act(stands, "add", replace(act, receivers=(replace(BRANCH, unit="zz-amr"),))) == ""
    assert (
        refusal_of_act(seen(TWICE[0], order(1, at("09:00"), alerts=(LINKED,))), "add", replace(act, receivers=(BRANCH,))) == ""
    )
    named = order(1, at("09:00"), alerts=(LINKED,), traits={"inspection": "monitoring"})
    assert refusal_of_act(seen(*TWICE, named), "add", replace(act, receivers=(BRANCH,))) == ""


def test_a_return_goes_to_no_line_that_has_reached_its_cap() -> None:
    """改派: the unit that the return proposes, or that who decides names, would inspect; to refuse the return sends nobody."""
    asked = Application(kind="return", asked=Stamp(at="2026-11-24T15:00:00+08:00", actor=WANG), unit="zz-ee-410105")
    of = line(1, unit="zz-um", returns=asked)
    stands = seen(*TWICE, order(1, at("09:00"), alerts=(LINKED,)), of)
    act = OrderAct(order=name(1), actor=Actor(id="wang", role="leader"), lines=(of.n,), outcome="granted")
    assert "ee: 2 of 2" in refusal_of_act(stands, "decide-return", act)
    assert "ee: 2 of 2" in refusal_of_act(stands, "decide-return", replace(act, outcome="designated", unit="zz-ee"))
    assert refusal_of_act(stands, "decide-return", replace(act, outcome="refused")) == ""
    assert refusal_of_act(stands, "decide-return", replace(act, unit="zz-amr")) == ""


def forecast(*messages: Any, person: Person = BUREAU) -> Any:
    """本平台预判 on the sheet."""
    return told(*messages, person=person)["priority"]


SECOND = status("source.410182.plant.9", "enterprise_source", CODE, "environment")


def parts(found: Any) -> dict[str, tuple[int, list[str]]]:
    """Points and cases by part."""
    return {each["name"]: (each["points"], each["cases"]) for each in found["parts"]}


def test_the_forecast_shows_every_part_of_what_stands_at_the_enterprise() -> None:
    """priority.toml: red 20, yellow 4; all its subjects' alerts, no other's, none that is normal or was found false."""
    away = replace(plant(), id="b" * 32, subject="source.410182.plant.9", severity="yellow")
    others = replace(plant(), id="c" * 32, subject="source.410182.plant.7")
    normal = replace(away, id="d" * 32, active=False)
    untrue = verified(replace(away, id="e" * 32), "false-alarm")
    found = forecast(SECOND, away, others, normal, untrue)
    assert parts(found) == {"red": (20, [plant().id]), "yellow": (4, ["b" * 32])}
    assert found["points"] == 24
    assert parts(forecast(SECOND, away, replace(SECOND, owner=OTHER))) == {"red": (20, [plant().id])}, "it was sold"


def test_what_is_put_right_is_forgotten() -> None:
    """令107: an instrument past its day counts 15, and nothing once complied with, passed, ended or three years old."""
    link = Linked(link=Link(domain="environment", subject=SUBJECT, alert=plant().id, occurrence=1), active=True)
    paper = LegalInstrument(
        kind="rectification",
        number="1",
        organ="x",
        officers=("1", "2"),
        served="direct",
        served_at="2026-11-01T09:00:00+08:00",
        limit_at="2026-11-20T18:00:00+08:00",
    )
    late = order(1, at("09:00"), alerts=(link,), instruments=(paper,))
    assert parts(forecast(late))["overdue"] == (15, [late.id])
    stamp = Stamp(at="2026-11-23T09:00:00+08:00", actor=WANG)
    failed = replace(late, finding="failed", inspected=stamp)
    assert parts(forecast(failed)).keys() == {"red", "overdue", "failed"}
    old = replace(paper, served_at="2023-11-01T09:00:00+08:00", limit_at="2023-11-20T18:00:00+08:00")
    right = (
        replace(late, instruments=(replace(paper, end="complied", ended_at="2026-11-21T09:00:00+08:00"),)),
        replace(late, instruments=(replace(paper, limit_at="2026-11-30T18:00:00+08:00"),)),
        replace(late, instruments=(old,)),
        replace(failed, finding="passed"),
        replace(failed, closed_at="2026-11-23T10:00:00+08:00"),
        replace(failed, voided=True),
        replace(failed, traits={"nature": "report"}),
    )
    for each in right:
        assert parts(forecast(each)).keys() == {"red"}


def test_the_forecast_is_for_whom_the_class_is_and_changes_nothing_else() -> None:
    """By the right `credit-class`; without it all else of the sheet is the same. Without a credit code there is none."""
    viewer = Person("v", "看", "viewer", departments=("zz-ee",))
    assert forecast(person=viewer) is None
    assert forecast(status(SUBJECT, "enterprise_source", domain="environment")) is None
    with_, without = told(SECOND), told(SECOND, status("source.410182.plant.8", "enterprise_source", CODE, "environment"))
    assert {name: value for name, value in with_.items() if name != "priority"} == {
        name: value for name, value in without.items() if name != "priority"
    }


def test_no_list_rule_or_check_reads_the_forecast() -> None:
    """It hides and orders nothing: the sheet's room and the command alone know it."""
    root = Path(room.__file__).resolve().parents[2]
    readers = {
        str(path.relative_to(root))
        for folder in ("agents", "screen", "streams", "fixtures")
        for path in (root / folder).rglob("*.py")
        if "places.priority" in path.read_text("utf-8")
    }
    assert readers == {"agents/offline/priority.py", "screen/dispatch/visits.py"}
