"""The wall's map: its land, and what stands above it. Pure but for the districts' file."""

from typing import Any

from msgspec import Raw

from screen.feed.slices.alarms import Alarms
from screen.feed.slices.subjects import Subjects
from screen.feed.view import Slice, View
from screen.wall.deck import deck
from screen.wall.figures import ranking
from screen.wall.picture import adcodes, frame, marks
from screen.wall.points import dots, edges, icons, indices, names


class MapPoints(Slice):
    """Knows nothing itself. Reads the counts of Alarms and the spots of Subjects."""

    def slow_sections(self, view: View, known: View | None) -> dict[str, Any]:
        """`map`, `edges`; with other subjects `core`, `names`, `dots`, `indices`; with other alerts `marks`."""
        ranked = ranking(view, adcodes())
        built: dict[str, Any] = {"map": Raw(deck(ranked)), "edges": edges(ranked)}
        spots, counts = view[Subjects].spots, view[Alarms].counts
        if known is None or known[Subjects].spots is not spots:
            built |= {"core": frame().core, "names": names(spots), "dots": dots(spots), "indices": indices(spots)}
        if known is None or known[Alarms].counts.marks is not counts.marks:
            built["marks"] = icons(marks(view))
        return built
