"""Whether something of an order is for a person to see or do: by role, by body, and never for whom a report is about. Pure."""

from collections.abc import Callable, Mapping

from screen.access.people import Person
from streams.messages import LOOK, ORDER, ORDER_LOOKS, ORDER_RIGHTS, Order, OrderLine, Party
from streams.messages.rights import Scope
from streams.orders.texts import ACCUSED, is_report
from streams.places.organs import units

Lines = Mapping[str, OrderLine]

FindOrder = Callable[[str], tuple[Order, Lines] | None]
"""An order and its receivers' lines by id; None where the screen has none."""

_HANDLERS = frozenset({"handler"})


def why_no_look(party: Party, order: Order, lines: Lines, person: Person) -> str:
    """Why this person may not look at a text of this party; empty where that is allowed."""
    if why := person.may_not(LOOK + party) or hidden(order, person):
        return why
    scopes = ORDER_LOOKS[party].scope
    if party != "office" and person.role in _HANDLERS:
        scopes = ("line",)
    return _outside(scopes, order, lines, person)


def why_no_file(order: Order, lines: Lines, person: Person) -> str:
    """Why this person may not put a file to an order; empty where that is allowed."""
    return person.may_not(ORDER + "file") or hidden(order, person) or _outside(ORDER_RIGHTS["file"].scope, order, lines, person)


def why_not_archive(order: Order, lines: Lines, person: Person) -> str:
    """Why the file of an order (归档) is not for this person; empty where it is."""
    right = ORDER_RIGHTS["archive"]
    return person.may_not(ORDER + "archive") or hidden(order, person) or _outside(right.scope, order, lines, person)


def hidden(order: Order, person: Person) -> str:
    """Why nothing of an order is for this person: it rests on a report about a unit of theirs (信访工作条例 30)."""
    accused = order.traits.get(ACCUSED, "")
    if is_report(order.traits) and accused and _is_of(person, accused):
        return "此件不在本账号范围 / this is not for this account"
    return ""


def _outside(scopes: tuple[Scope, ...], order: Order, lines: Lines, person: Person) -> str:
    if not person.departments or "any" in scopes:
        return ""
    bodies: dict[Scope, set[str]] = {
        "issuer": {order.issuer},
        "line": {line.unit for line in lines.values() if line.state not in {"moved", "withdrawn"}},
        "main": {line.unit for n, line in lines.items() if n == order.main},
        "verifier": {order.verifier or order.issuer},
        "supervising": {order.supervising} - {""},
    }
    wanted = set().union(*(bodies.get(scope, set()) for scope in scopes))
    if not any(_is_of(person, unit) for unit in wanted):
        return (
            f"此件属 {'、'.join(sorted(wanted))} / it is {', '.join(sorted(wanted))}'s; account {person.id!r} is not of these"
        )
    return ""


def _is_of(person: Person, unit: str) -> bool:
    """Whether a person is of a body, or of one below it."""
    return any(units().is_within(department, unit) for department in person.departments)
