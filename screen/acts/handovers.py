"""The change of a shift as the screen knows it: a department's alerts now, its newest notes, who took them over. Pure."""

from typing import Any

from screen.access.people import Person
from screen.feed.slices.alarms import Alarms
from screen.feed.slices.shifts import Shifts
from screen.feed.slices.trails import Trails
from screen.feed.view import View
from screen.i18n.texts import departments, owner_name
from streams.catalogue.sight import seen
from streams.handover import Summary, summary
from streams.messages import DAY, Alert, parse_time


def summary_now(view: View, department: str, now: int) -> Summary:
    """What a note of this department would hold at real time `now` (ms): acts since its note before, or of the last 24 h."""
    return _summary(view, _alerts(view), department, now)


def handovers(view: View, now: int, person: Person) -> dict[str, Any]:
    """All departments by id, and a desk for each that has open alerts or a note: its summary now, its notes, newest first."""
    alerts, shifts = _alerts(view), view[Shifts]
    desks = {alert.department.id for alert in alerts.values() if not alert.ended} | set(shifts.newest())
    return {
        "departments": departments(),
        "desks": [
            {
                "department": desk,
                "name": owner_name(desk),
                "now": _summary(view, alerts, desk, now),
                "notes": [
                    seen({"note": note, "taken": shifts.takeovers.get(note.id)}, person.sees_of(desk))
                    for note in reversed(shifts.handovers.values())
                    if note.department == desk
                ],
            }
            for desk in sorted(desks)
        ],
    }


def _alerts(view: View) -> dict[str, Alert]:
    alarms = view[Alarms]
    return {**alarms.alerts, **alarms.aside, **alarms.normal, **alarms.ended}


def _summary(view: View, alerts: dict[str, Alert], department: str, now: int) -> Summary:
    before = view[Shifts].newest().get(department)
    since = parse_time(before.at) if before else now - DAY
    return summary(alerts, (act.entry for act in view[Trails].acts.values() if act.at >= since), department)
