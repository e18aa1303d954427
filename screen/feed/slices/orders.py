"""Orders, their receivers' lines and the ends of their trails, and the lists that pages show of them. Pure."""

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from msgspec import field

from screen.feed.believed.sealed import Restored
from screen.feed.sharded import Sharded
from screen.feed.view import Slice, View
from screen.orders.list import GROUPS, OrderIndex, advance, without
from screen.orders.rows import line_row, order_row
from streams.messages import Order, OrderAudit, OrderLine
from streams.orders.reports import Reports
from streams.outputs import sealed_as

MOST_ENTRIES, MOST_TRAILS = 60, 5_000
"""Newest entries of a trail that are kept, and trails: those in which something was written last."""

MOST_ARCHIVED = 500
"""Archived orders that are kept, newest last, to show their file."""

Lines = Mapping[str, OrderLine]


class Orders(Slice):
    """`orders` by id; `lines` of each by their numbers; `trails`: the newest entries of each, newest last.

    `index`: the list of orders; `own`: that of lines, for the people of their units. `archived`: the ids of those that are put
    away, newest last. `reports`: which of them rest on a report about whom. `touched`: the orders that have changed in this
    fold, with their lines' numbers.

    Reads no other slice. What a fold costs grows with what has changed and not with what stands.
    """

    TAKES: ClassVar[tuple[type, ...]] = (Order, OrderLine, OrderAudit, Restored)

    orders: Sharded[Order] = field(default_factory=Sharded)
    lines: Sharded[dict[str, OrderLine]] = field(default_factory=Sharded)
    trails: dict[str, tuple[OrderAudit, ...]] = {}
    index: OrderIndex = field(default_factory=OrderIndex)
    own: OrderIndex = field(default_factory=OrderIndex)
    archived: dict[str, None] = {}
    reports: Reports = field(default_factory=Reports)
    touched: dict[str, set[str]] = {}

    def lines_of(self, order: str) -> Lines:
        """The lines of an order by number."""
        return self.lines.get(order) or {}

    def shown(self, kind: str, thing: str) -> tuple[int, int] | None:
        """Where an order or a line is shown."""
        order, _, n = thing.partition("/")
        known = self.lines_of(order).get(n) if n else self.orders.get(order)
        return (known.rev, known.audit) if known and sealed_as(known) == (kind, thing) else None

    def take(self, message: Order | OrderLine | OrderAudit | Restored, view: View) -> None:
        """Remember a newer revision, or one more entry; a second copy changes nothing. What is shown again replaces any."""
        again = isinstance(message, Restored)
        if isinstance(message, Restored):
            if not isinstance(message.thing, Order | OrderLine):
                return
            message = message.thing
        if isinstance(message, Order):
            before = self.orders.get(message.id)
            if again or _newer(message, before):
                self.reports = self.reports.changed(before, message)
                self.orders.put(message.id, message)
                self.touched.setdefault(message.id, set()).update(self.lines_of(message.id))
                if message.archived_at is not None:
                    self.archived[message.id] = None
        elif isinstance(message, OrderLine):
            known = self.lines_of(message.order)
            if again or _newer(message, known.get(message.n)):
                self.lines.put(message.order, {**known, message.n: message})
                self.touched.setdefault(message.order, set()).add(message.n)
        else:
            self._entry(message)

    def settle(self, view: View, before: View) -> None:
        """Put the lists right, by the orders that have changed."""
        touched, self.touched = self.touched, {}
        found = [(order, self.lines_of(name), numbers) for name, numbers in touched.items() if (order := self.orders.get(name))]
        self.index = advance(self.index, [(order.id, order_row(order, lines)) for order, lines, _ in found])
        changed = ((order, lines[n]) for order, lines, numbers in found for n in numbers)
        self.own = advance(self.own, [(line.id, line_row(line, order)) for order, line in changed])

    def forget(self, now: int) -> None:
        """Let go of the oldest of what is put away, and of trails in which nothing is written any more."""
        while len(self.archived) > MOST_ARCHIVED:
            name = next(iter(self.archived))
            del self.archived[name]
            self.reports = self.reports.changed(self.orders.get(name), None)
            self.orders.drop(name)
            self.lines.drop(name)
        if len(self.trails) > MOST_TRAILS:
            self.trails = dict(list(self.trails.items())[-MOST_TRAILS:])

    def sections(self, view: View) -> dict[str, Any]:
        """`orders`: how many there are in each group of the list."""
        return {"orders": {group: self.index.groups.get(group, 0) for group in GROUPS}}

    def without(self, hidden: frozenset[str]) -> Self:
        """The same as if there were no orders of these ids."""
        made = self.copied()
        lines = [line.id for name in hidden for line in self.lines_of(name).values()]
        made.index, made.own = without(self.index, hidden, hidden), without(self.own, lines, hidden)
        for name in hidden:
            made.orders.drop(name)
            made.lines.drop(name)
            made.trails.pop(name, None)
            made.archived.pop(name, None)
        return made

    def _entry(self, entry: OrderAudit) -> None:
        known = self.trails.pop(entry.order, ())
        if not known or entry.n > known[-1].n:
            known = (*known, entry)[-MOST_ENTRIES:]
        self.trails[entry.order] = known


def _newer(message: Order | OrderLine, known: Order | OrderLine | None) -> bool:
    return known is None or (message.rev, message.audit) > (known.rev, known.audit)
