"""What stands beside a draft: orders like it, requests near it, and the inspections of its subject's year. Pure."""

from collections.abc import Iterable
from math import cos, hypot, radians

from msgspec import Struct

from screen.feed.enterprises.inspected import Inspected
from streams.messages import DAY, Alert, Order, Text, begin_of, day_of, parse_time
from streams.orders.matter import TOPIC
from streams.places.inspections import line_of

YEAR = 365 * DAY
"""How far back likes are looked for (the look: 近 12 个月)."""

NEAR_KM = 5.0
"""As on the desk's map."""

KM = 111.195
"""Kilometres of a degree of latitude (mean radius of the Earth 6371.0088 km, IUGG)."""

MERGE_WITHIN = 7 * DAY
"""How far apart two requests may have come that are proposed to be merged (并单); a choice: no source was found."""

MOST = 6
"""Rows that are told of; the others are counted."""


class Like(Struct, frozen=True):
    """An order that is like a draft. `why`: `subject`, `rule` or `near`; `ended`: when (ms), with what it came to."""

    id: str
    number: str
    kind: str
    title: Text
    state: str
    opened: int
    ended: int | None
    outcome: str
    why: str


class Likes(Struct, frozen=True):
    """The newest first, and how many there are; `same`: ids of open orders on the same subject (重复)."""

    count: int
    rows: tuple[Like, ...]
    same: tuple[str, ...]


class Inspection(Struct, frozen=True):
    """That an organ was at an enterprise: a re-inspection, an instrument that it served, a visit of the official platform."""

    at: int
    organ: str
    what: str
    number: str


class Inspections(Struct, frozen=True):
    """Those of a year by month (January first), and by how many organs; the newest first."""

    year: int
    count: int
    organs: int
    months: tuple[int, ...]
    rows: tuple[Inspection, ...]


def likes(
    orders: Iterable[Order], subject: str, alerts: frozenset[str], place: tuple[float | None, float | None], now: int
) -> Likes:
    """Orders of the last 12 months that are like a draft about this subject; `alerts`: known ones of the same rule."""
    found, same = list[Like](), list[str]()
    for order in orders:
        opened = parse_time(order.opened_at)
        own = any(each.link.subject == subject for each in order.alerts)
        if own and not order.ended:
            same.append(order.id)
        why = "subject" if own else "rule" if _of(order, alerts) else "near" if _near(order, place) else ""
        if why and opened > now - YEAR:
            found.append(_like(order, opened, why))
    ranks = {"subject": 0, "near": 1, "rule": 2}
    found.sort(key=lambda each: (ranks[each.why], -each.opened, each.id))
    return Likes(len(found), tuple(found[:MOST]), tuple(same))


def inspections(orders: Iterable[Order], subject: str, now: int, visited: Iterable[Inspected] = ()) -> Inspections:
    """How often organs were here in the year of `now` (涉企检查): what orders have recorded, and `visited` as imported.

    What an order has recorded of an organ's line on the day of one of its imported visits is that visit.
    """
    year, found = day_of(now).year, dict[tuple[str, str, int], Inspection]()
    days = set[tuple[str, str]]()
    for visit in visited:
        each = Inspection(begin_of(visit.day), visit.organ, f"visit-{visit.sort}", visit.task)
        found[visit.organ, visit.subject, each.at] = each
        days.add((line_of(visit.organ), visit.day))
    for order in orders:
        if any(each.link.subject == subject for each in order.alerts):
            for each in _visits(order):
                day = day_of(each.at)
                if day.year == year and (line_of(each.organ), day.isoformat()) not in days:
                    found[each.organ, each.number, each.at] = each
    rows = sorted(found.values(), key=lambda each: -each.at)
    months = [0] * 12
    for each in rows:
        months[day_of(each.at).month - 1] += 1
    return Inspections(year, len(rows), len({each.organ for each in rows}), tuple(months), tuple(rows[:MOST]))


def duplicates(orders: Iterable[Order], matter: Order) -> tuple[Like, ...]:
    """Requests with which a filed one may be merged (并单): open, of the same topic, near it, and come within MERGE_WITHIN."""
    opened = parse_time(matter.opened_at)
    found = [
        _like(each, parse_time(each.opened_at), "near")
        for each in orders
        if each.id != matter.id
        and not each.ended
        and each.kind == matter.kind
        and _topic(each) == _topic(matter)
        and abs(parse_time(each.opened_at) - opened) <= MERGE_WITHIN
        and _together(each, matter)
    ]
    return tuple(sorted(found, key=lambda each: -each.opened)[:MOST])


def _topic(order: Order) -> str | None:
    return order.traits.get(TOPIC, order.traits.get("category"))


def same_rule(alert: Alert, known: Iterable[Alert]) -> frozenset[str]:
    """The ids of known alerts of an alert's rule."""
    return frozenset(each.id for each in known if each.rule == alert.rule)


def _like(order: Order, opened: int, why: str) -> Like:
    ended = parse_time(order.closed_at) if order.closed_at else None
    return Like(order.id, order.number, order.kind, order.title, order.state, opened, ended, order.outcome, why)


def _of(order: Order, alerts: frozenset[str]) -> bool:
    return any(each.link.alert in alerts for each in order.alerts)


def _near(order: Order, place: tuple[float | None, float | None]) -> bool:
    return order.kind == "request" and _apart(order, place) <= NEAR_KM


def _together(order: Order, other: Order) -> bool:
    """Whether two are near one another; without places, in the same district."""
    if None in {order.lon, order.lat, other.lon, other.lat}:
        return bool(order.adcode) and order.adcode == other.adcode
    return _apart(order, (other.lon, other.lat)) <= NEAR_KM


def _apart(order: Order, place: tuple[float | None, float | None]) -> float:
    """Kilometres between an order's place and another; far where either has none."""
    lon, lat = place
    if lon is None or lat is None or order.lon is None or order.lat is None:
        return float("inf")
    return hypot((order.lon - lon) * cos(radians(lat)) * KM, (order.lat - lat) * KM)


def _visits(order: Order) -> list[Inspection]:
    """Of an order the instruments that were served, and its newest inspection."""
    found = [Inspection(parse_time(each.served_at), each.organ, each.kind, each.number) for each in order.instruments]
    if order.inspected is not None:
        actor = order.inspected.actor
        organ = (actor.department if actor else "") or order.verifier
        found.append(Inspection(parse_time(order.inspected.at), organ, "inspection", order.number))
    return found
