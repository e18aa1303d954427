"""Which clocks of orders ring: what is urgent at once, all else together when the place's offices open. Pure.

`OrderClock.rings` says when: outside working time only what is urgent rings, the rest changes colour and rings at the
next opening, together (GB/T 33358; 河南: 非工作日顺延).
"""

from collections.abc import Iterable, Mapping

from msgspec import Struct

from streams.messages import HOUR, Order, OrderLine, Text, parse_time
from streams.messages.outputs.order import OrderClock

HEARD = HOUR
"""For how long (ms) what has rung is told to pages that open: a page rings for what is new to it, once; a choice."""

MOST_RINGS = 200
"""Rings that are told of at most, the newest."""


class Ring(Struct, frozen=True, gc=False):
    """A clock that rings at `at` (ms): it has turned yellow, or has ended (`late`)."""

    key: str
    at: int
    order: str
    number: str
    title: Text
    clock: str
    late: bool
    urgent: bool


def rings_of(order: Order, lines: Mapping[str, OrderLine]) -> dict[str, Ring]:
    """What rings of an order and its lines, by key; helpers (协助) have no clock, of one that moved the hand-over rings."""
    if order.ended:
        return {}
    found = [("", clock) for clock in order.clocks]
    found += [(line.n, clock) for line in lines.values() if not line.ended for clock in line.clocks]
    rings = (_ring(order, n, clock) for n, clock in found if clock.runs and (clock.late or clock.warned))
    return {each.key: each for each in rings if each is not None}


def ringing(rings: Iterable[Ring], now: int) -> list[Ring]:
    """What has rung within HEARD before `now` (ms), the newest last. What rings together stands together."""
    due = sorted((each for each in rings if now - HEARD < each.at <= now), key=lambda each: (each.at, each.key))
    return due[-MOST_RINGS:]


def _ring(order: Order, n: str, clock: OrderClock) -> Ring | None:
    if clock.rings is None:
        return None
    word = "late" if clock.late else "warned"
    return Ring(
        key=f"{order.id}/{n}/{clock.name}/{word}",
        at=parse_time(clock.rings),
        order=order.id,
        number=order.number,
        title=order.title,
        clock=clock.name,
        late=clock.late,
        urgent=order.urgent,
    )
