"""Registrations: positions in their source's datum, owners by a code that is checked, and what is told of both."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest

from agents.core.alerts.fold import Fold
from streams import places
from streams.gateways.files import read_file
from streams.gateways.foreign.engine import Mapped, Origin, take_document
from streams.gateways.foreign.mapping import Foreign, read
from streams.gateways.intake.datum import to_bd09, to_gcj02
from streams.gateways.intake.registered import note_on, oddities
from streams.messages import Name, Quality, Registered, event_bytes, tick_bytes
from streams.places.organs import shapes
from tests.support.books import the_book

CODE = "91350100M000100Y43"
"""The example of GB 32100-2015 (python-stdnum, stdnum.cn.uscc): its last character is right."""

WRONG = CODE[:-1] + "4"

AT = "2026-06-01T08:00:00+08:00"

TABLE = """
title = "stations of ours"
fact = "air_hour"
kind = "air_station"
subject = "air"
region = "410100"
station = "站点"
missing = []
datum = "GCJ-02"
[time]
columns = ["时间"]
format = ["%Y-%m-%d %H:%M"]
[values]
o3 = "臭氧"
[stations."甲"]
adcode = "410105"
lon = LON
lat = LAT
owner = "CODE"
owner_role = "discharger"
"""

REGISTER = """
title = "lifts"
domain = "special_equipment"
fact = "registered"
subject = "lift"
station = "no"
[values]
kind = { is = "lift" }
adcode = { at = "district", as = "text" }
"name.zh" = { at = "name", as = "text" }
owner = { at = "owner", as = "uscc" }
owner_role = { is = "user" }
[position]
lon = "x"
lat = "y"
datum = "WGS-84"
"""


@pytest.fixture(scope="module")
def areas() -> Mapping[str, Any]:
    """The districts of Zhengzhou."""
    return shapes("4101", places.ROOT)


@pytest.fixture(scope="module")
def inside(areas: Mapping[str, Any]) -> tuple[float, float]:
    """A point of Jinshui from which the shift leads out of it, beyond what the map leaves open."""
    area = areas["410105"]
    west, south, east, north = area.bounds
    for n in range(1, 100):
        for m in range(1, 100):
            point = (west + (east - west) * n / 100, south + (north - south) * m / 100)
            if not list(oddities(said(point), areas)) and reasons(to_gcj02(*point), areas) == ["datum-gcj02"]:
                return round(point[0], 6), round(point[1], 6)
    raise AssertionError("no such point")


def said(point: tuple[float, float]) -> dict[str, Any]:
    """A registration in Jinshui at a point."""
    return {"adcode": "410105", "lon": point[0], "lat": point[1]}


def reasons(point: tuple[float, float], areas: Mapping[str, Any]) -> list[str]:
    """What is odd in it."""
    return [reason for _, reason in oddities(said(point), areas)]


def lift(areas: Mapping[str, Any], **row: Any) -> Mapped:
    """A lift of a foreign register, as the engine takes it."""
    mapping = read(REGISTER, "lifts.toml")
    assert isinstance(mapping, Foreign), mapping
    known = {"no": "L7", "district": "410105", "name": "一号梯", "owner": CODE} | row
    [found] = take_document([mapping], known, Origin(source="amr", now=0, areas=areas))
    assert isinstance(found, Mapped)
    return found


def told(values: list[bytes]) -> list[Quality]:
    """The quality records of events of lifts, after a tick."""
    fold = Fold(the_book(), "test.events.special_equipment", 0, keyed=False)
    outs = fold.run((n, None, value) for n, value in enumerate([tick_bytes(0), *values]))
    return [out for out in outs if isinstance(out, Quality)]


def test_a_position_of_gcj02_that_is_said_to_be_wgs84_is_told(areas: Mapping[str, Any], inside: tuple[float, float]) -> None:
    """The lift is registered all the same, where it says; beside it a quality record says 疑似 GCJ-02."""
    x, y = to_gcj02(*inside)
    found = lift(areas, x=x, y=y)
    assert [(note.field, note.reason, note.taken) for note in found.odd] == [("lon", "datum-gcj02", True)]
    assert lift(areas, x=inside[0], y=inside[1]).odd == ()
    records = told(found.events)
    assert [record.rule for record in records] == ["DQ-09"]
    assert "疑似 GCJ-02" in records[0].message


def test_other_positions_that_contradict_their_district(areas: Mapping[str, Any], inside: tuple[float, float]) -> None:
    """BD-09 is told as that, or as GCJ-02 where both fit; a point in Dengfeng fits in no datum."""
    assert reasons(to_bd09(*to_gcj02(*inside)), areas)[0] in {"datum-bd09", "datum-gcj02"}
    assert reasons((113.05, 34.46), areas) == ["elsewhere"]


def test_an_owner_whose_code_has_a_wrong_digit_is_left_out_and_told(areas: Mapping[str, Any]) -> None:
    """The code of the standard's example is taken with its role; with another last character it is not, and is DQ-15."""
    good = json.loads(lift(areas, x=113.7, y=34.8).value)["data"]
    assert (good["owner"], good["owner_role"]) == (CODE, "user")
    bad = lift(areas, owner=WRONG)
    assert "owner" not in json.loads(bad.value)["data"]
    assert ("owner", "owner-code", False) in [(note.field, note.reason, note.taken) for note in bad.odd]
    assert {record.rule for record in told(bad.events)} == {"DQ-15"}


def test_a_table_gives_its_positions_in_its_datum(
    tmp_path: Path, areas: Mapping[str, Any], inside: tuple[float, float]
) -> None:
    """A station at the GCJ-02 of a point is registered at the point, with its owner; nothing is odd in it."""
    x, y = to_gcj02(*inside)
    own, table = tmp_path / "own.toml", tmp_path / "t.csv"
    own.write_text(TABLE.replace("LON", str(x)).replace("LAT", str(y)).replace("CODE", CODE), "utf-8")
    table.write_text("时间,站点,臭氧\n2026-06-01 08:00,甲,80\n", "utf-8")
    content = read_file(table, "environment", own)
    events = [json.loads(each.value) for each in content.arrivals]
    assert [event["type"] for event in events] == ["environment.registered", "environment.air_hour"]
    data = events[0]["data"]
    assert (data["lon"], data["lat"]) == pytest.approx(inside, abs=1e-6)
    assert (data["owner"], data["owner_role"]) == (CODE, "discharger")


def test_a_table_without_its_datum_is_told_of(tmp_path: Path, inside: tuple[float, float]) -> None:
    """The same file, its datum forgotten: beside the registration stands a note."""
    x, y = to_gcj02(*inside)
    own, table = tmp_path / "own.toml", tmp_path / "t.csv"
    text = TABLE.replace('datum = "GCJ-02"\n', "").replace("LON", str(x)).replace("LAT", str(y)).replace("CODE", WRONG)
    own.write_text(text, "utf-8")
    table.write_text("时间,站点,臭氧\n2026-06-01 08:00,甲,80\n", "utf-8")
    events = [json.loads(each.value) for each in read_file(table, "environment", own).arrivals]
    assert [event["type"] for event in events] == ["environment.registered", "environment.field_note", "environment.air_hour"]
    assert [note["reason"] for note in events[1]["data"]["notes"]] == ["datum-gcj02", "owner-code"]


def test_a_registration_in_order_has_no_note(areas: Mapping[str, Any]) -> None:
    """Without a position and with an owner by name alone, as registers had them before, there is nothing to tell."""
    data = Registered(kind="lift", name=Name("梯"), adcode="410105", owner="某物业")
    value = event_bytes(type="special_equipment.registered", source="s", id="1", time=AT, subject="lift.1", data=data)
    assert note_on(value, areas) is None
    assert b"owner_role" not in msgspec.json.encode(data)
