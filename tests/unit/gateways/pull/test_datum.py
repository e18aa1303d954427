"""Positions in GCJ-02 and BD-09: the check values that others published, and what is said of a position in the wrong datum."""

from collections.abc import Mapping
from math import cos, hypot, radians
from typing import Any

import pytest
from shapely.geometry import LineString

from streams import places
from streams.gateways.intake.datum import MARGIN, Datum, doubt, to_bd09, to_gcj02, to_wgs84
from streams.places.organs import shapes

EVIL = [
    (31.1774276, 121.5272106, 31.17530398364597, 121.531541859215),
    (22.543847, 113.912316, 22.540796131694766, 113.9171764808363),
    (39.911954, 116.377817, 39.91334545536069, 116.38404722455657),
]
"""googollee/eviltransform, go/transform_test.go: Shanghai, Shenzhen, Beijing in WGS-84 and GCJ-02 (latitude first)."""

WANDERGIS = (116.404, 39.915)
"""wandergis/coordtransform, test/app.js: the point of which its test says all results."""

CENTRE = (113.62, 34.75)


@pytest.fixture(scope="module")
def areas() -> Mapping[str, Any]:
    """The twelve districts of Zhengzhou."""
    return shapes("4101", places.ROOT)


@pytest.mark.parametrize(("lat", "lon", "shifted_lat", "shifted_lon"), EVIL)
def test_the_shift_is_the_published_one(lat: float, lon: float, shifted_lat: float, shifted_lon: float) -> None:
    """WGS-84 gives the GCJ-02 of eviltransform to a tenth of a micrometre, and that gives WGS-84 again to a centimetre."""
    assert to_gcj02(lon, lat) == pytest.approx((shifted_lon, shifted_lat), abs=1e-12)
    assert to_wgs84(shifted_lon, shifted_lat, "GCJ-02") == pytest.approx((lon, lat), abs=1e-7)


def test_both_shifts_are_those_of_coordtransform() -> None:
    """Its point taken for WGS-84 has this GCJ-02, taken for GCJ-02 this BD-09."""
    assert to_gcj02(*WANDERGIS) == pytest.approx((116.41024449916938, 39.91640428150164), abs=1e-12)
    assert to_bd09(*WANDERGIS) == pytest.approx((116.41036949371029, 39.92133699351021), abs=1e-12)


@pytest.mark.parametrize("datum", ["WGS-84", "GCJ-02", "BD-09"])
@pytest.mark.parametrize("point", [CENTRE, (112.72, 34.26), (114.21, 34.99), (121.5272106, 31.1774276)])
def test_each_shift_is_undone(datum: Datum, point: tuple[float, float]) -> None:
    """Shifting a point by the published formulas and back gives the point again, to a centimetre (1e-7 degrees)."""
    shifted = {"WGS-84": point, "GCJ-02": to_gcj02(*point), "BD-09": to_bd09(*to_gcj02(*point))}[datum]
    assert to_wgs84(*shifted, datum) == pytest.approx(point, abs=1e-7)


def test_outside_the_country_nothing_is_shifted() -> None:
    """Chicago is the same in both."""
    assert to_gcj02(-87.6298, 41.8781) == to_wgs84(-87.6298, 41.8781, "GCJ-02") == (-87.6298, 41.8781)


def test_in_zhengzhou_the_shift_is_of_550_to_610_metres() -> None:
    """GCJ-02 read as WGS-84 lies so far off, all over the city."""
    for lon in (113.4, 113.6, 113.8):
        for lat in (34.6, 34.75, 34.9):
            x, y = to_gcj02(lon, lat)
            metres = hypot((x - lon) * 111_320 * cos(radians(lat)), (y - lat) * 110_950)
            assert 545 < metres < 615


def test_a_position_of_another_datum_is_doubted_where_it_contradicts_its_district(areas: Mapping[str, Any]) -> None:
    """A point just inside the eastern border agrees; sent as GCJ-02 or BD-09 it lies outside, and fits when it is converted."""
    west, south, east, north = areas["410105"].bounds
    across = areas["410105"].intersection(LineString([(west, (south + north) / 2), (east, (south + north) / 2)]))
    inside = (across.bounds[2] - 0.002, (south + north) / 2)
    shifted = to_gcj02(*inside)
    assert doubt(areas, "410105", *inside) == ""
    assert doubt(areas, "410105", *shifted) == "GCJ-02"
    assert doubt(areas, "410105", *to_bd09(*shifted)) in {"GCJ-02", "BD-09"}


def test_what_cannot_be_decided_is_not_doubted(areas: Mapping[str, Any]) -> None:
    """Of a district without a shape nothing is said; a point within the map's own error of the border is no contradiction."""
    middle = areas["410105"].representative_point()
    assert doubt(areas, "110101", middle.x, middle.y) == ""
    assert doubt(areas, "410105004", middle.x, middle.y) == ""
    west = areas["410105"].bounds[0]
    at = next(each for part in areas["410105"].geoms for each in part.exterior.coords if each[0] == west)
    assert doubt(areas, "410105", at[0] - MARGIN / 2, at[1]) == ""


def test_a_position_that_fits_in_no_way_is_said_to_be_elsewhere(areas: Mapping[str, Any]) -> None:
    """A point in Dengfeng that is registered in Jinshui lies elsewhere in every datum."""
    middle = areas["410185"].representative_point()
    assert doubt(areas, "410105", middle.x, middle.y) == "elsewhere"
