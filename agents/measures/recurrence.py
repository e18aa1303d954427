"""回头看复发率: of the orders about alerts that have ended as put right, how many saw the same condition come back.

It is a measure of the condition, from the log alone. Whether somebody reported what was not true (虚假) is a finding about
people, and only a verification can make it (政府督查工作条例 16, 25). The formula and the 90 days are this system's own
(本系统自定).
"""

from collections.abc import Iterable

from msgspec import Struct

from agents.measures.interval import wilson
from streams.messages import DAY, Alert, Order, parse_time

DAYS = 90
"""How long after the end one looks back; a choice."""


class Recurrence(Struct, frozen=True):
    """How often what a kind of orders put right came back within `days`: of `closed` orders `back`.

    `young` of them are not so old yet, so that their figure may still grow. `mark`: where the measure is from.
    """

    kind: str
    closed: int
    back: int
    young: int
    days: int
    mark: str = "本系统自定"

    @property
    def interval(self) -> tuple[float, float]:
        """Between which shares the true one lies with 95 %: the fewer were closed, the wider."""
        return wilson(self.back, self.closed)


def put_right(order: Order) -> bool:
    """Whether an order about alerts has ended as put right: no lawful end while the condition stood, none voided or revoked."""
    counts = order.state in {"closed", "archived"} and not (order.lawful or order.voided)
    return bool(order.alerts) and order.closed_at is not None and counts


def recurrences(orders: Iterable[Order], alerts: Iterable[Alert], now: int, days: int = DAYS) -> list[Recurrence]:
    """The measure by kind of orders at a time (ms).

    Out of it: lawful ends while the condition stood, voided and revoked orders.
    """
    known = {alert.id: alert for alert in alerts}
    begun: dict[tuple[str, str, str], list[int]] = {}
    for alert in known.values():
        begun.setdefault(_alarm(alert), []).append(parse_time(alert.opened_at))
    found: dict[str, list[tuple[bool, bool]]] = {}
    for order in orders:
        about = [known[each.link.alert] for each in order.alerts if each.link.alert in known]
        if not about or order.closed_at is None or not put_right(order):
            continue
        since = parse_time(order.closed_at)
        back = any(since < at <= since + days * DAY for alert in about for at in begun[_alarm(alert)])
        found.setdefault(order.kind, []).append((back, now < since + days * DAY))
    return [
        Recurrence(kind, len(each), sum(back for back, _ in each), sum(young for _, young in each), days)
        for kind, each in sorted(found.items())
    ]


def _alarm(alert: Alert) -> tuple[str, str, str]:
    """What makes two alerts the same condition of the same thing."""
    return alert.rule, alert.subject, alert.item
