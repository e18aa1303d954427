"""What hurts the users of other systems of orders (pauses forgotten, one delivery for all, text that is run), and bad input."""

from typing import Any

import pytest

from agents.core.orders.fold import Orders
from agents.offline import order_story
from agents.rulebook.orders import order_rules
from streams.messages import OrderAudit, Text, parse_time
from streams.messages.orders import File, LegalInstrument, Paper, Passage, Receiver
from tests.support.orders.partition import BRANCH, ECOLOGY, ORDER, START, OrderPartition, actor

CLERK, HANDLER, REVIEWER, OFFICER = (actor(role, BRANCH) for role in ("clerk", "handler", "reviewer", "officer"))
DISPATCHER, MAIN = actor("dispatcher", ECOLOGY), f"{ORDER}/1"
HOSTILE = "<img src=x onerror=alert(1)>\x1b[2J\u202e疑似\r\n{{7*7}}=cmd|' /C calc'!A0"


def refusal(out: list[Any]) -> str:
    """Why an act was refused; empty where it was done."""
    return next((each.reason for each in out if isinstance(each, OrderAudit) and each.event == "refuse"), "")


def due(made: OrderPartition, name: str = "handle") -> str:
    """When a clock of the main line ends."""
    return next(each.due for each in made.lines[MAIN].clocks if each.name == name)


def lead() -> OrderPartition:
    """A lead of 市监 law that its branch has signed on Friday 6 March 2026 at nine: 15 working days, to 27 March."""
    made = OrderPartition()
    assert not refusal(made.issue(verdict="true", traits={"law": "market"}))
    made.act("sign", CLERK)
    return made


def test_more_time_forgets_no_pause() -> None:
    """GLPI 6902, 15605: two working days of a test that were not counted stay so when five more are granted (程序规定 18)."""
    plain, paused = lead(), lead()
    paused.tick("2026-03-09T09:00:00+08:00")
    assert not refusal(paused.act("pause", OFFICER, outcome="testing", clause="委托检测单 12"))
    paused.tick("2026-03-11T09:00:00+08:00")
    assert not refusal(paused.act("resume", OFFICER, clause="检测报告 12"))
    for made in (plain, paused):
        assert not refusal(made.act("ask-extension", REVIEWER, limit="5 civil-working-days", reason="案情复杂"))
        assert not refusal(made.act("decide-extension", actor("leader", BRANCH), lines=("1",), outcome="granted"))
    assert parse_time(due(paused)) - parse_time(due(plain)) >= 2 * 86_400_000


def test_delivery_is_each_receivers_own() -> None:
    """FixMyStreet 3168, 2091: one that was reached does not make the others so, and one that fails is seen by itself."""
    made = OrderPartition()
    units = (BRANCH, "zz-ee-410103", "zz-ee-410102")
    parts = ("main", "support", "support")
    made.issue(receivers=tuple(Receiver(unit=unit, part=part) for unit, part in zip(units, parts, strict=True)))  # type: ignore[arg-type]
    assert not refusal(made.act("deliver", actor("clerk", units[1])))
    assert [made.lines[f"{ORDER}/{n}"].delivered is not None for n in (1, 2, 3)] == [False, True, False]
    out = made.act("deliver", actor("clerk", units[1]), lines=("1", "2"))
    assert {each.line for each in out if isinstance(each, OrderAudit) and each.event == "refuse"} == {"1", "2"}


def test_a_body_that_has_ended_receives_nothing() -> None:
    """吉利区 is no more since 18 March 2021: refused whole with the reason, and what to do instead."""
    made = OrderPartition()
    made.fold = Orders(order_rules("4103"), "t.events.orders", 0)
    made.log.clear()
    made.tick(START)
    out = made.issue(kind="task", actor=actor("leader", "ly-gov"), receivers=(Receiver(unit="gov-410306", part="main"),))
    assert "没有" in refusal(out)
    assert (made.orders[ORDER].state, made.lines) == ("refused", {})


def test_what_rests_on_no_notice_yet_is_told_as_provisional() -> None:
    """A limit that ends in a year whose holidays are not out says 暂定 at a command line too."""
    made = OrderPartition("2026-11-30T09:00:00+08:00")
    made.issue(receivers=(Receiver(unit=BRANCH, part="main", limit="60 working-days"),))
    for language, word in (("zh", "暂定"), ("en", "provisional")):
        told = order_story.told(made.orders[ORDER], list(made.lines.values()), [], language)  # type: ignore[arg-type]
        assert sum(word in each for each in told) == 1


def test_hostile_text_of_every_field_is_text() -> None:
    """In a terminal nothing moves the cursor, hides or turns a line; what was written stands in the trail as it was."""
    made = OrderPartition()
    text = tuple(Passage(name, HOSTILE) for name in ("cause", "basis", "demand", "feedback", "contact"))  # type: ignore[arg-type]
    assert not refusal(
        made.issue(
            title=Text(HOSTILE, HOSTILE),
            text=text,
            traits={"law": HOSTILE},
            adcode=HOSTILE,
            incident=HOSTILE,
            parent=HOSTILE,
            matter=HOSTILE,
            reason=HOSTILE,
            behalf=HOSTILE,
            receivers=(Receiver(unit=BRANCH, part="main", demand=HOSTILE),),
        )
    )
    instrument = LegalInstrument(
        kind="other", number=HOSTILE, organ=HOSTILE, officers=(HOSTILE, "2"), served="post", served_at=START
    )
    acts: list[tuple[str, Any, dict[str, Any]]] = [
        ("call", DISPATCHER, {"lines": ("1",), "who": HOSTILE, "at": START}),
        ("sign", CLERK, {"behalf": HOSTILE}),
        ("contact", HANDLER, {"who": HOSTILE}),
        ("object", HANDLER, {"clause": HOSTILE}),
        ("instrument", OFFICER, {"instrument": instrument}),
        ("paper", REVIEWER, {"paper": Paper(kind="letter", number=f"{HOSTILE}2", organ=HOSTILE, signed_by=HOSTILE, at=START)}),
        ("file", HANDLER, {"file": File(digest="a" * 64, size=1, type=HOSTILE, of=HOSTILE)}),
        ("ask-return", CLERK, {"clause": HOSTILE, "unit": "zz-ee-410103"}),
        ("sign", CLERK, {}),
    ]
    for verb, by, said in acts:
        made.act(verb, by, reason=HOSTILE, **said)
    trail = [each for each in made.told if isinstance(each, OrderAudit)]
    assert [each.verb for each in trail if each.event == "refuse"] == ["sign"]
    assert sum(each.words == HOSTILE for each in trail) >= len(acts) - 1
    for language in ("zh", "en"):
        told = order_story.told(made.orders[ORDER], list(made.lines.values()), trail, language)  # type: ignore[arg-type]
        assert all(each.isprintable() for each in told)
        assert not any("\u202e" in each or "\x1b" in each for each in told)


@pytest.mark.parametrize(
    "limit", ["0 working-days", "-3 working-days", "nan working-days", "3", "3 weeks", "9" * 40 + " civil-days"]
)
def test_a_limit_that_is_none_is_refused_whole(limit: str) -> None:
    """With a sentence in the trail of the order, which was never sent; nothing of it is half done."""
    made = OrderPartition()
    assert refusal(made.issue(receivers=(Receiver(unit=BRANCH, part="main", limit=limit),)))
    assert (made.orders[ORDER].state, made.lines) == ("refused", {})
