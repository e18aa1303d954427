"""The land of the map as pydeck makes it: districts by load, and the view of the city. No network, no base map."""

import json
from collections.abc import Iterable, Mapping
from functools import lru_cache

import pydeck

from screen.wall.figures import District
from screen.web.version import versioned
from streams.places import city_map

LAND = ((32, 38, 43), (42, 49, 57), (54, 64, 73), (69, 81, 92))
STEPS = (1, 6, 12)
"""Loads from which a district takes the next grey of LAND."""

LAND_RED = (95, 43, 48)


def deck(ranked: Iterable[District]) -> bytes:
    """The scene as JSON, with the districts' colours; pydeck writes it, and anew only where a colour changes."""
    return _scene(_by_district({district.adcode: _colour(district) for district in ranked}, LAND[0]))


def home() -> dict[str, float]:
    """The view of the whole city: longitude, latitude (degrees) and zoom."""
    shown = city_map()[0]
    return {"longitude": shown.centre[0], "latitude": shown.centre[1], "zoom": shown.zoom}


@lru_cache(maxsize=8)
def _scene(fill: str) -> bytes:
    """The scene with these colours of the districts; their outlines, and all points, are drawn above it."""
    land = pydeck.Layer(
        "GeoJsonLayer",
        id="districts",
        data=f"{versioned()}/districts.geojson",
        stroked=False,
        get_fill_color=fill,
        update_triggers={"getFillColor": fill},
    )
    scene = pydeck.Deck(
        layers=[land],
        initial_view_state=pydeck.ViewState(**home()),
        views=[pydeck.View(type="MapView", controller={"dragRotate": False, "touchRotate": False, "keyboard": False})],
        map_provider=None,
    )
    return json.dumps(json.loads(scene.to_json()), ensure_ascii=False, separators=(",", ":")).encode()


def _colour(district: District) -> tuple[int, ...]:
    if district.red_unacknowledged:
        return LAND_RED
    return LAND[sum(district.load >= step for step in STEPS)]


def _by_district(values: Mapping[str, tuple[int, ...]], other: tuple[int, ...]) -> str:
    """An expression that deck.gl reads: the value of a feature by its adcode. The polygons stay as they are, colours change."""
    cases = "".join(f"properties.adcode=='{adcode}'?{list(value)}:" for adcode, value in sorted(values.items()))
    return f"{cases}{list(other)}"
