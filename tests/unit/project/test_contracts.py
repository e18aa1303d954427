"""Who may import whom: each contract of pyproject.toml finds the import that breaks it."""

import shutil
import subprocess
import sys
import sysconfig
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
LINT = Path(sysconfig.get_path("scripts")) / "lint-imports"
CONTRACTS = [
    each["name"] for each in tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
]

PLANTS = {
    "Messages are pure data": ("streams/messages/text.py", "import pandas"),
    "The table of outputs rests": ("streams/outputs.py", "from streams import settings"),
    "The calendar rests on messages": ("streams/calendar/time_limit.py", "from streams import settings"),
    "What is signed, and whether": ("streams/signing/trust.py", "from streams.signing.verify import verify"),
    "Signatures are verified without": ("streams/signing/verify.py", "import os"),
    "How a text is sealed rests on": ("streams/sealing/record.py", "import secrets"),
    "Whoever judges, works or tells": ("fixtures/city.py", "import streams.sealing.record"),
    "The screen asks the keeper": ("screen/kiosk.py", "import streams.keeper.disk.store"),
    "Judging never asks the keeper": ("agents/jobs/service.py", "import streams.keeper.client"),
    "What facts carry rests on nothing": ("agents/domains/cyber/payload.py", "from streams.messages import DAY"),
    "Judging asks nobody for the time": ("agents/core/alerts/decide.py", "import time"),
    "The core and the domains get everything as data": ("agents/core/rules/book.py", "    from pathlib import Path"),
    "The core knows no room above it": ("agents/core/rules/ground.py", "from agents import law"),
    "The rooms of the agents and of the streams": ("agents/measures/performance.py", "import agents.measures.performance_log"),
    "Within a room of the core": ("agents/core/alerts/state.py", "import agents.core.alerts.fold"),
    "The verifier of an evidence case": ("agents/evidence/verify.py", "import msgspec"),
    "Faust and aiokafka live in the worker": ("agents/offline/judge.py", "import aiokafka"),
    "Streamlit and pydeck live in the screen": ("agents/reports/cap.py", "import streamlit"),
    "The screen and the agents never meet": ("screen/kiosk.py", "import agents.core.duration"),
    "Streams judge nothing": ("streams/topics.py", "import agents.core.duration"),
    "Public bodies, their correspondence": ("streams/organs/unit.py", "from streams import places"),
    "The simulated city knows only": ("fixtures/city.py", "import screen"),
}
"""By the beginning of a contract's name: a file, and an import in it that the contract forbids."""


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what the contracts look at."""
    copy = tmp_path_factory.mktemp("tree")
    for name in ("streams", "agents", "screen", "fixtures", "tools"):
        shutil.copytree(ROOT / name, copy / name, ignore=lambda folder, names: {n for n in names if _no_code(folder, n)})
    shutil.copy2(ROOT / "pyproject.toml", copy)
    return copy


def _no_code(folder: str, name: str) -> bool:
    return name == "__pycache__" or not (name.endswith(".py") or (Path(folder) / name).is_dir())


@pytest.fixture
def planted(request: pytest.FixtureRequest, tree: Path) -> Iterator[Path]:
    """The copy with one import more, at the end of a function so that it may be indented."""
    name, line = PLANTS[request.param]
    file = tree / name
    text = file.read_text("utf-8")
    file.write_text(f"{text}\n\ndef planted():\n    {line.strip()}\n" if line.startswith(" ") else f"{text}\n{line}\n", "utf-8")
    yield tree
    file.write_text(text, "utf-8")


def broken(tree: Path) -> set[str]:
    """The names of the contracts that are broken in a tree."""
    done = subprocess.run(
        [sys.executable, LINT, "--no-cache"],
        cwd=tree,
        capture_output=True,
        text=True,
        check=False,
        env={"COLUMNS": "400", "PYTHONPATH": str(tree), "PATH": ""},
    )
    assert "Contracts: " in done.stdout, done.stdout + done.stderr
    found = {name for name in CONTRACTS if f"{name} BROKEN" in done.stdout}
    assert (done.returncode == 1) == bool(found)
    return found


def test_the_tree_keeps_every_contract(tree: Path) -> None:
    """As it is committed nothing is broken, and there is a plant for each contract."""
    assert broken(tree) == set()
    assert sorted(CONTRACTS) == sorted(name for name in CONTRACTS for plant in PLANTS if name.startswith(plant))


@pytest.mark.parametrize("planted", PLANTS, indirect=True)
def test_a_planted_import_is_found(planted: Path, request: pytest.FixtureRequest) -> None:
    """One import where it must not be breaks the contract that speaks of it."""
    plant = request.node.callspec.params["planted"]
    assert any(name.startswith(plant) for name in broken(planted))
