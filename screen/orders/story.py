"""All that is known of one order: itself, its lines, what may be done, its trail, its alerts and the data of its kind. Pure."""

from typing import Any

from screen.access.people import Person
from screen.feed.slices.alarms import Alarms
from screen.feed.slices.clock import Clock
from screen.feed.slices.orders import Orders
from screen.feed.view import View
from screen.i18n.texts import unit_name
from screen.i18n.trail_text import order_text
from screen.orders.rights import is_of, offers
from screen.orders.rows import Lines, units_of
from screen.orders.seen import as_seen, known_to
from streams.catalogue.sight import seen
from streams.messages import Alert, Order, OrderAudit, OrderLine, Sealed
from streams.orders.kind import DECISIONS, DESIGNATED, REFERRED, TRAITS, OrderKind
from streams.orders.kinds import kinds
from streams.orders.words import states

MOST_LINES = 500
"""Lines of an order that are told at most, as many as it may have at its issue."""


def story(view: View, name: str, n: str, person: Person, behalf: str = "") -> dict[str, Any] | None:
    """An order and its line `n` as this person may see them; None for one that is not known, or not to this person.

    `behalf`: for whom the person wants to act; what may be done is that person's then, and else the own.
    Without `n` the line is the person's own, or the one that waits for a decision, or the main one.
    """
    orders, found = view[Orders], known_to(view, name, person)
    if found is None:
        return None
    order, lines = found
    shown, told, trail = as_seen(order, lines, orders.trails.get(name, ()), person)
    acting = person.standing_in(behalf)
    behalf, person = (behalf, acting) if acting else ("", person)
    kind = kinds().get(order.kind)
    chosen = n if n in lines else chosen_line(person, order, lines)
    units = units_of(order, lines) | {each.unit for line in lines.values() for each in _asked(line)}
    return {
        "order": shown,
        "lines": [told[each] for each in sorted(lines, key=_place)[:MOST_LINES]],
        "line": chosen,
        "mine": [each.n for each in lines.values() if is_of(person, each.unit)],
        "units": {
            unit: unit_name(unit) for unit in sorted(units | {each.get("unit", "") for each in map(_told, trail)}) if unit
        },
        "kind": _kind(kind, lines.get(chosen)) if kind else None,
        "offers": offers(person, kind, order, lines, chosen) if kind else [],
        "alerts": {each.link.alert: _alert(view, each.link.alert, person) for each in order.alerts},
        "parent": _near(known_to(view, order.parent, person)),
        "trail": [_happened(entry) for entry in trail],
        "behalf": behalf,
        "now": view[Clock].now,
    }


def _alert(view: View, name: str, person: Person) -> Alert | None:
    found = view[Alarms].known(name)
    return found and seen(found, person.sees(found))


def chosen_line(person: Person, order: Order, lines: Lines) -> str:
    """The line that a person looks at first."""
    own = [line for line in lines.values() if is_of(person, line.unit)]
    waits = [line for line in lines.values() if any(each.open for each in _asked(line))]
    for found in (own, waits):
        if found:
            return found[0].n
    return order.main if order.main in lines else next(iter(lines), "")


def _asked(line: OrderLine) -> list[Any]:
    return [each for each in (line.returns, line.extension, line.objection) if each]


def _told(entry: OrderAudit) -> dict[str, str]:
    return entry.told


def _place(n: str) -> list[int]:
    return [int(part) if part.isdigit() else 0 for part in n.split(".")]


def _kind(kind: OrderKind, line: OrderLine | None) -> dict[str, Any]:
    """What the page needs of a kind, looking at a line: its words, ends, pauses, and what acts may come to."""
    return {
        "id": kind.id,
        "title": kind.title,
        "close": kind.close,
        "states": states(kind),
        "clocks": kind.clocks,
        "ends": {name: {"title": end.title, "basis": end.basis, "lawful": end.lawful} for name, end in kind.ends.items()},
        "outcomes": {verb: outcomes_of(kind, verb) for verb in TRAITS} | {"decide-return": decisions(kind, line)},
        "pauses": {name: {"title": pause.title, "basis": pause.basis} for name, pause in kind.pauses.items()},
        "extension": kind.extension,
        "returns": kind.returns,
        "basis": kind.basis,
    }


def outcomes_of(kind: OrderKind, verb: str) -> list[str]:
    """What an act may come to that chooses a clock (`streams.orders.kind.TRAITS`)."""
    return list(dict.fromkeys(row.when[TRAITS[verb]] for row in kind.limits if TRAITS[verb] in row.when))


def decisions(kind: OrderKind, line: OrderLine | None) -> list[str]:
    """What the return of a line may come to: once it was referred (报请指定) it is only designated."""
    if line and line.returns and line.returns.decision == REFERRED:
        return [DESIGNATED]
    return [each for each in DECISIONS if each != REFERRED or kind.refers]


def _near(found: tuple[Order, Lines] | None) -> dict[str, Any] | None:
    order = found[0] if found else None
    return {"id": order.id, "number": order.number, "title": order.title} if order else None


def _happened(entry: OrderAudit) -> dict[str, Any]:
    """An entry as the page shows it; by `place` the page knows what its own act has come to.

    `sealed`: the reference where the person's words are sealed.
    """
    return {
        "n": entry.n,
        "at": entry.at,
        "event": entry.event,
        "verb": entry.verb,
        "line": entry.line,
        "before": entry.before,
        "after": entry.after,
        "actor": entry.actor,
        "behalf": entry.behalf,
        "reason": order_text(entry),
        "told": entry.told,
        "sealed": entry.words if isinstance(entry.words, Sealed) else None,
        "place": entry.place,
        "hash": entry.hash,
    }
