"""Records of the orders' input for the benchmarks, of a `task` of one receiver: its issue, and what is done to it then."""

from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2s
from itertools import count, islice
from typing import Any

from agents.core.orders.fold import Orders
from streams.messages import COMMAND, SECOND, TICK, Actor, OrderAudit, Text, event_bytes, format_time, parse_time
from streams.messages.orders import Issue, OrderAct, Receiver
from streams.outputs import Output

PLACE, OFFICE, UNIT = "4101", "zz-gov", "zz-ee"
START = parse_time("2026-03-02T08:00:00+08:00")
BATCH = 5_000
"""Records that are folded at once."""

KeyValue = tuple[bytes | None, bytes]


def issued(n: int, at: int = START) -> KeyValue:
    """The n-th order is issued."""
    made = Issue(
        order=order_name(n),
        kind="task",
        actor=actor("dispatcher", OFFICE),
        title=Text(f"重点工作 {n}", f"Task {n}"),
        receivers=(Receiver(unit=UNIT, part="main", limit="20 working-days"),),
    )
    return record("issue", made, n, at)


def done(n: int, verb: str, role: str, outcome: str = "", unit: str = UNIT, at: int = START) -> KeyValue:
    """An act on the n-th order."""
    act = OrderAct(order=order_name(n), actor=actor(role, unit), reason="已办理", outcome=outcome)
    return record(verb, act, n, at)


def order_name(n: int) -> str:
    """The id of the n-th order."""
    return blake2s(str(n).encode(), digest_size=16).hexdigest()


def actor(role: str, unit: str) -> Actor:
    """Who acts in this role for a unit."""
    return Actor(id=f"{role}@{unit}", role=role, department=unit)


def record(verb: str, data: Issue | OrderAct, n: int, at: int = START) -> KeyValue:
    """The record of an act, the n-th of its kind on its order, at a time (ms)."""
    order = data.order
    id_ = f"{order}/{verb}/{n}"
    kind = f"{COMMAND}order.{verb}"
    return order.encode(), event_bytes(type=kind, source="bench", id=id_, time=format_time(at), subject=order, data=data)


def ticked(at: int) -> KeyValue:
    """The clock, a second after a time (ms)."""
    return None, event_bytes(type=TICK, source="clock", id=str(at), time=format_time(at + SECOND))


def batches(offset: int, records: Iterable[KeyValue]) -> Iterator[list[tuple[int, bytes | None, bytes]]]:
    """Records with their offsets, as many as are folded at once."""
    numbered = ((n, key, value) for n, (key, value) in zip(count(offset), records, strict=False))
    while batch := list(islice(numbered, BATCH)):
        yield batch


def folded(fold: Orders, records: Sequence[KeyValue]) -> None:
    """Fold records behind what a partition has; AssertionError where one of them is refused."""
    for batch in batches(fold.position, records):
        check(fold.run(batch))


def check(outputs: Iterable[Output]) -> None:
    """AssertionError for the first act that was refused: what is measured are acts that are done."""
    refused: Any = next((each for each in outputs if isinstance(each, OrderAudit) and each.event == "refuse"), None)
    assert refused is None, f"{refused.verb} was refused: {refused.reason}"
