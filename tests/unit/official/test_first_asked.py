"""首问: who is asked first answers for the hand-over alone, until the next one signs (orders.md A5 39)."""

from typing import Any

from msgspec import UNSET

from agents.offline.order_story import told
from screen.dispatch.ringing import rings_of
from screen.orders.rows import line_row
from streams.messages import OrderAudit, OrderLine
from streams.messages.orders import Receiver
from tests.support.orders.partition import (
    BRANCH,
    COMMAND_CENTRE,
    ECOLOGY,
    ORDER,
    OrderPartition,
    actor,
    hotline_matter,
)

DISPATCHER = actor("dispatcher", ECOLOGY)
NEXT, THIRD = "zz-ee-410103", "zz-ee-410102"


def refusal(out: list[Any]) -> str:
    """Why an act was refused; empty where it was done."""
    return next((each.reason for each in out if isinstance(each, OrderAudit) and each.event == "refuse"), "")


def passed(made: OrderPartition, unit: str, to: str) -> None:
    """A unit applies for its return, and the dispatcher re-assigns it (改派)."""
    assert not refusal(made.act("ask-return", actor("clerk", unit), reason="不属本辖区", clause="SP-03", unit=to))
    n = made.orders[ORDER].main
    assert not refusal(made.act("decide-return", DISPATCHER, lines=(n,), outcome="granted"))


def returned() -> OrderPartition:
    """A lead of Friday nine o'clock that its receiver has not signed and that went on to another unit at ten."""
    made = OrderPartition()
    assert not refusal(made.issue(supervising=COMMAND_CENTRE, receivers=(Receiver(unit=BRANCH, part="main"),)))
    made.tick("2026-03-06T10:00:00+08:00")
    passed(made, BRANCH, NEXT)
    return made


def line(made: OrderPartition, n: str = "1") -> OrderLine:
    """A line as it is."""
    return made.lines[f"{ORDER}/{n}"]


def reminders(made: OrderPartition) -> list[str]:
    """What time has told the first receiver of its hand-over."""
    own = [each for each in made.told if isinstance(each, OrderAudit) and each.line == "1"]
    return [each.event for each in own if each.told.get("clock") == "handover"]


class TestFirstAsked:
    """The first receiver stays answerable for the hand-over, and for no result."""

    def test_it_answers_from_the_hand_over_for_the_time_that_the_next_has_to_sign(self) -> None:
        """Two working hours of a lead, of which no source was found: 本系统默认, and shown so."""
        made = returned()
        (hands,) = [each for each in line(made).clocks if each.runs]
        assert (hands.name, hands.limit, hands.start) == ("handover", "2 working-hours", "2026-03-06T10:00:00+08:00")
        assert (hands.mark, hands.source.zh[:5], hands.stops) == ("default", "本系统默认", ("sign",))
        assert (line(made).state, line(made, "2").first) == ("moved", "1")
        assert line(made).first is UNSET

    def test_of_a_request_the_number_is_henans(self) -> None:
        """24 hours to sign, of working days (河南, by the press), of what the hotline's own steps hand on."""
        made = OrderPartition()
        made.filed(hotline_matter(), ORDER)
        for n, (step, unit) in enumerate((("accepted", ""), ("assigned", "u-1"), ("returned", "u-1"), ("assigned", "u-2")), 2):
            made.filed(hotline_matter(step=step, unit=unit, n=n), ORDER)
        (hands,) = [each for each in line(made).clocks if each.runs]
        assert (hands.limit, hands.mark, hands.place) == ("24 workday-hours", "likely", "41")
        made.filed(hotline_matter(step="signed", unit="u-2", n=6), ORDER)
        assert not any(each.runs for each in line(made).clocks)

    def test_the_next_ones_signature_ends_it(self) -> None:
        """In time; the trail says to whom it was handed over, and what the next one does then is not its own."""
        made = returned()
        made.tick("2026-03-06T10:20:00+08:00")
        assert not refusal(made.act("sign", actor("clerk", NEXT)))
        hands = line(made).clocks[-1]
        assert (hands.met, hands.late) == ("2026-03-06T10:20:00+08:00", False)
        over = next(each for each in made.told if isinstance(each, OrderAudit) and each.event == "handed-over")
        assert (over.line, over.told) == ("1", {"line": "2", "unit": NEXT})
        made.tick("2026-05-06T09:00:00+08:00")
        assert reminders(made) == []

    def test_unsigned_in_the_time_the_tick_tells_the_first(self) -> None:
        """Yellow, then red, by ticks alone: it stands in the first one's list and rings, until the next signs."""
        made = returned()
        assert line_row(line(made), made.orders[ORDER]) is None
        for at in ("2026-03-06T11:45:00+08:00", "2026-03-06T15:00:01+08:00"):
            made.tick(at)
        assert reminders(made) == ["remind", "late"]
        row = line_row(line(made), made.orders[ORDER])
        assert row is not None
        assert (row.units, line(made).open) == (frozenset({BRANCH}), False)
        rung = rings_of(made.orders[ORDER], {each.n: each for each in made.lines.values()})
        assert f"{ORDER}/1/handover/late" in rung
        made.act("sign", actor("clerk", NEXT))
        assert (line(made).clocks[-1].runs, line(made).clocks[-1].late) == (False, True)
        assert line_row(line(made), made.orders[ORDER]) is None

    def test_it_is_the_first_who_answers_and_not_who_passed_it_on_unsigned(self) -> None:
        """A hands it to B, B unsigned to C: A answers until C signs; B was never the one who took it."""
        made = returned()
        passed(made, NEXT, THIRD)
        assert [each.name for each in line(made).clocks if each.runs] == ["handover"]
        assert not any(each.runs for each in line(made, "2").clocks)
        assert line(made, "3").first == "1"
        made.act("sign", actor("clerk", THIRD))
        assert not any(each.runs for each in line(made).clocks)

    def test_who_has_signed_and_hands_it_on_is_the_one_asked_then(self) -> None:
        """A is free when B signs; B, which took it, answers for its own hand-over to C."""
        made = returned()
        made.act("sign", actor("clerk", NEXT))
        passed(made, NEXT, THIRD)
        assert not any(each.runs for each in line(made).clocks)
        assert [each.name for each in line(made, "2").clocks if each.runs] == ["handover"]
        assert line(made, "3").first == "2"

    def test_with_the_order_it_ends(self) -> None:
        """Nobody is to sign a withdrawn order: nothing runs on, and no time rings."""
        made = returned()
        assert not refusal(made.act("withdraw", actor("leader", ECOLOGY), reason="另行处置"))
        assert not any(each.runs for each in (*line(made).clocks, *line(made, "2").clocks))
        made.tick("2026-05-06T09:00:00+08:00")
        assert reminders(made) == []

    def test_the_story_says_it_in_both_languages(self) -> None:
        """`agents order show` and `agents explain` tell who was asked first while it answers, and no longer."""
        made = returned()

        def said(language: Any) -> str:
            return "\n".join(told(made.orders[ORDER], [line(made), line(made, "2")], [], language))

        assert f"首问：{BRANCH} 负责交接，至下一单位签收为止" in said("zh")
        assert "answers for the hand-over until the next one signs" in said("en")
        made.act("sign", actor("clerk", NEXT))
        assert "负责交接" not in said("zh")
