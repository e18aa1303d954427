"""What stands beside the steps of an order: a return that bodies do not agree on, and what is made public of a bad rating."""

from typing import Any

import pytest
from msgspec import UNSET

from streams.messages import OrderAudit, Text
from streams.messages.orders import Receiver
from tests.support.orders.partition import BRANCH, COMMAND_CENTRE, ECOLOGY, ORDER, OrderPartition, actor, rating

DISPATCHER = actor("dispatcher", ECOLOGY)
SUPERIOR = actor("leader", COMMAND_CENTRE)
OTHER = "zz-ee-410103"
DESK = "zz-data"


def refusal(out: list[Any]) -> str:
    """Why an act was refused; empty where it was done."""
    return next((each.reason for each in out if isinstance(each, OrderAudit) and each.event == "refuse"), "")


def told(out: list[Any]) -> list[tuple[str, str]]:
    """Event and clock of each entry of the order as a whole."""
    return [(each.event, each.told.get("clock", "")) for each in out if isinstance(each, OrderAudit) and not each.line]


def disputed(**traits: str) -> OrderPartition:
    """A lead of Friday nine o'clock, supervised by the command centre, for whose return its receiver has applied."""
    made = OrderPartition()
    out = made.issue(
        actor=DISPATCHER,
        supervising=COMMAND_CENTRE,
        receivers=(Receiver(unit=BRANCH, part="main"),),
        traits=traits,
        verdict="true",
    )
    assert not refusal(out)
    assert not refusal(made.act("ask-return", actor("clerk", BRANCH), reason="不属本辖区", clause="SP-03", unit=OTHER))
    return made


def decide(made: OrderPartition, by: Any, outcome: str, **said: Any) -> str:
    """A decision on the return; why it was refused."""
    return refusal(made.act("decide-return", by, lines=("1",), outcome=outcome, reason="会商纪要", **said))


class TestReferral:
    """协商不成的，报请共同的上一级指定 (市场监督管理行政处罚程序规定 13, 16; 行政处罚法 25)."""

    def test_the_superior_has_seven_working_days_from_the_referral(self) -> None:
        """程序规定 16: 七个工作日 from when it was referred, the day itself not counted; the receiver's own clock runs on."""
        made = disputed(law="market")
        assert made.orders[ORDER].clocks == ()
        made.tick("2026-03-09T09:00:00+08:00")
        assert not decide(made, DISPATCHER, "referred")
        (clock,) = made.orders[ORDER].clocks
        assert (clock.name, clock.limit, clock.mark) == ("designate", "7 civil-working-days", "certain")
        assert (clock.start, clock.due) == ("2026-03-09T09:00:00+08:00", "2026-03-19T00:00:00+08:00")
        assert "第十六条" in clock.source.zh
        handle = next(each for each in made.lines[f"{ORDER}/1"].clocks if each.name == "handle")
        assert handle.runs

    def test_without_a_law_it_is_a_default_and_says_so(self) -> None:
        """行政处罚法 25 has no number of days."""
        made = disputed()
        assert not decide(made, DISPATCHER, "referred")
        (clock,) = made.orders[ORDER].clocks
        assert (clock.limit, clock.mark) == ("7 working-days", "default")
        assert clock.source.zh.startswith("本系统默认")

    def test_who_decides_too_late_is_told_by_time_alone(self) -> None:
        """A tick after the seventh day says that the designation is late; it is no red of the receiver."""
        made = disputed(law="market")
        assert not decide(made, DISPATCHER, "referred")
        urged = made.lines[f"{ORDER}/1"].urged
        made.tick("2026-03-16T23:59:59+08:00")
        assert ("late", "designate") not in told(made.told)
        out = made.tick("2026-03-18T00:00:01+08:00")
        assert ("late", "designate") in told(out)
        (clock,) = made.orders[ORDER].clocks
        assert clock.late
        assert made.lines[f"{ORDER}/1"].urged - urged == sum(
            each.event == "late" and each.line == "1" for each in made.told if isinstance(each, OrderAudit)
        )

    @pytest.mark.parametrize("unit", [BRANCH, OTHER])
    def test_the_designation_ends_it(self, unit: str) -> None:
        """指定, of the same body or another: the clock is met, and no return is taken any more."""
        made = disputed(law="market")
        assert not decide(made, DISPATCHER, "referred")
        made.tick("2026-03-10T10:00:00+08:00")
        assert not decide(made, SUPERIOR, "designated", unit=unit)
        (clock,) = made.orders[ORDER].clocks
        assert (clock.met, clock.late) == ("2026-03-10T10:00:00+08:00", False)
        line = made.lines[f"{ORDER}/{made.orders[ORDER].main}"]
        assert (line.unit, line.designated) == (unit, True)
        assert "late" not in dict(told(made.tick("2026-03-30T10:00:00+08:00")))
        assert "designated" in refusal(made.act("ask-return", actor("clerk", unit), reason="x", clause="SP-03"))

    def test_the_superior_alone_decides_and_only_designates(self) -> None:
        """Once referred it is no more the dispatcher's to grant, refuse or designate; a unit that waits answers nothing."""
        made = disputed(law="market")
        assert not decide(made, DISPATCHER, "referred")
        assert "who designates" in decide(made, SUPERIOR, "granted", unit=OTHER)
        assert f"{COMMAND_CENTRE} designates" in decide(made, DISPATCHER, "designated", unit=OTHER)
        assert made.lines[f"{ORDER}/1"].returns is not None
        made.act("sign", actor("clerk", BRANCH))
        assert "waits for a decision" in refusal(made.act("submit", actor("handler", BRANCH), reason="已核查"))

    def test_it_may_follow_a_consultation(self) -> None:
        """会商 first, and where that fails the referral: the days run from the referral."""
        made = disputed(law="market")
        assert not decide(made, DISPATCHER, "conferred")
        assert made.orders[ORDER].clocks == ()
        made.tick("2026-03-17T09:00:00+08:00")
        assert not decide(made, DISPATCHER, "referred")
        assert made.orders[ORDER].clocks[0].start == "2026-03-17T09:00:00+08:00"

    def test_a_kind_without_such_a_time_knows_no_referral(self) -> None:
        """Of an assignment nothing names a common superior and days: it is conferred on, or designated."""
        made = OrderPartition()
        made.issue(kind="task", actor=actor("dispatcher", "zz-gov"), receivers=(Receiver(unit=ECOLOGY, part="main"),))
        made.act("ask-return", actor("clerk", ECOLOGY), reason="不属职责", clause="SP-03", unit="zz-amr")
        assert "know no time" in decide(made, actor("dispatcher", "zz-gov"), "referred")


WINDOW = "zz-hc"
PLACE = "市政府门户网站好差评专栏"


def rated(outcome: str = "explained", *, upto: str = "") -> OrderPartition:
    """A bad rating that was verified, answered, examined, called back and closed."""
    made = OrderPartition()
    made.filed(rating(unit=WINDOW, title=Text("政务服务差评", "Bad rating")), ORDER)
    for verb, role in (("sign", "clerk"), ("submit", "handler"), ("endorse", "reviewer")):
        assert not refusal(made.act(verb, actor(role, WINDOW), reason="已说明"))
    assert not refusal(made.act("inspect", actor("verifier", DESK), outcome="passed", reason="属实"))
    assert not refusal(made.act("call-back", actor("revisitor", DESK), outcome="silent"))
    if upto == "call-back":
        return made
    assert not refusal(made.act("close", actor("supervisor", DESK), outcome=outcome, reason="已解释"))
    return made


def publish(made: OrderPartition, by: Any = None, **said: Any) -> str:
    """It is made public; why that was refused."""
    given: dict[str, Any] = {"outcome": "public", "clause": PLACE, "reason": "窗口排队过长，已增开窗口。"}
    return refusal(made.act("publish", by or actor("signatory", DESK), **given | said))


class TestPublication:
    """差评公开: 反馈 → 回访 → 公开 (国办发〔2019〕51号); what may not be is withheld (政府信息公开条例 14 to 16)."""

    def test_it_comes_after_the_end(self) -> None:
        """Before the rater was called back and the rating closed there is nothing to make public."""
        assert "cannot publish in state verified" in publish(rated(upto="call-back"))
        made = rated()
        assert not publish(made, at="2026-03-06T09:00:00+08:00")
        found = made.orders[ORDER].published
        assert found is not UNSET
        assert (found.outcome, found.clause, found.done.when) == ("public", PLACE, "2026-03-06T09:00:00+08:00")
        assert made.orders[ORDER].state == "closed"

    def test_after_filing_too_and_once(self) -> None:
        """归档 does not hinder it; a second time it is refused, until the matter was handled anew."""
        made = rated()
        assert not refusal(made.act("archive", actor("archivist", DESK)))
        assert not publish(made)
        assert "decided at" in publish(made)
        again = rated()
        assert not publish(again)
        assert not refusal(again.act("reopen", actor("leader", DESK), reason="核查有误"))
        assert again.orders[ORDER].published is UNSET

    def test_who_may(self) -> None:
        """公开前审查 (条例 17): signatory or leader of who manages government services; not its clerk, not the unit rated."""
        assert "role" in publish(rated(), actor("supervisor", DESK))
        assert "the body that issued it" in publish(rated(), actor("leader", WINDOW))
        assert not publish(rated(), actor("leader", DESK))

    def test_what_it_needs(self) -> None:
        """Where, and in what words; nothing personal (条例 15), no 密级 (条例 14)."""
        assert "outcome" in publish(rated(), outcome="")
        assert "where" in publish(rated(), clause="")
        assert "words" in publish(rated(), reason="")
        assert "personal" in publish(rated(), reason="评价人电话13900001111")
        assert "涉密" in publish(rated(), reason="见 秘密★ 文件")

    def test_what_was_set_aside_is_not_made_public_as_a_bad_rating(self) -> None:
        """误评、恶意差评 are not taken (51号), nor what shall not count; that they are withheld is recorded."""
        made = rated("set-aside")
        assert "not made public" in publish(made)
        assert not publish(made, outcome="withheld", clause="国办发〔2019〕51号：不予采纳", reason="恶意差评")
        found = made.orders[ORDER].published
        assert found is not UNSET
        assert found.outcome == "withheld"
        void = rated()
        assert not refusal(void.act("void", actor("leader", DESK), reason="误计"))
        assert "not made public" in publish(void)

    def test_no_other_kind_is_made_public(self) -> None:
        """An assignment or a lead is inside work: the table has no such row."""
        made = OrderPartition()
        made.issue()
        assert "cannot publish" in publish(made, actor("leader", ECOLOGY))
