"""What the page is told of requests to share: those of one's department, those to it, and what was granted. Pure."""

from typing import Any

from screen.access.people import Person
from screen.acts.sharing import concerns
from screen.feed.directory import Sharings
from screen.feed.view import View
from screen.i18n.texts import unit_name
from streams.calendar.working_time import Calendar
from streams.catalogue.described import catalogue
from streams.catalogue.sight import Marks, seen
from streams.directory.sharing import ACTS, SharingRequest, granted, offers, right_of, sharing_clocks
from streams.directory.versions import AUTHORITY
from streams.messages import Actor


def told_sharing(view: View, person: Person, now: int, calendar: Calendar) -> dict[str, Any]:
    """Requests that concern the person's department, and all that were granted; which it is, and whether it may ask."""
    ours = person.actor.department
    found = [
        told_request(each, person, now, calendar)
        for each in view[Sharings].requests.values()
        if granted(each) or concerns(person, each.by.department, each.wanted.provider)
    ]
    return {"requests": found, "department": ours, "may_ask": bool(ours) and not person.may_not("share-ask")}


def told_request(request: SharingRequest, person: Person, now: int, calendar: Calendar) -> dict[str, Any]:
    """One of them; `side`: whether the person's department asked (`ours`), must act on it (`theirs`), or only sees it."""
    wanted, ours = request.wanted, person.actor.department
    marks = person.sees_of(request.by.department) | person.sees_of(wanted.provider) | person.sees_of(AUTHORITY)
    may = [act for act in offers(request, ours, now) if not person.may_not(right_of(act))]
    described = catalogue().get(wanted.type)
    return {
        "id": request.id,
        "type": wanted.type,
        "title": described.title if described else {"zh": wanted.type, "en": wanted.type},
        "fields": wanted.fields,
        "unit": unit_name(request.by.department),
        "by": _account(request.by, marks),
        "provider": unit_name(wanted.provider),
        "purpose": wanted.purpose,
        "basis": wanted.basis,
        "use": wanted.use,
        "way": wanted.way,
        "since": wanted.since,
        "until": wanted.until,
        "sharing": wanted.sharing,
        "condition": wanted.condition,
        "state": request.state(now),
        "granted": granted(request),
        "side": side(request, ours),
        "offers": may if request.by.id != person.id else [act for act in may if act in {"withdrawn", "used"}],
        "steps": [
            {
                "title": ACTS[step.step],
                "at": step.at,
                "unit": unit_name(step.by.department),
                "by": _account(step.by, marks),
                "reason": step.reason,
            }
            for step in request.steps
        ],
        "clocks": sharing_clocks(request, now, calendar),
    }


def _account(actor: Actor, marks: Marks) -> dict[str, str]:
    """Who did something, as whoever sees data of these marks is told it."""
    actor = seen(actor, marks)
    return {"id": actor.id, "name": actor.name or "", "role": actor.role}


def side(request: SharingRequest, department: str) -> str:
    """On which side of a request a department stands; the authority's is that of who must act while more time is asked for."""
    if department == request.by.department:
        return "ours"
    if department == request.wanted.provider:
        return "theirs"
    waits = request.stamp("extension-asked") and not request.stamp("extended", "extension-refused")
    return "theirs" if department == AUTHORITY and waits else ""
