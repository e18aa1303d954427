"""How a screen may be started: alone on loopback, or with people; nothing in between."""

import subprocess
import sys
from pathlib import Path

import pytest

from screen.access.accounts import Account, write
from screen.app import build
from streams.settings import Settings, load

ROOT = Path(__file__).resolve().parents[3]


def settings(folder: Path, **names: str) -> Settings:
    """Settings with their data in a folder."""
    return load({"ONESCREEN_DATA": str(folder)} | names)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.7", "screen.example"])  # noqa: S104 - it is refused
def test_beyond_loopback_only_with_people(tmp_path: Path, host: str) -> None:
    """Without accounts the error says what was found and what to do; with a file of accounts it is served."""
    with pytest.raises(ValueError, match=r"ONESCREEN_SCREEN_HOST is .* nobody has an account.*people add, or ONESCREEN_OIDC"):
        build(settings(tmp_path, ONESCREEN_SCREEN_HOST=host), "t")
    write(tmp_path / "people.json", [Account("li", "李", "viewer")])
    assert build(settings(tmp_path, ONESCREEN_SCREEN_HOST=host), "t")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_alone_on_loopback(tmp_path: Path, host: str) -> None:
    """Without accounts there is the local supervisor, and no file is made."""
    assert build(settings(tmp_path, ONESCREEN_SCREEN_HOST=host), "t")
    assert list(tmp_path.iterdir()) == []


def test_the_command_refuses_with_exit_2(tmp_path: Path) -> None:
    """`python -m screen` beyond loopback without people ends with 2 and says why, before anything listens."""
    env = {"ONESCREEN_DATA": str(tmp_path), "ONESCREEN_SCREEN_HOST": "0.0.0.0", "ONESCREEN_SCREEN_PORT": "8501"}  # noqa: S104
    done = subprocess.run([sys.executable, "-m", "screen"], cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "nobody has an account" in done.stderr


def test_a_file_that_cannot_be_used_stops_the_start(tmp_path: Path) -> None:
    """A file of accounts that others may read, or a provider's file that is not there, is no reason to let everybody in."""
    write(tmp_path / "people.json", [])
    (tmp_path / "people.json").chmod(0o644)
    with pytest.raises(ValueError, match="chmod 600"):
        build(settings(tmp_path), "t")
    (tmp_path / "people.json").unlink()
    with pytest.raises(ValueError, match=r"ONESCREEN_OIDC names .*no\.toml, which is not there"):
        build(settings(tmp_path, ONESCREEN_OIDC=str(tmp_path / "no.toml")), "t")
