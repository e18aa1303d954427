"""What the lists show of alerts and incidents. Pure."""

from typing import Any

from screen.feed.law import Law
from streams.catalogue.sight import NOBODY, Marks, seen
from streams.messages import Alert, Duty, Incident, parse_time

MOST_ROWS = 200
"""Rows of a list sent at most; the wall has room for a dozen, shows the others on demand and counts what is beyond."""


def row(alert: Alert, marks: Marks = NOBODY) -> dict[str, Any]:
    """What the list shows of an alert to whom sees these marks whole; of a list that is everybody's, those are none."""
    alert = seen(alert, marks)
    return {
        "id": alert.id,
        "rev": alert.rev,
        "occurrence": alert.occurrence,
        "severity": alert.severity,
        "state": alert.state,
        "phase": alert.phase,
        "domain": alert.domain,
        "title": alert.title,
        "item": alert.item,
        "name": alert.name,
        "adcode": alert.adcode,
        "value": alert.value,
        "limit": alert.limit,
        "unit": alert.unit,
        "clause": [alert.clause.edition, alert.clause.article, alert.clause.mark],
        "department": alert.department.name,
        "owner": alert.department.id,
        "raised": parse_time(alert.raised_at),
        "due": parse_time(alert.due) if alert.due else None,
        "provisional": alert.provisional,
        "verbs": alert.verbs,
    }


def incident_row(incident: Incident, law: Law) -> dict[str, Any]:
    """What a row, or the choice of a merge, shows of an incident."""
    return {
        "id": incident.id,
        "rev": incident.rev,
        "title": incident.title,
        "severity": incident.severity,
        "state": incident.state,
        "adcode": incident.adcode,
        "open": incident.open,
        "count": incident.count,
        "rules": [law.rule_name(rule) for rule in incident.rules],
        "flood": incident.flood,
        "lead": _duty(incident.lead, law),
        "helpers": [_duty(duty, law) for duty in incident.helpers],
        "opened": parse_time(incident.opened_at),
    }


def lasting(alerts: list[Alert]) -> dict[str, Any]:
    """What is put aside, or waits for its conclusion: each row says also until when, and by which act; it is everybody's."""
    rows = [row(alert) | seen({"aside": alert.aside, "case": alert.case}, NOBODY) for alert in alerts[:MOST_ROWS]]
    return {"count": len(alerts), "rows": rows}


def _duty(duty: Duty, law: Law) -> dict[str, Any]:
    return {"id": duty.department.id, "name": duty.department.name, "rule": law.rule_name(duty.rule) if duty.rule else None}
