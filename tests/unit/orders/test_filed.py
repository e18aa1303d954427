"""What comes in from outside as an order: who has it at once, and what is no beginning."""

from typing import Any

import pytest

from streams.messages import Matter, OrderAudit, Text
from streams.messages.orders import Receiver
from tests.support.orders.partition import ECOLOGY, ORDER, OrderPartition, actor, hotline_matter, rating


def test_a_bad_rating_is_at_once_with_who_handled_the_matter() -> None:
    """谁办理、谁负责 (国办发〔2019〕51号): its unit is the main receiver, whose clocks run from then."""
    made = OrderPartition()
    made.filed(rating(), ORDER)
    line = made.lines[f"{ORDER}/1"]
    assert (made.orders[ORDER].state, made.orders[ORDER].main, line.unit, line.state) == ("sent", "1", "gov-410105", "sent")
    assert {clock.name for clock in line.clocks} >= {"sign", "handle"}


def test_a_later_step_opens_nothing() -> None:
    """A step of what was filed before the log began is silent; the one that opens it, later, opens it."""
    made = OrderPartition()
    assert made.filed(rating(step="put-right", opens=False), ORDER) == []
    assert made.filed(rating(n=2), ORDER)
    assert "filed" in {each.event for each in made.told if isinstance(each, OrderAudit)}
    assert ORDER in made.orders


DATA_BUREAU, USER = "zz-data", "zz-um"


def fault(**said: Any) -> Matter:
    """The ecology bureau's inspections, by which the urban management judges, hold a value that cannot be."""
    given: dict[str, Any] = {
        "id": "correction/1",
        "kind": "correction",
        "number": "1",
        "step": "found",
        "n": 1,
        "at": "2026-03-06T09:00:00+08:00",
        "subject": "environment.inspection",
        "unit": ECOLOGY,
        "title": Text("数据疑似有误", "Data may be wrong"),
        "traits": {"type": "environment.inspection", "reason": "out-of-range", "provider": ECOLOGY},
        "applicant": USER,
    }
    return Matter(**given | said)


def refusal(out: list[Any]) -> str:
    """Why an act was refused; empty where it was done."""
    return next((each.reason for each in out if isinstance(each, OrderAudit) and each.event == "refuse"), "")


class TestCorrection:
    """政务数据校核 (令809 26, 28, 38, 39(六)): who uses the data applies, who provides them answers."""

    def test_it_begins_with_the_department_that_uses_the_data(self) -> None:
        """需求部门 applies and confirms; the data bureau (主管部门) supervises, and orders nobody."""
        made = OrderPartition()
        made.filed(fault(), ORDER)
        order = made.orders[ORDER]
        assert (order.state, order.issuer, order.verifier, order.supervising) == ("proposed", USER, USER, DATA_BUREAU)
        assert made.lines == {}
        assert "the body that issued it" in refusal(made.act("dispatch", actor("reviewer", DATA_BUREAU)))
        assert "role" in refusal(made.act("dispatch", actor("dispatcher", DATA_BUREAU)))

    def test_the_application_goes_to_who_provides_them(self) -> None:
        """提供部门: ten working days from when it is sent (令809 26), and no extension is known."""
        made = OrderPartition()
        made.filed(fault(), ORDER)
        assert not refusal(made.act("dispatch", actor("reviewer", USER)))
        line = made.lines[f"{ORDER}/1"]
        assert (made.orders[ORDER].state, line.unit, line.part, line.from_unit) == ("sent", ECOLOGY, "main", USER)
        handle = next(each for each in line.clocks if each.name == "handle")
        assert (handle.limit, handle.due, handle.mark) == ("10 civil-working-days", "2026-03-21T00:00:00+08:00", "certain")
        made.act("sign", actor("clerk", ECOLOGY))
        more = made.act("ask-extension", actor("reviewer", ECOLOGY), limit="5 working-days", reason="数据多")
        assert "cannot ask-extension" in refusal(more)

    def test_who_applied_confirms(self) -> None:
        """The applicant confirms and closes; the data bureau decides on a dispute (令809 28)."""
        made = OrderPartition()
        made.filed(fault(), ORDER)
        made.act("dispatch", actor("reviewer", USER))
        returned = made.act("ask-return", actor("clerk", ECOLOGY), reason="不是本部门的数据", clause="令809 28", unit="zz-amr")
        assert not refusal(returned)
        decide: dict[str, Any] = {"lines": ("1",), "outcome": "refused", "reason": "目录载明由其提供"}
        assert refusal(made.act("decide-return", actor("leader", USER), **decide))
        assert not refusal(made.act("decide-return", actor("leader", DATA_BUREAU), **decide))
        for verb, role in (("sign", "clerk"), ("submit", "handler"), ("endorse", "reviewer")):
            assert not refusal(made.act(verb, actor(role, ECOLOGY), reason="已更正"))
        assert "verifies" in refusal(made.act("inspect", actor("reviewer", DATA_BUREAU), outcome="passed", reason="x"))
        assert not refusal(made.act("inspect", actor("reviewer", USER), outcome="passed", reason="已收到更正值"))
        assert not refusal(made.act("close", actor("reviewer", USER), outcome="corrected"))

    def test_another_provider_may_be_named(self) -> None:
        """Where the department knows better whose the data are it says so."""
        made = OrderPartition()
        made.filed(fault(), ORDER)
        made.act("dispatch", actor("reviewer", USER), receivers=(Receiver(unit="zz-amr", part="main"),))
        assert made.lines[f"{ORDER}/1"].unit == "zz-amr"

    @pytest.mark.parametrize("applicant", ["", "nobody", "zz-water"])
    def test_where_nobody_is_known_to_use_them_the_data_bureau_does(self, applicant: str) -> None:
        """Whoever keeps this screen has used them; a body that is no department applies for nothing."""
        made = OrderPartition()
        made.filed(fault(applicant=applicant), ORDER)
        assert (made.orders[ORDER].issuer, made.orders[ORDER].verifier) == (DATA_BUREAU, DATA_BUREAU)
        assert not refusal(made.act("dispatch", actor("reviewer", DATA_BUREAU)))
        assert made.lines[f"{ORDER}/1"].unit == ECOLOGY


HOTLINE, WATER = "zz-hotline", "zz-water"


def complaint(**said: Any) -> Matter:
    """A caller complains to the hotline of the water utility."""
    return hotline_matter(**{"traits": {"nature": "complaint", "topic": "水费", "against": WATER}} | said)


class TestComplaint:
    """A complaint about X never reaches X (信访工作条例 28, 30; 济南市12345条例 32)."""

    @pytest.mark.parametrize("trait", ["against", "accused"])
    def test_the_desk_cannot_send_it_there(self, trait: str) -> None:
        """Refused with the sentence, as main receiver or as a supporting one; its superior may have it."""
        made = OrderPartition()
        made.filed(complaint(traits={"nature": "complaint", trait: WATER}), ORDER)
        made.act("accept", actor("receptionist", HOTLINE))
        main = Receiver(unit="zz-um", part="main")
        for receivers in ((Receiver(unit=WATER, part="main"),), (main, Receiver(unit=WATER, part="support"))):
            out = made.act("dispatch", actor("dispatcher", HOTLINE), receivers=receivers)
            assert "does not go to whom it is about" in refusal(out)
        assert not refusal(made.act("dispatch", actor("dispatcher", HOTLINE), receivers=(main,)))

    def test_another_system_that_sent_it_there_is_noted_and_not_followed(self) -> None:
        """A step of the hotline's own system that names the accused sends nothing: the order waits at the desk."""
        made = OrderPartition()
        made.filed(complaint(), ORDER)
        made.filed(complaint(step="assigned", unit=WATER, n=2), ORDER)
        assert made.lines == {}
        assert [each.event for each in made.told if isinstance(each, OrderAudit)] == ["filed", "step"]
        made.filed(complaint(step="assigned", unit="zz-um", n=3), ORDER)
        assert made.lines[f"{ORDER}/1"].unit == "zz-um"

    def test_what_is_said_of_the_hotline_itself_is_with_its_house(self) -> None:
        """The accused does not take in, dispatch or verify it: the body whose office the hotline is does."""
        made = OrderPartition()
        made.filed(complaint(traits={"nature": "complaint", "against": HOTLINE}), ORDER)
        order = made.orders[ORDER]
        assert (order.issuer, order.verifier) == ("zz-gov", "zz-gov")
        assert "takes no part" in refusal(made.act("accept", actor("receptionist", HOTLINE)))
        assert not refusal(made.act("accept", actor("receptionist", "zz-gov")))
