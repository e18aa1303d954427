"""The page and the real core agree: where an order stands, and which acts are offered."""

import pytest

from screen.access.people import Person
from screen.feed.fold import fold
from screen.feed.slices.orders import Orders
from screen.feed.view import View
from screen.orders.story import story
from streams.messages import Actor, OrderAudit, Role, Text
from streams.messages.orders import Receiver
from tests.support.orders.partition import BRANCH, ECOLOGY, ORDER, OrderPartition, actor


def person(role: Role, unit: str) -> Person:
    """Somebody of a unit in a role, as the core's tests name them."""
    return Person(f"{role}@{unit}", role, role, (unit,))


def group(core: OrderPartition) -> str:
    """Where the order stands in the list."""
    row = fold(View(), core.told)[Orders].index.rows.get(ORDER)
    return row.group if row else ""


def test_an_order_goes_through_the_list() -> None:
    """Issued, signed, answered, let out by the reviewer: 待签收, 在办, 在办, 待核查."""
    core = OrderPartition()
    core.issue(verdict="true")
    assert group(core) == "sign"
    core.act("sign", actor("clerk", BRANCH))
    assert group(core) == "open"
    core.act("submit", actor("handler", BRANCH), reason="疑似属实")
    assert group(core) == "open"
    core.act("endorse", actor("reviewer", BRANCH))
    assert group(core) == "check"


@pytest.mark.parametrize("after", [0, 1, 2])
@pytest.mark.parametrize(
    ("role", "unit"),
    [("clerk", BRANCH), ("handler", BRANCH), ("reviewer", BRANCH), ("dispatcher", ECOLOGY), ("clerk", "zz-um")],
)
def test_what_is_not_offered_is_refused(role: Role, unit: str, after: int) -> None:
    """Whatever the page shows as not to be done for role, body or state the core refuses too."""
    steps = [("sign", "clerk"), ("submit", "handler")][:after]
    who = person(role, unit)

    def core_then() -> OrderPartition:
        core = OrderPartition()
        core.issue(verdict="true")
        for verb, by in steps:
            core.act(verb, actor(by, BRANCH), reason="疑似属实")
        return core

    told = story(fold(View(), core_then().told), ORDER, "1", who)
    if told is None:
        assert unit == "zz-um"
        return
    for offer in told["offers"]:
        if offer.why in {"role", "unit", "state"}:
            lines = (offer.line,) if offer.line else ()
            out = core_then().act(offer.verb, actor(role, unit), lines=lines, reason="x", outcome="granted")
            assert [each.event for each in out if isinstance(each, OrderAudit)] == ["refuse"], offer


def test_an_order_that_was_never_sent_says_so() -> None:
    """An enterprise is no receiver (orders.md 1): the order stands as refused, in words whatever its kind."""
    core = OrderPartition()
    core.issue(receivers=(Receiver(unit="91410100MA000000X1", part="main"),))
    told = story(fold(View(), core.told), ORDER, "", person("dispatcher", ECOLOGY))
    assert told is not None
    assert told["order"].state == "refused"
    assert told["kind"]["states"]["refused"] == Text("未下达", "Never sent")


def offered(core: OrderPartition) -> list[str]:
    """What the page offers a decision on the return to come to."""
    told = story(fold(View(), core.told), ORDER, "1", person("dispatcher", ECOLOGY))
    assert told is not None
    return list(told["kind"]["outcomes"]["decide-return"])


def asked(kind: str, by: Actor, receiver: str) -> OrderPartition:
    """An order whose receiver has applied for its return."""
    core = OrderPartition()
    core.issue(kind=kind, actor=by, receivers=(Receiver(unit=receiver, part="main"),), verdict="true")
    core.act("ask-return", actor("clerk", receiver), reason="不属本辖区", clause="SP-03", unit="zz-ee-410103")
    return core


def test_a_common_superior_is_asked_only_where_the_kind_has_a_time_for_it() -> None:
    """协商不成，报请指定 (程序规定 16) of a lead; of an assignment nothing names it (orders.md 13). The core agrees on each."""
    lead, task = asked("lead", actor("dispatcher", ECOLOGY), BRANCH), asked("task", actor("dispatcher", "zz-gov"), ECOLOGY)
    assert offered(lead) == ["granted", "refused", "conferred", "referred", "designated"]
    assert offered(task) == ["granted", "refused", "conferred", "designated"]
    for core, by in ((lead, actor("dispatcher", ECOLOGY)), (task, actor("dispatcher", "zz-gov"))):
        out = core.act("decide-return", by, lines=("1",), outcome="referred", reason="协商不成")
        assert any(isinstance(each, OrderAudit) and each.event == "refuse" for each in out) == (core is task)


def test_what_was_referred_is_only_designated() -> None:
    """Once the common superior is asked it designates (行政处罚法 25): nothing else is offered."""
    core = asked("lead", actor("dispatcher", ECOLOGY), BRANCH)
    core.act("decide-return", actor("dispatcher", ECOLOGY), lines=("1",), outcome="referred", reason="协商不成")
    assert offered(core) == ["designated"]
