"""What rests on a report (举报) about a body stands in no file of a replay: that is for all who may replay. Pure.

信访工作条例 30; who may see such an order sees it on the pages, where it is known who asks.
"""

from collections.abc import Iterable

from streams.messages import Order, OrderAudit, OrderLine
from streams.orders.texts import is_report

OrderOutput = Order | OrderLine | OrderAudit


class Withheld:
    """Leaves such orders out, with their lines, the entries of their trails, and orders after them that follow from them."""

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


def _order_of(output: OrderOutput) -> str:
    return output.id if isinstance(output, Order) else output.order
