"""What the city's data are kept in is closed to everybody but its owner; a full disk is said in one sentence."""

import errno
import os
import stat
import sys
import types
from collections.abc import Iterator
from pathlib import Path

import pytest

from agents.audit.keys import Keys
from streams import command
from streams.archive import files
from streams.private import private


@pytest.fixture(autouse=True)
def open_to_all() -> Iterator[None]:
    """The most open umask there is: what is closed is closed by us."""
    before = os.umask(0)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    """The permissions of a path."""
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_folder_is_its_owners(tmp_path: Path) -> None:
    """Made with its parents, whatever the umask: mode 700."""
    assert mode(private(tmp_path / "a" / "b")) == 0o700


@pytest.mark.parametrize(("before", "after"), [(0o755, 0o750), (0o777, 0o770), (0o750, 0o750), (0o700, 0o700), (0o1777, 0o770)])
def test_a_folder_that_is_there_is_closed_to_all_but_a_group(tmp_path: Path, before: int, after: int) -> None:
    """An earlier version's folder loses what everybody could do; a group that its owner lets in stays in."""
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept").chmod(before)
    assert mode(private(tmp_path / "kept")) == after


def test_archive_and_keys_are_private(tmp_path: Path) -> None:
    """The folder of an archive and that of the signing keys; the broker's and that of jobs are seen in tests/kafka."""
    with files.locked(tmp_path / "archive" / "live"):
        assert mode(tmp_path / "archive" / "live") == 0o700
    Keys(tmp_path / "audit", "live").begin()
    assert mode(tmp_path / "audit") == 0o700


def test_a_full_disk_ends_every_command_with_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """ENOSPC out of any command is no traceback: exit 1, and what to do."""

    def full(_arguments: list[str]) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/data/x")

    module = types.ModuleType("full")
    monkeypatch.setattr(module, "main", full, raising=False)
    monkeypatch.setitem(sys.modules, "full", module)
    monkeypatch.setattr(sys, "argv", ["tests", "write"])
    with pytest.raises(SystemExit) as ended:
        command.main("tests", {"write": ("full", "writes")})
    assert ended.value.code == 1
    assert capsys.readouterr().err == "write: the disk of /data/x is full: make room\n"
