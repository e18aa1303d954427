"""What an official would find: who decides about his own order, quashed instruments, numbers mixed, acts of the future."""

from typing import Any

import pytest

from streams.messages import OrderAudit
from streams.messages.orders import Receiver
from tests.support.orders.partition import BRANCH, COMMAND_CENTRE, ECOLOGY, ORDER, OrderPartition, actor, alert_of, link

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
