"""In which datum a source gives its positions, and positions that look as if they were of another one.

Events carry WGS-84. GCJ-02 (Amap, Tencent) is WGS-84 shifted by a formula, some 550 to 610 m in Zhengzhou; BD-09 (Baidu) is
GCJ-02 shifted again. Neither formula was published by its authority: these are the ones that everybody uses
(wandergis/coordtransform, googollee/eviltransform, whose check values the tests have). Their inverses are found by iteration.
"""

from collections.abc import Callable, Mapping
from math import atan2, cos, hypot, pi, sin, sqrt
from typing import Any, Literal

Datum = Literal["WGS-84", "GCJ-02", "BD-09"]
"""WGS-84 (CGCS2000 is the same to a few centimetres), GCJ-02, BD-09."""

Doubt = Literal["", "GCJ-02", "BD-09", "elsewhere"]
"""What is wrong with a position: nothing; it fits its district if it is taken for GCJ-02 or BD-09; it fits in no way."""

Point = tuple[float, float]
"""Longitude and latitude (degrees)."""

AXIS, ECCENTRICITY2 = 6378245.0, 0.00669342162296594323
"""Semi-major axis (m) and squared eccentricity of the Krasovsky 1940 ellipsoid, as the shift uses them."""

WEST, EAST, SOUTH, NORTH = 72.004, 137.8347, 0.8293, 55.8271
"""Degrees: outside them the published formula shifts nothing."""

ROUNDS = 6
"""Each round divides the error by about 10,000; two already reach 1 cm."""

DIGITS = 7
"""Digits of a degree that is converted: a centimetre."""

MARGIN = 0.0012
"""Degrees, about 120 m: the districts' borders are simplified by so much (scripts/districts.py)."""

_BD09 = pi * 3000 / 180
_BD09_EAST, _BD09_NORTH = 0.0065, 0.006


def in_china(lon: float, lat: float) -> bool:
    """Whether a position is where GCJ-02 differs from WGS-84."""
    return WEST <= lon <= EAST and SOUTH <= lat <= NORTH


def to_wgs84(lon: float, lat: float, datum: Datum) -> Point:
    """A position of a datum as WGS-84 (degrees, of one that is converted to a centimetre).

    >>> to_wgs84(116.38404722455657, 39.91334545536069, "GCJ-02"), to_wgs84(113.65, 34.76, "WGS-84")
    ((116.377817, 39.911954), (113.65, 34.76))
    """
    if datum == "WGS-84":
        return lon, lat
    if datum == "BD-09":
        lon, lat = _undone(to_bd09, lon, lat)
    east, north = _undone(to_gcj02, lon, lat)
    return round(east, DIGITS), round(north, DIGITS)


def to_gcj02(lon: float, lat: float) -> Point:
    """The GCJ-02 coordinates of a WGS-84 point (degrees)."""
    if not in_china(lon, lat):
        return lon, lat
    x, y = lon - 105.0, lat - 35.0
    root = sqrt(abs(x))
    waves = (20 * sin(6 * x * pi) + 20 * sin(2 * x * pi)) * 2 / 3
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + waves
    north += (20 * sin(y * pi) + 40 * sin(y / 3 * pi)) * 2 / 3
    north += (160 * sin(y / 12 * pi) + 320 * sin(y * pi / 30)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + waves
    east += (20 * sin(x * pi) + 40 * sin(x / 3 * pi)) * 2 / 3
    east += (150 * sin(x / 12 * pi) + 300 * sin(x / 30 * pi)) * 2 / 3
    radians = lat / 180 * pi
    magic = 1 - ECCENTRICITY2 * sin(radians) ** 2
    north = north * 180 / (AXIS * (1 - ECCENTRICITY2) / (magic * sqrt(magic)) * pi)
    east = east * 180 / (AXIS / sqrt(magic) * cos(radians) * pi)
    return lon + east, lat + north


def to_bd09(lon: float, lat: float) -> Point:
    """The BD-09 coordinates of a GCJ-02 point (degrees)."""
    far = hypot(lon, lat) + 0.00002 * sin(lat * _BD09)
    angle = atan2(lat, lon) + 0.000003 * cos(lon * _BD09)
    return far * cos(angle) + _BD09_EAST, far * sin(angle) + _BD09_NORTH


def doubt(areas: Mapping[str, Any], adcode: str, lon: float, lat: float) -> Doubt:
    """What is wrong with a position (degrees, WGS-84 as it is said) of something that is registered in a district.

    `areas`: districts with a shape (shapely, WGS-84) by their codes of six digits; of another district nothing is known, and
    nothing said. A point within MARGIN of its district is no contradiction.
    """
    from shapely.geometry import Point as Place  # noqa: PLC0415 - who has no position needs no geometry

    area = areas.get(adcode[:6])
    if area is None or area.distance(Place(lon, lat)) <= MARGIN:
        return ""
    others: tuple[Literal["GCJ-02", "BD-09"], ...] = ("GCJ-02", "BD-09")
    return next((other for other in others if area.covers(Place(to_wgs84(lon, lat, other)))), "elsewhere")


def _undone(shift: Callable[[float, float], Point], lon: float, lat: float) -> Point:
    """The point that a shift brings to this one, by fixed-point iteration."""
    x, y = lon, lat
    for _ in range(ROUNDS):
        shifted_x, shifted_y = shift(x, y)
        x, y = x + lon - shifted_x, y + lat - shifted_y
    return x, y
