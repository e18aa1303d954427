"""What the wall shows first: the unacknowledged alerts by the incident that they belong to. Pure.

Nothing is hidden by an incident: an alert of which no incident tells (yet) stands alone, and every other is counted in its row.
"""

from collections import Counter
from collections.abc import Iterator
from itertools import islice, takewhile

from msgspec import Struct

from screen.feed.slices.alarms import Alarms
from screen.feed.slices.incidents import Incidents
from screen.feed.view import View
from screen.wall.figures import PHASES, unacknowledged
from streams.messages import SEVERITIES, Alert, Incident, Phase, Severity, parse_time

MOST_CALLING = 400
"""Unacknowledged red and orange alerts of which the page is told one by one."""


class Call(Struct, frozen=True):
    """An unacknowledged alert that may sound: its occurrence, how bad, where, of which domain, and its row (`group`)."""

    id: str
    occurrence: int
    severity: Severity
    adcode: str
    domain: str
    group: str


class Entry(Struct, frozen=True):
    """A row of the list: the unacknowledged alerts of one incident, the worst first; no incident where none tells of them."""

    alerts: tuple[Alert, ...]
    incident: Incident | None


class Listed(Struct, frozen=True):
    """The rows whose first alert is of a phase: how many, and how many alerts of each severity in them, worst first."""

    entries: int
    severities: tuple[int, ...]


def entries(view: View) -> Iterator[Entry]:
    """The rows, in the order of their first alerts: worst first, then those that stand longest."""
    alarms, incidents, told = view[Alarms], view[Incidents].incidents, set[str]()
    for alert in unacknowledged(view):
        home = alarms.counts.homes.get(alert.id)
        if home is None:
            yield Entry((alert,), None)
        elif home not in told:
            told.add(home)
            yield Entry(tuple(alarms.alerts[key.id] for key in alarms.counts.groups[home]), incidents[home])


def listed(view: View) -> dict[Phase, Listed]:
    """How many rows each phase has, without making them."""
    alarms = view[Alarms]
    counts = alarms.counts
    rows = Counter[Phase]()
    alerts = Counter(counts.alone)
    for (phase, _), count in counts.alone.items():
        rows[phase] += count
    for keys in counts.groups.values():
        phase = alarms.alerts[keys[0].id].phase
        rows[phase] += 1
        for key in keys:
            alerts[phase, SEVERITIES[key.severity]] += 1
    return {phase: Listed(rows[phase], tuple(alerts[phase, severity] for severity in SEVERITIES)) for phase in PHASES}


def calling(view: View) -> list[Call]:
    """The unacknowledged red and orange alerts, worst first, each with the row of the list that holds it."""
    homes = view[Alarms].counts.homes
    loud = takewhile(lambda one: one.severity in {"red", "orange"}, unacknowledged(view))
    return [
        Call(one.id, one.occurrence, one.severity, one.adcode, one.domain, homes.get(one.id, one.id))
        for one in islice(loud, MOST_CALLING)
    ]


def of_alert(view: View, alert: str) -> Incident | None:
    """The open incident of an alert, or the one that held it last while it was open."""
    if home := view[Alarms].counts.homes.get(alert):
        return view[Incidents].incidents[home]
    ended = (one for one in view[Incidents].incidents.values() if alert in one.members)
    return max(ended, key=lambda one: one.rev, default=None)


def others(view: View, incident: Incident) -> list[Incident]:
    """The other open incidents of its city, with which it may be merged: the newest first."""
    found = (one for one in view[Incidents].incidents.values() if one.state == "open" and one.city == incident.city)
    return sorted((one for one in found if one.id != incident.id), key=lambda one: parse_time(one.opened_at), reverse=True)
