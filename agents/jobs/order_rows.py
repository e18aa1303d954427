"""What the files of a replay hold of orders: the whole, lines at work, entries of their trails. Times in ms. Pure.

Clocks alone have their times as the pages of orders get them (RFC 3339), so that the same pieces draw them.
"""

from collections.abc import Iterable
from typing import Any

from streams.catalogue.sight import NOBODY, seen
from streams.messages import Order, OrderAudit, OrderClock, OrderLine, Text, parse_time, whole_reason
from streams.orders.kinds import kinds
from streams.orders.words import states
from streams.places.organs import units

DONE = frozenset({"accepted", "moved", "withdrawn"})
"""The states of a line at which nobody works any more."""


def order(of: Order) -> dict[str, Any]:
    """What lists and its story show of an order."""
    kind = kinds().get(of.kind)
    return {
        "id": of.id,
        "rev": of.rev,
        "entry": of.audit,
        "number": of.number,
        "kind": of.kind,
        "kind_title": kind.title if kind else Text(of.kind, of.kind),
        "state": of.state,
        "state_title": states(kind).get(of.state, Text(of.state, of.state)),
        "round": of.round,
        "title": of.title,
        "urgent": of.urgent,
        "issuer": of.issuer,
        "issuer_name": body_name(of.issuer),
        "verifier": of.verifier,
        "supervising": of.supervising,
        "main": of.main,
        "lines": of.lines,
        "parent": of.parent,
        "matter": of.matter,
        "alerts": [each.link.alert for each in of.alerts],
        "outcome": of.outcome,
        "ended": of.ended,
        "proposed": _ms(of.proposed),
        "clocks": _clocks(of.clocks),
        "lon": of.lon,
        "lat": of.lat,
        "adcode": of.adcode,
        "opened": parse_time(of.opened_at),
        "changed": parse_time(of.changed_at),
    }


def line(of: OrderLine) -> dict[str, Any]:
    """What is shown of a receiver's line."""
    return {
        "id": of.id,
        "rev": of.rev,
        "entry": of.audit,
        "order": of.order,
        "n": of.n,
        "under": of.under,
        "part": of.part,
        "unit": of.unit,
        "unit_name": body_name(of.unit),
        "state": of.state,
        "ended": of.state in DONE,
        "sent": parse_time(of.sent),
        "signed": None if of.signed is None else parse_time(of.signed.at),
        "urged": of.urged,
        "clocks": _clocks(of.clocks),
        "changed": parse_time(of.changed_at),
    }


def entry(of: OrderAudit, *, spoken: bool) -> dict[str, Any]:
    """An entry of an order's trail as a story shows it; without what was said where it is not `spoken` of."""
    of = seen(of, NOBODY)
    actor, said = of.actor, whole_reason(of) if spoken else Text("", "")
    return {
        "order": of.order,
        "n": of.n,
        "at": parse_time(of.at),
        "event": of.event,
        "verb": of.verb,
        "line": of.line,
        "before": of.before,
        "after": of.after,
        "actor": None if actor is None else {"id": actor.id, "name": actor.shown, "role": actor.role, "unit": actor.department},
        "told": of.told,
        "reason": said if said.zh != said.en else said.en,
    }


def _clocks(of: Iterable[OrderClock]) -> list[dict[str, Any]]:
    return [
        {
            "name": each.name,
            "limit": each.limit,
            "start": each.start,
            "due": each.due,
            "first_due": each.first_due,
            "provisional": each.provisional,
            "pauses": [{"kind": pause.kind, "begin": pause.begin, "end": pause.end} for pause in each.pauses],
            "met": each.met,
            "dropped": each.dropped,
            "warned": each.warned,
            "late": each.late,
            "mark": each.mark,
        }
        for each in of
    ]


def body_name(unit: str) -> Text:
    """The name of a public body; its id where it is not in the list."""
    found = units().get(unit)
    return found.name if found else Text(unit, unit)


def _ms(at: str | None) -> int | None:
    return parse_time(at) if at else None
