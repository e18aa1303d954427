"""An order's life by the sentences that an official would hold it to: orders.md E4, and what hurts users of other systems."""

from datetime import date
from typing import Any

import pytest
from msgspec import UNSET
from msgspec.structs import replace

from agents.core.orders.fold import Orders
from agents.rulebook.orders import order_rules
from streams.calendar.holidays import Notice, Span
from streams.messages import NOTICE, Alert, Order, OrderAudit, OrderLine, Quality, Text, encode, event_bytes
from streams.messages.orders import Issue, LegalInstrument, Paper, Passage, Receiver
from tests.support.orders.partition import (
    BRANCH,
    ECOLOGY,
    HOTLINE,
    ORDER,
    OrderPartition,
    actor,
    alert_of,
    entries,
    hotline_matter,
    link,
)

CLERK, HANDLER, REVIEWER, OFFICER = (actor(role, BRANCH) for role in ("clerk", "handler", "reviewer", "officer"))
DISPATCHER, VERIFIER, LEADER = (actor(role, ECOLOGY) for role in ("dispatcher", "verifier", "leader"))
MAIN = f"{ORDER}/1"


def refusal(out: list[Any]) -> str:
    """Why an act was refused; empty where it was done."""
    return next((each.reason for each in out if isinstance(each, OrderAudit) and each.event == "refuse"), "")


def clock(order: OrderPartition, name: str, line: str = MAIN) -> Any:
    """A clock of a line."""
    return next(each for each in order.lines[line].clocks if each.name == name)


@pytest.fixture
def lead() -> OrderPartition:
    """A lead about one alert that was verified, sent on Friday at nine to the branch of the district."""
    made = OrderPartition()
    assert not refusal(made.issue(alerts=(link(),), verdict="true", traits={"law": "market"}))
    made.alert(alert_of())
    return made


def answered(order: OrderPartition, unit: str = BRANCH) -> None:
    """The unit signs, writes its answer, and its reviewer lets it out."""
    for verb, role in (("sign", "clerk"), ("submit", "handler"), ("endorse", "reviewer")):
        assert not refusal(order.act(verb, actor(role, unit), reason="已核查"))


def answered_without_sign(order: OrderPartition) -> None:
    """The answer of a unit that has signed goes out."""
    for verb, by in (("submit", HANDLER), ("endorse", REVIEWER)):
        assert not refusal(order.act(verb, by, reason="已责令改正"))


def request(**said: Any) -> OrderPartition:
    """A request that the hotline has taken in and sent to the branch."""
    made = OrderPartition()
    made.filed(hotline_matter(**said), ORDER)
    receptionist, dispatcher = actor("receptionist", HOTLINE), actor("dispatcher", HOTLINE)
    assert not refusal(made.act("accept", receptionist))
    assert not refusal(made.act("dispatch", dispatcher, receivers=(Receiver(unit=ECOLOGY, part="main"),)))
    return made


class TestClocks:
    """Named clocks, each with its source."""

    def test_they_run_from_the_sending_and_an_unsigned_line_is_late(self, lead: OrderPartition) -> None:
        """Two working hours after nine on Friday it should be signed; it is late, and not deemed signed (orders.md 12)."""
        assert clock(lead, "sign").due == "2026-03-06T11:00:00+08:00"
        out = lead.tick("2026-03-06T11:00:00+08:00")
        assert "late" not in {event for event, *_ in entries(out)}  # at the very end it is in time
        out = lead.tick("2026-03-06T11:00:01+08:00")
        assert ("late", "1", "") in entries(out)
        assert (lead.lines[MAIN].state, clock(lead, "sign").late) == ("sent", True)
        assert clock(lead, "handle").start == "2026-03-06T09:00:00+08:00"

    def test_after_hours_it_changes_colour_and_rings_at_the_opening(self) -> None:
        """Sent on Friday at 17:30, 1 working hour to warn: yellow then, red on Monday; what falls outside rings at 08:00."""
        made = OrderPartition("2026-03-06T17:30:00+08:00")
        made.issue(receivers=(Receiver(unit=BRANCH, part="main", limit="2 natural-hours"),))
        made.tick("2026-03-06T19:30:01+08:00")
        late = clock(made, "handle")
        assert (late.late, late.rings) == (True, "2026-03-09T08:00:00+08:00")

    def test_what_is_urgent_rings_at_once(self) -> None:
        """Of a mass outage the 2 hours of the hotline ring on a Saturday night (orders.md 35)."""
        made = OrderPartition("2026-03-07T22:00:00+08:00")
        made.filed(hotline_matter(urgent=True, traits={"nature": "help", "category": "mass"}), ORDER)
        made.tick("2026-03-08T00:00:01+08:00")
        (sends,) = (each for each in made.orders[ORDER].clocks if each.name == "dispatch")
        assert (sends.late, sends.rings, sends.limit) == (True, "2026-03-08T00:00:01+08:00", "2 natural-hours")

    def test_a_notice_of_holidays_reckons_them_anew(self, lead: OrderPartition) -> None:
        """A day off more, and the 15 working days end a day later; the entry says that they were reckoned."""
        before = clock(lead, "handle").due
        known = next(each for each in order_rules("4101").holidays.notices if each.year == 2026)
        day = date(2026, 3, 10)
        changed = Notice(2026, known.source, (*known.off, Span("local", day, day)), known.work)
        out = lead.give(event_bytes(type=NOTICE, source="notice", id="n", time="2026-03-06T09:00:00+08:00", data=changed))
        assert [event for event, *_ in entries(out)] == ["reckon"]
        assert clock(lead, "handle").due > before

    def test_more_time_is_asked_before_the_end_and_once(self, lead: OrderPartition) -> None:
        """市监程序规定 18: 15 more working days, once; asked after the end it is refused (next.md)."""
        lead.act("sign", CLERK)
        assert "more than" in refusal(lead.act("ask-extension", REVIEWER, limit="20 working-days", reason="检测"))
        assert not refusal(lead.act("ask-extension", REVIEWER, limit="5 working-days", reason="检测"))
        assert "does not decide" in refusal(
            lead.act("decide-extension", actor("leader", BRANCH, REVIEWER.id), lines=("1",), outcome="granted")
        )
        assert not refusal(lead.act("decide-extension", actor("leader", BRANCH), lines=("1",), outcome="granted"))
        assert clock(lead, "handle").due > clock(lead, "handle").first_due
        assert "at most 1" in refusal(lead.act("ask-extension", REVIEWER, limit="5 working-days", reason="再"))

    def test_time_that_does_not_count_is_named_and_shown(self, lead: OrderPartition) -> None:
        """A pause needs a kind that the order knows and its evidence; while it lasts nothing turns red."""
        lead.act("sign", CLERK)
        assert "named reasons" in refusal(lead.act("pause", OFFICER, outcome="holiday", clause="x"))
        assert "evidence" in refusal(lead.act("pause", OFFICER, outcome="testing"))
        assert not refusal(lead.act("pause", OFFICER, outcome="testing", clause="委托检测单 12"))
        before = clock(lead, "handle").due
        lead.tick("2026-03-30T09:00:00+08:00")
        assert not clock(lead, "handle").late
        assert not refusal(lead.act("resume", OFFICER, clause="检测报告 12"))
        assert clock(lead, "handle").due > before

    def test_no_tick_opens_a_supervision(self, lead: OrderPartition) -> None:
        """Red urges, and the tick proposes; the order stays in hand (督查条例 11)."""
        lead.act("sign", CLERK)
        lead.tick("2026-03-27T23:59:00+08:00")
        out = lead.tick("2026-04-15T09:00:00+08:00")
        assert ("propose", "", "") in entries(out)
        assert (lead.orders[ORDER].state, len(lead.orders)) == ("handling", 1)

    def test_a_year_without_notice_is_provisional(self) -> None:
        """A deadline in a year of which the notice is not out says so."""
        made = OrderPartition("2026-11-30T09:00:00+08:00")
        made.issue(receivers=(Receiver(unit=BRANCH, part="main", limit="60 working-days"),))
        assert clock(made, "handle").provisional
        far = OrderPartition("2026-11-30T09:00:00+08:00")
        assert "outside" in refusal(far.issue(receivers=(Receiver(unit=BRANCH, part="main", limit="9000 working-days"),))) or (
            "known" in refusal(far.issue("f" * 32, receivers=(Receiver(unit=BRANCH, part="main", limit="9000 working-days"),)))
        )


class TestReceivers:
    """Who may be sent what."""

    @pytest.mark.parametrize("unit", ["nobody", "91410100MA000000X1"])
    def test_who_is_no_public_body_is_none(self, unit: str) -> None:
        """An enterprise, or nobody, is never a receiver (orders.md 1)."""
        made = OrderPartition()
        assert "no body here" in refusal(made.issue(receivers=(Receiver(unit=unit, part="main"),)))
        assert made.orders[ORDER].state == "refused"

    def test_a_bureau_does_not_instruct_a_district_government(self) -> None:
        """公文处理工作条例 16(二), with the sentence, and what to do instead."""
        made = OrderPartition()
        why = refusal(made.issue(receivers=(Receiver(unit="gov-410105", part="main"),)))
        assert "第十六条" in why
        assert "办公厅" in why

    def test_a_community_assists_without_a_clock(self) -> None:
        """村委会组织法 6: it is asked, not ordered: no clock, no red; ordered it is refused."""
        made = OrderPartition()
        community = "community-410105001006"
        assert refusal(made.issue("e" * 32, receivers=(Receiver(unit=community, part="main"),)))
        street = actor("dispatcher", "street-410105001")
        out = made.issue(
            actor=street,
            kind="task",
            receivers=(
                Receiver(unit="street-410105001", part="main"),
                Receiver(unit=community, part="assist"),
            ),
        )
        if not refusal(out):
            helper = made.lines[f"{ORDER}/2"]
            assert (helper.state, helper.clocks) == ("told", ())

    def test_ten_thousand_are_refused_whole(self) -> None:
        """More receivers than an order has is bad input: a quality record, and nothing half done."""
        many = tuple(Receiver(unit=f"u{n}", part="support") for n in range(10_000))
        made = OrderPartition()
        data = {"order": ORDER, "kind": "lead", "actor": DISPATCHER, "title": Text("x", "x"), "receivers": many}
        out = made.give(
            event_bytes(
                type="command.order.issue", source="t", id="1", time="2026-03-06T09:00:00+08:00", subject=ORDER, data=data
            ),
            ORDER,
        )
        assert [type(each) for each in out] == [Quality]
        assert made.orders == {}

    def test_a_support_line_never_blocks_and_a_sub_order_does(self, lead: OrderPartition) -> None:
        """A late 协办 is its own red, not a lock on the answer; a 子单 that is open is named (orders.md 15)."""
        assert not refusal(lead.act("add", DISPATCHER, receivers=(Receiver(unit="zz-ee-410103", part="support"),)))
        lead.act("sign", CLERK)
        sub = Receiver(unit="zz-ee-410105", part="support", limit="1 working-day")
        assert refusal(lead.act("add", actor("clerk", BRANCH), receivers=(sub,)))  # to oneself
        assert not refusal(lead.act("submit", HANDLER, reason="已核查"))
        assert not refusal(lead.act("endorse", REVIEWER))
        assert lead.lines[f"{ORDER}/2"].state == "sent"


class TestReturns:
    """退单: applied for, decided, and after a designation no more."""

    def test_a_return_is_an_application_while_the_clock_runs(self, lead: OrderPartition) -> None:
        """With the clause and the unit proposed, decided by the dispatcher; the next one's time runs from the first sending."""
        lead.tick("2026-03-09T09:00:00+08:00")
        assert "clause" in refusal(lead.act("ask-return", CLERK, reason="不是我们的"))
        for unit in ("", BRANCH):
            assert "should have it" in refusal(lead.act("ask-return", CLERK, reason="不是我们的", clause="SP-03", unit=unit))
        assert not refusal(lead.act("ask-return", CLERK, reason="不是我们的", clause="SP-03", unit="zz-ee-410103"))
        assert not refusal(lead.act("decide-return", DISPATCHER, lines=("1",), outcome="granted"))
        assert (lead.lines[MAIN].state, lead.orders[ORDER].main) == ("moved", "2")
        moved = clock(lead, "handle", f"{ORDER}/2")
        assert moved.start == "2026-03-06T09:00:00+08:00"
        assert clock(lead, "sign", f"{ORDER}/2").start == "2026-03-09T09:00:00+08:00"

    def test_after_a_designation_none_is_taken(self, lead: OrderPartition) -> None:
        """指定后不退 (潍坊 22; 66号 五)."""
        lead.act("ask-return", CLERK, reason="不是我们的", clause="SP-03", unit="zz-ee-410103")
        assert not refusal(
            lead.act("decide-return", DISPATCHER, lines=("1",), outcome="designated", reason="会商纪要", unit=BRANCH)
        )
        assert "designated" in refusal(lead.act("ask-return", CLERK, reason="仍不是", clause="SP-03"))

    def test_whom_it_was_designated_to_is_told_so(self, lead: OrderPartition) -> None:
        """Another unit that is designated sees on its line that no return is taken any more."""
        other = "zz-ee-410103"
        lead.act("ask-return", CLERK, reason="不是我们的", clause="SP-03", unit="zz-ee-410103")
        decided = lead.act("decide-return", DISPATCHER, lines=("1",), outcome="designated", reason="会商纪要", unit=other)
        assert not refusal(decided)
        assert lead.lines[f"{ORDER}/2"].designated
        assert not lead.lines[MAIN].designated


class TestEnds:
    """What ends an order, and what does not."""

    def test_a_quiet_sensor_closes_nothing(self, lead: OrderPartition) -> None:
        """False for 72 hours is ready for re-inspection; closing needs the finding (orders.md 23)."""
        answered(lead)
        lead.alert(alert_of(active=False, audit=5, cleared_at="2026-03-06T10:00:00+08:00"))
        out = lead.tick("2026-03-09T10:00:00+08:00")
        assert ("ready", "", "") in entries(out)
        assert "verified" in refusal(lead.act("close", DISPATCHER, outcome="rectified"))
        assert not refusal(lead.act("inspect", VERIFIER, outcome="passed", reason="现场已整改"))
        assert not refusal(lead.act("close", DISPATCHER, outcome="rectified"))
        assert lead.orders[ORDER].state == "closed"

    def test_with_the_condition_standing_only_a_lawful_end_is(self, lead: OrderPartition) -> None:
        """已整改 is refused, 移送 is not (orders.md 24); the alert is released and its condition runs on."""
        answered(lead)
        lead.act("inspect", VERIFIER, outcome="passed", reason="看过")
        assert "stands" in refusal(lead.act("close", DISPATCHER, outcome="rectified"))
        paper = Paper(kind="letter", number="郑环函〔2026〕7号", organ=ECOLOGY, at="2026-03-06T09:00:00+08:00")
        assert not refusal(lead.act("paper", DISPATCHER, paper=paper))
        out = lead.act("close", DISPATCHER, outcome="transferred", reason="移送公安")
        assert not refusal(out)
        assert lead.orders[ORDER].lawful
        assert next(each for each in out if isinstance(each, OrderAudit) and not each.line).told["alerts"] == "release"

    def test_who_has_a_part_does_not_verify(self, lead: OrderPartition) -> None:
        """Neither the unit itself nor the writer of the answer (orders.md 10)."""
        answered(lead)
        assert refusal(lead.act("inspect", actor("officer", BRANCH, "other"), outcome="passed", reason="x"))
        assert "part in the answer" in refusal(
            lead.act("inspect", actor("verifier", ECOLOGY, HANDLER.id), outcome="passed", reason="x")
        )

    def test_where_an_instrument_stands_two_officers_re_inspect(self, lead: OrderPartition) -> None:
        """行政处罚法 42; one officer records no instrument either."""
        lead.act("sign", CLERK)
        given: dict[str, Any] = {
            "kind": "rectification",
            "number": "郑环责改〔2026〕41号",
            "organ": BRANCH,
            "served": "direct",
            "served_at": "2026-03-06T09:30:00+08:00",
        }
        assert "two officers" in refusal(
            lead.act("instrument", OFFICER, instrument=LegalInstrument(officers=("0117",), **given))
        )
        assert not refusal(lead.act("instrument", OFFICER, instrument=LegalInstrument(officers=("0117", "0132"), **given)))
        whole = LegalInstrument(officers=("0117", "0132"), **given)
        assert "recorded" in refusal(lead.act("instrument", OFFICER, instrument=whole))
        over = replace(whole, end="revoked", ended_at="2026-03-06T09:40:00+08:00")
        assert not refusal(lead.act("instrument", OFFICER, instrument=over))
        assert [each.end for each in lead.orders[ORDER].instruments] == ["revoked"]
        lead.alert(alert_of(active=False, audit=5, cleared_at="2026-03-06T10:00:00+08:00"))
        lead.tick("2026-03-10T10:00:00+08:00")
        answered_without_sign(lead)
        assert not refusal(lead.act("inspect", VERIFIER, outcome="passed", reason="已看"))
        assert "复查" in refusal(lead.act("close", DISPATCHER, outcome="rectified"))

    def test_the_officers_of_the_office_re_inspect_before_it_answers(self, lead: OrderPartition) -> None:
        """复查 is by two officers of the organ itself, 核查 by the body above it (orders.md 10, 23).

        A failed one is recorded.
        """
        lead.act("sign", CLERK)
        assert "two officers" in refusal(lead.act("inspect", OFFICER, outcome="passed", reason="x", who="0117"))
        assert not refusal(lead.act("inspect", OFFICER, outcome="failed", reason="未改", who="0117, 0132"))
        assert (lead.orders[ORDER].state, lead.orders[ORDER].rechecked) == ("handling", None)
        assert not refusal(lead.act("inspect", OFFICER, outcome="passed", reason="已改", who="0117, 0132"))
        assert lead.orders[ORDER].rechecked is not None

    def test_what_comes_back_opens_a_round_inside(self) -> None:
        """Of a task, after it was answered; a flicker before is the condition alone (orders.md 25)."""
        made = OrderPartition()
        made.issue(kind="task", alerts=(link(),), verdict="true")
        made.act("sign", CLERK)
        made.alert(alert_of(active=False, audit=5, cleared_at="2026-03-06T10:00:00+08:00"))
        assert [event for event, *_ in entries(made.alert(alert_of(active=True, audit=6)))] == ["condition"]
        assert made.orders[ORDER].round == 1
        for verb, by in (("submit", HANDLER), ("endorse", REVIEWER)):
            made.act(verb, by, reason="已核查")
        made.alert(alert_of(active=False, audit=7, cleared_at="2026-03-06T10:00:00+08:00"))
        made.alert(alert_of(active=True, audit=8))
        assert (made.orders[ORDER].round, made.orders[ORDER].state, made.lines[MAIN].state) == (2, "handling", "signed")

    def test_of_a_lead_it_is_a_new_offence(self, lead: OrderPartition) -> None:
        """A new offence is a new case: the order that was answered does not begin again (orders.md 25)."""
        answered(lead)
        lead.alert(alert_of(active=False, audit=7, cleared_at="2026-03-06T10:00:00+08:00"))
        assert [event for event, *_ in entries(lead.alert(alert_of(active=True, audit=8)))] == ["condition"]
        assert (lead.orders[ORDER].round, lead.orders[ORDER].state) == (1, "reported")

    def test_a_copy_of_a_revision_changes_nothing(self, lead: OrderPartition) -> None:
        """The feed may repeat it after a crash."""
        lead.alert(alert_of(active=False, audit=5, cleared_at="2026-03-06T10:00:00+08:00"))
        assert lead.alert(alert_of(active=False, audit=5, cleared_at="2026-03-06T10:00:00+08:00")) == []

    def test_silence_is_not_satisfaction(self) -> None:
        """A caller who says nothing, or is not reached, has not said that it is solved (orders.md D)."""
        made = request()
        answered(made, ECOLOGY)
        revisitor = actor("revisitor", HOTLINE)
        made.act("inspect", actor("revisitor", HOTLINE), outcome="passed", reason="审核")
        assert not refusal(made.act("call-back", revisitor, outcome="unreached"))
        assert made.orders[ORDER].satisfaction is None
        assert not refusal(made.act("call-back", revisitor, outcome="silent"))
        assert made.orders[ORDER].satisfaction == 0

    def test_whether_it_is_solved_is_what_the_caller_says(self) -> None:
        """解决率 is of valid answers (orders.md D): who was not reached has given none, and what is not told is not known."""
        made = request()
        answered(made, ECOLOGY)
        revisitor = actor("revisitor", HOTLINE)
        made.act("inspect", actor("revisitor", HOTLINE), outcome="passed", reason="审核")
        assert "not reached" in refusal(made.act("call-back", revisitor, outcome="unreached", solved="yes"))
        assert not refusal(made.act("call-back", revisitor, outcome="2", solved="no"))
        assert made.orders[ORDER].solved is False
        assert not refusal(made.act("call-back", revisitor, outcome="4", solved="yes"))
        assert made.orders[ORDER].solved is True
        assert not refusal(made.act("call-back", revisitor, outcome="4"))
        assert made.orders[ORDER].solved is UNSET
        assert b"solved" not in encode(made.orders[ORDER])


class TestActs:
    """What is refused, and how it is told."""

    def test_who_may_not_is_told_why(self, lead: OrderPartition) -> None:
        """By role, by unit, by state, on what has moved on, twice: each is refused with its reason in the trail."""
        assert "role" in refusal(lead.act("sign", actor("analyst", BRANCH)))
        assert "receiver itself" in refusal(lead.act("sign", actor("clerk", "zz-ee-410103"), lines=("1",)))
        assert "cannot endorse" in refusal(lead.act("endorse", REVIEWER))
        assert "no line" in refusal(lead.act("sign", CLERK, lines=("7",)))
        seen = lead.lines[MAIN].audit
        lead.act("sign", CLERK)
        assert "moved on" in refusal(lead.act("submit", HANDLER, reason="x", seen=seen))
        assert "cannot sign" in refusal(lead.act("sign", CLERK))

    def test_a_second_copy_changes_nothing(self, lead: OrderPartition) -> None:
        """The same event again is no act."""
        out = lead.act("sign", CLERK)
        offset, key, value = lead.log[-1]
        assert out
        assert lead.fold.run([(offset + 1, key, value)]) == []

    def test_a_state_secret_is_refused(self) -> None:
        """保密法 30, 31: 涉密事项按涉密渠道办理."""
        made = OrderPartition()
        assert "涉密" in refusal(made.issue(title=Text("机密★1年 通知", "x")))
        lead = OrderPartition()
        lead.issue()
        lead.act("sign", CLERK)
        assert "涉密" in refusal(lead.act("submit", HANDLER, reason="见 秘密★ 文件"))

    def test_without_a_verdict_the_reason_is_asked(self) -> None:
        """核实 first; else the press says why (orders.md C)."""
        made = OrderPartition()
        assert "核实" in refusal(made.issue(alerts=(link(),)))
        assert not refusal(made.issue("d" * 32, alerts=(link(),), reason="联系不上现场，先派"))

    def test_an_unknown_order_is_a_quality_record(self) -> None:
        """Nothing is made of an act on what there is not."""
        made = OrderPartition()
        (out,) = made.act("sign", CLERK)
        assert isinstance(out, Quality)
        assert out.reason == "unknown-order"

    def test_an_issued_id_is_not_issued_again(self, lead: OrderPartition) -> None:
        """Another order under the same id is refused; the first stands."""
        assert "has been issued" in refusal(lead.issue())
        assert lead.orders[ORDER].state == "sent"


def test_a_trail_is_one_chain() -> None:
    """Entries are numbered from 1, each names the hash before it, and each makes one revision with its number and hash."""
    made = request()
    answered(made, ECOLOGY)
    trail = [each for each in made.told if isinstance(each, OrderAudit)]
    assert [each.n for each in trail] == list(range(1, len(trail) + 1))
    assert [each.prev for each in trail[1:]] == [each.hash for each in trail[:-1]]
    made_by = {(each.audit, each.head) for each in made.told if isinstance(each, Order | OrderLine)}
    assert made_by == {(each.n, each.hash) for each in trail}


def test_a_restart_anywhere_changes_nothing() -> None:
    """The log cut at each record, with a snapshot there and a new partition after it: the same outputs, byte for byte."""
    made = OrderPartition()
    made.issue(alerts=(link(),), verdict="true")
    made.tick("2026-03-06T11:00:00+08:00")
    answered(made)
    made.alert(alert_of(active=False, audit=5, cleared_at="2026-03-06T10:00:00+08:00"))
    made.tick("2026-03-10T10:00:00+08:00")
    made.act("inspect", VERIFIER, outcome="passed", reason="现场已整改")
    made.act("close", DISPATCHER, outcome="rectified")
    made.act("archive", actor("archivist", ECOLOGY))
    made.tick("2027-06-10T10:00:00+08:00")
    whole = [encode(each) for each in made.told]
    for cut in range(len(made.log) + 1):
        first, second = (Orders(order_rules("4101"), "t.events.orders", 0) for _ in range(2))
        begun = [encode(each) for each in first.run(made.log[:cut])]
        second.restore(first.snapshot())
        assert begun + [encode(each) for each in second.run(made.log)] == whole
    assert len(made.fold.shelf) == 0  # archived 400 days ago


def test_issue_data_is_what_it_says() -> None:
    """An `Issue` without receivers is no order."""
    assert Issue.__struct_fields__[0] == "order"
    made = OrderPartition()
    assert "主办" in refusal(made.issue(receivers=()))


def test_alerts_are_messages_of_stage_one() -> None:
    """What stands for an alert here is one."""
    assert isinstance(alert_of(), Alert)


def test_the_time_of_the_verification_is_not_the_receivers() -> None:
    """Answered on Monday and sent back on Wednesday: the days between are not counted (GLPI 23359), and it is a round more."""
    made = OrderPartition()
    made.issue(kind="task")
    before = clock(made, "handle").due
    made.tick("2026-03-09T09:00:00+08:00")
    answered(made)
    made.tick("2026-03-11T09:00:00+08:00")
    assert not refusal(made.act("send-back", DISPATCHER, reason="材料不全"))
    again = clock(made, "handle")
    assert (again.met, made.orders[ORDER].round, made.lines[MAIN].state) == (None, 2, "signed")
    assert again.due > before
    assert [(each.begin, each.end) for each in again.pauses] == [("2026-03-09T09:00:00+08:00", "2026-03-11T09:00:00+08:00")]


class TestMatters:
    """What comes in from other systems."""

    @pytest.mark.parametrize("trait", ["against", "accused"])
    def test_a_complaint_does_not_go_to_whom_it_is_about(self, trait: str) -> None:
        """信访 28, 济南 32: the accused does not answer for himself; its superior may have it."""
        made = OrderPartition()
        made.filed(hotline_matter(traits={"nature": "complaint", trait: ECOLOGY}), ORDER)
        made.act("accept", actor("receptionist", HOTLINE))
        dispatcher = actor("dispatcher", HOTLINE)
        assert "about" in refusal(made.act("dispatch", dispatcher, receivers=(Receiver(unit=ECOLOGY, part="main"),)))
        assert made.orders[ORDER].state == "accepted"

    def test_a_bad_rating_is_with_its_office_at_once(self) -> None:
        """谁办理、谁负责: a rating that names the office has a receiver from the beginning."""
        made = OrderPartition()
        rating = hotline_matter(
            id="rating/1", kind="rating", step="rated", unit="zz-hc", title=Text("差评", "Bad rating"), traits={}
        )
        made.filed(rating, ORDER)
        assert (made.orders[ORDER].state, made.lines[MAIN].unit) == ("sent", "zz-hc")

    def test_steps_of_the_hotline_move_to_another_unit(self) -> None:
        """After `returned` and `assigned` the old unit has no red and the new one has the order; an answer goes with it."""
        made = OrderPartition()
        made.filed(hotline_matter(), ORDER)
        for n, (step, unit) in enumerate(
            (("accepted", ""), ("assigned", "u-1"), ("signed", "u-1"), ("returned", "u-1"), ("assigned", "u-2")), 2
        ):
            made.filed(hotline_matter(step=step, unit=unit, n=n), ORDER)
        assert (made.lines[MAIN].state, made.lines[f"{ORDER}/2"].unit) == ("moved", "u-2")
        assert [each.name for each in made.lines[MAIN].clocks if each.runs] == ["handover"]
        made.filed(hotline_matter(step="replied", unit="u-2", n=9), ORDER)
        assert (made.lines[f"{ORDER}/2"].state, made.orders[ORDER].state) == ("reported", "reported")
        assert all(each.actor is None for each in made.told if isinstance(each, OrderAudit))

    def test_a_second_copy_of_a_step_changes_nothing(self) -> None:
        """The feed repeats it after a crash."""
        made = OrderPartition()
        made.filed(hotline_matter(), ORDER)
        assert made.filed(hotline_matter(), ORDER) == []


class TestWhoDecides:
    """Nobody decides on himself."""

    def test_who_closed_it_does_not_decide_its_review(self) -> None:
        """督查工作条例 17: another than who made the conclusion; and it is asked within 30 days of that."""
        made = supervised()
        made.act("close", actor("leader", "zz-gov"), outcome="concluded", reason="已整改")
        assert not refusal(made.act("ask-review", actor("leader", ECOLOGY), reason="事实不清"))
        assert "does not decide" in refusal(
            made.act("decide-review", actor("leader", "zz-gov"), outcome="granted", reason="复核")
        )
        assert not refusal(made.act("decide-review", actor("leader", "zz-gov", "other"), outcome="granted", reason="复核"))
        assert made.orders[ORDER].voided

    def test_a_supervision_rests_on_an_order_or_a_decision(self) -> None:
        """督查条例 11, 15: it names what it supervises, or the decision that it rests on; a kind of its own data says so."""
        said: dict[str, Any] = {"kind": "supervision", "paper": "document", "actor": actor("inspector", "zz-inspect")}
        said |= {"receivers": (Receiver(unit=ECOLOGY, part="main"),)}
        made = OrderPartition()
        assert "(parent) or the decision" in refusal(made.issue("a" * 32, **said, reason="批示"))
        assert not refusal(made.issue("b" * 32, **said, parent="c" * 32))
        assert not refusal(made.issue("d" * 32, **said, text=(Passage("basis", "市长批示"),)))
        assert {kind.id: kind.rests_on for kind in made.fold.rules.kinds.values() if kind.rests_on} == {
            "supervision": ("parent", "basis")
        }

    def test_the_supervision_office_proposes_in_the_name_of_its_house(self) -> None:
        """督查室 is an inner office: the order is the general office's; nothing is sent before 立项 and the signed notice."""
        made = supervised(upto="issue")
        assert (made.orders[ORDER].issuer, made.orders[ORDER].state, made.lines) == ("zz-gov", "proposed", {})
        assert "role" in refusal(made.act("approve", actor("inspector", "zz-inspect"), reason="同意"))
        assert not refusal(made.act("approve", actor("leader", "zz-gov"), reason="同意立项"))
        paper = Paper(kind="supervision", number="郑督〔2026〕3号", organ="zz-gov", at="2026-03-06T09:00:00+08:00")
        assert "签发" in refusal(made.act("paper", actor("dispatcher", "zz-gov"), paper=paper))

    def test_another_rounds_call_back_does_not_count(self) -> None:
        """What the caller said of the first answer is not said of the second."""
        made = request()
        answered(made, ECOLOGY)
        made.act("inspect", actor("verifier", HOTLINE), outcome="passed", reason="审核")
        made.act("call-back", actor("revisitor", HOTLINE), outcome="2")
        assert not refusal(made.act("send-back", actor("revisitor", HOTLINE), reason="不满意"))
        again = made.orders[ORDER]
        assert (again.satisfaction, again.callbacks, again.inspected, again.finding) == (None, 0, None, "")

    def test_requests_are_merged_with_one_that_there_is(self) -> None:
        """并单 names an order of its kind; a number in words is none."""
        made = request()
        assert "by its id" in refusal(made.act("merge", actor("dispatcher", HOTLINE), clause="同一问题"))
        made.issue("e" * 32, kind="lead")
        assert "of its kind" in refusal(made.act("merge", actor("dispatcher", HOTLINE), clause="e" * 32))
        elsewhere = "f" * 32  # in another partition
        assert not refusal(made.act("merge", actor("dispatcher", HOTLINE), clause=elsewhere))
        assert (made.orders[ORDER].state, made.orders[ORDER].parent) == ("merged", elsewhere)


def supervised(upto: str = "") -> OrderPartition:
    """A supervision of the ecology bureau; whole to where it may be closed."""
    made = OrderPartition()
    made.issue(
        kind="supervision",
        paper="document",
        actor=actor("inspector", "zz-inspect"),
        text=(Passage("basis", "市长批示"),),
        receivers=(Receiver(unit=ECOLOGY, part="main"),),
        reason="批示",
    )
    if upto == "issue":
        return made
    assert not refusal(made.act("approve", actor("leader", "zz-gov"), reason="同意立项"))
    paper = Paper(
        kind="supervision", number="郑督〔2026〕3号", organ="zz-gov", signed_by="市长", at="2026-03-06T09:00:00+08:00"
    )
    assert not refusal(made.act("paper", actor("dispatcher", "zz-gov"), paper=paper))
    answered(made, ECOLOGY)
    assert not refusal(made.act("inspect", actor("inspector", "zz-inspect"), outcome="passed", reason="已核查"))
    assert not refusal(made.act("conclude", actor("leader", "zz-gov"), outcome="settled", reason="结论"))
    return made


class TestBeyondTheCalendar:
    """The calendar knows the years 2008 to 2040; what lies outside stops nothing and is told."""

    @pytest.mark.parametrize("at", ["1996-05-01T09:00:00+08:00", "2090-05-01T09:00:00+08:00"])
    def test_a_matter_there_is_a_quality_record(self, at: str) -> None:
        """No time limit can be reckoned, so that no order begins; nothing of it is told half."""
        made = OrderPartition(at)
        (out,) = made.filed(hotline_matter(id="rating/1", kind="rating", step="rated", unit="zz-hc", traits={}), ORDER)
        assert isinstance(out, Quality)
        assert (out.reason, out.field) == ("malformed-data", "$.data.at")
        assert made.fold.known == 0

    def test_time_that_jumps_beyond_it_rings_at_once(self, lead: OrderPartition) -> None:
        """What is late there is late and rings; no supervision can be reckoned; an act is judged as ever."""
        lead.tick("2095-01-01T03:00:00+08:00")
        assert clock(lead, "sign").rings == "2095-01-01T03:00:00+08:00"
        assert not refusal(lead.act("sign", CLERK))
        assert not refusal(lead.act("note", DISPATCHER, reason="x"))

    def test_an_issue_there_is_refused_in_its_trail(self) -> None:
        """It says that the years are not known."""
        made = OrderPartition("2095-01-01T09:00:00+08:00")
        assert "years that are known" in refusal(made.issue())

    def test_a_condition_that_comes_back_there_is_told(self) -> None:
        """No round can begin, since its clocks could not be reckoned; the condition is told all the same."""
        made = OrderPartition("2040-12-20T09:00:00+08:00")
        made.issue(
            kind="task",
            alerts=(link(),),
            verdict="true",
            receivers=(Receiver(unit=BRANCH, part="main", limit="5 working-days"),),
        )
        made.alert(alert_of())
        answered(made)
        made.alert(alert_of(active=False, audit=5, cleared_at="2040-12-20T10:00:00+08:00"))
        made.tick("2041-02-20T09:00:00+08:00")
        assert [event for event, *_ in entries(made.alert(alert_of(active=True, audit=6)))] == ["condition"]
        assert made.orders[ORDER].alerts[0].active
