"""What a replay tells of the orders of a partition: orders, lines, entries of trails, and the funnel's numbers.

An order that rests on a report (举报) counts in the funnel, and nothing else of it is told: a replay is looked at by people of
many bodies, and the reported sees nothing of it (信访工作条例 30). Nor are a caller's words in the entries of a trail.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from agents.core.orders.fold import Orders
from agents.jobs import order_rows
from streams.calendar.working_time import midnight
from streams.messages import Order, OrderAudit, OrderLine, parse_time
from streams.orders.funnel import reached
from streams.orders.texts import is_report, party_of
from streams.outputs import Output

OrderOutput = Order | OrderLine | OrderAudit


class Withheld:
    """Leaves out orders that rest on a report (举报), their lines and trails, and orders that follow from them.

    What rests on a report stands in no file of a replay: that is for all who may replay (信访工作条例 30); who may see such an
    order sees it on the pages, where it is known who asks.
    """

    def __init__(self) -> None:
        self._orders: set[str] = set()

    @property
    def orders(self) -> frozenset[str]:
        """The ids of those that were left out."""
        return frozenset(self._orders)

    def without(self, outputs: Iterable[OrderOutput]) -> list[OrderOutput]:
        """The outputs of one step of the stage that are left."""
        found = list(outputs)
        self._orders.update(each.id for each in found if isinstance(each, Order) and self._is_hidden(each))
        return [each for each in found if _order_of(each) not in self._orders]

    def _is_hidden(self, order: Order) -> bool:
        return is_report(order.traits) or order.parent in self._orders


class ToldOrder(NamedTuple):
    """A change: its kind, what has changed, whether it leaves the state, and what it became."""

    kind: str
    key: str
    ended: bool
    value: Any


class PastOrders:
    """Follows the orders of the partition `place` as they are judged."""

    def __init__(self, place: str) -> None:
        self._place = place
        self._stages: dict[str, tuple[int, bool]] = {}
        self._closed: dict[str, int] = {}
        self._numbers = Counter[tuple[int, bool]]()
        self._day = 0
        self._withheld = Withheld()

    @property
    def withheld(self) -> frozenset[str]:
        """The orders of which nothing was told."""
        return self._withheld.orders

    def changes(self, stage: Orders, outputs: Iterable[Output]) -> Iterator[ToldOrder]:
        """What these outputs, the newest of the stage, have changed; the numbers once, after all else."""
        found = [each for each in outputs if isinstance(each, Order | OrderLine | OrderAudit)]
        touched = dict.fromkeys(each.id if isinstance(each, Order) else each.order for each in found)
        orders = {name: head.order for name in touched if (head := stage.shelf.head(name))}
        for each in self._withheld.without(found):
            if not isinstance(each, Order | OrderLine | OrderAudit):
                continue
            order = orders.get(each.id if isinstance(each, Order) else each.order)
            if order is not None:
                yield _told(each, order)
        before = self._numbers.copy()
        for order in orders.values():
            self._count(order, stage)
        self._turn(midnight(stage.now or 0))
        if self._numbers != before:
            yield ToldOrder("flow", self._place, False, numbers_told(self._numbers))

    def _count(self, order: Order, stage: Orders) -> None:
        main = stage.shelf.line(order.id, order.main) if order.main else None
        made = reached(order, main.line if main else None)
        self._leave(order.id)
        if made is not None:
            self._stages[order.id] = made
            self._numbers[made] += 1
        if made is not None and order.closed_at is not None:
            self._closed[order.id] = parse_time(order.closed_at)

    def _leave(self, order: str) -> None:
        self._closed.pop(order, None)
        if (known := self._stages.pop(order, None)) is not None:
            self._numbers[known] -= 1

    def _turn(self, day: int) -> None:
        """Let go of the orders that ended before a day, whose midnight it is (ms)."""
        if day != self._day:
            self._day = day
            for name in [name for name, at in self._closed.items() if at < day]:
                self._leave(name)


def numbers_told(numbers: Counter[tuple[int, bool]]) -> list[tuple[int, bool, int]]:
    """The funnel's numbers of a partition: stage, whether late, how many."""
    return [(stage, late, count) for (stage, late), count in sorted(numbers.items()) if count]


def _told(each: Order | OrderLine | OrderAudit, order: Order) -> ToldOrder:
    if isinstance(each, Order):
        return ToldOrder("order", each.id, each.ended, order_rows.order(each))
    if isinstance(each, OrderLine):
        return ToldOrder("line", each.id, each.state in order_rows.DONE, order_rows.line(each))
    office = party_of(order.kind, order.traits, each.event, "reason") == "office"
    return ToldOrder("entry", each.order, False, order_rows.entry(each, spoken=office))


def _order_of(output: OrderOutput) -> str:
    return output.id if isinstance(output, Order) else output.order
