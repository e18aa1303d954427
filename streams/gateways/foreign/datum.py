"""Positions in the datums that Chinese sources use, as WGS-84. A datum belongs to a source, and is never guessed from a number.

GCJ-02 (国测局坐标) shifts WGS-84 by a sum of sines of the position on the ellipsoid of Krasovsky 1940; BD-09 shifts GCJ-02 once
more. The formulas are those that all open libraries have, published for GCJ-02 by wuyongzheng (eviltransform, 2013); the
authority has published none. The inverse is by iteration. In Zhengzhou GCJ-02 lies some 550 to 610 m from WGS-84.
"""

from math import atan2, cos, pi, sin, sqrt
from typing import Literal

Datum = Literal["WGS-84", "GCJ-02", "BD-09"]

_A, _E2 = 6_378_245.0, 0.00669342162296594323
"""Semi-major axis (m) and squared eccentricity of Krasovsky 1940."""

_WEST, _EAST, _SOUTH, _NORTH = 72.004, 137.8347, 0.8293, 55.8271
"""Where the shift is defined, degrees."""

_BD = pi * 3_000 / 180
_ENOUGH = 1e-9
"""Degrees: a tenth of a millimetre."""


def in_china(lon: float, lat: float) -> bool:
    """Whether a position is where GCJ-02 differs from WGS-84."""
    return _WEST <= lon <= _EAST and _SOUTH <= lat <= _NORTH


def to_wgs84(lon: float, lat: float, datum: Datum) -> tuple[float, float]:
    """A position (degrees) of a datum in WGS-84, to a millionth of a degree (0.1 m).

    >>> to_wgs84(116.38404722455657, 39.91334545536069, "GCJ-02"), to_wgs84(113.65, 34.76, "WGS-84")
    ((116.377817, 39.911954), (113.65, 34.76))
    """
    if datum == "WGS-84":
        return lon, lat
    if datum == "BD-09":
        lon, lat = _bd09_to_gcj02(lon, lat)
    x, y = lon, lat
    for _ in range(30):
        shifted = to_gcj02(x, y)
        x, y, moved = x - (shifted[0] - lon), y - (shifted[1] - lat), max(abs(shifted[0] - lon), abs(shifted[1] - lat))
        if moved < _ENOUGH:
            break
    return round(x, 6), round(y, 6)


def to_gcj02(lon: float, lat: float) -> tuple[float, float]:
    """A position in WGS-84 as GCJ-02 has it (degrees)."""
    if not in_china(lon, lat):
        return lon, lat
    x, y = lon - 105, lat - 35
    root, wave = sqrt(abs(x)), (20 * sin(6 * x * pi) + 20 * sin(2 * x * pi)) * 2 / 3
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + wave
    north += (20 * sin(y * pi) + 40 * sin(y / 3 * pi)) * 2 / 3 + (160 * sin(y / 12 * pi) + 320 * sin(y / 30 * pi)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + wave
    east += (20 * sin(x * pi) + 40 * sin(x / 3 * pi)) * 2 / 3 + (150 * sin(x / 12 * pi) + 300 * sin(x / 30 * pi)) * 2 / 3
    magic = 1 - _E2 * sin(lat / 180 * pi) ** 2
    north = north * 180 / (_A * (1 - _E2) / (magic * sqrt(magic)) * pi)
    east = east * 180 / (_A / sqrt(magic) * cos(lat / 180 * pi) * pi)
    return lon + east, lat + north


def _bd09_to_gcj02(lon: float, lat: float) -> tuple[float, float]:
    x, y = lon - 0.0065, lat - 0.006
    z = sqrt(x * x + y * y) - 0.00002 * sin(y * _BD)
    theta = atan2(y, x) - 0.000003 * cos(x * _BD)
    return z * cos(theta), z * sin(theta)
