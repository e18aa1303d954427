"""The subjects of a domain by the value that it shows of them, the highest first. Pure but for the catalogue."""

from typing import Any

from screen.feed.slices.subjects import Subjects, number
from screen.feed.view import View
from streams.catalogue import domains, on_screen
from streams.catalogue.sight import NOBODY, seen
from streams.catalogue.wall import Places
from streams.messages import SubjectStatus, parse_time

MOST_STATIONS = 40


def stations(view: View) -> dict[str, Any]:
    """Of each domain that shows such a value: how many subjects give it, rows of the highest, and how the list is headed."""
    listed = domains()
    shown = ((name, listed[name].places) for name in on_screen())
    return {name: _listed(view, name, places) for name, places in shown if places}


def _listed(view: View, domain: str, places: Places) -> dict[str, Any]:
    giving = [
        status for status in view[Subjects].subjects.values() if places.field in status.values and status.domain == domain
    ]
    found = sorted(giving, key=lambda status: (-_value(status, places), status.subject))
    return {"about": places, "count": len(found), "rows": [_row(status, places) for status in found[:MOST_STATIONS]]}


def _value(status: SubjectStatus, places: Places) -> float:
    value = number(status, places.field)
    return -1 if value is None else value


def _row(status: SubjectStatus, places: Places) -> dict[str, Any]:
    return {
        "name": seen(status, NOBODY).name,
        "adcode": status.adcode,
        "at": parse_time(status.at),
        "value": number(status, places.field),
        "level": status.values.get(places.level),
    }
