"""What the pages ask for of one alert: its story, and its incident. Pure."""

from typing import Any

from msgspec import UNSET
from msgspec.structs import replace

from screen.access.people import Person
from screen.dispatch.sheet import steps_of
from screen.feed.alarm_counts import key_of
from screen.feed.rows import incident_row, row
from screen.feed.slices.alarms import Alarms
from screen.feed.slices.law_in_force import LawInForce
from screen.feed.slices.trails import Trails
from screen.feed.view import View
from screen.i18n.trail_text import trail_text
from screen.orders.seen import hidden_from, looker, view_for
from screen.wall.incidents import of_alert, others
from streams.catalogue.sight import seen
from streams.messages import Audit, Sealed

MOST_OTHERS = 60
"""Incidents offered for a merge."""


def story(view: View, name: str, person: Person) -> dict[str, Any] | None:
    """An alert that stands or has ended not long ago, and what is known of its trail, newest last; None for another.

    Nothing is told of orders that are hidden from this person: neither that they tie the alert, nor their number in its trail.
    Personal data are masked as the person's role and unit ask.
    """
    alert = view[Alarms].known(name)
    if alert is None:
        return None
    who = looker(person)
    hidden = hidden_from(view, who)
    entries = [each for each in view[Trails].trails.get(name, ()) if each.order not in hidden]
    if alert.orders and hidden:
        alert = replace(alert, orders=tuple(each for each in alert.orders if each not in hidden) or UNSET)
    steps, marks = steps_of(view_for(view, who), alert), person.sees(alert)
    trail = [_happened(each) for each in seen(entries, marks)]
    return {"alert": seen(alert, marks), "ended": alert.ended, "trail": trail, "steps": seen(steps, marks)}


def incident_of(view: View, alert: str, person: Person) -> dict[str, Any] | None:
    """The incident of an alert with its alerts that have not ended, and those with which it may be merged; None without one.

    An incident that has ended is told of as long as it is remembered.
    """
    incident = of_alert(view, alert)
    if incident is None:
        return None
    law = view[LawInForce].law
    found = [view[Alarms].find(name) for name in incident.members]
    notes = seen(incident.notes[::-1], person.sees_of(incident.lead.department.id))
    return {
        "incident": incident_row(incident, law) | {"notes": notes},
        "rows": [row(one, person.sees(one)) for one in sorted(filter(None, found), key=key_of)],
        "others": [incident_row(other, law) for other in others(view, incident)[:MOST_OTHERS]],
    }


def _happened(entry: Audit) -> dict[str, Any]:
    """An entry as the page shows it; by `place` the page knows what its own act has come to.

    `sealed`: the reference where the person's words are sealed, by which the page asks to look at them.
    """
    return {
        "n": entry.n,
        "at": entry.at,
        "event": entry.event,
        "verb": entry.verb,
        "before": entry.before,
        "after": entry.after,
        "occurrence": entry.occurrence,
        "actor": entry.actor,
        "reason": trail_text(entry),
        "sealed": entry.words if isinstance(entry.words, Sealed) else None,
        "place": entry.place,
        "hash": entry.hash,
    }
