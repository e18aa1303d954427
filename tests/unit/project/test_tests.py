"""How the tests stand to each other: what several share stands in tests/support, and nowhere else."""

import ast
import re
from pathlib import Path

import pytest

from tests.support.shared import FILES, STAND_INS

ROOT = Path(__file__).resolve().parents[3]
MODULES = sorted((ROOT / "tests").rglob("*.py"))
MOST = 15
"""Modules that a folder of tests/support holds at most: as everywhere."""


def imported(path: Path) -> list[str]:
    """The modules that a module imports, wherever in it."""
    found = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found += [name.name for name in node.names]
        elif isinstance(node, ast.ImportFrom):
            found += [f"{node.module}.{name.name}" for name in node.names] + [node.module or ""]
    return found


def is_test(module: str) -> bool:
    """Whether a dotted name names a test module, a conftest, or something in one."""
    return module.startswith("tests.") and any(part.startswith("test_") or part == "conftest" for part in module.split("."))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_is_imported_from_a_test_or_a_conftest(path: Path) -> None:
    """A test can be read, moved and run without any other test."""
    assert [name for name in imported(path) if is_test(name)] == []


def test_files_of_others_are_read_in_one_place() -> None:
    """Every file beside this repository that a test may read is named in tests/support/shared.py, and has a stand-in."""
    asking = [path for path in MODULES if re.search(r"""["']shared["']|["'/]shared/data""", path.read_text("utf-8"))]
    assert asking == [ROOT / "tests" / "support" / "shared.py"]
    assert [name for name in FILES.values() if not (STAND_INS / name).is_file()] == []


def test_support_has_rooms() -> None:
    """No folder of tests/support is too full to be looked through."""
    folders = [ROOT / "tests" / "support", *(ROOT / "tests" / "support").iterdir()]
    counts = {folder.name: len([*folder.glob("*.py")]) - 1 for folder in folders if folder.is_dir()}
    assert {name: count for name, count in counts.items() if count > MOST} == {}
