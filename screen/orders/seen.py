"""Which orders a person sees: whoever works in a receiving unit those that concern it, everybody else all. Pure."""

from screen.access.people import Person
from screen.orders.list import Looker
from screen.orders.rows import Lines, units_of
from streams.messages import Order

UNIT_ROLES = frozenset({"clerk", "handler", "reviewer", "officer"})
"""Roles in a receiving unit. They see nothing of others: a report about a unit is not for it (信访工作条例 30)."""


def looker(person: Person) -> Looker:
    """Who asks, as the list takes it."""
    units = frozenset(person.departments) if person.departments else None
    return Looker(person.id, units, person.role in UNIT_ROLES)


def may_see(who: Looker, order: Order, lines: Lines) -> bool:
    """Whether an order is for this person to see."""
    return not who.bound or who.units is None or not who.units.isdisjoint(units_of(order, lines))
