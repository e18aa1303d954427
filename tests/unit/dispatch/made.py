"""What the tests of dispatching stand on: the alert of the look, an order about it, a line of it."""

from typing import Any

from msgspec.structs import replace

from streams.messages import (
    Actor,
    Alert,
    Audit,
    Name,
    Note,
    Order,
    OrderLine,
    Place,
    Text,
    Verification,
    format_time,
    parse_time,
)
from streams.messages.orders import Link
from streams.messages.outputs.order import Linked, OrderClock
from tests.support.town import alert

LOG = "t"
NOW = parse_time("2026-11-24T14:36:00+08:00")
WANG = Actor(id="wang", name="王敏", role="supervisor", department="zz-ee")
NOWHERE = Place("t.events.orders", 0, 1)
SUBJECT = "source.410182.plant.2"


def plant(**changes: Any) -> Alert:
    """A gas boiler in Xingyang: 431 of 200 mg/m³ at 13:00 (the look)."""
    made = alert(LOG, 3, NOW)
    given = {
        "title": Text("氮氧化物小时均值超限", "Hourly NOx above the limit"),
        "name": Name("第三热源厂2号炉", "Third Heat Plant, boiler 2"),
        "subject": SUBJECT,
        "adcode": "410182",
        "item": "nox",
        "value": 431.0,
        "limit": 200.0,
        "unit": "mg/m³",
        "severity": "red",
        "raised_at": "2026-11-24T13:03:11+08:00",
    }
    return replace(made, **(given | changes))


def verified(one: Alert, finding: Any = "true") -> Alert:
    """The alert after its verification."""
    note = Note(verb="verify", actor=WANG, reason="电话核实", at="2026-11-24T14:29:00+08:00")
    return replace(one, verified=Verification(finding=finding, note=note))


def entry(one: Alert, n: int, event: str, at: str, **changes: Any) -> Audit:
    """An entry of its trail."""
    return Audit(
        **(
            {
                "alert": one.id,
                "n": n,
                "rev": n,
                "at": at,
                "event": event,
                "verb": event,
                "before": "B",
                "after": "B",
                "occurrence": one.occurrence,
                "severity": one.severity,
                "actor": WANG,
                "reason": "",
                "place": NOWHERE,
                "prev": "",
                "hash": "",
            }
            | changes
        )
    )


def order(n: int, opened: str, **changes: Any) -> Order:
    """An order about the plant."""
    linked = Linked(link=Link(domain="environment", subject=SUBJECT, alert=f"{n:032x}", occurrence=1), active=True)
    given: dict[str, Any] = {
        "id": f"{n:032x}",
        "rev": n,
        "log": LOG,
        "kind": "lead",
        "book": "",
        "number": f"GD-20261124-{n:04}",
        "round": 1,
        "state": "sent",
        "title": Text("疑似氮氧化物超限", "Suspected NOx"),
        "text": (),
        "paper": "work-order",
        "urgent": False,
        "traits": {},
        "issuer": "zz-ee",
        "verifier": "zz-ee",
        "supervising": "",
        "actor": WANG,
        "adcode": "410182",
        "lon": 113.39,
        "lat": 34.79,
        "alerts": (linked,),
        "incident": "",
        "parent": "",
        "matter": "",
        "verdict": "true",
        "lines": 1,
        "main": "1",
        "clocks": (),
        "opened_at": opened,
        "changed_at": opened,
        "place": NOWHERE,
        "audit": 1,
        "head": "",
    }
    return Order(**(given | changes))


def line(of: Order, n: str = "1", **changes: Any) -> OrderLine:
    """A receiver's line."""
    given: dict[str, Any] = {
        "id": f"{of.id}/{n}",
        "rev": 1,
        "log": LOG,
        "order": of.id,
        "n": n,
        "under": "",
        "part": "main",
        "unit": "zz-ee-410182",
        "from_unit": of.issuer,
        "state": "sent",
        "sent": of.opened_at,
        "changed_at": of.opened_at,
        "place": NOWHERE,
        "audit": 1,
        "head": "",
    }
    return OrderLine(**(given | changes))


def clock(name: str, due: str, **changes: Any) -> OrderClock:
    """A clock that runs."""
    given: dict[str, Any] = {
        "name": name,
        "limit": "2 working-hours",
        "start": "2026-11-24T14:36:00+08:00",
        "due": due,
        "first_due": due,
        "warn": due,
        "source": Text("", ""),
        "place": "",
        "mark": "default",
    }
    return OrderClock(**(given | changes))


def at(text: str) -> str:
    """A moment of 24 November 2026."""
    return format_time(parse_time(f"2026-11-24T{text}:00+08:00"))
