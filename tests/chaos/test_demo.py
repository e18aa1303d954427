"""The real demo: any of its parts is killed with SIGKILL, and it goes on; Ctrl-C ends it with all that it started."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import psutil
import pytest

from streams.kafka import broker as embedded
from streams.settings import Settings
from tests.support.kafka.settings import free_ports, settings_in
from tests.support.workers import wait_for

ROOT = Path(__file__).resolve().parents[2]
LONG = 600.0
"""Seconds that a busy machine may take for any step."""


class Demo:
    """A demo of its own, as `make demo` starts it, and what it has said so far."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        names = {
            "ONESCREEN_DATA": str(settings.data),
            "ONESCREEN_CACHE": str(settings.cache),
            "ONESCREEN_KAFKA_PORT": str(settings.kafka_port),
            "ONESCREEN_CONTROLLER_PORT": str(settings.controller_port),
            "ONESCREEN_SCREEN_PORT": str(settings.screen_port),
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tools.demo"], cwd=ROOT, env=os.environ | names, stderr=subprocess.PIPE, text=True
        )
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stderr is not None
        with self.process.stderr as lines:
            self.lines.extend(iter(lines.readline, ""))

    def wait(self, pattern: str) -> None:
        """Until a line has this pattern."""
        wait_for(
            lambda: self.process.poll() is not None or any(re.search(pattern, line) for line in list(self.lines)), pattern, LONG
        )
        assert self.process.poll() is None, "".join(self.lines[-30:])

    def part(self, *words: str) -> psutil.Process | None:
        """The process of a part by words that follow one another in its command line, once it runs."""
        for child in psutil.Process(self.process.pid).children():
            with suppress(psutil.Error):
                if f" {' '.join(words)} " in f" {' '.join(child.cmdline())} ":
                    return child
        return None

    def healthy(self) -> bool:
        """Whether the screen answers."""
        try:
            with urlopen(f"http://127.0.0.1:{self.settings.screen_port}/_stcore/health", timeout=5) as answer:
                return bool(answer.status == 200)
        except (URLError, OSError):
            return False

    def end(self) -> int:
        """Ctrl-C; the exit code."""
        self.process.send_signal(signal.SIGINT)
        code = self.process.wait(LONG)
        self._reader.join()
        return code


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    """A demo with ports and data of its own."""
    screen, _ = free_ports()
    running = Demo(settings_in(tmp_path, ONESCREEN_SCREEN_PORT=str(screen)))
    yield running
    if running.process.poll() is None:
        running.end()
    embedded.stop(running.settings)


def test_parts_of_the_demo_are_killed_and_it_goes_on(demo: Demo) -> None:
    """Archive, screen and broker are killed in turn: each is named and comes back as another process, and the demo runs on."""
    wait_for(lambda: demo.process.poll() is not None or demo.healthy(), "the screen to answer", LONG)
    for name, words in (("archive", ("streams", "archive")), ("screen", ("screen", "--log"))):
        wait_for(lambda words=words: demo.part(*words), f"the {name} to run", LONG)  # type: ignore[misc]
        before = demo.part(*words)
        assert before is not None
        before.kill()
        demo.wait(rf"supervisor +\| {name} was killed by SIGKILL after \d+ s; it is started again in \d+ s")
        wait_for(lambda words=words, before=before: demo.part(*words) not in (None, before), f"the {name} to be back", LONG)
    wait_for(demo.healthy, "the screen to answer again", LONG)
    life = embedded.alive(demo.settings)
    assert life is not None
    os.kill(life.pid, signal.SIGKILL)
    demo.wait(r"supervisor +\| kafka ended with code 1")
    wait_for(lambda: embedded.running(demo.settings), "the broker to be back", LONG)
    assert demo.process.poll() is None
    children = psutil.Process(demo.process.pid).children(recursive=True)
    assert demo.end() == 0
    _, left = psutil.wait_procs(children, timeout=30)  # one whose parent has ended is a zombie until init takes it
    assert left == []
    assert embedded.alive(demo.settings) is None


def test_ctrl_c_in_the_history_leaves_a_history_that_the_next_start_completes(demo: Demo) -> None:
    """It ends the demo at once; the next one writes the rest, and its city is not at midnight."""
    wait_for(lambda: demo.part("fixtures", "city"), "the history to begin", LONG)
    assert demo.end() == 0
    assert not any("screen" in line and "|" in line for line in demo.lines)
    again = Demo(demo.settings)
    try:
        again.wait(r"the log 'demo' holds its history: \d+ events and 841 ticks")  # 14 h of minutes and their first
        again.wait(r"clock +\| .*goes on from its newest tick, \d{4}-\d\d-\d\dT14:00")
    finally:
        assert again.end() == 0
    assert json.loads((demo.settings.data / "demo.lock").read_text())["pid"] == again.process.pid
