"""The change of a shift as the screen knows it: a department's alerts now, its newest notes, who took them over. Pure."""

from typing import Any

from screen.feed.view import View
from screen.i18n.texts import departments, owner_name
from streams.handover import Summary, summary
from streams.messages import DAY, Alert, Handover, parse_time


def newest(view: View) -> dict[str, Handover]:
    """The newest note of each department that has one."""
    return {note.department: note for note in view.handovers.values()}


def not_taken(view: View) -> int:
    """Departments whose newest note nobody has taken over."""
    return sum(note.id not in view.takeovers for note in newest(view).values())


def summary_now(view: View, department: str, now: int) -> Summary:
    """What a note of this department would hold at real time `now` (ms): acts since its note before, or of the last 24 h."""
    return _summary(view, _alerts(view), department, now)


def handovers(view: View, now: int) -> dict[str, Any]:
    """All departments by id, and a desk for each that has open alerts or a note: its summary now, its notes, newest first."""
    alerts = _alerts(view)
    desks = {alert.department.id for alert in alerts.values() if not alert.ended} | set(newest(view))
    return {
        "departments": departments(),
        "desks": [
            {
                "department": desk,
                "name": owner_name(desk),
                "now": _summary(view, alerts, desk, now),
                "notes": [
                    {"note": note, "taken": view.takeovers.get(note.id)}
                    for note in reversed(view.handovers.values())
                    if note.department == desk
                ],
            }
            for desk in sorted(desks)
        ],
    }


def _alerts(view: View) -> dict[str, Alert]:
    return {**view.alerts, **view.aside, **view.normal, **view.ended}


def _summary(view: View, alerts: dict[str, Alert], department: str, now: int) -> Summary:
    before = newest(view).get(department)
    since = parse_time(before.at) if before else now - DAY
    return summary(alerts, (act.entry for act in view.acts.values() if act.at >= since), department)
