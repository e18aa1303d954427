"""What the wall tells of alarms across the slices: figures, districts, rows, trend, life. Pure but for the catalogue."""

from typing import Any

from screen.feed.rows import lasting
from screen.feed.slices.annunciations import Annunciations
from screen.feed.slices.clock import FEW, within_pace
from screen.feed.slices.subjects import Subjects
from screen.feed.view import Slice, View
from screen.wall.domains import shares
from screen.wall.figures import figures, open_cases, put_aside, ranking, standing, trend
from screen.wall.incidents import calling
from screen.wall.life import life
from screen.wall.list_rows import list_rows
from screen.wall.picture import adcodes, districts
from screen.wall.stations import stations


class Board(Slice):
    """Knows nothing itself. Reads Clock, Alarms, Annunciations, Incidents, Floods, Shifts, BadInput and Subjects."""

    def sections(self, view: View) -> dict[str, Any]:
        """`figures`, `ranking`, `standing`, `list`, `calling`, `domains`, `aside`, `cases`, `trend`."""
        called = {place.adcode: (place.zh, place.en) for place in districts()}
        return {
            "figures": figures(view),
            "ranking": [(found, called[found.adcode]) for found in ranking(view, adcodes())],
            "standing": standing(view, adcodes()),
            "list": list_rows(view),
            "calling": calling(view),
            "domains": shares(view),
            "aside": lasting(put_aside(view)),
            "cases": lasting(open_cases(view)),
            "trend": trend(view),
        }

    def slow_sections(self, view: View, known: View | None) -> dict[str, Any]:
        """`life`, `stations`: where much stands, once each PACE of the log only."""
        if known is not None and _crowded(view) and within_pace(known, view):
            return {}
        return {"life": life(view), "stations": stations(view)}


def _crowded(view: View) -> bool:
    return max(len(view[Subjects].subjects), len(view[Annunciations].annunciations)) > FEW
