"""The sheet 一键下达: all that a person sees before an order is sent, made anew whenever the draft changes."""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from hashlib import blake2s
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from screen.access.people import Person
from screen.acts.requests import Key
from screen.dispatch.checks import checks
from screen.dispatch.draft import PARTS, Draft, Named, draft, in_both
from screen.dispatch.likes import inspections, likes, same_rule
from screen.dispatch.limits import Due, dues, own
from screen.dispatch.receivers import Ground, Load, Receivers, Wanted, proposal
from screen.dispatch.sender import sender_of
from screen.dispatch.steps import Steps, steps
from screen.dispatch.visits import Errand, credit_of, priority_of, visits
from screen.feed.order_flow import OrderFlow
from screen.feed.slices.alarms import Alarms
from screen.feed.slices.clock import Clock
from screen.feed.slices.incidents import Incidents
from screen.feed.slices.law_in_force import LawInForce
from screen.feed.slices.orders import Orders
from screen.feed.slices.shifts import Shifts
from screen.feed.slices.subjects import Subjects
from screen.feed.slices.trails import Trails
from screen.feed.view import View
from screen.i18n.texts import texts
from screen.orders.seen import looker, view_for
from screen.wall.incidents import of_alert
from streams import places
from streams.catalogue.sight import NOBODY, seen
from streams.messages import Alert, Order, OrderLine, Text, day_of, encode
from streams.messages.orders import PaperKind, Passage
from streams.orders.kinds import kinds
from streams.orders.secrecy import REFUSED
from streams.orders.wording import wording
from streams.organs.routing import Asked
from streams.organs.unit import Units
from streams.places import organs
from streams.places.inspections import CAUSE, causes

PUBLIC = frozenset(
    {
        "air_station",
        "arrears_office",
        "gov_media",
        "gov_site",
        "government",
        "hotline",
        "information_office",
        "licence_office",
        "notice_channel",
        "petition_office",
        "petition_unit",
        "service_window",
    }
)
"""Kinds of subjects that public bodies run; whoever runs another is taken for an enterprise, which receives no order."""

HANDLE = "handle"
"""The clock to which a limit of the issuer's applies."""

MOST_EVIDENCE = 4
"""Records of the evidence that are told of; the others are counted."""


class SheetRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """What the page sends whenever its draft changes: the alert, the key of the press to come, what a person has changed.

    `receivers`, `text`, `title`: None while nobody has changed them. `verdict`: what was found, where the alert says nothing.
    `cause`: why the enterprise may be inspected beyond its yearly cap.
    """

    alert: Annotated[str, Meta(max_length=64)]
    key: Key
    paper: PaperKind = "work-order"
    receivers: Annotated[tuple[Wanted, ...], Meta(max_length=60)] | None = None
    title: Annotated[str, Meta(max_length=200)] | None = None
    text: Annotated[tuple[Passage, ...], Meta(max_length=8)] | None = None
    verdict: Literal["", "true", "false", "unclear"] = ""
    urgent: bool | None = None
    cause: Literal["", "complaint", "assigned", "monitoring", "accident", "applied"] = ""


def sheet(view: View, person: Person, asked: SheetRequest) -> dict[str, Any] | None:
    """All of the sheet; None where the alert is not known."""
    view = view_for(view, looker(person))
    alert = view[Alarms].known(asked.alert)
    if alert is None:
        return None
    now = view[Clock].now or 0
    day = day_of(now)
    units = bodies(day)
    sender = sender_of(person, units)
    receivers = _receivers(view, alert, asked, units, day, sender)
    made = draft(alert, _named(alert, receivers.sender_name), receivers.basis, _incident(view, alert))
    said = made.text if asked.text is None else asked.text
    title = made.title if asked.title is None else Text(asked.title, asked.title)
    verdict = made.verdict or asked.verdict
    clocks = _clocks(view, made, receivers, now)
    found = wording("\n".join([title.zh, *(str(each.words) for each in said)]))
    organs = frozenset(each.unit for each in receivers.candidates if each.part != "assist")
    inspected = visits(view, alert.subject, Errand(organs, alert.adcode, now))
    cause = asked.cause if any(each.reached for each in inspected.caps) else ""
    beside = likes(_orders(view, alert), alert.subject, _alike(view, alert), (alert.lon, alert.lat), now)
    return {
        "order": order_id(alert, person.id, asked.key),
        "kind": {"id": made.kind, "title": kinds()[made.kind].title},
        "paper": asked.paper,
        "title": title,
        "text": [{"name": each.name, "words": each.words} for each in said],
        "parts": PARTS,
        "changed": asked.text is not None or asked.title is not None,
        "urgent": made.urgent if asked.urgent is None else asked.urgent,
        "verdict": verdict,
        "verified": alert.verified or None,
        "receivers": receivers,
        "units": [{"id": each.id, "name": each.name, "kind": each.kind} for each in units if each.kind != "enterprise"],
        "clocks": clocks,
        "now": now,
        "wording": found,
        "secret": REFUSED if found.secret else None,
        "checks": checks(verdict, receivers, found, clocks, beside, inspected, cause),
        "likes": beside,
        "inspections": inspections(_about(view, alert.subject), alert.subject, now, inspected.rows),
        "visits": inspected,
        "causes": dict(causes()),
        "credit": credit_of(view, alert.subject, person),
        "priority": priority_of(view, alert.subject, person),
        "evidence": {"count": len(alert.evidence), "rows": alert.evidence[-MOST_EVIDENCE:][::-1]},
        "fields": _fields(made, cause),
        "sends": may_issue(person),
        "steps": steps_of(view, alert),
    }


def order_id(alert: Alert, person: str, key: str) -> str:
    """BLAKE2s-128 (hex) of what makes it this order: the occurrence that it is about, who sends it, and the press."""
    return blake2s(encode([alert.id, alert.occurrence, person, key]), digest_size=16).hexdigest()


def may_issue(person: Person) -> str:
    """Why this person may send no order, or an empty text."""
    return person.may_not("order.issue")


def steps_of(view: View, alert: Alert) -> Steps:
    """The six steps of the desk on an alert."""
    shifts = view[Shifts]
    note = shifts.newest().get(alert.department.id)
    taken = shifts.takeovers.get(note.id) if note else None
    return steps(alert, view[Trails].trails.get(alert.id, ()), _tied(view, alert), note, taken)


@lru_cache(maxsize=2)
def bodies(day: date) -> Units:
    """The bodies of this place on a day."""
    return organs.units().at(day)


def _receivers(view: View, alert: Alert, asked: SheetRequest, units: Units, day: date, sender: str) -> Receivers:
    ground = Ground(organs.routes(), units, organs.correspondence(), view[OrderFlow].loads)
    kind = status.kind if (status := view[Subjects].subjects.get(alert.subject)) else ""
    name = in_both(seen(alert, NOBODY).name)
    matter = Asked(
        day=day,
        rule=alert.rule,
        department=alert.department.id,
        adcode=alert.adcode,
        lon=alert.lon,
        lat=alert.lat,
        subject=kind,
    )
    return proposal(ground, matter, sender, asked.paper, None if kind in PUBLIC else name, asked.receivers)


def _named(alert: Alert, sender: Text) -> Named:
    words = texts()["zh"]
    district = places.areas().get(alert.adcode)
    item, unit = words.get("item", {}), words.get("measure", {})
    return Named(
        district.zh if district else "", str(item.get(alert.item, "")), str(unit.get(alert.unit, alert.unit)), sender.zh
    )


def _incident(view: View, alert: Alert) -> str:
    found = of_alert(view, alert.id)
    return found.id if found and found.id in view[Incidents].incidents else ""


def _clocks(view: View, made: Draft, receivers: Receivers, now: int) -> list[Due]:
    calendar = view[LawInForce].law.calendar
    timed = [each for each in receivers.candidates if each.limit and each.part != "assist"]
    given = [own(HANDLE, each.part, each.limit, calendar, now) for each in timed]
    by_kind = {each.part for each in receivers.candidates if each not in timed}
    found = dues(kinds()[made.kind], [each.part for each in receivers.candidates], made.traits, calendar, now)
    return [*(each for each in found if each.clock != HANDLE or each.part in by_kind), *given]


def _about(view: View, subject: str) -> Iterable[Order]:
    orders = view[Orders].orders
    found = (orders.get(name) for name in view[OrderFlow].about(subject))
    return [each for each in found if each is not None]


def _orders(view: View, alert: Alert) -> Iterable[Order]:
    """What may be like the alert's order: those on its subject, open requests, those on known alerts of its rule."""
    orders, flow = view[Orders].orders, view[OrderFlow]
    names = set(flow.about(alert.subject)) | set(flow.requests)
    for each in _past(view, alert):
        names |= flow.about(each.subject)
    return [found for name in names if (found := orders.get(name)) is not None]


def _past(view: View, alert: Alert) -> list[Alert]:
    """Known alerts of the same rule: those that have ended, and those that stand."""
    alarms = view[Alarms]
    standing = (each for each in alarms.alerts.values() if each.rule == alert.rule)
    return [*alarms.past.get(alert.rule, ()), *standing]


def _alike(view: View, alert: Alert) -> frozenset[str]:
    return same_rule(alert, _past(view, alert))


def _tied(view: View, alert: Alert) -> list[tuple[Order, list[OrderLine]]]:
    """The orders about this very alert, with their lines."""
    orders = view[Orders]
    about = [each for each in _about(view, alert.subject) if any(one.link.alert == alert.id for one in each.alerts)]
    return [(each, list(orders.lines_of(each.id).values())) for each in about]


def _fields(made: Draft, cause: str) -> dict[str, Any]:
    """The fields of an `Issue` that the page sends back as they are."""
    return {
        "kind": made.kind,
        "traits": {**made.traits, CAUSE: cause} if cause else made.traits,
        "adcode": made.adcode,
        "lon": made.lon,
        "lat": made.lat,
        "alerts": made.alerts,
        "incident": made.incident,
    }


def loads_of(view: View) -> dict[str, Load]:
    """The loads of all units with something in hand."""
    return {unit: load for unit, load in view[OrderFlow].loads.items() if load.open}
