"""The stations that give an air quality index, the highest first. Pure."""

from typing import Any

from screen.feed.slices.subjects import Subjects
from screen.feed.view import View
from streams.messages import SubjectStatus, parse_time

MOST_STATIONS = 40


def stations(view: View) -> list[SubjectStatus]:
    """The subjects that give an air quality index each hour."""
    return [status for status in view[Subjects].subjects.values() if "aqi" in status.values]


def stations_told(view: View) -> dict[str, Any]:
    """How many there are, and rows of those with the highest index."""
    found = sorted(stations(view), key=lambda status: (-_index(status), status.subject))
    return {"count": len(found), "rows": [_station(status) for status in found[:MOST_STATIONS]]}


def _index(status: SubjectStatus) -> int:
    value = status.values.get("aqi")
    return value if isinstance(value, int) else -1


def _station(status: SubjectStatus) -> dict[str, Any]:
    return {
        "name": status.name,
        "adcode": status.adcode,
        "at": parse_time(status.at),
        "aqi": status.values.get("aqi"),
        "level": status.values.get("level"),
        "primary": status.values.get("primary"),
    }
