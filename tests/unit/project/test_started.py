"""The processes that tests start are those that a person would start, though forked from one that has loaded their modules."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from tests.support.started.warm import ROOT

COLD = {"PYTHONHASHSEED": "7"}
"""With another setting of Python a process is started as ever."""


def _ended(line: list[str], **more: str) -> tuple[int, bytes, bytes]:
    done = subprocess.run(line, cwd=ROOT, env=os.environ | more, input=b"{}\n", capture_output=True, check=False)
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("words", [["rules"], ["nothing"], ["rules", "--help"], ["aqi"]])
def test_it_says_and_ends_as_one_that_was_started_anew(words: list[str]) -> None:
    """Arguments, standard input, both outputs and the exit code are those of `python -m agents …`."""
    line = [sys.executable, "-m", "agents", *words]
    assert _ended(line) == _ended(line, **COLD)


def test_it_is_a_child_with_its_own_environment_and_dies_by_a_signal() -> None:
    """Its parent is whoever started it, which gets its end; it has the environment that it was given, and answers a signal."""
    env = {"PATH": os.environ["PATH"], "ONESCREEN_KAFKA_PORT": "http"}
    env |= {name: value for name, value in os.environ.items() if name.startswith(("LC_", "LANG", "PYTHON"))}
    told = subprocess.run(
        [sys.executable, "-m", "agents", "worker"], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )
    assert (told.returncode, told.stderr.splitlines()) == (
        2,
        ["worker: ONESCREEN_KAFKA_PORT is 'http': give a whole number from 1 to 65535, or unset it for 19092"],
    )
    line = [sys.executable, "-m", "agents", "aqi"]  # it waits for a line
    for sent in (signal.SIGKILL, signal.SIGTERM):
        with subprocess.Popen(line, cwd=ROOT, stdin=subprocess.PIPE) as process:
            assert psutil.Process(process.pid).ppid() == os.getpid()
            assert "tests.support.started.parent" in psutil.Process(process.pid).cmdline()
            process.send_signal(sent)
            assert process.wait(30) == -sent


def test_what_is_asked_in_another_way_is_started_anew(tmp_path: Path) -> None:
    """Other settings of Python, another folder, another interpreter's options: the process has the command line of the call."""
    for more, cwd in ((COLD, ROOT), ({"PYTHONPATH": str(ROOT)}, tmp_path)):
        line = [sys.executable, "-m", "agents", "aqi"]
        with subprocess.Popen(line, cwd=cwd, env=os.environ | more, stdin=subprocess.PIPE) as process:
            assert psutil.Process(process.pid).cmdline()[1:] == line[1:]
            process.kill()
