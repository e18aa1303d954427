"""Where names and numbers may stand on the wall's map without hiding one another. Pure; boxes are pixels of the home view."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

ACROSS, UP = 546.7, 664.2
"""Pixels per degree of longitude and latitude in the home view, at the city's latitude."""

TALL = 20
NAME_WIDE, DIGIT_WIDE, MARK_WIDE = 18, 10, 22
MARK_ABOVE, NUMBER_BELOW = 15, 15
"""Marks stand above a station's dot, its index below."""

ENOUGH = 12
"""Pixels of air around a name that are as good as any more."""

Point = tuple[float, float]
Box = tuple[float, float, float, float]


class Spot(Struct, frozen=True):
    """A station on the map: its place (degrees), its index, and how many marks stand above it."""

    at: Point
    index: int | None
    marks: int


def name_box(characters: int, at: Point) -> Box:
    """The box of a district's Chinese name, which is the wider one."""
    return _box(at, 0, characters * NAME_WIDE)


def name_places(names: Mapping[str, tuple[int, Sequence[Point]]], stations: Sequence[Point]) -> dict[str, Point]:
    """For each name (characters, candidates) the first candidate with the most air around it, up to ENOUGH.

    It looks only at where stations are, never at their alerts, so that names stay where they are when trouble comes.
    """
    taken = [_around(at) for at in stations]
    places: dict[str, Point] = {}
    for adcode, (characters, candidates) in names.items():
        places[adcode] = max(candidates, key=lambda at: min(ENOUGH, _air(name_box(characters, at), taken)))
        taken.append(name_box(characters, places[adcode]))
    return places


def readable(spots: Sequence[Spot], names: Sequence[Box]) -> list[Spot]:
    """The spots whose index can be written without touching a name, a mark or a higher index."""
    taken = [*names, *(_marks(spot) for spot in spots if spot.marks)]
    kept = []
    for spot in sorted(spots, key=lambda spot: -(spot.index or 0)):
        number = _box(spot.at, NUMBER_BELOW, DIGIT_WIDE * len(str(spot.index)))
        if spot.index is not None and _air(number, taken) >= 0:
            kept.append(spot)
            taken.append(number)
    return kept


def _box(at: Point, below: float, wide: float) -> Box:
    x, y = at[0] * ACROSS, below - at[1] * UP
    return x - wide / 2, y - TALL / 2, x + wide / 2, y + TALL / 2


def _marks(spot: Spot) -> Box:
    return _box(spot.at, -MARK_ABOVE, MARK_WIDE * spot.marks)


def _around(at: Point) -> Box:
    """A station with two marks and an index of three digits."""
    left, top, right, _ = _box(at, -MARK_ABOVE, 2 * MARK_WIDE)
    return left, top, right, _box(at, NUMBER_BELOW, 0)[3]


def _air(box: Box, others: Sequence[Box]) -> float:
    """Pixels between a box and the nearest other; below zero where they overlap."""
    return min((max(o[0] - box[2], box[0] - o[2], o[1] - box[3], box[1] - o[3]) for o in others), default=ENOUGH)
