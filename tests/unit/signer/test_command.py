"""`python -m screen signer` as a process: it waits, signs or says why it cannot, and ends when it is told to."""

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from msgspec import json

from screen.signer.client import SignerClient
from screen.signer.wire import Names
from streams.signing.machine.keyfile import write_new
from tests.support.signer.room import SigningRoom

ROOT = Path(__file__).resolve().parents[3]
NAMES = json.Decoder(dict[str, str])


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder of data whose path is short enough for a socket."""
    with TemporaryDirectory() as made:
        yield Path(made)


@contextmanager
def started(folder: Path) -> Iterator["subprocess.Popen[str]"]:
    """The command, once it has said its first line, which is read here; ended by SIGTERM, with 0."""
    env = os.environ | {"ONESCREEN_DATA": str(folder), "ONESCREEN_KAFKA_PORT": "1"}
    command = [sys.executable, "-m", "screen", "signer", "--log", "t"]
    with subprocess.Popen(command, cwd=ROOT, env=env, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(20) == 0


def said(process: "subprocess.Popen[str]") -> str:
    """Its next line."""
    assert process.stderr
    return process.stderr.readline()


def opened(folder: Path) -> Path:
    """The folder of keys of an opened log."""
    (trust := folder / "trust" / "t").mkdir(parents=True)
    (trust / "log.id").write_text("ab" * 32)
    return trust


def test_a_log_that_was_never_opened_needs_none(folder: Path) -> None:
    """It says so, makes no file, and waits: a supervisor does not start it again and again."""
    with started(folder) as process:
        assert "was never opened, so the screen writes itself" in said(process)
        assert list(folder.iterdir()) == []


def test_it_answers_at_its_socket_until_it_is_ended(folder: Path) -> None:
    """The socket is there when it says so, and gone after it."""
    write_new(opened(folder) / "screen-1.json", "screen-1")
    SigningRoom(folder).close()
    path = folder / "signer" / "t.sock"
    with started(folder) as process:
        assert said(process) == f"signer: signs into t, whose id is {'ab' * 32}, at {path}\n"
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert SignerClient(path, "t").ask(Names(), NAMES)["li"] == "李调度"
    assert not path.exists()


def test_without_its_key_it_does_not_start(folder: Path) -> None:
    """The message names the file and what to do; exit code 1."""
    opened(folder)
    env = os.environ | {"ONESCREEN_DATA": str(folder)}
    command = [sys.executable, "-m", "screen", "signer", "--log", "t"]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1
    assert "screen-1.json" in done.stderr


def test_what_signs_loads_nothing_of_the_web_process() -> None:
    """No Streamlit, pydeck or server beside the key: what is not loaded cannot be attacked."""
    command = "import sys, screen.signer.command; print({'streamlit', 'pydeck', 'tornado', 'uvicorn'} & sys.modules.keys())"
    done = subprocess.run([sys.executable, "-c", command], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
