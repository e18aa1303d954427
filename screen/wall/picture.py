"""What the map shows of a View, as plain values. Reads the districts' file, else pure."""

import json
from functools import cache, lru_cache
from heapq import nsmallest
from itertools import product
from operator import itemgetter
from pathlib import Path

import msgspec
from msgspec import Struct

from screen.feed.slices.alarms import Alarms
from screen.feed.slices.subjects import Spots
from screen.feed.view import View
from screen.wall.figures import PHASES
from screen.wall.labels import Frame, Point, Spot
from screen.wall.marks import Mark
from streams import places
from streams.messages import SEVERITIES

STATIC = Path(__file__).parents[1] / "static"

BASE = "/screen/static"
"""Where the page finds the files of STATIC."""

STATES = ("B", "D", "C")
"""Letters of the states on the map: unacknowledged, unacknowledged and normal again, acknowledged."""

MOST_MARKS = 2_000
"""Marks drawn at most: as many would cover the map twice. The legend counts all."""

_RANK = {f"{severity}-{state}-{phase}": n for n, (severity, state, phase) in enumerate(product(SEVERITIES, STATES, PHASES))}


class Place(Struct, frozen=True):
    """A district of the file: adcode, names, and points where its name may stand (degrees), the best one first."""

    adcode: str
    zh: str
    en: str
    labels: tuple[Point, ...]


@cache
def frame() -> Frame:
    """How this city lies on the map."""
    return Frame.of(places.city_map()[0])


@cache
def districts() -> tuple[Place, ...]:
    """The districts of this city's map."""
    features = json.loads(places.city_map()[1].read_text("utf-8"))["features"]
    return tuple(msgspec.convert(feature["properties"], Place) for feature in features)


@cache
def adcodes() -> tuple[str, ...]:
    """The districts' adcodes."""
    return tuple(place.adcode for place in districts())


@lru_cache(maxsize=2)
def ordered(spots: Spots) -> tuple[Spot, ...]:
    """The subjects that have a place, by name."""
    return tuple(spot for _, spot in sorted(spots.items(), key=itemgetter(0)))


def marks(view: View) -> tuple[Mark, ...]:
    """The worst marks, at most MOST_MARKS, the worst last, so that they are drawn above the others."""
    every = (mark for marks in view[Alarms].counts.marks.values() for mark in marks)
    return tuple(nsmallest(MOST_MARKS, every, key=lambda mark: (_RANK[mark.name], mark.alert))[::-1])
