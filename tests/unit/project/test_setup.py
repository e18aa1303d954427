"""`make setup` takes the Python versions that were seen to work, and refuses others before it does anything."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]

_STUB = """\
#!/bin/sh
# Says that it is another version; beyond the check it does nothing.
case "$1" in
  -c) exec {python} -c 'import sys; code = sys.argv[1]; sys.version_info = ({version}, 0, "final", 0); exec(code)' "$2" ;;
  --version) echo "Python {dotted}.0" ;;
  *) echo "went on: $*"; exit 9 ;;
esac
"""


def setup(place: Path, version: tuple[int, int]) -> "subprocess.CompletedProcess[str]":
    """What `make setup` does in a fresh clone with a Python of this version."""
    for name in ("Makefile", "requirements.lock"):
        shutil.copy(ROOT / name, place / name)
    stub = place / "python"
    stub.write_text(
        _STUB.format(python=sys.executable, version=", ".join(map(str, version)), dotted=".".join(map(str, version)))
    )
    stub.chmod(0o700)
    return subprocess.run(
        ["make", "-C", str(place), "setup", f"PYTHON={stub}"], capture_output=True, text=True, check=False, timeout=60
    )


@pytest.mark.parametrize("version", [(3, 10), (3, 14), (3, 15)])
def test_another_python_is_refused_in_one_sentence(tmp_path: Path, version: tuple[int, int]) -> None:
    """What is needed, what was found, what to set; nothing is made."""
    done = setup(tmp_path, version)
    first, *_ = done.stderr.splitlines()
    found = ".".join(map(str, version))
    assert first == f"Python 3.11, 3.12 or 3.13 is needed; Python {found}.0 was found: set PYTHON=python3.13"
    assert done.returncode
    assert not (tmp_path / ".venv").exists()


@pytest.mark.parametrize("version", [(3, 11), (3, 12), (3, 13)])
def test_the_versions_that_were_seen_are_taken(tmp_path: Path, version: tuple[int, int]) -> None:
    """The next step is the environment of its own."""
    assert "went on: -m venv .venv" in setup(tmp_path, version).stdout


def test_the_project_says_the_same() -> None:
    """pyproject.toml and both READMEs name the versions that the Makefile takes."""
    assert 'requires-python = ">=3.11,<3.14"' in (ROOT / "pyproject.toml").read_text("utf-8")
    assert "(3, 11) <= sys.version_info < (3, 14)" in (ROOT / "Makefile").read_text("utf-8")
    for page in ("README.md", "README.zh-CN.md"):
        assert re.search(r"Python 3\.11 (to|至) 3\.13", (ROOT / page).read_text("utf-8"))
