"""The processes that are measured: a screen whose process id is known, a Chromium, and what each uses of a core."""

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
from msgspec import Struct
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from streams.settings import Settings
from tests.support.browser.screens import CHROMIUM, running_screen


class ScreenProcess(Struct, frozen=True):
    """Where a screen answers, and its process id."""

    address: str
    pid: int


@contextmanager
def running(settings: Settings, log: str) -> Iterator[ScreenProcess]:
    """A screen of a log."""
    before = {child.pid for child in psutil.Process().children()}
    with running_screen(settings, log) as address:
        [pid] = [
            child.pid
            for child in psutil.Process().children()
            if child.pid not in before and "screen" in child.cmdline() and log in child.cmdline()
        ]
        yield ScreenProcess(address, pid)


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless Chromium that can reach nothing but this machine."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(CHROMIUM))
        yield browser
        browser.close()


@contextmanager
def own_profile() -> Iterator[BrowserContext]:
    """A headless Chromium with a profile on disk, as the kiosk and people have: it keeps the code that it has compiled."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            folder, executable_path=shutil.which("chromium"), args=list(CHROMIUM), viewport={"width": 1920, "height": 1080}
        )
        yield context
        context.close()


def opened(browser: Browser, screen: ScreenProcess, path: str = "/?view=alarms") -> Page:
    """The wall, 1920 x 1080, with its map and figures."""
    page = browser.new_page(viewport={"width": 1920, "height": 1080})
    page.goto(screen.address + path)
    page.locator(".map .canvas canvas").wait_for(timeout=60_000)
    page.locator(".kpi .v > span").first.wait_for(timeout=60_000)
    return page


class Usage:
    """What processes use of a core from now on."""

    def __init__(self, **pids: int) -> None:
        self._processes = {name: psutil.Process(pid) for name, pid in pids.items()}
        self._began = time.monotonic()
        self._before = {name: _used(process) for name, process in self._processes.items()}

    def stop(self) -> dict[str, float]:
        """The share of one core of each, 1 being all of it."""
        passed = time.monotonic() - self._began
        return {name: round((_used(process) - self._before[name]) / passed, 3) for name, process in self._processes.items()}


def _used(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)
