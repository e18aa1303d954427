"""Screen processes, and how a browser is started before them."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from streams.settings import Settings
from tests.support.kafka.settings import free_ports
from tests.support.workers import ROOT

START_SECONDS = 60


CHROMIUM = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
)


def start_screen(settings: Settings, log: str, port: int, root: Path = ROOT, **more: str) -> "subprocess.Popen[bytes]":
    """`python -m screen --log LOG` on a port, as it stands below `root`, with `more` settings."""
    names = {
        "ONESCREEN_KAFKA_PORT": str(settings.kafka_port),
        "ONESCREEN_DATA": str(settings.data),
        "ONESCREEN_SCREEN_PORT": str(port),
    }
    return subprocess.Popen([sys.executable, "-m", "screen", "--log", log], cwd=root, env=os.environ | names | more)


def answers(address: str) -> bool:
    """Whether a screen answers at this address."""
    try:
        urlopen(f"{address}/_stcore/health", timeout=2).close()  # noqa: S310 - our own screen
    except (URLError, OSError):
        return False
    return True


@contextmanager
def running_screen(settings: Settings, log: str, port: int = 0, root: Path = ROOT, **more: str) -> Iterator[str]:
    """The address of `python -m screen --log LOG` while it runs, with `more` settings; SIGTERM must end it. `port` 0: any."""
    port = port or free_ports()[0]
    process = start_screen(settings, log, port, root, **more)
    try:
        _until_it_answers(f"http://127.0.0.1:{port}", process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(START_SECONDS)


@contextmanager
def running_jobs(settings: Settings, log: str) -> Iterator[None]:
    """`python -m agents jobs --log LOG` while a test runs; SIGTERM must end it."""
    names = {"ONESCREEN_KAFKA_PORT": str(settings.kafka_port), "ONESCREEN_DATA": str(settings.data)}
    command = [sys.executable, "-m", "agents", "jobs", "--log", log]
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ | names, stdout=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def _until_it_answers(address: str, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + START_SECONDS
    while not answers(address):
        assert process.poll() is None, "the screen ended at its start"
        assert time.monotonic() < deadline, f"the screen did not answer within {START_SECONDS} s"
        time.sleep(0.1)
