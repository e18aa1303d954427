"""What one open page of orders is told: the window of its list that it shows, and of it only what has changed. Pure."""

from typing import Annotated, Any

from msgspec import Meta, Struct

from screen.feed.slices.alarms import Alarms
from screen.feed.slices.orders import Orders
from screen.feed.view import View
from screen.i18n.texts import unit_name
from screen.orders.list import FACETS, Looker, OrderIndex, OrderQuery, OrderSelection, follow, select
from screen.orders.rows import told_line, told_order
from screen.orders.seen import hidden_from, view_for
from streams.messages import Text, encode

MOST_WINDOW = 200
"""Rows of a window at most: more are never on a page at once, and no bulk act is greater."""


class OrderAsk(Struct, frozen=True, forbid_unknown_fields=True):
    """What a page asks for, newest word wins; `n` counts its words.

    `own`: the list of its units' own lines in place of that of orders. `first` and `rows`: the window. `frozen`: the number of
    the list under the pointer, which is kept; None: the list moves. `selected`: the row whose place is told.
    """

    n: int
    query: OrderQuery = OrderQuery()
    own: bool = False
    first: Annotated[int, Meta(ge=0)] = 0
    rows: Annotated[int, Meta(ge=0, le=MOST_WINDOW)] = 60
    frozen: int | None = None
    selected: Annotated[str, Meta(max_length=64)] = ""


class OrdersPage:
    """One page's state: who looks, what it has asked, its list, and what it knows."""

    def __init__(self, who: Looker) -> None:
        self._who = who
        self._live: OrderSelection | None = None
        self._kept: tuple[int, OrderSelection] | None = None
        self._own, self._hidden = False, frozenset[str]()
        self._known: dict[str, tuple[object, ...]] = {}
        self._told: dict[str, Any] = {}
        self._answered = -1

    def answer(self, view: View, ask: OrderAsk) -> bytes | None:
        """What the page must be told of this View; None where it knows all of it."""
        self._let_go(hidden_from(view, self._who))
        view = view_for(view, self._who)
        orders = view[Orders]
        index = orders.own if ask.own else orders.index
        live = self._follow(index, ask)
        shown = self._shown(live, ask)
        window = [row.id for row in shown.order.window(ask.first, min(ask.rows, max(shown.total - ask.first, 0)))]
        row = index.rows.get(ask.selected)
        told: dict[str, Any] = {
            "n": ask.n,
            "number": shown.number,
            "total": shown.total,
            "groups": shown.groups,
            "waiting": len(live.order) - len(shown.order) if shown is not live else 0,
            "first": ask.first,
            "ids": window,
            "place": shown.order.place(row.key) if row else None,
            "facets": {name: _named(index, name) for name in FACETS},
        }
        fresh = self._fresh(view, window, ask.own)
        if ask.n == self._answered and not fresh and told == self._told:
            return None
        if told["facets"] == self._told.get("facets") and self._answered >= 0:
            said = {name: value for name, value in told.items() if name != "facets"}
        else:
            said = told
        self._told, self._answered = told, ask.n
        return encode(said | {"set": fresh})

    def _let_go(self, hidden: frozenset[str]) -> None:
        """Forget the lists that were made while other orders were hidden: a row may be in them that is not for who looks."""
        if hidden != self._hidden:
            self._live, self._kept, self._hidden = None, None, hidden

    def _follow(self, index: OrderIndex, ask: OrderAsk) -> OrderSelection:
        before = self._live
        if before is None or before.query != ask.query or self._own != ask.own:
            who = Looker(self._who.person, self._who.units, True) if ask.own else self._who
            self._live, self._own, self._kept = select(index, ask.query, who), ask.own, None
        else:
            self._live = follow(before, index)
        return self._live

    def _shown(self, live: OrderSelection, ask: OrderAsk) -> OrderSelection:
        """The list to show: under the pointer it is the one that stood there."""
        if ask.frozen is None:
            self._kept = None
        elif self._kept is None or self._kept[0] != ask.frozen:
            self._kept = (ask.frozen, live)
        return self._kept[1] if self._kept else live

    def _fresh(self, view: View, window: list[str], own: bool) -> dict[str, Any]:
        """The rows of the window of which the page does not know the newest word."""
        known, fresh = self._known, {}
        self._known = {}
        for name in window:
            found = _row(view, name, own)
            self._known[name] = found[0]
            if len(before := known.get(name, ())) != len(found[0]) or any(
                one is not other for one, other in zip(before, found[0], strict=True)
            ):
                fresh[name] = found[1]()
        return fresh


def _named(index: OrderIndex, facet: str) -> list[tuple[str, int, Text | None]]:
    """The values of a facet, how many rows have each, and what a body is called."""
    found = sorted((value, count) for (name, value), count in index.facets.items() if name == facet and value)
    return [(value, count, unit_name(value) if facet == "unit" else None) for value, count in found]


def _row(view: View, name: str, own: bool) -> tuple[tuple[object, ...], Any]:
    """What a row is made of, so that it is told again where that is another; and how it is made."""
    orders = view[Orders]
    order_id, _, n = name.partition("/")
    order, lines = orders.orders.get(order_id), orders.lines_of(order_id)
    if order is None:
        return (None,), lambda: None
    alert = view[Alarms].known(order.alerts[0].link.alert) if order.alerts else None
    line = lines.get(n) if own else None
    if line is not None:
        return (order, line, alert), lambda: told_line(line, order, alert)
    return (order, lines, alert), lambda: told_order(order, lines, alert)
