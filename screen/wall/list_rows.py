"""The wall's list: rows of alerts and incidents by phase. Pure."""

from typing import Any

from screen.feed.law import Law
from screen.feed.rows import MOST_ROWS, incident_row, row
from screen.feed.slices.floods import Floods
from screen.feed.slices.law_in_force import LawInForce
from screen.feed.view import View
from screen.wall.figures import PHASES, by_severity
from screen.wall.incidents import Entry, Listed, entries, listed
from streams.messages import Phase

MOST_REDS = 6
"""Red alerts of one incident that have rows of their own in a flood."""


def list_rows(view: View) -> dict[str, Any]:
    """Of each phase how many there are, and the first MOST_ROWS rows: worst first, then those that stand longest."""
    every, flood = listed(view), bool(view[Floods].standing(view))
    found: dict[Phase, list[Entry]] = {phase: [] for phase in PHASES}
    missing = sum(min(MOST_ROWS, every[phase].entries) for phase in PHASES)
    rows = entries(view)
    while missing:
        entry = next(rows)
        of = found[entry.alerts[0].phase]
        if len(of) < MOST_ROWS:
            of.append(entry)
            missing -= 1
    return {phase: _phase(every[phase], found[phase], view[LawInForce].law, flood=flood) for phase in PHASES}


def _phase(every: Listed, found: list[Entry], law: Law, *, flood: bool) -> dict[str, Any]:
    return {
        "count": sum(every.severities),
        "entries": every.entries,
        "severities": every.severities,
        "rows": [_entry(entry, law, flood=flood) for entry in found],
    }


def _entry(entry: Entry, law: Law, *, flood: bool) -> dict[str, Any]:
    """An incident of several alerts with its first one; an alert alone is a row like any other.

    While a desk is in a flood an incident comes with its unacknowledged red alerts: each has its own row, the rest is folded.
    """
    first = row(entry.alerts[0])
    if entry.incident is None or entry.incident.count == 1:
        return first
    more = {"waiting": len(entry.alerts), "severities": by_severity(entry.alerts)}
    more["reds"] = [row(alert) for alert in entry.alerts if alert.severity == "red"][:MOST_REDS] if flood else []
    return first | {"incident": incident_row(entry.incident, law)} | more
