"""Orders: what an act costs while many orders are open, what one weighs, one press to 500 receivers, a life, a year, a restart.

The fold alone, as the worker runs it; the whole way through Kafka to the receiver's screen is `tests.benchscreen`'s.
"""

import gc
import resource
import time
from collections.abc import Iterator, Sequence
from hashlib import blake2s
from typing import Any

import psutil
from msgspec.structs import replace

from agents.core.orders.fold import Orders
from agents.rulebook.orders import order_rules
from streams.messages import COMMAND, SECOND, TICK, Actor, OrderAudit, Text, event_bytes, format_time, parse_time
from streams.messages.orders import Issue, OrderAct, Receiver
from tests.bench.sizes import Sizes

PLACE = "4101"
OFFICE, COUNT_OF_RECEIVERS = "zz-gov", 500
START = parse_time("2026-03-02T08:00:00+08:00")
YEAR = 1_000_000
"""Orders of a year of a city; a choice of the size that is asked for."""

Record = tuple[int, bytes | None, bytes]

_LIFE = (("read", "clerk"), ("sign", "clerk"), ("contact", "handler"), ("submit", "handler"), ("endorse", "reviewer"))
_AFTER = (("inspect", "verifier", "passed"), ("close", "dispatcher", "done"), ("archive", "archivist", ""))


class Anybody:
    """Bodies of a city that has as many as are asked for, all of which may be written to."""

    def within(self, unit: str, other: str) -> bool:
        """Each is itself alone."""
        return unit == other

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
    """All figures of orders that the fold alone gives."""
    return {
        "open": [_open(count) for count in sizes.orders],
        "press": _press(),
        "life": _life(sizes.lives),
    }


def _open(count: int) -> dict[str, Any]:
    """So many open orders: µs of an act more, bytes of an order, seconds to take up a checkpoint of them."""
    fold = Orders(order_rules(PLACE), "bench.events.orders", 0)
    gc.collect()
    before = psutil.Process().memory_info().rss
    offset = _run(fold, 0, _issued(count))
    fold.snapshot()
    gc.collect()
    weight = (psutil.Process().memory_info().rss - before) / count
    step = max(1, count // 1_000)
    began = time.process_time()
    acted = [_act(n, "read", "clerk", "") for n in range(0, count, step)]
    made = time.process_time() - began
    began = time.process_time()
    offset = _run(fold, offset, acted)
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
    _run(fold, 0, [_tick(START)])
    order = _id(0)
    receivers = tuple(Receiver(unit=unit, part="support" if n else "main") for n, unit in enumerate(units))
    by, title = _actor("dispatcher", OFFICE), Text("任务", "Task")
    issue = _event("issue", Issue(order=order, kind="task", actor=by, title=title, receivers=receivers), order, 0)
    began = time.process_time()
    out = fold.run([(1, order.encode(), issue)])
    press = time.process_time() - began
    refused = [each.reason for each in out if isinstance(each, OrderAudit) and each.event == "refuse"]
    acts = [OrderAct(order=order, actor=_actor("clerk", unit), lines=(str(n + 1),)) for n, unit in enumerate(units)]
    signs = [(2 + n, order.encode(), _event("sign", act, order, n)) for n, act in enumerate(acts)]
    began = time.process_time()
    fold.run(signs)
    return {
        "receivers": len(units),
        "refused": refused[:1],
        "press_ms": round(1e3 * press, 1),
        "sign_us": round(1e6 * (time.process_time() - began) / max(1, len(units)), 1),
    }


def _life(count: int) -> dict[str, Any]:
    """Whole lives of so many orders: acts a second of processor time, and what a year of a city would take."""
    fold = Orders(order_rules(PLACE), "bench.events.orders", 0)
    offset = _run(fold, 0, _issued(count))
    acts = [_act(n, verb, role, "") for n in range(count) for verb, role in _LIFE]
    acts += [_act(n, verb, role, outcome, OFFICE) for n in range(count) for verb, role, outcome in _AFTER]
    began, total = time.process_time(), 0
    out: list[Any] = []
    for begin in range(0, len(acts), 5_000):
        out = fold.run([(offset + begin + n, key, value) for n, (_, key, value) in enumerate(acts[begin : begin + 5_000])])
        total += len(out)
    took = time.process_time() - began
    per = took / len(acts)
    lives = len(_LIFE) + len(_AFTER) + 1
    return {
        "orders": count,
        "acts": len(acts),
        "outputs": total,
        "acts_per_s": round(1 / per),
        "us_per_act": round(1e6 * per, 1),
        "year_orders": YEAR,
        "year_s": round(per * lives * YEAR),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def _issued(count: int) -> list[Record]:
    given = [_tick(START)]
    for n in range(count):
        order = _id(n)
        issue = Issue(
            order=order,
            kind="task",
            actor=_actor("dispatcher", OFFICE),
            title=Text(f"重点工作 {n}", f"Task {n}"),
            receivers=(Receiver(unit=_UNIT, part="main", limit="20 working-days"),),
        )
        given.append((0, order.encode(), _event("issue", issue, order, n)))
    return given


def _act(n: int, verb: str, role: str, outcome: str, unit: str = "") -> Record:
    order = _id(n)
    act = OrderAct(order=order, actor=_actor(role, unit or _UNIT), reason="已办理", outcome=outcome)
    return 0, order.encode(), _event(verb, act, order, n)


_UNIT = "zz-ee"


def _id(n: int) -> str:
    return blake2s(str(n).encode(), digest_size=16).hexdigest()


def _actor(role: str, unit: str) -> Actor:
    return Actor(id=f"{role}@{unit}", role=role, department=unit)


def _event(verb: str, data: Any, order: str, n: int) -> bytes:
    id_ = f"{order}/{verb}/{n}"
    return event_bytes(type=f"{COMMAND}order.{verb}", source="bench", id=id_, time=format_time(START), subject=order, data=data)


def _tick(at: int) -> Record:
    return 0, None, event_bytes(type=TICK, source="clock", id=str(at), time=format_time(at + SECOND))


def _run(fold: Orders, offset: int, records: Sequence[Record]) -> int:
    """Fold them in batches as Kafka gives them; the offset after them."""
    for begin in range(0, len(records), 5_000):
        part = records[begin : begin + 5_000]
        fold.run([(offset + begin + n, key, value) for n, (_, key, value) in enumerate(part)])
    return offset + len(records)
