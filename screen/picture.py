"""What the map shows of a View, as plain values: equal pictures need no new drawing. Reads the districts' file, else pure."""

import json
from collections import Counter
from functools import cache
from itertools import groupby
from pathlib import Path

import msgspec
from msgspec import Struct

from screen.figures import District, letter, ranking
from screen.labels import Point, Spot
from screen.view import View
from streams.messages import SEVERITIES, Alert, Phase

STATIC = Path(__file__).parent / "static"

PHASES: tuple[Phase, ...] = ("in-process", "post-event")

MARKS_SHOWN = 2
"""Alerts of one subject on the map at most, the worst ones: more would hide its neighbours. The legend counts all."""


class Place(Struct, frozen=True):
    """A district of the file: adcode, names, and points where its name may stand (degrees), the best one first."""

    adcode: str
    zh: str
    en: str
    labels: tuple[Point, ...]


class Mark(Struct, frozen=True):
    """An alert on the map: which, where (degrees), its glyph in the atlas, its column among its neighbours (0 is middle)."""

    alert: str
    domain: str
    at: Point
    name: str
    column: float


class Picture(Struct, frozen=True):
    """All that moves on the map."""

    districts: tuple[District, ...]
    spots: tuple[Spot, ...]
    marks: tuple[Mark, ...]


@cache
def districts() -> tuple[Place, ...]:
    """The districts of `static/districts.geojson`."""
    features = json.loads((STATIC / "districts.geojson").read_text("utf-8"))["features"]
    return tuple(msgspec.convert(feature["properties"], Place) for feature in features)


@cache
def adcodes() -> tuple[str, ...]:
    """The districts' adcodes."""
    return tuple(place.adcode for place in districts())


def picture(view: View) -> Picture:
    """The picture of a View."""
    return Picture(tuple(ranking(view, adcodes())), _spots(view), _marks(view))


def _spots(view: View) -> tuple[Spot, ...]:
    alerts = Counter(alert.subject for alert in view.alerts.values())
    return tuple(
        Spot((status.lon, status.lat), _index(status.values.get("aqi")), min(alerts[name], MARKS_SHOWN), status.domain)
        for name, status in sorted(view.subjects.items())
        if status.lon is not None and status.lat is not None
    )


def _index(value: float | str | None) -> int | None:
    return value if type(value) is int else None


def _marks(view: View) -> tuple[Mark, ...]:
    by_subject = groupby(sorted(view.alerts.values(), key=lambda alert: alert.subject), key=lambda alert: alert.subject)
    return tuple(mark for _, alerts in by_subject for mark in _row(list(alerts)))


def _row(alerts: list[Alert]) -> list[Mark]:
    """The worst alerts of one subject side by side."""
    worst = sorted(alerts, key=lambda alert: (SEVERITIES.index(alert.severity), alert.state, alert.id))[:MARKS_SHOWN]
    left = -(len(worst) - 1) / 2
    return [
        Mark(alert.id, alert.domain, (alert.lon, alert.lat), f"{alert.severity}-{letter(alert)}-{alert.phase}", left + n)
        for n, alert in enumerate(worst)
        if alert.lon is not None and alert.lat is not None
    ]
