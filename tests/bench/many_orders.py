"""Many open orders as the core has written them, to be listed: of all groups, units and districts of the city."""

from collections.abc import Iterator
from itertools import cycle, islice

from msgspec.structs import replace

from streams.messages import Order, OrderLine, Text, format_time, parse_time
from streams.places import areas
from streams.places.organs import units
from tests.support.orders.records import BUREAU, HANDLE, LI, SENT, line, order, stamp

GROUPS = ("late", "soon", "check", "sign", "open", "open")
"""Where an order of these stands, one after the other."""

APART = 60_000
"""Milliseconds between the ends of two orders' clocks."""


DISTRICT = 6
"""Digits of a district's code."""


def due_of(n: int) -> int:
    """When the main clock of the n-th of them ends (ms)."""
    return parse_time(SENT) + n * APART


def many(log: str, number: int, first: int = 1) -> Iterator[tuple[Order, OrderLine]]:
    """So many orders from the n-th on, with the line of the main receiver of each; every tenth is the bureau's."""
    bodies = [unit.id for unit in units() if unit.id.startswith("zz-")]
    places = [code for code in areas() if len(code) == DISTRICT]
    for n, group in zip(range(first, first + number), islice(cycle(GROUPS), first % len(GROUPS), None), strict=False):
        due = format_time(due_of(n))
        clock = replace(HANDLE, due=due, first_due=due, late=group == "late", warned=group in {"late", "soon"})
        signed = group != "sign"
        state = {"check": "reported", "sign": "sent"}.get(group, "handling")
        unit = BUREAU if n % 10 == 0 else bodies[n % len(bodies)]
        title = Text(f"疑似标定超期 第 {n} 件", f"Suspected: calibration overdue, no. {n}")
        yield (
            order(n, log, state=state, title=title, adcode=places[n % len(places)]),
            line(
                n,
                "1",
                log,
                state="signed" if signed else "sent",
                unit=unit,
                read=stamp(LI) if signed else None,
                clocks=(replace(clock, met=SENT) if group == "check" else clock,),
            ),
        )
