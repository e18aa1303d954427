"""Two versions compared: in the terms of schema registries, and in what every record keeps valid and yet breaks its users."""

import copy
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from jsonschema_rs import Draft202012Validator

from streams.archive.files import Chunk, write
from streams.directory import version
from streams.directory.against import against
from streams.directory.command import main
from streams.directory.difference import compared, transitive
from streams.directory.schema import uncovered, valid
from tests.support.events import START, clean, hour, registered

TYPE = "environment.air_hour"


@pytest.fixture
def old() -> Any:
    """The product's version."""
    return json.loads(version.text())


def properties(directory: Any) -> Any:
    """The properties of an air station's hour in it."""
    return directory[TYPE]["schema"]["$defs"]["AirHour"]["properties"]


def test_a_version_is_fully_compatible_with_itself(old: Any) -> None:
    """Nothing differs, in every direction."""
    verdict = compared(old, copy.deepcopy(old))
    assert verdict.changes == ()
    assert verdict.full


CHANGES: dict[str, tuple[bool, bool]] = {
    "an optional field more": (True, False),
    "a field less": (False, True),
    "a required field more": (False, False),
    "a wider bound": (True, False),
    "a narrower bound": (False, True),
    "another type": (False, False),
}
"""What is done to a closed type, and whether that is backward and forward compatible."""


def changed(directory: Any, how: str) -> None:
    """Do it to an air station's hour."""
    its, part = properties(directory), directory[TYPE]["schema"]["$defs"]["AirHour"]
    match how:
        case "an optional field more":
            its["no"] = {"type": "number"}
        case "a field less":
            del its["pm25"]
        case "a required field more":
            its["no"] = {"type": "number"}
            part["required"] = ["no"]
        case "a wider bound":
            its["minutes"]["anyOf"][0]["maximum"] = 90
        case "a narrower bound":
            its["minutes"]["anyOf"][0]["maximum"] = 30
        case _:
            its["minutes"] = {"type": "string"}


@pytest.mark.parametrize("how", CHANGES)
def test_backward_and_forward(how: str, old: Any) -> None:
    """Backward: the new version reads what the old one wrote; forward: the old reads what the new writes."""
    new = copy.deepcopy(old)
    changed(new, how)
    verdict = compared(old, new)
    assert (verdict.backward, verdict.forward) == CHANGES[how]
    assert not verdict.full
    assert {change.type for change in verdict.changes} == {TYPE}


@pytest.mark.parametrize(
    ("breaks", "name", "value"),
    [
        ("unit", "unit", "mg/m³"),
        ("meaning", "name", {"zh": "二氧化硫日均值", "en": "Sulphur dioxide, mean of the day"}),
        ("personal", "personal", "sensitive"),
        ("level", "rank", {"level": "important", "sublevel": 2, "status": "proposed"}),
    ],
)
def test_meaning_breaks_though_every_record_is_valid(breaks: str, name: str, value: Any, old: Any) -> None:
    """Unit, meaning, level and personal mark are what users of a field rely on: the version is not fully compatible."""
    new = copy.deepcopy(old)
    next(field for field in new[TYPE]["fields"] if field["path"] == "so2")[name] = value
    verdict = compared(old, new)
    assert [(change.path, change.breaks) for change in verdict.changes] == [("so2", breaks)]
    assert (verdict.backward, verdict.forward, verdict.same_meaning, verdict.full) == (True, True, False, False)


def test_transitive_looks_at_all_versions_before(old: Any) -> None:
    """A bound that was widened twice is backward compatible with both; one that came back is not with the wide one."""
    wide, back = copy.deepcopy(old), copy.deepcopy(old)
    changed(wide, "a wider bound")
    assert compared(old, back).full
    assert not transitive([wide, old], back).backward
    assert transitive([old], wide).backward


def test_types_that_come_and_go(old: Any) -> None:
    """A retired type is not read any more; a new one is not known to the old version."""
    new = copy.deepcopy(old)
    new["environment.noise_hour"] = new.pop(TYPE)
    verdict = compared(old, new)
    assert not verdict.backward
    assert not verdict.forward
    assert {change.breaks for change in verdict.changes} == {"retired", "added"}


def test_archived_records_that_would_fail_are_told_by_source(tmp_path: Path, old: Any) -> None:
    """With a narrower bound the archived hours above it fail, by type and source, with their places; the others do not."""
    new = copy.deepcopy(old)
    properties(new)["so2"]["anyOf"][0]["maximum"] = 100
    chunk = Chunk(0.0)
    values = [registered(), clean(START, so2=5.0), hour(START, so2=150.0), b"garbage", hour(START, so2=300.0)]
    for n, value in enumerate(values):
        chunk.add(n, START, b"s", value)
    write(tmp_path, "live.events.environment", 0, chunk)
    rows = against(new, tmp_path)
    assert [(row.type, row.source, row.records, row.failing) for row in rows] == [
        (TYPE, "test", 3, 2),
        ("environment.registered", "test", 1, 0),
    ]
    assert rows[0].first == ["live.events.environment/0/2", "live.events.environment/0/4"]
    assert not any(row.failing for row in against(old, tmp_path))


def test_the_command_says_what_breaks(tmp_path: Path, old: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """`diff OLD NEW` prints what differs and the verdict, exit 1 where something breaks, 0 where nothing does."""
    new = copy.deepcopy(old)
    changed(new, "a narrower bound")
    files = tmp_path / "old.json", tmp_path / "new.json"
    for file, each in zip(files, (old, new), strict=True):
        file.write_text(json.dumps(each), "utf-8")
    assert main(["diff", str(files[0]), "here"]) == 0
    capsys.readouterr()
    assert main(["diff", *map(str, files)]) == 1
    *changes, verdict = map(json.loads, capsys.readouterr().out.splitlines())
    assert [change["breaks"] for change in changes] == ["backward"]
    assert (verdict["backward"], verdict["forward"]) == (False, True)


def test_our_reading_of_a_schema_is_the_standards(old: Any) -> None:
    """On good and bad data of several types the small reader says what a full implementation of 2020-12 says."""
    tried = {
        TYPE: [{}, {"so2": 5}, {"so2": -1}, {"so2": None}, {"so3": 1}, {"published": {"aqi": 501}}, {"so2": True}, [], None],
        "environment.air_day": [{"hours": {"so2": 20}}, {"hours": {"so2": 25}}, {"hours": {"so2": "x"}}, {}],
        "service.rating": [{"rating": "1", "level": 3}, {"rating": "", "level": 3}, {"rating": "1", "level": 2.5}],
        "cyber.data_audit": [{"until": "2026-05-01"}, {"until": "2026-5-1"}],
        "environment.gap_reason": [{"hour": "x", "reason": "y"}, {"hour": "x", "reason": {"kid": "a" * 64}}],
    }
    for type_, values in tried.items():
        schema = old[type_]["schema"]
        full = Draft202012Validator(schema)
        assert [valid(schema, value) for value in values] == [full.is_valid(value) for value in values], type_
    assert all(uncovered(each["schema"], each["schema"]) == [] for each in old.values())
    assert msgspec.json.decode(version.text()).keys() == old.keys()
