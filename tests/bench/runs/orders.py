"""Orders: what an act costs while many orders are open, what one weighs, one press to 500 receivers, a restart.

The fold alone, as the worker runs it; the whole way through Kafka to the receiver's screen is `order_press`'s.
"""

import gc
import time
from collections.abc import Iterator
from typing import Any

import psutil
from msgspec.structs import replace

from agents.core.orders.fold import Orders
from agents.rulebook.orders import order_rules
from streams.messages import OrderAudit, Text
from streams.messages.orders import Issue, OrderAct, Receiver
from tests.bench.order_records import OFFICE, PLACE, START, actor, batches, done, folded, issued, order_name, record, ticked
from tests.bench.sizes import Sizes

COUNT_OF_RECEIVERS = 500


class Anybody:
    """Bodies of a city that has as many as are asked for, all of which may be written to."""

    def within(self, unit: str, other: str) -> bool:
        """Each is itself alone."""
        return unit == other

    def acts_for(self, unit: str, body: str) -> bool:
        """For itself alone."""
        return unit == body

    def sort(self, unit: str) -> str:
        """The office is one, all others are departments."""
        return "office" if unit == OFFICE else "bureau"

    def organ(self, unit: str) -> str:
        """Itself."""
        return unit

    def objection(self, *_: object) -> str:
        """None."""
        return ""


def orders(sizes: Sizes) -> dict[str, Any]:
    """All figures of orders that the fold alone gives, but for those of a year."""
    return {"open": [_open(count) for count in sizes.orders], "press": _press()}


def _open(count: int) -> dict[str, Any]:
    """So many open orders: µs of an act more, bytes of an order, seconds to take up a checkpoint of them."""
    fold = Orders(order_rules(PLACE), "bench.events.orders", 0)
    gc.collect()
    before = psutil.Process().memory_info().rss
    folded(fold, [ticked(START)])
    for n in range(count):
        folded(fold, [issued(n)])
    fold.snapshot()
    gc.collect()
    weight = (psutil.Process().memory_info().rss - before) / count
    step = max(1, count // 1_000)
    began = time.process_time()
    acted = [done(n, "read", "clerk") for n in range(0, count, step)]
    made = time.process_time() - began
    began = time.process_time()
    folded(fold, acted)
    cost = time.process_time() - began
    items = fold.snapshot()
    assert items
    again = Orders(order_rules(PLACE), "bench.events.orders", 0)
    whole = [(key, fold.shelf.value(key)) for key in fold.shelf.due | dict.fromkeys(_keys(fold))]
    began = time.process_time()
    again.restore([*whole, items[-1]])
    return {
        "orders": len(fold.shelf),
        "us_per_act": round(1e6 * cost / len(acted), 1),
        "us_to_make_one": round(1e6 * made / len(acted), 1),
        "bytes_per_order": round(weight),
        "restore_s": round(time.process_time() - began, 2),
    }


def _keys(fold: Orders) -> Iterator[bytes]:
    yield from (b"order/" + name.encode() for name in fold.shelf.heads)
    yield from (b"line/" + name.encode() for name in fold.shelf.lines)


def _press() -> dict[str, Any]:
    """One press to 500 receivers, and 500 signatures after it: ms of processor time each."""
    units = [f"unit-{n}" for n in range(COUNT_OF_RECEIVERS)]
    fold = Orders(replace(order_rules(PLACE), bodies=Anybody()), "bench.events.orders", 0)
    folded(fold, [ticked(START)])
    order = order_name(0)
    receivers = tuple(Receiver(unit=unit, part="support" if n else "main") for n, unit in enumerate(units))
    by, title = actor("dispatcher", OFFICE), Text("任务", "Task")
    issue = Issue(order=order, kind="task", actor=by, title=title, receivers=receivers)
    [given] = batches(fold.position, [record("issue", issue, 0)])
    began = time.process_time()
    out = fold.run(given)
    press = time.process_time() - began
    refused = [each.reason for each in out if isinstance(each, OrderAudit) and each.event == "refuse"]
    acts = [OrderAct(order=order, actor=actor("clerk", unit), lines=(str(n + 1),)) for n, unit in enumerate(units)]
    [signs] = batches(fold.position, [record("sign", act, n) for n, act in enumerate(acts)])
    began = time.process_time()
    fold.run(signs)
    return {
        "receivers": len(units),
        "refused": refused[:1],
        "press_ms": round(1e3 * press, 1),
        "sign_us": round(1e6 * (time.process_time() - began) / max(1, len(units)), 1),
    }
