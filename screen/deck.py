"""The map: the land as pydeck makes it, districts by load; stations with their index, alerts by shape and colour above. No network."""

import json
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from typing import Any

import pydeck

from screen.figures import PHASES, District
from screen.labels import MARK_ABOVE, MARK_WIDE, NUMBER_BELOW, Point, name_box, name_places, readable
from screen.marks import Mark
from screen.picture import STATES, districts, ordered
from screen.view import Spots
from streams.messages import SEVERITIES, encode

BASE = "/screen/static"
"""Where the page finds the files of STATIC."""

FONT = "Onescreen"

CENTRE = {"longitude": 113.562, "latitude": 34.63, "zoom": 8.585}
"""The city fills the left of a map 924 x 504 px, and leaves its lower right corner to the legend."""

LAND = ((32, 38, 43), (42, 49, 57), (54, 64, 73), (69, 81, 92))
STEPS = (1, 6, 12)
"""Loads from which a district takes the next grey of LAND."""

LAND_RED, RED, GROUND = (95, 43, 48), (255, 93, 85), (21, 25, 29)
INK = (236, 239, 241)

CELL = 64
NAMES = "rows of names"
"""What stands for the rows of the names in a scene."""

PIXELS = pydeck.types.String("pixels")


def deck(ranked: Iterable[District], spots: Spots, language: str) -> bytes:
    """The scene as JSON, with the districts' colours and their names in `language` (zh or en); the points come beside it.

    pydeck writes it, and anew only where a colour changes; the names are put in afterwards.
    """
    found = {district.adcode: district for district in ranked}
    fill = _by_district({adcode: _colour(district) for adcode, district in found.items()}, LAND[0])
    red = {adcode: (*RED, 255) for adcode, each in found.items() if each.counts[0] and not each.red_unacknowledged}
    scene = _scene(fill, _by_district(red, (0, 0, 0, 0)))
    return scene.replace(NAMES.join('""').encode(), _names(spots, language))


@lru_cache(maxsize=8)
def _scene(fill: str, edges: str) -> bytes:
    """The scene with these colours of the districts, and a word for the rows of the names."""
    scene = pydeck.Deck(
        layers=[
            _land(fill),
            _edges(edges),
            _text("names", NAMES, get_text="name", get_color=list(INK)),
        ],
        initial_view_state=pydeck.ViewState(**CENTRE),
        views=[pydeck.View(type="MapView", controller={"dragRotate": False, "touchRotate": False, "keyboard": False})],
        map_provider=None,
    )
    return json.dumps(json.loads(scene.to_json()), ensure_ascii=False, separators=(",", ":")).encode()


def dots(spots: Spots) -> list[dict[str, Any]]:
    """The rows of the stations: where, and of which domain."""
    return [{"at": spot.at, "domain": spot.domain} for spot in ordered(spots)]


def indices(spots: Spots) -> list[dict[str, Any]]:
    """The rows of the indices that can be read: below their stations."""
    places = _places(spots)
    names = [name_box(len(place.zh), places[place.adcode]) for place in districts()]
    found = readable(ordered(spots), names)
    return [{"at": spot.at, "index": str(spot.index), "offset": (0, NUMBER_BELOW), "domain": spot.domain} for spot in found]


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
    return name_places({place.adcode: (len(place.zh), place.labels) for place in districts()}, stations)


def _colour(district: District) -> tuple[int, ...]:
    if district.red_unacknowledged:
        return LAND_RED
    return LAND[sum(district.load >= step for step in STEPS)]


def _by_district(values: Mapping[str, tuple[int, ...]], other: tuple[int, ...]) -> str:
    """An expression that deck.gl reads: the value of a feature by its adcode. The polygons stay as they are, colours change."""
    cases = "".join(f"properties.adcode=='{adcode}'?{list(value)}:" for adcode, value in sorted(values.items()))
    return f"{cases}{list(other)}"


def _land(fill: str) -> pydeck.Layer:
    return _polygons("districts", get_fill_color=fill, get_line_color=list(GROUND), get_line_width=2, trigger=fill)


def _edges(line: str) -> pydeck.Layer:
    """A red edge where every red alert of a district is acknowledged; without one there is nothing to draw."""
    return _polygons("edges", filled=False, get_line_color=line, get_line_width=3, visible="?" in line, trigger=line)


def _polygons(name: str, trigger: str, **props: Any) -> pydeck.Layer:
    return pydeck.Layer(
        "GeoJsonLayer",
        id=name,
        data=f"{BASE}/districts.geojson",
        line_width_units=PIXELS,
        line_joint_rounded=True,
        update_triggers={"getFillColor": trigger, "getLineColor": trigger},
        **props,
    )


@lru_cache(maxsize=4)
def _names(spots: Spots, language: str) -> bytes:
    places = _places(spots)
    return encode([{"at": places[place.adcode], "name": getattr(place, language)} for place in districts()])


def _text(name: str, data: str | list[Any], **props: Any) -> pydeck.Layer:
    return pydeck.Layer(
        "TextLayer",
        id=name,
        data=data,
        get_position="at",
        get_size=18,
        size_units=PIXELS,
        font_family=pydeck.types.String(FONT),
        character_set=pydeck.types.String("auto"),
        font_settings={"sdf": True, "fontSize": 48, "buffer": 6, "radius": 12, "cutoff": 0.2, "smoothing": 0.1},
        outline_width=2,
        outline_color=list(GROUND),
        **props,
    )
