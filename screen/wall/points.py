"""What stands above the land of the map, as rows for its canvas: red edges, names, stations, indices, marks of alerts. Pure."""

from collections.abc import Iterable
from functools import cache, lru_cache
from heapq import nlargest
from operator import itemgetter
from typing import Any

from screen.feed.slices.subjects import Spots
from screen.wall.figures import PHASES, District
from screen.wall.labels import MARK_ABOVE, MARK_WIDE, NUMBER_BELOW, Point, all_names
from screen.wall.marks import Mark
from screen.wall.picture import STATES, districts, frame, ordered
from streams.messages import SEVERITIES

CELL = 64
"""Pixels of a mark in `static/marks.svg`."""

MOST_INDICES = 1_000
"""Indices that a page is told of: more cannot be written on the map without hiding one another."""


def edges(ranked: Iterable[District]) -> list[str]:
    """The adcodes of the districts that have a red edge: they have red alerts, and each of these is acknowledged."""
    return [district.adcode for district in ranked if district.counts[0] and not district.red_unacknowledged]


def names(spots: Spots) -> list[dict[str, Any]]:
    """The rows of the districts' names in both languages, where the most air is between stations of the map or the inset."""
    places = _places(spots)
    return [{"at": places[place.adcode], "zh": place.zh, "en": place.en} for place in districts()]


def dots(spots: Spots) -> list[dict[str, Any]]:
    """The rows of the stations: where, and of which domain."""
    return [{"at": spot.at, "domain": spot.domain} for spot in ordered(spots)]


def indices(spots: Spots) -> list[dict[str, Any]]:
    """The rows of the indices, the highest ones, highest first: the page writes those for which there is room."""
    found = [(spot.index, spot) for spot in ordered(spots) if spot.index is not None]
    highest = nlargest(MOST_INDICES, found, key=itemgetter(0))
    return [{"at": spot.at, "index": str(index), "offset": (0, NUMBER_BELOW), "domain": spot.domain} for index, spot in highest]


def icons(marks: Iterable[Mark]) -> list[dict[str, Any]]:
    """The rows of the marks, each with its cell in `static/marks.svg`: red a little larger."""
    return [
        {
            "id": mark.alert,
            "domain": mark.domain,
            "at": mark.at,
            "cell": atlas()[mark.name],
            "size": 28 if mark.name.startswith("red") else 24,
            "offset": (mark.column * MARK_WIDE, -MARK_ABOVE),
        }
        for mark in marks
    ]


@cache
def atlas() -> dict[str, tuple[int, int]]:
    """Where each mark stands in `static/marks.svg` (pixels): a row for each phase and state, a column for each severity."""
    return {
        f"{severity}-{state}-{phase}": (column * CELL, (p * 3 + row) * CELL)
        for p, phase in enumerate(PHASES)
        for row, state in enumerate(STATES)
        for column, severity in enumerate(SEVERITIES)
    }


@lru_cache(maxsize=2)
def _places(spots: Spots) -> dict[str, Point]:
    return _named(tuple(spot.at for spot in ordered(spots)))


@lru_cache(maxsize=2)
def _named(stations: tuple[Point, ...]) -> dict[str, Point]:
    return all_names(frame(), {place.adcode: (len(place.zh), place.labels) for place in districts()}, stations)
