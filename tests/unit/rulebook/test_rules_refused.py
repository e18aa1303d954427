"""A broken rule book is refused by whoever would judge with it, with file, line and what to write; nothing is guessed."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
RULES = "agents/domains/environment/rules.toml"
CLAUSES = "agents/law/clauses/environment.toml"
DOMAIN = "agents/domains/environment/domain.toml"

TEXT = (ROOT / RULES).read_text("utf-8")
QUIET = TEXT[TEXT.index('[[rule.station-silent.case]]\nname = "silent for exactly') :].split("\n[rule.")[0]
CIRCLE = """
[rule.first-again]
row = "ENV-P10"
title = { zh = "一", en = "One" }
clause = "hj633-category"
phase = "post-event"
severity = "red"
on = ["alert:second-again"]
judge = "repeat"
unit = "h"
with = { of = "second-again", count = 3, within = "30d" }
department = "zz-ee"
guidance = { zh = "查", en = "Look" }
"""
BACK = CIRCLE.replace("second-again", "?").replace("first-again", "second-again").replace("?", "first-again")

BROKEN = {
    "unknown clause": (RULES, 'clause = "gb3095-gas-1h"', 'clause = "gb3095-gas"', "clause 'gb3095-gas' is unknown: add it"),
    "wrong unit": (RULES, 'unit = "AQI"', 'unit = "aqi"', "unit 'aqi' of the value is unknown: write"),
    "missing case": (RULES, QUIET, "", "no case stays quiet: add a [[rule.station-silent.case]]"),
    "edition gap": (CLAUSES, "to = 2031-01-01", "to = 2030-12-31", "nothing is in force from 2030-12-31 to 2031-01-01"),
    "no TOML": (RULES, 'row = "ENV-I02"', "row = ENV-I02", "Invalid value"),
    "unknown field": (RULES, 'row = "ENV-I02"', 'row = "ENV-I02"\nsize = 1', "unknown field `size`"),
    "no department": (RULES, 'department = "zz-ee"', 'department = "zz-xx"', "department 'zz-xx' is unknown: write"),
    "a broken domain": (DOMAIN, 'owner = "zz-ee"', "owner = 1", "Expected `str`, got `int`"),
    "circle": (RULES, "[rule.aqi-hourly]", f"{CIRCLE}{BACK}\n[rule.aqi-hourly]", "first-again reads second-again reads"),
}  # fmt: skip


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the packages that judge, compiled modules among them but those that are being written just now."""
    root = tmp_path_factory.mktemp("tree")
    for package in ("streams", "agents"):
        shutil.copytree(ROOT / package, root / package, ignore=shutil.ignore_patterns("*.pyc.*"))
    return root


ASKED = [("judge", name) for name in BROKEN] + [(c, name) for c in ("worker", "rules") for name in ("circle", "edition gap")]
COMMANDS = {"judge": ["judge", "-"], "worker": ["worker"], "rules": ["rules", "check"]}


@pytest.mark.parametrize(("command", "broken"), ASKED)
def test_a_broken_book_is_refused(tree: Path, command: str, broken: str) -> None:
    """Exit 1, before anything is judged or a broker is asked for; what is said holds file, line and remedy."""
    file, before, after, message = BROKEN[broken]
    place = tree / file
    text = place.read_text("utf-8")
    assert before in text
    place.write_text(text.replace(before, after, 1), "utf-8")
    try:
        line = [sys.executable, "-m", "agents", *COMMANDS[command]]
        ended = subprocess.run(line, cwd=tree, input="", capture_output=True, text=True, check=False)
    finally:
        place.write_text(text, "utf-8")
    said = ended.stdout + ended.stderr
    assert ended.returncode == 1, said
    assert message in said
    assert re.search(rf"{re.escape(str(place))}:\d+: ", said)
    assert "Traceback" not in said
