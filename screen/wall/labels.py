"""Where the names of districts stand on the wall's map, clear of its stations. Pure; boxes are pixels of the home view."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from math import floor

from msgspec import Struct

ACROSS, UP = 546.7, 664.2
"""Pixels per degree of longitude and latitude in the home view, at the city's latitude."""

TALL = 20
NAME_WIDE, MARK_WIDE = 18, 22
MARK_ABOVE, NUMBER_BELOW = 15, 15
"""Marks stand above a station's dot, its index below."""

ENOUGH = 12
"""Pixels of air around a name that are as good as any more."""

Point = tuple[float, float]
Box = tuple[float, float, float, float]


class Spot(Struct, frozen=True):
    """A station on the map: its place (degrees), its index, and its domain."""

    at: Point
    index: int | None
    domain: str = ""


def name_box(characters: int, at: Point) -> Box:
    """The box of a district's Chinese name, which is the wider one."""
    return _box(at, 0, characters * NAME_WIDE)


def name_places(names: Mapping[str, tuple[int, Sequence[Point]]], stations: Sequence[Point]) -> dict[str, Point]:
    """For each name (characters, candidates) the first candidate with the most air around it, up to ENOUGH.

    It looks only at where stations are, never at their alerts, so that names stay where they are when trouble comes.
    """
    taken = _Taken(map(_around, stations))
    places: dict[str, Point] = {}
    for adcode, (characters, candidates) in names.items():
        places[adcode] = max(candidates, key=lambda at: taken.air(name_box(characters, at)))
        taken.add(name_box(characters, places[adcode]))
    return places


def _box(at: Point, below: float, wide: float) -> Box:
    x, y = at[0] * ACROSS, below - at[1] * UP
    return x - wide / 2, y - TALL / 2, x + wide / 2, y + TALL / 2


def _around(at: Point) -> Box:
    """A station with two marks and an index of three digits."""
    left, top, right, _ = _box(at, -MARK_ABOVE, 2 * MARK_WIDE)
    return left, top, right, _box(at, NUMBER_BELOW, 0)[3]


class _Taken:
    """Boxes by the cells of a grid that they touch, so that a box is compared with its neighbours and not with all."""

    CELL = 48.0

    def __init__(self, boxes: Iterable[Box]) -> None:
        self._cells: dict[tuple[int, int], list[Box]] = {}
        for box in boxes:
            self.add(box)

    def add(self, box: Box) -> None:
        """One more box."""
        for cell in self._touched(box):
            self._cells.setdefault(cell, []).append(box)

    def air(self, box: Box) -> float:
        """Pixels between a box and the nearest other, at most ENOUGH; below zero where they overlap."""
        wide = box[0] - ENOUGH, box[1] - ENOUGH, box[2] + ENOUGH, box[3] + ENOUGH
        others = (other for cell in self._touched(wide) for other in self._cells.get(cell, ()))
        nearest = min((max(o[0] - box[2], box[0] - o[2], o[1] - box[3], box[1] - o[3]) for o in others), default=ENOUGH)
        return min(ENOUGH, nearest)

    def _touched(self, box: Box) -> Iterator[tuple[int, int]]:
        left, top, right, bottom = (floor(edge / self.CELL) for edge in box)
        return product(range(left, right + 1), range(top, bottom + 1))
