"""A whole house: broker, worker, clock and screen as processes that a test may kill; what a wall says of it, and when."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
from msgspec import Struct
from playwright.sync_api import Page

from streams.kafka import broker as embedded
from streams.kafka.admin import create_topics
from streams.settings import Settings
from tests.support.browser.screens import answers, start_screen
from tests.support.browser.wall import Wall
from tests.support.kafka.settings import free_ports
from tests.support.workers import ROOT, Worker, wait_for

LOG = "live"

WATCH = """wall => {
  const said = [];
  const note = () => {
    const stale = wall.classList.contains('stale');
    const now = stale ? wall.querySelector('.band .reason').textContent : '';
    if (said.at(-1)?.[1] !== now) said.push([performance.timeOrigin + performance.now(), now]);
  };
  new MutationObserver(note).observe(wall, {subtree: true, childList: true, characterData: true, attributes: true});
  note();
  window.said = said;
}"""
"""Notes each change of what the wall says of itself with the browser's own time (ms since 1970); nothing where it is live."""


class Said(Struct, frozen=True):
    """What the wall said from a moment on (s since 1970): why it is not live, or nothing."""

    at: float
    why: str


class House:
    """The processes of a log, each of which a test may kill and start again."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.port = free_ports()[0]
        self.address = f"http://127.0.0.1:{self.port}"
        embedded.start(settings)
        create_topics(settings, LOG)
        self.worker = Worker(settings, LOG, command="watch")
        self.clock = self._clock()
        self.screen = self._screen()

    def close(self) -> None:
        """End everything but the broker, which the fixture of its settings ends."""
        for process in (self.screen, self.clock, self.worker.process):
            process.terminate()
            process.wait(40)

    def _clock(self) -> "subprocess.Popen[bytes]":
        names = {"ONESCREEN_KAFKA_PORT": str(self.settings.kafka_port), "ONESCREEN_DATA": str(self.settings.data)}
        return subprocess.Popen([sys.executable, "-m", "streams", "clock", "--log", LOG], cwd=ROOT, env=os.environ | names)

    def _screen(self) -> "subprocess.Popen[bytes]":
        process = start_screen(self.settings, LOG, self.port)
        wait_for(lambda: answers(self.address), "the screen to answer")
        return process

    def kill_broker(self) -> float:
        """SIGKILL; the moment (s since 1970)."""
        life = embedded.alive(self.settings)
        assert life is not None
        at = time.time()
        os.kill(life.pid, signal.SIGKILL)
        wait_for(lambda: embedded.alive(self.settings) is None, "the broker to be gone")
        return at

    def start_broker(self) -> float:
        """Start it again; the moment from which it answers."""
        embedded.start(self.settings)
        return time.time()

    def kill_worker(self) -> float:
        """SIGKILL of the worker below `agents watch`, which starts another one; the moment of the kill."""
        self.shares = self.worker.said().count("ready")
        (child,) = psutil.Process(self.worker.process.pid).children()
        at = time.time()
        child.kill()
        return at

    def worker_back(self) -> float:
        """The moment from which the new worker has its partitions and their state."""
        wait_for(lambda: self.worker.said().count("ready") > self.shares, "a new worker to be ready")
        return time.time()

    def kill_clock(self) -> float:
        """SIGKILL; the moment."""
        at = time.time()
        self.clock.kill()
        self.clock.wait()
        return at

    def start_clock(self) -> float:
        """Start it again; the moment of its start."""
        self.clock = self._clock()
        return time.time()

    def kill_screen(self) -> float:
        """SIGKILL; the moment."""
        at = time.time()
        self.screen.kill()
        self.screen.wait()
        return at

    def start_screen(self) -> float:
        """Start it again; the moment from which it answers."""
        self.screen = self._screen()
        return time.time()


class Witness:
    """What a wall says from now on, by the browser's own clock."""

    def __init__(self, wall: Wall) -> None:
        self._page: Page = wall.page
        wall.page.locator(".wall").evaluate(WATCH)

    def said(self) -> list[Said]:
        """All of it."""
        return [Said(at / 1000, why) for at, why in self._page.evaluate("() => window.said")]

    def first_after(self, moment: float) -> Said:
        """The first thing that the wall says of itself after a moment; waits for it."""
        wait_for(lambda: any(one.why and one.at > moment for one in self.said()), "the wall to say that it is not live")
        return next(one for one in self.said() if one.why and one.at > moment)

    def live_after(self, moment: float) -> float:
        """When the wall is live for good after a moment; waits for it."""
        wait_for(lambda: not self.said()[-1].why, "the wall to be live again")
        return max(self.said()[-1].at, moment)


@contextmanager
def house_of(settings: Settings) -> Iterator[House]:
    """A house while it is needed."""
    made = House(settings)
    try:
        made.worker.ready()
        yield made
    finally:
        made.close()
