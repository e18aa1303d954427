"""Orders as a log has them: each with its receivers' lines, and the trail of one."""

from collections.abc import Iterable

from msgspec import Struct

from streams.command import Trouble
from streams.kafka import clients
from streams.messages import Order, OrderAudit, OrderClock, OrderLine
from streams.settings import Settings
from streams.topics import topic_name

WHO = "order"


class StandingOrder(Struct, frozen=True):
    """An order and its lines, these in the order of their numbers."""

    order: Order
    lines: tuple[OrderLine, ...] = ()

    @property
    def clocks(self) -> tuple[OrderClock, ...]:
        """All its clocks and those of its lines."""
        return (*self.order.clocks, *(clock for line in self.lines for clock in line.clocks))

    @property
    def overdue(self) -> bool:
        """Whether one of its clocks has run out and runs on."""
        return any(clock.runs and clock.late for clock in self.clocks)

    @property
    def due(self) -> str:
        """When the next of its clocks ends; empty where none runs."""
        return min((clock.due for clock in self.clocks if clock.runs), default="")

    def of_unit(self, unit: str) -> bool:
        """Whether a unit has issued it, verifies or supervises it, or is one of its receivers."""
        order = self.order
        return unit in {order.issuer, order.verifier, order.supervising, *(line.unit for line in self.lines)}


def gathered(messages: Iterable[Order | OrderLine]) -> dict[str, StandingOrder]:
    """Orders by id, oldest first, of the newest messages of the topic; a line whose order is not there is left out."""
    orders, lines = list[Order](), dict[str, list[OrderLine]]()
    for each in messages:
        if isinstance(each, Order):
            orders.append(each)
        else:
            lines.setdefault(each.order, []).append(each)
    orders.sort(key=lambda each: (each.opened_at, each.id))
    return {
        each.id: StandingOrder(each, tuple(sorted(lines.get(each.id, ()), key=lambda line: numbers(line.n)))) for each in orders
    }


def numbers(n: str) -> tuple[int, ...]:
    """The number of a line, in which 1.10 comes after 1.9.

    >>> numbers("1.10") > numbers("1.9"), numbers("x")
    (True, (0,))
    """
    return tuple(int(part) if part.isascii() and part.isdigit() else 0 for part in n.split("."))


def standing(settings: Settings, log: str) -> dict[str, StandingOrder]:
    """All orders of a log by id, oldest first."""
    return gathered(clients.newest_messages(settings, topic_name(log, "orders"), Order | OrderLine, WHO))  # type: ignore[arg-type]


def one(known: dict[str, StandingOrder], name: str, log: str) -> StandingOrder:
    """The order that has this number, or whose id begins so; Trouble where it is none or several."""
    found = [each for each in known.values() if each.order.number == name or each.order.id.startswith(name)]
    if len(found) != 1:
        what = f"{len(found)} orders begin with" if found else "there is no order"
        raise Trouble(f"{what} {name!r} in log {log!r}: see python -m agents order list --log {log}")
    return found[0]


def trail_of(settings: Settings, log: str, order: str) -> tuple[OrderAudit, ...]:
    """The trail of an order; a second copy of an entry is the same entry."""
    records = (r for r in clients.read_topic(settings, topic_name(log, "order-audit")) if r.key == order.encode())
    entries = (entry for record in records if (entry := clients.read(record, OrderAudit, WHO)))
    trail = {entry.n: entry for entry in entries if entry.order == order}
    return tuple(trail[n] for n in sorted(trail))
