"""The districts' file: the same land as the reference file made from the same source."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from shapely import coverage_is_valid, unary_union
from shapely.geometry import Point, shape

from tests.support.shared import shared

ROOT = Path(__file__).resolve().parents[3]
OURS = ROOT / "streams" / "places" / "4101" / "map.geojson"
REFERENCE = "zhengzhou/zhengzhou_simplified.geojson"


def land(path: Path, key: str) -> dict[str, Any]:
    """Geometry by adcode."""
    features = json.loads(path.read_text("utf-8"))["features"]
    return {str(feature["properties"][key]): shape(feature["geometry"]) for feature in features}


def test_neighbours_share_one_border() -> None:
    """The twelve districts cover the city with no gap and no overlap, and each id is its adcode."""
    assert len(land(OURS, "adcode")) == 12
    assert coverage_is_valid(list(land(OURS, "adcode").values()))
    features = json.loads(OURS.read_text("utf-8"))["features"]
    assert all(feature["id"] == feature["properties"]["adcode"] for feature in features)


def test_the_land_is_that_of_the_reference() -> None:
    """Area within 0.1 %, centroid within 1e-5 degrees (1 m), and the city's outline differs by less than 0.1 % of its area."""
    ours, theirs = land(OURS, "adcode"), land(shared(REFERENCE), "adcode")
    assert set(ours) == set(theirs)
    for adcode, area in theirs.items():
        assert ours[adcode].area == pytest.approx(area.area, rel=1e-3)
        assert ours[adcode].centroid.distance(area.centroid) < 1e-5
    whole, other = unary_union(list(ours.values())), unary_union(list(theirs.values()))
    assert whole.symmetric_difference(other).area < 1e-3 * other.area


def test_area_and_middle_of_each_district_are_those_of_the_reference() -> None:
    """The same by numbers alone: area (square degrees) within 0.1 %, centroid within 1e-5 degrees (1 m)."""
    ours = land(OURS, "adcode")
    with shared(REFERENCE, ours=True).open(encoding="utf-8", newline="") as lines:
        numbers = {row["adcode"]: row for row in csv.DictReader(lines)}
    assert set(ours) == set(numbers)
    for adcode, known in numbers.items():
        assert ours[adcode].area == pytest.approx(float(known["area"]), rel=1e-3)
        assert ours[adcode].centroid.distance(Point(float(known["lon"]), float(known["lat"]))) < 1e-5


def test_names_stand_in_their_district() -> None:
    """The first place for a name lies inside its district."""
    for feature in json.loads(OURS.read_text("utf-8"))["features"]:
        assert shape(feature["geometry"]).contains(Point(feature["properties"]["labels"][0]))
