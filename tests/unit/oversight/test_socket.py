"""The service at its socket, without a log: what is asked is answered or told why not, and nobody else's process may ask."""

import os
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from agents.oversight.service import OversightService
from streams.oversight.client import OversightAwayError, OversightClient, OversightRefusedError, socket_of
from streams.oversight.wire import MAX_QUESTION, AskLead, LeadPage
from streams.peers.server import LineServer
from streams.settings import Settings, load


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Data of a folder of its own, with room for the socket."""
    found = load({"ONESCREEN_DATA": str(tmp_path)})
    socket_of(found, "t").parent.mkdir()
    return found


@pytest.fixture
def path(settings: Settings) -> Iterator[Path]:
    """The socket of a service that has read nothing yet."""
    found = socket_of(settings, "t")
    server = LineServer(
        found, {os.geteuid()}, OversightService(settings, "t", found.with_suffix(".books")).answered, MAX_QUESTION
    )
    yield found
    server.close()


def test_before_the_log_is_read_no_figure_is_told(path: Path) -> None:
    """It says that it starts, in both languages; it is no 0 and no 100 %. The socket is its own user's."""
    with pytest.raises(OversightRefusedError) as told:
        OversightClient(path).ask(AskLead(), LeadPage)
    assert (told.value.told.kind, "启动" in told.value.told.words.zh) == ("starting", True)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "line", [b"\n", b"{}\n", b'{"ask":"lead","units":[]}\n', b'{"ask":"keys"}\n', b"\xff\n", b"[" * 9_000 + b"\n"]
)
def test_what_is_no_question_is_told(path: Path, line: bytes) -> None:
    """It is refused by name, and the next question is answered."""
    with socket.socket(socket.AF_UNIX) as peer:
        peer.connect(str(path))
        peer.sendall(line)
        assert b'"malformed"' in peer.recv(4_096)
    with pytest.raises(OversightRefusedError):
        OversightClient(path).ask(AskLead(), LeadPage)


def test_a_service_that_does_not_run_is_said_to(tmp_path: Path) -> None:
    """The page says so plainly: 监督服务未运行, and what to run."""
    with pytest.raises(OversightAwayError, match="run python -m agents oversight") as told:
        OversightClient(tmp_path / "none").ask(AskLead(), LeadPage)
    assert told.value.words.zh.startswith("监督服务未运行")
