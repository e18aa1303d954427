"""What an official would find: who decides about his own order, quashed instruments, numbers mixed, acts of the future."""

from typing import Any

import pytest
from msgspec.structs import replace

from streams.messages import OrderAudit, Sealed, Text
from streams.messages.orders import File, LegalInstrument, Paper, Passage, Receiver
from tests.support.orders.partition import BRANCH, COMMAND_CENTRE, ECOLOGY, ORDER, START, OrderPartition, actor, alert_of, link

CLERK, HANDLER, REVIEWER, OFFICER = (actor(role, BRANCH) for role in ("clerk", "handler", "reviewer", "officer"))
DISPATCHER, LEADER = actor("dispatcher", ECOLOGY), actor("leader", ECOLOGY)


def refusal(out: list[Any]) -> str:
    """Why an act was refused; empty where it was done."""
    return next((each.reason for each in out if isinstance(each, OrderAudit) and each.event == "refuse"), "")


@pytest.fixture
def lead() -> OrderPartition:
    """A lead of the ecology bureau about one alert, with its own branch (派出机构), which has signed."""
    made = OrderPartition()
    assert not refusal(made.issue(alerts=(link(),), verdict="true", traits={"law": "market"}, supervising=COMMAND_CENTRE))
    made.alert(alert_of())
    assert not refusal(made.act("sign", CLERK))
    return made


class TestWords:
    """What a device has recorded proves nothing before its review (行政处罚法 41; orders.md 28)."""

    @pytest.mark.parametrize(
        "said",
        [
            {"title": Text("某厂违法排放", "x")},
            {"text": (Passage("cause", "烟尘超标。该厂偷排。"),)},
            {"receivers": (Receiver(unit=BRANCH, part="main", demand="查处其弄虚作假"),)},
        ],
    )
    def test_an_order_about_an_alert_accuses_nobody(self, said: dict[str, Any]) -> None:
        """In no field, whoever sends it and whatever the verification said; with 疑似 it goes."""
        made = OrderPartition()
        out = made.issue(alerts=(link(),), verdict="true", **said)
        assert "write 疑似" in refusal(out)
        assert made.orders[ORDER].state == "refused"
        hedged = {"text": (Passage("cause", "烟尘超标，疑似偷排。"),)}
        assert not refusal(made.issue("e" * 32, alerts=(link(),), verdict="true", **hedged))

    def test_of_sealed_texts_the_act_says_that_they_were_looked_at(self) -> None:
        """The core reads none of them: an order about an alert whose act does not declare it is refused."""
        sealed = (Passage("cause", Sealed("ab" * 32, "cd" * 32, 32)),)
        made = OrderPartition()
        assert "looked at for 疑似" in refusal(made.issue(alerts=(link(),), verdict="true", text=sealed))
        assert made.orders[ORDER].state == "refused"
        assert not refusal(made.issue("e" * 32, alerts=(link(),), verdict="true", text=sealed, worded=True))
        assert not refusal(made.issue("f" * 32, kind="task", text=sealed))

    def test_what_is_no_finding_of_a_device_may_be_said(self) -> None:
        """An assignment about a campaign names what it is against."""
        made = OrderPartition()
        assert not refusal(made.issue(kind="task", title=Text("开展打击违法排污专项行动", "x")))


class TestLevels:
    """A receiver that stands below who issued the order is not the issuer (orders.md A10, A13)."""

    def test_a_branch_decides_no_return_of_its_own(self, lead: OrderPartition) -> None:
        """派单异议 is reviewed by the dispatcher of who sent it, in no role by the receiver's people."""
        lead.act("ask-return", CLERK, clause="职责清单 3", reason="不属本局", unit="zz-ee-410103")
        for role in ("dispatcher", "leader"):
            out = lead.act("decide-return", actor(role, BRANCH), lines=("1",), outcome="granted")
            assert "the body that issued it may" in refusal(out)
        assert not refusal(lead.act("decide-return", DISPATCHER, lines=("1",), outcome="granted"))

    def test_a_branch_ends_and_takes_back_no_order_of_its_own(self, lead: OrderPartition) -> None:
        """Neither 办结 nor 撤回, 撤销, 督办's 复核 of it: whatever role an account of the receiver has."""
        assert "may not withdraw here" in refusal(lead.act("withdraw", actor("dispatcher", BRANCH), reason="撤"))
        lead.act("submit", HANDLER, reason="已核查")
        lead.act("endorse", REVIEWER)
        for verb, role in (
            ("close", "dispatcher"),
            ("revoke", "leader"),
            ("inspect", "inspector"),
            ("send-back", "dispatcher"),
        ):
            out = lead.act(verb, actor(role, BRANCH), outcome="explained", reason="无违法事实")
            assert f"may not {verb} here" in refusal(out), verb
        assert lead.orders[ORDER].state == "reported"
        assert not refusal(lead.act("close", DISPATCHER, outcome="explained", reason="无违法事实"))

    def test_another_body_of_the_same_superior_is_none_that_issues(self) -> None:
        """Of the bureau's order neither another branch nor a supporting one is the bureau."""
        made = OrderPartition()
        support = Receiver(unit="zz-ee-410103", part="support")
        made.issue(verdict="true", receivers=(Receiver(unit=BRANCH, part="main"), support))
        for unit in ("zz-ee-410103", "zz-ee-410102"):
            assert "may not withdraw here" in refusal(made.act("withdraw", actor("dispatcher", unit), reason="撤"))

    def test_an_inner_office_acts_for_its_house(self, lead: OrderPartition) -> None:
        """指挥中心 is an inner office of the general office and acts in its name; the bureau that received it does not."""
        order = "f" * 32
        assert not refusal(
            lead.issue(order, kind="task", actor=actor("leader", "zz-gov"), receivers=(Receiver(unit=ECOLOGY, part="main"),))
        )
        assert "may not withdraw here" in refusal(lead.act("withdraw", DISPATCHER, order, reason="撤"))
        assert not refusal(lead.act("withdraw", actor("leader", COMMAND_CENTRE), order, reason="已有安排"))

    def test_sub_orders_are_the_main_receivers_own(self) -> None:
        """Of its sub-order the main receiver decides the return; the one that received it does not."""
        made = OrderPartition()
        assert not refusal(
            made.issue(kind="task", actor=actor("leader", "zz-gov"), receivers=(Receiver(unit=ECOLOGY, part="main"),))
        )
        made.act("sign", actor("clerk", ECOLOGY))
        sub = Receiver(unit=BRANCH, part="support", under="1", limit="2 working-days")
        assert not refusal(made.act("add", actor("clerk", ECOLOGY), receivers=(sub,)))
        assert made.lines[f"{ORDER}/1.1"].from_unit == ECOLOGY
        assert not refusal(made.act("ask-return", CLERK, clause="职责清单 3", reason="不属本局", unit="zz-ee-410103"))
        own = made.act("decide-return", actor("leader", BRANCH), lines=("1.1",), outcome="refused", reason="驳回")
        assert "may not decide-return here" in refusal(own)
        assert not refusal(made.act("decide-return", LEADER, lines=("1.1",), outcome="refused", reason="驳回"))


def instrument(**said: Any) -> LegalInstrument:
    """责令改正 of the branch: two officers, served on Friday at nine, the remedies told."""
    given: dict[str, Any] = {
        "kind": "rectification",
        "number": "郑环责改〔2026〕41号",
        "organ": BRANCH,
        "officers": ("0117", "0132"),
        "served": "direct",
        "served_at": START,
        "remedy": True,
    }
    return LegalInstrument(**given | said)


class TestInstruments:
    """What the organ did outside is recorded as it was, and what a court undid is corrected (orders.md 1, 21)."""

    def test_its_end_is_recorded_and_nothing_else_of_it_changes(self, lead: OrderPartition) -> None:
        """Officers, service, limit and remedy stand as they were told first; an end comes after the service."""
        whole = instrument(limit_at="2026-03-20T18:00:00+08:00", recheck_at="2026-04-05T18:00:00+08:00")
        assert not refusal(lead.act("instrument", OFFICER, instrument=whole))
        ended = {"end": "complied", "ended_at": "2026-03-06T09:30:00+08:00"}
        for other in ({"officers": ("0117", "9999")}, {"served": "post"}, {"remedy": False}, {"limit_at": ""}):
            given = replace(whole, **other | ended)
            assert "with its end alone" in refusal(lead.act("instrument", OFFICER, instrument=given)), other
        early = replace(whole, end="complied", ended_at="2026-03-06T08:59:00+08:00")
        assert "after it was served" in refusal(lead.act("instrument", OFFICER, instrument=early))
        done = lead.act("instrument", OFFICER, instrument=replace(whole, **ended))
        assert not refusal(done)
        assert next(each.told["end"] for each in done if isinstance(each, OrderAudit)) == "complied"
        assert lead.orders[ORDER].instruments == (replace(whole, **ended),)

    @pytest.mark.parametrize("end", ["revoked", "confirmed-unlawful"])
    def test_a_quashed_one_corrects_the_order_that_had_ended(self, lead: OrderPartition, end: str) -> None:
        """已立案 rests on its instrument: once that is undone the order counts no more, also after its file was made."""
        lead.act("instrument", OFFICER, instrument=instrument())
        lead.act("submit", HANDLER, reason="已立案")
        lead.act("endorse", REVIEWER)
        assert not refusal(lead.act("close", DISPATCHER, outcome="filed-case"))
        assert not lead.orders[ORDER].voided
        lead.tick("2026-09-01T09:00:00+08:00")
        over = instrument(end=end, ended_at="2026-08-31T10:00:00+08:00")
        assert not refusal(lead.act("instrument", OFFICER, instrument=over))
        assert lead.orders[ORDER].voided

    def test_one_that_was_complied_with_voids_nothing(self, lead: OrderPartition) -> None:
        """Its end is no correction; nor is a quashed one beside another that stands."""
        for number in ("1号", "2号"):
            lead.act("instrument", OFFICER, instrument=instrument(number=number))
        lead.act("submit", HANDLER, reason="已立案")
        lead.act("endorse", REVIEWER)
        lead.act("close", DISPATCHER, outcome="filed-case")
        for number, end in (("1号", "revoked"), ("2号", "executed")):
            over = instrument(number=number, end=end, ended_at="2026-03-06T09:30:00+08:00")
            assert not refusal(lead.act("instrument", OFFICER, instrument=over))
        assert not lead.orders[ORDER].voided

    def test_nothing_rests_on_a_quashed_one(self, lead: OrderPartition) -> None:
        """已立案 needs an instrument that stands."""
        lead.act("instrument", OFFICER, instrument=instrument(end="revoked", ended_at="2026-03-06T09:30:00+08:00"))
        lead.act("submit", HANDLER, reason="已立案")
        lead.act("endorse", REVIEWER)
        assert "needs instrument" in refusal(lead.act("close", DISPATCHER, outcome="filed-case"))


class TestFacts:
    """What is recorded has happened, and bears its own office's number."""

    def test_nothing_of_tomorrow_is_recorded(self, lead: OrderPartition) -> None:
        """A call, a paper, a service or an end of next year; an hour ahead a person's clock may be."""
        far, near = "2027-03-06T09:00:00+08:00", "2026-03-06T09:59:00+08:00"
        assert "has not come yet" in refusal(lead.act("call", DISPATCHER, lines=("1",), who="李", at=far))
        assert "has not come yet" in refusal(lead.act("instrument", OFFICER, instrument=instrument(served_at=far)))
        ended = instrument(end="complied", ended_at=far)
        assert "has not come yet" in refusal(lead.act("instrument", OFFICER, instrument=ended))
        paper = Paper(kind="letter", number="郑环函〔2026〕8号", organ=BRANCH, at=far)
        assert "has not come yet" in refusal(lead.act("paper", REVIEWER, paper=paper))
        assert not refusal(lead.act("call", DISPATCHER, lines=("1",), who="李", at=near))

    def test_a_camera_ahead_of_time_gives_no_more_time(self, lead: OrderPartition) -> None:
        """The 10 working days of 令57 29 run from the report, at the latest from when it came."""
        lead.act("instrument", OFFICER, instrument=instrument(kind="special-equipment"))
        report = File(
            digest="a" * 64, size=9, type="application/pdf", of="rectification-report", made_at="2027-01-01T00:00:00+08:00"
        )
        assert not refusal(lead.act("file", HANDLER, file=report))
        begun = [each.start for each in lead.lines[f"{ORDER}/1"].clocks if each.name == "recheck"]
        assert begun == [START]

    def test_four_numbers_are_never_mixed(self, lead: OrderPartition) -> None:
        """工单编号, 督办编号, 发文字号, 文书文号 are of four offices; the product makes the first only (orders.md C)."""
        own = lead.orders[ORDER].number
        for number in (own, "GD-20260306-00099"):
            paper = Paper(kind="letter", number=number, organ=BRANCH, at=START)
            assert "number of a work order" in refusal(lead.act("paper", REVIEWER, paper=paper))
            assert "number of a work order" in refusal(lead.act("instrument", OFFICER, instrument=instrument(number=number)))
        assert not refusal(lead.act("instrument", OFFICER, instrument=instrument()))
        paper = Paper(kind="letter", number="郑环责改〔2026〕41号", organ=BRANCH, at=START)
        assert "as that of the instrument" in refusal(lead.act("paper", REVIEWER, paper=paper))
        assert not refusal(lead.act("paper", REVIEWER, paper=replace(paper, number="郑环函〔2026〕8号")))
        assert "as that of the paper" in refusal(
            lead.act("instrument", OFFICER, instrument=instrument(number="郑环函〔2026〕8号"))
        )
