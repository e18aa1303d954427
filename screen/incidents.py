"""What the wall shows first: the unacknowledged alerts by the incident that they belong to, and the floods that go on. Pure.

Nothing is hidden by an incident: an alert of which no incident tells (yet) stands alone, and every other is counted in its row.
"""

from msgspec import Struct

from screen.figures import unacknowledged
from screen.view import View
from streams.messages import Alert, Flood, Incident, Severity, parse_time

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


def entries(view: View) -> list[Entry]:
    """The rows, in the order of their first alerts: worst first, then those that stand longest."""
    homes = home(view)
    found: dict[str, list[Alert]] = {}
    for alert in unacknowledged(view):
        found.setdefault(homes[alert.id].id if alert.id in homes else alert.id, []).append(alert)
    return [Entry(tuple(alerts), homes.get(alerts[0].id)) for alerts in found.values()]


def calling(view: View) -> list[Call]:
    """The unacknowledged red and orange alerts, worst first, each with the row of the list that holds it."""
    homes = home(view)
    return [
        Call(one.id, one.occurrence, one.severity, one.adcode, one.domain, homes[one.id].id if one.id in homes else one.id)
        for one in unacknowledged(view)
        if one.severity in {"red", "orange"}
    ][:MOST_CALLING]


def home(view: View) -> dict[str, Incident]:
    """The open incident of each alert; the newest word where two tell of one."""
    standing = sorted((one for one in view.incidents.values() if one.state == "open"), key=lambda one: one.rev)
    return {alert: incident for incident in standing for alert in incident.members}


def of_alert(view: View, alert: str) -> Incident | None:
    """The open incident of an alert, or the one that holds it while it was open."""
    return next((one for one in sorted(view.incidents.values(), key=_newest_first) if alert in one.members), None)


def others(view: View, incident: Incident) -> list[Incident]:
    """The other open incidents of its city, with which it may be merged: the newest first."""
    found = (one for one in view.incidents.values() if one.state == "open" and one.city == incident.city)
    return sorted((one for one in found if one.id != incident.id), key=lambda one: parse_time(one.opened_at), reverse=True)


def floods(view: View) -> list[Flood]:
    """The floods that go on at the View's time, the greatest first: none whose end has come, whether it was told or not."""
    now = view.now or 0
    standing = (one for one in view.floods.values() if one.ended_at is None and parse_time(one.until) > now)
    return sorted(standing, key=lambda one: (-one.count, one.id))


def _newest_first(one: Incident) -> tuple[bool, int]:
    return one.state == "ended", -one.rev
