"""The commands: what cannot be done is said with its place and what to do, before Kafka is asked for anything."""

from pathlib import Path

import pytest

from streams.command import Trouble
from streams.keeper.command import main
from streams.keeper.wire import Opened

ORDER = ("--family", "events.environment/站-001", "--as", "lw", "--key", "lw.json")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine on which nothing was set up."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ONESCREEN_DATA", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize("name", ["run", "status", "rotate", "sweep", "backup", "restore", "forget", "hold", "cosign"])
def test_each_has_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 0, and what it does."""
    with pytest.raises(SystemExit) as ended:
        main([name, "--help"])
    assert ended.value.code == 0
    assert "--log" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("run",), "never opened"),
        (("status",), "streams keeper run"),
        (("rotate",), "streams keeper run"),
        (("backup", "--to", "b"), "keeper's machine"),
        (("restore", "--from", "b"), "keeper backup"),
        (("cosign", "b", "--key", "k"), "holds no order"),
        (("hold", *ORDER, "--reason", "litigation"), "never opened"),
    ],
)
def test_what_is_in_the_way(words: tuple[str, ...], said: str) -> None:
    """Exit code 1: a person must mend something."""
    with pytest.raises(Trouble, match=said):
        main([*words])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("forget", *ORDER, "--reason", "他要求的", "--basis", "pipl-47"), "codes"),
        (("forget", *ORDER, "--reason", "erasure-request"), "--basis"),
        (("forget", "--person", "13800138000", *ORDER[2:], "--reason", "x", "--basis", "x"), "32 digits"),
    ],
)
def test_wrong_use(words: tuple[str, ...], said: str) -> None:
    """Exit code 2: a text where a code belongs, no basis, a number in the place of a pseudonym."""
    with pytest.raises(ValueError, match=said):
        main([*words])


def test_a_store_that_is_there_is_not_written_over(home: Path) -> None:
    """A backup is restored where there is no store."""
    for folder in ("b", "keeper/live"):
        (home / folder).mkdir(parents=True)
        (home / folder / "keeper.db").touch()
    with pytest.raises(Trouble, match="move the store away"):
        main(["restore", "--from", "b"])


def test_what_people_see() -> None:
    """Three words for three reasons, in both languages; of a text the text."""
    shown = [Opened(state=state, text="").shown.zh for state in ("deleted", "sealed", "unavailable")]  # type: ignore[arg-type]
    assert shown == ["依法已删除", "已封存", "不可用"]
    assert Opened(state="open", text="请尽快处理").shown.en == "请尽快处理"
