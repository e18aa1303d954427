"""Orders in tests: a partition of them, acts by people at times, and what comes of each."""

from typing import Any

from agents.core.orders.fold import Orders
from agents.rulebook.orders import order_rules
from streams.messages import (
    COMMAND,
    FILED,
    REVISED,
    TICK,
    Actor,
    Alert,
    Clause,
    Department,
    Matter,
    Name,
    Order,
    OrderAudit,
    OrderLine,
    Place,
    Text,
    event_bytes,
    format_time,
    parse_time,
)
from streams.messages.orders import Issue, Link, OrderAct, Receiver
from streams.outputs import Output

ORDER = "0123456789abcdef0123456789abcdef"
HOTLINE, COMMAND_CENTRE, ECOLOGY, BRANCH = "zz-hotline", "zz-command", "zz-ee", "zz-ee-410105"
START = "2026-03-06T09:00:00+08:00"
"""A Friday."""


def actor(role: str, unit: str, name: str = "") -> Actor:
    """Somebody of a unit in a role."""
    return Actor(id=name or f"{role}@{unit}", role=role, department=unit)


class OrderPartition:
    """One partition of orders; what it gives stands in `told`, `orders` and `lines`, the newest of each."""

    def __init__(self, start: str = START) -> None:
        self.fold = Orders(order_rules("4101"), "t.events.orders", 0)
        self.log: list[tuple[int, bytes | None, bytes]] = []
        self.told: list[Output] = []
        self.orders: dict[str, Order] = {}
        self.lines: dict[str, OrderLine] = {}
        self.tick(start)

    def give(self, value: bytes, key: str | None = None) -> list[Output]:
        """Fold one record, and keep what comes of it."""
        record = (len(self.log), None if key is None else key.encode(), value)
        self.log.append(record)
        out = self.fold.run([record])
        self.told += out
        for each in out:
            if isinstance(each, Order):
                self.orders[each.id] = each
            elif isinstance(each, OrderLine):
                self.lines[each.id] = each
        return out

    def tick(self, at: str) -> list[Output]:
        """Time goes on."""
        self.time = parse_time(at)
        return self.give(event_bytes(type=TICK, source="clock", id=at, time=at))

    def issue(self, order: str = ORDER, **said: Any) -> list[Output]:
        """Issue an order."""
        given: dict[str, Any] = {
            "kind": "lead",
            "actor": actor("dispatcher", ECOLOGY),
            "title": Text("疑似氮氧化物超标", "Suspected NOx"),
            "receivers": (Receiver(unit=BRANCH, part="main"),),
        }
        return self._write("issue", Issue(order=order, **given | said), order)

    def act(self, verb: str, by: Actor, order: str = ORDER, **said: Any) -> list[Output]:
        """Do an act."""
        return self._write(verb, OrderAct(order=order, actor=by, **said), order)

    def filed(self, matter: Matter, order: str) -> list[Output]:
        """A matter comes in, or goes on."""
        event = event_bytes(
            type=FILED, source="judge", id=f"{matter.id}/{matter.n}", time=format_time(self.time), subject=order, data=matter
        )
        return self.give(event, order)

    def alert(self, alert: Alert, order: str = ORDER) -> list[Output]:
        """A revision of an alert of the order."""
        event = event_bytes(
            type=REVISED,
            source="judge",
            id=f"{alert.id}/{alert.audit}",
            time=format_time(self.time),
            subject=order,
            data=alert,
        )
        return self.give(event, order)

    def _write(self, verb: str, data: Issue | OrderAct, order: str) -> list[Output]:
        event = event_bytes(
            type=f"{COMMAND}order.{verb}",
            source="test",
            id=str(len(self.log)),
            time=format_time(self.time),
            subject=order,
            data=data,
        )
        return self.give(event, order)


def entries(out: list[Output]) -> list[tuple[str, str, str]]:
    """Event, line and reason of each entry."""
    return [(each.event, each.line, each.reason) for each in out if isinstance(each, OrderAudit)]


def hotline_matter(**said: Any) -> Matter:
    """A complaint to the hotline."""
    given: dict[str, Any] = {
        "id": "request/1",
        "kind": "request",
        "number": "1",
        "step": "received",
        "n": 1,
        "at": "2026-03-06T09:00:00+08:00",
        "subject": "hotline-1",
        "title": Text("12345诉求", "Request"),
        "traits": {"nature": "complaint"},
    }
    return Matter(**given | said)


def rating(**said: Any) -> Matter:
    """A bad rating of a window that belongs to the district's government."""
    given: dict[str, Any] = {
        "id": "rating/1",
        "kind": "rating",
        "number": "1",
        "step": "rated",
        "n": 1,
        "at": "2026-03-06T09:00:00+08:00",
        "subject": "window-1",
        "unit": "gov-410105",
        "title": Text("政务服务差评", "Bad rating"),
    }
    return Matter(**given | said)


def link(alert: str = "a" * 32) -> Link:
    """An alert that an order is about."""
    return Link(domain="environment", subject="S1", alert=alert, occurrence=1)


def alert_of(*, active: bool = True, audit: int = 1, cleared_at: str | None = None) -> Alert:
    """The alert of `link`, as stage 1 would have it."""
    text = Text("x", "x")
    return Alert(
        id="a" * 32,
        rev=audit,
        occurrence=1,
        log="t",
        domain="environment",
        rule="r",
        rule_version="v",
        row="",
        title=text,
        clause=Clause(id="c", edition="e", article="a", text=text, mark="V"),
        phase="in-process",
        severity="red",
        state="B" if active else "D",
        active=active,
        subject="S1",
        name=Name("x"),
        item="",
        value=None,
        limit=None,
        unit="",
        lon=None,
        lat=None,
        adcode="410105",
        department=Department("zz-ee", text),
        guidance=text,
        opened_at=START,
        raised_at=START,
        changed_at=START,
        cleared_at=cleared_at,
        due=None,
        evidence=(),
        verbs=(),
        note=None,
        place=Place("t.events.environment", 0, audit),
        audit=audit,
        head="0" * 64,
    )
