"""Requests of many units that were signed in time or not, as the ledger of measures takes them."""

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from msgspec.structs import replace

from agents.measures.book.read import measure_book
from agents.measures.ledger import Ledger, ledger_of
from streams.messages import Order, OrderLine, parse_time
from streams.messages.orders import Receiver
from tests.support.orders.partition import ECOLOGY, HOTLINE, OrderPartition, actor, hotline_matter

REQUEST = "f" * 32
IN_TIME, LATE = "2026-03-06T10:00:00+08:00", "2026-03-10T10:00:00+08:00"
NOW = parse_time("2026-04-01T09:00:00+08:00")


class Signing(NamedTuple):
    """So many requests of a unit, the first of which were signed in time; due in March, as all are that are sent by Friday."""

    unit: str
    in_time: int
    of: int
    category: str = ""
    urgent: bool = False


@cache
def _one() -> tuple[Order, OrderLine]:
    """One request of Friday morning, sent and not signed."""
    by = OrderPartition()
    told = [*by.filed(hotline_matter(), REQUEST), *by.act("accept", actor("receptionist", HOTLINE), order=REQUEST)]
    to = (Receiver(unit=ECOLOGY, part="main"),)
    told += by.act("dispatch", actor("dispatcher", HOTLINE), order=REQUEST, receivers=to)
    orders, lines = ([each for each in told if isinstance(each, kind)] for kind in (Order, OrderLine))
    return orders[-1], lines[-1]  # type: ignore[return-value]


def signings(*rows: Signing) -> Iterator[Order | OrderLine]:
    """Their orders and lines; those of the nth row are `n-0`, `n-1` and so on."""
    order, line = _one()
    for row, each in enumerate(rows):
        for n in range(each.of):
            name, met = f"{row}-{n}", IN_TIME if n < each.in_time else LATE
            clocks = tuple(replace(clock, met=met) if clock.name == "sign" else clock for clock in line.clocks)
            traits = order.traits | ({"category": each.category} if each.category else {})
            yield replace(order, id=name, urgent=each.urgent, traits=traits)
            yield replace(line, id=f"{name}/{line.n}", order=name, unit=each.unit, clocks=clocks)


def signed_ledger(*rows: Signing) -> Ledger:
    """The ledger of them at the end of March."""
    return ledger_of(measure_book(), signings(*rows), NOW)
