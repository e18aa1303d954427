"""The simulated city at another place: the districts of Luoyang, told by the same files."""

import json
import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from shapely.geometry import Point, shape

from fixtures.register import relocation
from streams import places

ROOT = Path(__file__).parents[3]
HOURS = "3"


def run(*arguments: str, given: bytes = b"") -> bytes:
    """What a command of Luoyang's installation writes."""
    env = os.environ | {"ONESCREEN_PLACE": "4103"}
    return subprocess.run(
        [sys.executable, "-m", *arguments], input=given, capture_output=True, cwd=ROOT, env=env, check=True
    ).stdout


@cache
def city() -> bytes:
    """The first hours of Luoyang."""
    return run("fixtures", "city", "--stdout", "--hours", HOURS)


def events() -> list[dict[str, Any]]:
    """Its events; what is garbage on purpose is left out."""
    return [json.loads(line) for line in city().splitlines() if line.startswith(b"{") and line.endswith(b"}")]


def test_every_subject_lies_in_its_district_of_luoyang() -> None:
    """Each registration: an adcode of Luoyang, a position within that district's polygon, no name of Zhengzhou's districts."""
    file = places.city_map("4103")[1]
    land = {each["id"]: shape(each["geometry"]) for each in json.loads(file.read_text("utf-8"))["features"]}
    names = [each.zh for each in places.place("4101").districts.values()]
    found = [each["data"] for each in events() if each["type"].endswith(".registered")]
    assert len(found) > 300
    assert len({each["adcode"] for each in found} - {"410300"}) == 12
    for each in found:
        assert each["adcode"] == "410300" or land[each["adcode"]].contains(Point(each["lon"], each["lat"]))
        assert not [name for name in names if name in each["name"]["zh"]]


def test_nothing_of_it_is_told_of_zhengzhou() -> None:
    """No adcode of Zhengzhou's stands in any event: not in ids, traits or links to other subjects."""
    assert re.findall(rb"(?<![\d.])4101\d\d(?!\d)", city()) == []


def test_its_departments_get_its_alerts() -> None:
    """The judge of Luoyang gives every alert to a department of Luoyang or of Henan."""
    alerts = [json.loads(line)["value"] for line in run("agents", "judge", "-", "--only", "alerts", given=city()).splitlines()]
    assert alerts
    assert {each["department"]["id"].partition("-")[0] for each in alerts} <= {"ly", "hn"}
    assert {each["adcode"][:4] for each in alerts} == {"4103"}


def test_a_district_that_the_other_city_lacks_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """A city of two districts: what lies in the other ten is not told, in tables and in lists."""
    there = relocation.areas("4103")[:2]
    monkeypatch.setattr(relocation, "areas", lambda code: there if code == "4103" else _home)
    known = {"a.410102": 1, "b.410105": 2, "rows": [{"subject": "b.410105"}, {"subject": "a.410103"}], "city": "410100"}
    assert relocation.Moved("4103").all(known) == {"a.410302": 1, "rows": [{"subject": "a.410303"}], "city": "410300"}


_home = relocation.areas("4101")
