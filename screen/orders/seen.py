"""Which orders a person sees: whoever works in a receiving unit those that concern it, everybody else all. Pure."""

from screen.access.people import Person
from screen.orders.list import Looker
from screen.orders.rows import Lines, units_of
from streams.messages import Order
from streams.orders.texts import ACCUSED, is_report
from streams.places.organs import units

UNIT_ROLES = frozenset({"clerk", "handler", "reviewer", "officer"})
"""Roles in a receiving unit. They see nothing of others: a report about a unit is not for it (信访工作条例 30)."""


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


def may_see(who: Looker, order: Order, lines: Lines) -> bool:
    """Whether an order is for this person to see; a report (举报) never for whom it is about, in whatever role."""
    if is_report(order.traits) and order.traits.get(ACCUSED) in who.within:
        return False
    return not who.bound or who.units is None or not who.units.isdisjoint(units_of(order, lines))
