"""Facts and orders together: what one stage makes the other reads, and a crash of either leaves both sides the same."""

from typing import Any

import pytest

from agents.core.alerts.feed import revisions_for_orders
from agents.core.alerts.fold import Fold
from agents.core.orders.feed import ties
from agents.core.orders.fold import Orders
from agents.offline.file_stages import FileStages
from agents.rulebook.orders import order_rules
from agents.stages import Basis
from streams.messages import COMMAND, HOUR, Alert, Audit, Order, OrderAudit, Quality, Text, event_bytes, format_time
from streams.messages.orders import Issue, Link, OrderAct, Receiver
from streams.outputs import Output
from tests.support.events import START, STATION, act, clean, registered, tick
from tests.support.orders.partition import BRANCH, ECOLOGY, ORDER, actor
from tests.support.pure.alarm import BOOK, OZONE, bad

ALERT = bad().id
FACTS, ORDERS = "facts", "orders"
Step = tuple[str, bytes]


def _order(verb: str, data: Any) -> Step:
    time = format_time(START)
    return ORDERS, event_bytes(type=f"{COMMAND}order.{verb}", source="t", id=verb, time=time, subject=ORDER, data=data)


def both(value: bytes) -> list[Step]:
    """What goes to both stages."""
    return [(FACTS, value), (ORDERS, value)]


ISSUE = _order(
    "issue",
    Issue(
        order=ORDER,
        kind="lead",
        actor=actor("dispatcher", ECOLOGY),
        title=Text("疑似臭氧超标", "Suspected ozone"),
        receivers=(Receiver(unit=BRANCH, part="main"),),
        alerts=(Link(domain="environment", subject=STATION, alert=ALERT, occurrence=1),),
        verdict="true",
    ),
)
WITHDRAW = _order("withdraw", OrderAct(order=ORDER, actor=actor("dispatcher", ECOLOGY), reason="误派"))
STORY: list[Step] = [
    (FACTS, registered()),
    *both(tick(START)),
    (FACTS, clean(START, o3=OZONE)),
    ISSUE,
    (FACTS, act(ALERT)),
    *both(tick(START + HOUR)),
    (FACTS, clean(START + HOUR)),
    WITHDRAW,
]


class Both:
    """A partition of each stage, its log and newest checkpoint; what a stage feeds goes to the end of the other's log."""

    def __init__(self) -> None:
        self.logs: dict[str, list[tuple[bytes | None, bytes]]] = {FACTS: [], ORDERS: []}
        self.saved: dict[str, dict[bytes, bytes | None]] = {FACTS: {}, ORDERS: {}}
        self.out: list[Output] = []
        self.stages: dict[str, Any] = {}
        for name in self.logs:
            self.start(name)

    def start(self, name: str) -> None:
        """Take up a stage at its checkpoint."""
        made: Any = (
            Fold(BOOK, "t.events.environment", 0, keyed=True)
            if name == FACTS
            else Orders(order_rules("4101"), "t.events.orders", 0)
        )
        if self.saved[name]:
            made.restore(self.saved[name].items())
        self.stages[name] = made

    def run(self, name: str) -> bool:
        """Judge what is new, and pass on what comes of it."""
        by, log = self.stages[name], self.logs[name]
        new = [(n, *log[n]) for n in range(by.position, len(log))]
        out = by.run(new)
        self.out += out
        if name == FACTS:
            self.logs[ORDERS] += revisions_for_orders(out)
        else:
            self.logs[FACTS] += ties(out, "environment")
        return bool(new)

    def settle(self, crash: str = "", save: bool = True) -> None:
        """Judge until nothing is new; `crash`: that stage is killed after it has written, and does it again."""
        if crash:
            self.run(crash)
            self.start(crash)
        while any([self.run(FACTS), self.run(ORDERS)]):
            pass
        if save:
            for name, by in self.stages.items():
                self.saved[name] |= dict(by.snapshot())

    def lived(self, crashes: dict[int, str], saves: bool = True) -> "Both":
        """The story, with a crash of a stage after these of its steps."""
        for n, (where, value) in enumerate(STORY):
            subject = STATION if where == FACTS else ORDER
            key = None if b'"clock.tick"' in value else subject.encode()
            self.logs[where].append((key, value))
            self.settle(crashes.get(n, ""), saves or n % 3 == 0)
        return self

    def told(self) -> tuple[list[str], list[str], str, str]:
        """The two trails without copies, and how alert and order stand."""
        trail = {each.n: each.event for each in self.out if isinstance(each, Audit) and each.alert == ALERT}
        orders = {each.n: each.event for each in self.out if isinstance(each, OrderAudit)}
        alert = [each for each in self.out if isinstance(each, Alert) and each.id == ALERT][-1]
        order = [each for each in self.out if isinstance(each, Order)][-1]
        standing = f"{alert.state} {alert.ended} {alert.orders or ()}"
        return [*trail.values()], [*orders.values()], standing, f"{order.state} {order.ended}"


ONCE = Both().lived({})


def test_an_order_holds_its_alert_to_the_end() -> None:
    """Sent, the alert is tied; back to normal it waits in A; withdrawn, the order lets it go and it ends."""
    trail, orders, alert, order = ONCE.told()
    assert trail == ["raise", "link", "acknowledge", "clear", "release"]
    assert (alert, order) == ("A True ()", "withdrawn True")
    assert {"issue", "condition", "withdraw"} <= set(orders)
    assert not [each for each in ONCE.out if isinstance(each, Quality)]


@pytest.mark.parametrize("saves", [True, False], ids=["saved at each step", "saved at each third"])
@pytest.mark.parametrize("stage", [FACTS, ORDERS])
@pytest.mark.parametrize("at", range(len(STORY)))
def test_a_crash_of_either_leaves_both_the_same(at: int, stage: str, saves: bool) -> None:
    """Whichever is killed, after whichever step, between what it has written and its checkpoint."""
    assert Both().lived({at: stage}, saves).told() == ONCE.told()


def test_a_plain_file_is_judged_by_both() -> None:
    """What an order does to an alert holds in a file too, where the third stage stands beside the first."""
    stages = FileStages(Basis(BOOK, orders=order_rules("4101")))
    lines = [value for n, (where, value) in enumerate(STORY) if not (where == ORDERS and b'"clock.tick"' in value)]
    out = [each for n, line in enumerate(lines) for each in stages.take(n, line)]
    trail = [each.event for each in out if isinstance(each, Audit) and each.alert == ALERT]
    assert trail == ["raise", "link", "acknowledge", "clear", "release"]
