"""How the city lies on the map, and where names of districts stand, clear of stations. Pure; boxes: pixels of map or inset."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from math import cos, floor, radians
from typing import Self

from msgspec import Struct

from streams.places import MapSpec

WIDE, LEFT, TOP = 390, 534, 36
"""Pixels: the inset's width, and its corner on a map of 924 x 504; it stands right of the land."""

TILE = 512
"""Pixels of the whole earth at zoom 0, as deck.gl has it."""

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


class Core(Struct, frozen=True):
    """The core of the city, which the map shows larger in an inset: what it covers (degrees), where it stands (pixels)."""

    west: float
    south: float
    east: float
    north: float
    left: float
    top: float
    width: float
    height: float

    def holds(self, at: Point) -> bool:
        """Whether a place lies within."""
        return self.west <= at[0] <= self.east and self.south <= at[1] <= self.north


class Frame(Struct, frozen=True):
    """How a city lies in the home view: pixels a degree of longitude and latitude, its core, and the districts of that.

    `urban`: adcodes (GB/T 2260) of the districts that the core shows as a whole. Their names stand in the inset, all others
    on the map beside it.
    """

    across: float
    up: float
    core: Core
    urban: tuple[str, ...]

    @classmethod
    def of(cls, shown: MapSpec) -> Self:
        """The frame of a place's map (web Mercator, which keeps shapes: a degree of latitude is 1/cos as long)."""
        west, south, east, north = shown.core
        across = TILE * 2**shown.zoom / 360
        up = across / cos(radians((south + north) / 2))
        tall = round((north - south) * up * WIDE / ((east - west) * across))
        return cls(across, up, Core(west, south, east, north, LEFT, TOP, WIDE, tall), shown.urban)

    @property
    def larger(self) -> float:
        """How many times as large as the home view the inset of the core is."""
        return self.core.width / ((self.core.east - self.core.west) * self.across)

    def touches(self, characters: int, at: Point) -> bool:
        """Whether a name on the map beside the core reaches into it."""
        core, across, up = self.core, characters * NAME_WIDE / 2 / self.across, TALL / 2 / self.up
        return core.west - across < at[0] < core.east + across and core.south - up < at[1] < core.north + up

    def name_box(self, characters: int, at: Point, scale: float = 1) -> Box:
        """The box of a district's Chinese name, which is the wider one; `scale`: that of the home view is 1."""
        return self._box(at, 0, characters * NAME_WIDE, scale)

    def around(self, at: Point, scale: float) -> Box:
        """The box of a station with two marks and an index of three digits."""
        left, top, right, _ = self._box(at, -MARK_ABOVE, 2 * MARK_WIDE, scale)
        return left, top, right, self._box(at, NUMBER_BELOW, 0, scale)[3]

    def _box(self, at: Point, below: float, wide: float, scale: float) -> Box:
        x, y = at[0] * self.across * scale, below - at[1] * self.up * scale
        return x - wide / 2, y - TALL / 2, x + wide / 2, y + TALL / 2


def name_places(
    frame: Frame, names: Mapping[str, tuple[int, Sequence[Point]]], stations: Sequence[Point], scale: float = 1
) -> dict[str, Point]:
    """For each name (characters, candidates) the first candidate with the most air around it, up to ENOUGH.

    It looks only at where stations are, never at their alerts, so that names stay where they are when trouble comes.
    """
    taken = _Taken(frame.around(at, scale) for at in stations)
    places: dict[str, Point] = {}
    for adcode, (characters, candidates) in names.items():
        boxes = {at: frame.name_box(characters, at, scale) for at in candidates}
        places[adcode] = max(candidates, key=lambda at: taken.air(boxes[at]))
        taken.add(boxes[places[adcode]])
    return places


def all_names(frame: Frame, names: Mapping[str, tuple[int, Sequence[Point]]], stations: Sequence[Point]) -> dict[str, Point]:
    """The places of all names: of the urban districts in the inset, of the others on the map beside the core."""
    inner = {adcode: name for adcode, name in names.items() if adcode in frame.urban}
    outer = {
        adcode: (characters, [at for at in candidates if not frame.touches(characters, at)] or candidates)
        for adcode, (characters, candidates) in names.items()
        if adcode not in frame.urban
    }
    inside, beyond = ([at for at in stations if frame.core.holds(at) is within] for within in (True, False))
    return name_places(frame, outer, beyond) | name_places(frame, inner, inside, frame.larger)


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
