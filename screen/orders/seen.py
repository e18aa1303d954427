"""Which orders a person sees: whoever works in a receiving unit those that concern it, everybody else all. Pure.

Of an order that rests on a report (举报) whoever is of the body that it is about, or below it, sees nothing, in whatever role:
every page, list, figure and file asks here.
"""

from collections.abc import Mapping
from functools import lru_cache

from screen.access.people import Person
from screen.feed.order_flow import OrderFlow
from screen.feed.slices.orders import Orders
from screen.feed.view import View
from screen.orders.list import Looker
from screen.orders.rows import Lines, units_of
from streams.messages import Order, encode
from streams.places.organs import units

UNIT_ROLES = frozenset({"clerk", "handler", "reviewer", "officer"})
"""Roles in a receiving unit. They see nothing of others: a report about a unit is not for it (信访工作条例 30)."""

KEPT = 8
"""Views that are kept as those see them from whom something is hidden, so that all pages of a body share one; a choice."""


def looker(person: Person) -> Looker:
    """Who asks, as the list takes it: of its bodies, those below them, and that in whose name an inner office acts."""
    bodies = [each for each in person.departments or (person.unit,) if each]
    own = frozenset(body for each in bodies for body in _of(each))
    within = frozenset(bodies) | {unit.id for each in bodies for unit in units().above(each)}
    return Looker(person.id, own, person.role in UNIT_ROLES, within)


def _of(department: str) -> frozenset[str]:
    known = units()
    below, more = {department}, list(known.children(department))
    while more:
        unit = more.pop()
        if unit.id not in below:
            below.add(unit.id)
            more += known.children(unit.id)
    organ = known.organ(department)
    return frozenset(below | ({organ.id} if organ else set()))


def hidden_from(view: View, who: Looker) -> frozenset[str]:
    """The ids of the orders of which nothing is for who asks."""
    return view[Orders].reports.hidden(who.within)


def view_for(view: View, who: Looker) -> View:
    """The View as if there were no orders but those of which something may be for who asks: no row, number, title or count."""
    hidden = hidden_from(view, who)
    return _without(view, hidden) if hidden else view


def sections_for(view: View, who: Looker, before: Mapping[str, bytes]) -> dict[str, bytes]:
    """The sections of the pages that tell of orders, as who asks may see them; none where they are everybody's.

    One that did not change is the very object of `before`.
    """
    seen = view_for(view, who)
    if seen is view:
        return {}
    told = {**seen[Orders].sections(seen), **seen[OrderFlow].sections(seen)}
    made = {name: encode(value) for name, value in told.items()}
    return {name: before[name] if before.get(name) == value else value for name, value in made.items()}


def may_see(who: Looker, order: Order, lines: Lines) -> bool:
    """Whether an order of `view_for` is for this person to see."""
    return not who.bound or who.units is None or not who.units.isdisjoint(units_of(order, lines))


def known_to(view: View, name: str, person: Person) -> tuple[Order, Lines] | None:
    """An order and its lines by number; None where the screen has none of this id for this person."""
    who = looker(person)
    orders = view_for(view, who)[Orders]
    order, lines = orders.orders.get(name), orders.lines_of(name)
    return (order, lines) if order and may_see(who, order, lines) else None


@lru_cache(maxsize=KEPT)
def _without(view: View, hidden: frozenset[str]) -> View:
    return view.but(view[Orders].without(hidden), view[OrderFlow].without(hidden))
