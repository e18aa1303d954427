"""What stands around an alert: past ones like it, its neighbours, its subject, the time it has. Pure."""

from collections.abc import Iterable, Sequence
from math import cos, hypot, radians
from typing import Any

from screen.access.people import Person
from screen.desk.worktime import days, worked
from screen.feed.rows import row
from screen.feed.slices.alarms import Alarms
from screen.feed.slices.clock import Clock
from screen.feed.slices.law_in_force import LawInForce
from screen.feed.slices.subjects import Subjects
from screen.feed.slices.trails import Trails
from screen.feed.view import View
from screen.wall.marks import letter
from streams.calendar.working_time import Calendar
from streams.catalogue.sight import seen
from streams.messages import DAY, Alert, Audit, Sealed, Words, parse_time, shown
from streams.places.duties import acting

NEAR_KM = 5.0
"""How far a neighbour may be (docs/operate/desk.md; the look's circle)."""

WIDE_KM, HIGH_KM = 21.0, 12.4
"""Half the width and the height of the small map."""

KM = 111.195
"""Kilometres of a degree of latitude (mean radius of the Earth 6371.0088 km, IUGG)."""

MOST_SIMILAR, MOST_NEAR, MOST_OPEN = 8, 120, 6
"""How many are told of; the others are counted."""


def around(view: View, alert: Alert, person: Person) -> dict[str, Any]:
    """All of it at the View's time, as the person sees it."""
    now = view[Clock].now or 0
    return {
        "similar": similar(view, alert, person),
        "near": near(view, alert, person),
        "subject": subject(view, alert, person),
        "deadlines": deadlines(view[LawInForce].law.calendar, alert, now),
    }


def similar(view: View, alert: Alert, person: Person) -> dict[str, Any]:
    """Ended alerts of its rule, the newest first; of how many the subject is its own."""
    past = {one.id: one for one in view[Alarms].past.get(alert.rule, ()) if one.id != alert.id}
    found = sorted(past.values(), key=lambda one: parse_time(one.raised_at), reverse=True)
    return {
        "count": len(found),
        "own": sum(one.subject == alert.subject for one in found),
        "rows": [_past(view, one, alert, person) for one in found[:MOST_SIMILAR]],
    }


def near(view: View, alert: Alert, person: Person) -> dict[str, Any] | None:
    """The other open alerts on the small map, the nearest first, and how many are within NEAR_KM; None without a place."""
    if alert.lon is None or alert.lat is None:
        return None
    narrow = cos(radians(alert.lat)) * KM
    wide, high = WIDE_KM / narrow, HIGH_KM / KM
    found = [
        (hypot((one.lon - alert.lon) * narrow, (one.lat - alert.lat) * KM), one)
        for one in view[Alarms].alerts.values()
        if one.lon is not None
        and one.lat is not None
        and abs(one.lon - alert.lon) <= wide
        and abs(one.lat - alert.lat) <= high
        and one.id != alert.id
    ]
    found.sort(key=lambda each: (each[0], each[1].id))
    return {
        "within": sum(km <= NEAR_KM for km, _ in found),
        "marks": [_mark(seen(one, person.sees(one))) for _, one in found[:MOST_NEAR]],
    }


def subject(view: View, alert: Alert, person: Person) -> dict[str, Any]:
    """What is known of its subject: who acts there, kind and newest values where it has any, and its other open alerts."""
    status = view[Subjects].subjects.get(alert.subject)
    others = sorted(_open(view, alert), key=lambda one: one.id)
    return {
        "local": acting(alert.department.id, alert.adcode),
        "kind": status.kind if status else "",
        "at": parse_time(status.at) if status else None,
        "values": seen(status, person.sees(alert)).values if status else {},
        "open": [row(one, person.sees(one)) for one in others[:MOST_OPEN]],
        "count": len(others),
    }


def deadlines(calendar: Calendar, alert: Alert, now: int) -> dict[str, Any]:
    """Until when what should be done, each with the working time to it; the days to the last of them and a day's sessions."""
    case = alert.case
    known = [
        ("due", alert.due),
        ("case", case.due if case and case.open else None),
        ("aside", alert.aside.until if alert.aside else None),
    ]
    found = [_deadline(calendar, what, parse_time(at), now) for what, at in known if at]
    last = max((each["at"] for each in found if each["at"] > now), default=now)
    return {
        "rows": found,
        "provisional": alert.provisional,
        "days": days(calendar, now, min(last, now + 9 * DAY)),
        "sessions": calendar.sessions.both,
    }


def _deadline(calendar: Calendar, what: str, at: int, now: int) -> dict[str, Any]:
    return {"what": what, "at": at, "worked": worked(calendar, now, at)}


def _open(view: View, alert: Alert) -> Iterable[Alert]:
    alarms = view[Alarms]
    for alerts in (alarms.alerts, alarms.aside, alarms.normal):
        yield from (one for one in alerts.values() if one.subject == alert.subject and one.id != alert.id)


def _past(view: View, one: Alert, alert: Alert, person: Person) -> dict[str, Any]:
    own, trail, one = one.subject == alert.subject, view[Trails].trails.get(one.id, ()), seen(one, person.sees(one))
    raised = parse_time(one.raised_at)
    note = one.case.note if one.case and one.case.note else one.acknowledged or one.note
    return {
        "id": one.id,
        "raised": raised,
        "lasted": parse_time(one.cleared_at or one.changed_at) - raised,
        "own": own,
        "name": one.name,
        "value": one.value,
        "unit": one.unit,
        "finding": one.case.finding if one.case else None,
        "why": shown(note.reason) if note else "",
        "sealed": _sealed(note.reason, trail) if note else None,
    }


def _sealed(words: Words, trail: Sequence[Audit]) -> dict[str, Any] | None:
    """The reference of a sealed text and the place of its act; None of a text in clear, or where no trail tells the place."""
    places = (entry.place for entry in trail if isinstance(words, Sealed) and entry.words == words)
    place = next(places, None)
    return {"reference": words, "place": place} if place else None


def _mark(one: Alert) -> dict[str, Any]:
    return {
        "id": one.id,
        "lon": one.lon,
        "lat": one.lat,
        "severity": one.severity,
        "state": letter(one),
        "phase": one.phase,
        "title": one.title,
        "name": one.name,
    }
