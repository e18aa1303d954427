"""A register that is read again when its files change."""

from collections.abc import Callable
from pathlib import Path

import pytest

from streams.command import Trouble
from streams.gateways.intake.followed import FollowedFiles


def read(path: Path) -> str:
    """A register that is one line; Trouble where it is none, or is not there."""
    text = path.read_text("utf-8") if path.exists() else ""
    if "\n" not in text:
        raise Trouble(f"{path} is cut short")
    return text


@pytest.fixture
def register(tmp_path: Path) -> tuple[Path, FollowedFiles[str], list[str]]:
    """A file that says `one`, the register of it, and what it says."""
    path, said = tmp_path / "register.toml", list[str]()
    path.write_text("one\n", "utf-8")
    return path, FollowedFiles(lambda: read(path), lambda _: [path], said.append), said


def look_twice(followed: FollowedFiles[str]) -> str | None:
    """What is read once the files are at rest."""
    return followed.look() or followed.look()


def test_nothing_is_said_of_what_stands(register: tuple[Path, FollowedFiles[str], list[str]]) -> None:
    """Neither of a file that nobody touched, nor of one that was written again as it was."""
    path, followed, said = register
    path.write_text("one\n", "utf-8")
    assert (look_twice(followed), followed.value, said) == (None, "one\n", [])


def test_a_change_holds_once_it_is_at_rest(register: tuple[Path, FollowedFiles[str], list[str]]) -> None:
    """A file that changes from one look to the next is still being written: it is read at the next look without a change."""
    path, followed, said = register
    path.write_text("two\n", "utf-8")
    assert followed.look() is None
    path.write_text("two and more\n", "utf-8")
    assert followed.look() is None
    assert followed.look() == followed.value == "two and more\n"
    assert said == ["its files were read again, and hold from now on"]


@pytest.mark.parametrize("broken", [lambda path: path.write_text("tw", "utf-8"), Path.unlink], ids=["cut short", "gone"])
def test_what_is_wrong_is_told_once_and_the_old_stays(
    register: tuple[Path, FollowedFiles[str], list[str]], broken: Callable[[Path], object]
) -> None:
    """A broken file, or none at all: what was read before holds, until the file is right."""
    path, followed, said = register
    broken(path)
    assert (look_twice(followed), look_twice(followed), followed.value) == (None, None, "one\n")
    assert len(said) == 1
    assert "holds on" in said[0]
    assert followed.fault
    path.write_text("one\n", "utf-8")
    assert (look_twice(followed), followed.fault, said[1:]) == (None, "", ["its files are right again"])


def test_a_folder_counts_by_what_it_holds(tmp_path: Path) -> None:
    """A further mapping in a folder of them is a change."""

    def load() -> list[str]:
        return sorted(each.name for each in tmp_path.glob("*.toml"))

    followed = FollowedFiles(load, lambda _: [tmp_path], str)
    (tmp_path / "a.toml").touch()
    assert (followed.look(), followed.look()) == (None, ["a.toml"])
