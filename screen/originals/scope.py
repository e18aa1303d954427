"""Whether something of an order that a person sees is for it to look at or do: by role and by body. Pure."""

from collections.abc import Callable, Mapping

from screen.access.people import Person
from screen.orders.rights import is_theirs
from streams.messages import LOOK, ORDER, ORDER_LOOKS, ORDER_RIGHTS, Order, OrderLine, Party
from streams.messages.rights import Scope

Lines = Mapping[str, OrderLine]

FindOrder = Callable[[str, Person], tuple[Order, Lines] | None]
"""An order and its receivers' lines by id; None where the screen has none for this person (`screen.orders.seen`)."""

_GONE = frozenset({"moved", "withdrawn"})


def why_no_look(party: Party, order: Order, lines: Lines, person: Person) -> str:
    """Why this person may not look at a text of this party; empty where that is allowed.

    Of a caller or reporter: the hotline's people, where theirs has the order, and in a receiving unit whoever handles it.
    """
    if why := person.may_not(LOOK + party):
        return why
    scopes = ORDER_LOOKS[party].scope
    if party != "office":
        scopes = ("line",) if person.role == "handler" else ("issuer", "verifier")
    return _not_for(scopes, order, lines, person)


def why_not(act: str, order: Order, lines: Lines, person: Person) -> str:
    """Why this person may not do this act (`file`, `archive`) beside the order's state; empty where that is allowed."""
    return person.may_not(ORDER + act) or _not_for(ORDER_RIGHTS[act].scope, order, lines, person)


def _not_for(scopes: tuple[Scope, ...], order: Order, lines: Lines, person: Person) -> str:
    """Why an order is not this person's."""
    there = {n: line for n, line in lines.items() if line.state not in _GONE}
    if is_theirs(person, scopes, order, there, ""):
        return ""
    return f"此件不在本账号范围 / this is not for account {person.id!r}: it is for {' or '.join(scopes)} of the order"
