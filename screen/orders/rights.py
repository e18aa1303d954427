"""What a person may do to an order now, and why not the rest: role, body and state, each from its own table. Pure.

It is what is offered, and what a press is held against before it is sent; what comes of an act, the log says.
"""

from collections.abc import Iterable

from msgspec import Struct

from screen.access.people import Person
from screen.orders.rows import Lines
from streams.messages import Order, OrderLine
from streams.messages.rights import Scope
from streams.orders.kind import LINE_ACTS, OrderKind
from streams.places.organs import units

BESIDE = frozenset({"issue", "purge"})
"""Acts that this page does not offer on an order: one makes it, the other is the keeper's (docs/operate/personal-data.md)."""

ASKED = ("ask-return", "ask-extension")
"""Acts that people look for on every line; a kind that knows none of it says so."""

ALWAYS = frozenset({"deliver", "read"})
"""Acts that the page does by itself."""


class Offer(Struct, frozen=True, omit_defaults=True):
    """An act on an order, or on the line `line`; `why` it may not be done: a word of `order_why`, with what it names.

    `roles` and `scopes` that may; `states` in which it may be done.
    """

    verb: str
    line: str = ""
    why: str = ""
    roles: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()
    states: tuple[str, ...] = ()


def is_of(person: Person, unit: str) -> bool:
    """Whether a person acts for a body, or for one below it; without a unit for none."""
    unit_of = person.actor.department
    return bool(unit_of) and units().is_within(unit_of, unit)


def offers(person: Person, kind: OrderKind, order: Order, lines: Lines, n: str) -> list[Offer]:
    """All acts that orders of this kind know, on the order and on its line `n`: first those that may be done now."""
    line = lines.get(n)
    of_order = [row.act for row in kind.rows if row.act not in LINE_ACTS]
    of_line = [row.act for row in kind.lines if line is not None and line.part in row.parts and row.act in LINE_ACTS]
    asks = ASKED if line is not None and line.part != "assist" else ()
    wanted = [(act, "") for act in dict.fromkeys(of_order)] + [(act, n) for act in dict.fromkeys([*of_line, *asks])]
    found = [offer(person, kind, order, lines, verb, where) for verb, where in wanted if verb not in BESIDE | ALWAYS]
    return sorted(found, key=lambda each: (bool(each.why), each.why != "state"))


def offer(person: Person, kind: OrderKind, order: Order, lines: Lines, verb: str, n: str) -> Offer:
    """One act on the order, or on its line `n`, and why not."""
    right = kind.right(verb, order.state)
    if person.role not in right.roles:
        return Offer(verb, n, "role", roles=tuple(sorted(right.roles)))
    if not is_theirs(person, right.scope, order, lines, n):
        return Offer(verb, n, "unit", scopes=right.scope)
    line = lines.get(n)
    if n and line is not None:
        return _of_line(kind, order, line, verb)
    if verb not in order.verbs:
        return Offer(verb, n, "state", states=_states(kind, verb))
    return Offer(verb, n)


def is_theirs(person: Person, scopes: Iterable[Scope], order: Order, lines: Lines, n: str) -> bool:
    """Whether a person is of a body that does an act of these scopes to the order, or to its line `n`.

    A receiver's people are of it or below it; who issues, verifies or supervises acts itself or by an inner office, and never
    by a receiver of the order: what the core holds an act against (`agents.core.orders.acts`).
    """
    line, main = lines.get(n), lines.get(order.main)
    receivers = {each.unit for each in lines.values() if each.state != "moved"}
    own = {line.unit} if line else {each.unit for each in lines.values()}
    of: dict[Scope, set[str]] = {
        "issuer": {order.issuer, *([line.from_unit] if line else [])},
        "verifier": {order.verifier},
        "supervising": {order.supervising},
    }
    found = {
        "any": True,
        "line": any(is_of(person, unit) for unit in own),
        "main": main is not None and is_of(person, main.unit),
    }
    return any(
        found[scope] if scope in found else any(_stands_for(person, body, receivers) for body in of[scope]) for scope in scopes
    )


def _stands_for(person: Person, body: str, receivers: Iterable[str]) -> bool:
    unit, known = person.actor.department, units()
    if not (unit and body and known.acts_for(unit, body)):
        return False
    return not any(known.is_within(unit, each) and not known.is_within(body, each) for each in receivers)


def _of_line(kind: OrderKind, order: Order, line: OrderLine, verb: str) -> Offer:
    waits = {"decide-return": line.returns, "decide-extension": line.extension, "answer-objection": line.objection}
    asks = {"ask-return": line.returns, "ask-extension": line.extension}
    decided, asked = waits.get(verb), asks.get(verb)
    tests = (
        (verb in waits and (decided is None or not decided.open), "nothing"),
        (asked is not None and asked.open, "waits"),
        (verb == "ask-return" and line.designated, "designated"),
        (verb == "ask-return" and kind.returns is None, "no_return"),
        (verb == "ask-extension" and not _more_time(kind, order, line), "no_extension"),
        (verb in {"pause", "resume"} and not kind.pauses, "no_pause"),
    )
    why = next((word for found, word in tests if found), "")
    if why or verb in line.verbs:
        return Offer(verb, line.n, why)
    states = (state for row in kind.lines if row.act == verb and line.part in row.parts for state in row.from_)
    return Offer(verb, line.n, "state", states=tuple(dict.fromkeys(states)))


def _more_time(kind: OrderKind, order: Order, line: OrderLine) -> bool:
    """Whether any clock of the line may be extended."""
    return any(kind.extensible(clock.name, order.traits) for clock in line.clocks if clock.runs)


def _states(kind: OrderKind, verb: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(state for row in kind.rows if row.act == verb for state in row.from_))
