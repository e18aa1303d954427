"""How orders move on: the wall's funnel, the load of units, which orders are about a subject, and what rings. Pure."""

from typing import Any, ClassVar, Self

from msgspec import Struct, field

from screen.dispatch.receivers import Load
from screen.dispatch.ringing import Ring, ringing, rings_of
from screen.feed.believed.sealed import Restored
from screen.feed.sharded import Sharded
from screen.feed.slices.clock import Clock
from screen.feed.slices.orders import Lines, Orders
from screen.feed.view import Slice, View
from streams.calendar.working_time import midnight
from streams.messages import Order, OrderLine, parse_time
from streams.orders.funnel import funnel, reached
from streams.orders.kinds import kinds


def is_filed(order: Order) -> bool:
    """Whether a matter came in and nobody has been sent to it yet."""
    kind = kinds().get(order.kind)
    return kind is not None and bool(kind.filed) and not order.ended and not order.lines


def waits(line: OrderLine) -> bool:
    """Whether a line's application for a return waits for a decision."""
    return line.open and line.returns is not None and line.returns.open


class Tracked(Struct, frozen=True, gc=False):
    """What an order adds to the sums.

    Its stage and whether it is late in it; its open lines' units, each with whether it is unsigned; its subjects; the keys of
    its rings; the lines that wait for a decision on a return; whether it is an open request, and one that nobody was sent to.
    """

    stage: tuple[int, bool] | None
    units: tuple[tuple[str, bool], ...]
    subjects: tuple[str, ...]
    rings: tuple[str, ...]
    returns: tuple[str, ...]
    request: bool
    filed: bool


class OrderFlow(Slice):
    """`stages`: how many orders stand at each, and late; `loads` of units; `subjects`: ids of the orders about each.

    `requests`: ids of open requests; `filed`: of matters that nobody was sent to yet; `returns`: ids of lines that wait for a
    decision. `rings`: what has rung or will, by key. `closed`: those that ended today and when (ms).
    `touched`: the orders that have changed in this fold. Reads Orders, which stands before it, and Clock. What a fold costs
    grows with what has changed.
    """

    TAKES: ClassVar[tuple[type, ...]] = (Order, OrderLine, Restored)

    tracked: Sharded[Tracked] = field(default_factory=Sharded)
    stages: dict[tuple[int, bool], int] = {}
    loads: dict[str, Load] = {}
    subjects: Sharded[frozenset[str]] = field(default_factory=Sharded)
    requests: dict[str, None] = {}
    filed: dict[str, None] = {}
    returns: dict[str, None] = {}
    rings: dict[str, Ring] = {}
    closed: dict[str, int] = {}
    touched: set[str] = set()

    def take(self, message: Order | OrderLine | Restored, view: View) -> None:
        """Remember that the order has changed."""
        thing = message.thing if isinstance(message, Restored) else message
        if isinstance(thing, Order | OrderLine):
            self.touched.add(thing.id if isinstance(thing, Order) else thing.order)

    def settle(self, view: View, before: View) -> None:
        """Put the sums right, by the orders that have changed."""
        touched, self.touched = self.touched, set()
        orders = view[Orders]
        for name in touched:
            if (order := orders.orders.get(name)) is not None:
                self._track(order, orders.lines_of(name))

    def forget(self, now: int) -> None:
        """Let go of the orders that ended before today."""
        today = midnight(now)
        for name in [name for name, at in self.closed.items() if at < today]:
            del self.closed[name]
            self._untrack(name)

    def sections(self, view: View) -> dict[str, Any]:
        """`flow`: the funnel of orders; `ringing`: what rings now."""
        return {"flow": funnel(self.stages), "ringing": ringing(self.rings.values(), view[Clock].now or 0)}

    def without(self, hidden: frozenset[str]) -> Self:
        """The same as if there were no orders of these ids; `subjects` may name them, who asks looks them up in Orders."""
        made = self.copied()
        for name in hidden:
            made._untrack(name)
        return made

    def about(self, subject: str) -> frozenset[str]:
        """The ids of the orders about a subject."""
        return self.subjects.get(subject) or frozenset()

    def _track(self, order: Order, lines: Lines) -> None:
        self._untrack(order.id)
        rings = rings_of(order, lines)
        made = Tracked(
            stage=reached(order, lines.get(order.main)),
            units=tuple((line.unit, line.state == "sent") for line in lines.values() if line.open and not order.ended),
            subjects=tuple(dict.fromkeys(each.link.subject for each in order.alerts)),
            rings=tuple(rings),
            returns=tuple(line.id for line in lines.values() if waits(line) and not order.ended),
            request=order.kind == "request" and not order.ended,
            filed=is_filed(order),
        )
        if order.closed_at is not None and made.stage is not None:
            self.closed[order.id] = parse_time(order.closed_at)
        self.tracked.put(order.id, made)
        self.rings.update(rings)
        self._count(made, 1)
        self.returns.update(dict.fromkeys(made.returns))
        for known, there in ((self.requests, made.request), (self.filed, made.filed)):
            if there:
                known[order.id] = None
        for subject in made.subjects:
            self.subjects.put(subject, self.about(subject) | {order.id})

    def _untrack(self, name: str) -> None:
        """Take what an order has added out of the sums; which orders are about a subject stays known."""
        known = self.tracked.get(name)
        if known is None:
            return
        self._count(known, -1)
        self.requests.pop(name, None)
        self.filed.pop(name, None)
        for line in known.returns:
            self.returns.pop(line, None)
        for key in known.rings:
            self.rings.pop(key, None)
        self.tracked.drop(name)

    def _count(self, made: Tracked, by: int) -> None:
        if made.stage is not None:
            self.stages[made.stage] = self.stages.get(made.stage, 0) + by
        for unit, unsigned in made.units:
            load = self.loads.get(unit, Load())
            self.loads[unit] = Load(load.open + by, load.unsigned + by * unsigned)
