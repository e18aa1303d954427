"""Facts that rest on files which others made, beside this repository in ../shared/data: every file that a test may read.

A fresh clone has none of them. What a file shows is shown there by its stand-in too, which is committed: a small file of the
same form, of our own making, or another source of the same numbers.
"""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDER = ROOT.parent / "shared" / "data"
STAND_INS = ROOT / "tests"

FILES = {
    "air_quality/郑州.csv": "data/air_quality.csv",
    "air_quality/洛阳.csv": "data/air_quality.csv",
    "cap/CAP-v1.2.xsd": "support/cap.py",
    "cold_chain/sample-fridge-tag-kaivandivier.txt": "data/fridge.txt",
    "food_inspections/chicago_4000.csv": "data/inspections.csv",
    "hj212/frames.jsonl": "data/frames.jsonl",
    "recalls/event.postannotation.json": "data/adverse_event.json",
    "recalls/ucm308307.json": "data/recalls.jsonl",
    "ssh_log/OpenSSH_2k.log": "data/logins.log",
    "ssh_log/OpenSSH_2k.log_structured.csv": "data/logins.csv",
    "zhengzhou/zhengzhou_simplified.geojson": "data/districts.csv",
}
"""The files by name, each with its stand-in below tests."""


STAND_IN = "stand-in"
"""What stands in a city's place where its stand-in is meant."""

either = pytest.mark.parametrize("ours", [False, True], ids=["real", STAND_IN])
"""A test of a file of others, and of what stands in for it."""


def shared(name: str, *, ours: bool = False) -> Path:
    """A file of FILES, or `ours` its stand-in; the test that asks for what is not here is skipped, with its name."""
    if ours:
        return STAND_INS / FILES[name]
    path = FOLDER / name
    if not path.exists():
        pytest.skip(f"{path} is not here; tests/{FILES[name]} stands in for it")
    return path


def air(city: str) -> Path:
    """The hourly readings of a city's stations, or STAND_IN's."""
    return shared("air_quality/郑州.csv", ours=True) if city == STAND_IN else shared(f"air_quality/{city}.csv")
