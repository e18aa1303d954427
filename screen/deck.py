"""The map as pydeck makes it: districts by load, stations with their index, alerts by shape and colour. No network."""

import json
from collections.abc import Mapping
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

import pydeck
from msgspec import Struct

from screen.figures import District, ranking
from screen.view import View
from streams.messages import SEVERITIES, Alert

STATIC = Path(__file__).parent / "static"
BASE = "/screen/static"
"""Where the page finds the files of STATIC."""

FONT = "Onescreen"

CENTRE = {"longitude": 113.562, "latitude": 34.63, "zoom": 8.585}
"""The city fills the left of a map 924 x 504 px, and leaves its lower right corner to the legend."""

LAND = ((32, 38, 43), (42, 49, 57), (54, 64, 73), (69, 81, 92))
STEPS = (1, 6, 12)
"""Loads from which a district takes the next grey of LAND."""

LAND_RED, RED, GROUND = (95, 43, 48), (255, 93, 85), (21, 25, 29)
INK, INK_2 = (236, 239, 241), (183, 192, 200)

CELL = 64
STATES = ("B", "D", "C")
PHASES = ("in-process", "post-event")
MARKS_SHOWN = 4
"""Alerts of one subject on the map at most, the worst ones: more would hide its neighbours."""


class Place(Struct, frozen=True):
    """A district of the file: adcode, names, and where its name stands (degrees)."""

    adcode: str
    zh: str
    en: str
    label: tuple[float, float]


@cache
def districts() -> tuple[Place, ...]:
    """The districts of `static/districts.geojson`."""
    features = json.loads((STATIC / "districts.geojson").read_text("utf-8"))["features"]
    return tuple(Place(**feature["properties"]) for feature in features)


def deck(view: View, language: str) -> str:
    """The deck as JSON, names in `language` (zh or en)."""
    ranked = {district.adcode: district for district in ranking(view, tuple(place.adcode for place in districts()))}
    layers = [_land(ranked), _edges(ranked), _names(language), *_stations(view), _alerts(view)]
    scene = pydeck.Deck(
        layers=layers,
        initial_view_state=pydeck.ViewState(**CENTRE),
        views=[pydeck.View(type="MapView", controller={"dragRotate": False, "touchRotate": False, "keyboard": False})],
        map_provider=None,
    )
    text: str = scene.to_json()
    return text


def mark(alert: Alert) -> str:
    """The name of an alert's mark in the atlas: severity, state, and a bar below for what is after the fact."""
    return f"{alert.severity}-{alert.state}-{alert.phase}"


@cache
def atlas() -> dict[str, dict[str, int]]:
    """Where each mark stands in `static/marks.svg`: a row for each phase and state, a column for each severity."""
    return {
        f"{severity}-{state}-{phase}": {"x": column * CELL, "y": (p * 3 + row) * CELL, "width": CELL, "height": CELL}
        for p, phase in enumerate(PHASES)
        for row, state in enumerate(STATES)
        for column, severity in enumerate(SEVERITIES)
    }


def _colour(district: District) -> tuple[int, int, int]:
    if district.red_unacknowledged:
        return LAND_RED
    return LAND[sum(district.load >= step for step in STEPS)]


def _by_district(values: Mapping[str, tuple[int, ...]], other: tuple[int, ...]) -> str:
    """An expression that deck.gl reads: the value of a feature by its adcode. The polygons stay as they are, colours change."""
    cases = "".join(f"properties.adcode=='{adcode}'?{list(value)}:" for adcode, value in sorted(values.items()))
    return f"{cases}{list(other)}"


def _land(ranked: dict[str, District]) -> pydeck.Layer:
    fill = _by_district({adcode: _colour(district) for adcode, district in ranked.items()}, LAND[0])
    return _polygons("districts", get_fill_color=fill, get_line_color=list(GROUND), get_line_width=2, trigger=fill)


def _edges(ranked: dict[str, District]) -> pydeck.Layer:
    """A red edge where every red alert of a district is acknowledged."""
    red = {adcode: (*RED, 255) for adcode, found in ranked.items() if found.counts[0] and not found.red_unacknowledged}
    line = _by_district(red, (0, 0, 0, 0))
    return _polygons("edges", filled=False, get_line_color=line, get_line_width=3, trigger=line)


def _polygons(name: str, trigger: str, **props: Any) -> pydeck.Layer:
    return pydeck.Layer(
        "GeoJsonLayer",
        id=name,
        data=f"{BASE}/districts.geojson",
        line_width_units=pydeck.types.String("pixels"),
        line_joint_rounded=True,
        update_triggers={"getFillColor": trigger, "getLineColor": trigger},
        **props,
    )


def _names(language: str) -> pydeck.Layer:
    data = [{"at": place.label, "name": getattr(place, language)} for place in districts()]
    return _text("names", data, get_text="name", get_color=list(INK), get_size=18)


def _stations(view: View) -> tuple[pydeck.Layer, pydeck.Layer]:
    data = [
        {"at": (status.lon, status.lat), "aqi": str(aqi) if type(aqi := status.values.get("aqi")) is int else ""}
        for status in sorted(view.subjects.values(), key=lambda status: status.subject)
        if status.lon is not None and status.lat is not None
    ]
    dots = pydeck.Layer(
        "ScatterplotLayer",
        id="stations",
        data=data,
        get_position="at",
        get_radius=3.5,
        radius_units=pydeck.types.String("pixels"),
        get_fill_color=list(INK_2),
        stroked=True,
        get_line_color=list(GROUND),
        line_width_units=pydeck.types.String("pixels"),
        get_line_width=1.5,
    )
    numbers = _text("indices", data, get_text="aqi", get_color=list(INK_2), get_size=18, get_pixel_offset=[0, 15])
    return dots, numbers


def _alerts(view: View) -> pydeck.Layer:
    located = [alert for alert in view.alerts.values() if alert.lon is not None and alert.lat is not None]
    by_subject = groupby(sorted(located, key=lambda alert: alert.subject), key=lambda alert: alert.subject)
    data = [item for _, alerts in by_subject for item in _row(list(alerts))]
    data.sort(key=lambda item: item["size"])
    return pydeck.Layer(
        "IconLayer",
        id="alerts",
        data=data,
        pickable=True,
        get_position="at",
        get_icon="mark",
        get_size="size",
        get_pixel_offset="offset",
        size_units=pydeck.types.String("pixels"),
        icon_atlas=pydeck.types.String(f"{BASE}/marks.svg"),
        icon_mapping=atlas(),
    )


def _row(alerts: list[Alert]) -> list[dict[str, Any]]:
    """The worst alerts of one subject side by side above its dot."""
    worst = sorted(alerts, key=lambda alert: (SEVERITIES.index(alert.severity), alert.state, alert.id))[:MARKS_SHOWN]
    left = -(len(worst) - 1) / 2
    return [
        {
            "id": alert.id,
            "at": (alert.lon, alert.lat),
            "mark": mark(alert),
            "size": 28 if alert.severity == "red" else 24,
            "offset": ((left + n) * 22, -15),
        }
        for n, alert in enumerate(worst)
    ]


def _text(name: str, data: list[dict[str, Any]], **props: Any) -> pydeck.Layer:
    return pydeck.Layer(
        "TextLayer",
        id=name,
        data=data,
        get_position="at",
        size_units=pydeck.types.String("pixels"),
        font_family=pydeck.types.String(FONT),
        character_set=pydeck.types.String("auto"),
        font_settings={"sdf": True, "fontSize": 48, "buffer": 6, "radius": 12, "cutoff": 0.2, "smoothing": 0.1},
        outline_width=2,
        outline_color=list(GROUND),
        **props,
    )
