"""Which orders a person sees: whoever works in a receiving unit those that concern it, everybody else all. Pure.

Of an order that rests on a report (举报) whoever is of the body that it is about, or below it, sees nothing, in whatever role:
every page, list, figure and file asks here.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TypeVar

from msgspec.structs import replace

from screen.access.people import Person
from screen.feed.order_flow import OrderFlow
from screen.feed.slices.orders import Orders
from screen.feed.view import View
from screen.orders.list import Looker
from screen.orders.rows import Lines, units_of
from screen.originals.scope import why_no_look
from streams.catalogue.sight import NOBODY, seen
from streams.messages import Order, OrderAudit, encode
from streams.messages.outputs.order import Stamp
from streams.orders.texts import party_of
from streams.places.organs import units

UNIT_ROLES = frozenset({"clerk", "handler", "reviewer", "officer"})
"""Roles in a receiving unit. They see nothing of others: a report about a unit is not for it (信访工作条例 30)."""

OF_CALLER = frozenset({"contact", "call-back"})
"""The acts of which a trail tells whom they reached, and what was said."""

Said = TypeVar("Said", Stamp | None, OrderAudit)

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


def as_seen(
    order: Order, lines: Lines, trail: Sequence[OrderAudit], person: Person
) -> tuple[Order, Lines, Sequence[OrderAudit]]:
    """An order of `known_to` with its lines and trail, where these stand in clear, as a person sees them.

    What a caller said, and who was reached, is for those alone who might look at it if it were sealed.
    """
    marks = person.sees()
    shown, told, entries = seen(order, marks), seen(dict(lines), marks), seen(list(trail), marks)
    party = party_of(order.kind, order.traits, "contact", "who")
    if party == "office" or not why_no_look(party, order, lines, person):
        return shown, told, entries
    text = tuple(seen(part, NOBODY) if part.name == "contact" else part for part in shown.text)
    told = {n: replace(line, contacted=_unsaid(line.contacted)) for n, line in told.items()}
    return replace(shown, text=text), told, [_unsaid(each) if each.event in OF_CALLER else each for each in entries]


def _unsaid(told: Said) -> Said:
    """A stamp, or an entry of a trail, without what was said: who acted stays."""
    return told and replace(seen(told, NOBODY), actor=told.actor)


@lru_cache(maxsize=KEPT)
def _without(view: View, hidden: frozenset[str]) -> View:
    return view.but(view[Orders].without(hidden), view[OrderFlow].without(hidden))
