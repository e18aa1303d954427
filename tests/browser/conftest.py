"""A real screen process before a real broker, and a real Chromium before the screen that can reach nothing but this machine."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from streams.kafka.admin import create_topics
from streams.settings import Settings
from tests.kafka.conftest import broker, free_ports, log, own, wait
from tests.support.law import book_of_files
from tests.support.town import Town, station, wall_clock

__all__ = ["broker", "log", "own", "wait"]

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
STATIONS = 12
START_SECONDS = 60

PATIENCE_MS = 20_000
"""How long what is expected of a page is waited for: maps are drawn without a GPU, by the cores that run all the rest."""

CHROMIUM = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test below this folder: it needs chromium and the broker."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.kafka)


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
def running_screen(settings: Settings, log: str, port: int = 0, **more: str) -> Iterator[str]:
    """The address of `python -m screen --log LOG` while it runs, with `more` settings; SIGTERM must end it. `port` 0: any."""
    port = port or free_ports()[0]
    process = start_screen(settings, log, port, **more)
    try:
        _until_it_answers(f"http://127.0.0.1:{port}", process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def _until_it_answers(address: str, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + START_SECONDS
    while not answers(address):
        assert process.poll() is None, "the screen ended at its start"
        assert time.monotonic() < deadline, f"the screen did not answer within {START_SECONDS} s"
        time.sleep(0.1)


class Wall:
    """The wall in a browser. `outside` collects every request that was not for this machine."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address = page, address
        self.outside: list[str] = []
        page.on("request", lambda request: self._seen(request.url))

    def _seen(self, url: str) -> None:
        if not url.startswith((self.address, self.address.replace("http", "ws"), "data:", "blob:")):
            self.outside.append(url)

    def open(self, language: str = "zh") -> "Wall":
        """Go to the wall and wait for its panels and its map."""
        self.page.goto(f"{self.address}/?lang={language}")
        self.page.locator(".map .canvas canvas").wait_for(timeout=60_000)
        return self

    def row(self, alert: str) -> Locator:
        """The row of an alert in the list."""
        return self.page.locator(f".row[data-alert='{alert}']")

    def acknowledge(self, alert: str, reason: str) -> None:
        """Open an alert with the mouse, write a reason, and press the button."""
        self.row(alert).click()
        self.page.locator(".act input.reason").click()
        self.page.keyboard.type(reason)
        self.page.locator(".act button.do").click()

    @property
    def stale(self) -> bool:
        """Whether the wall says that it is not live."""
        return self.page.locator(".wall.stale").count() == 1


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, headless; a busy machine is waited for."""
    expect.set_options(timeout=PATIENCE_MS)
    path = shutil.which("chromium")
    assert path, "the browser tests need the command 'chromium': run scripts/chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(CHROMIUM))
        yield browser
        browser.close()


@contextmanager
def living_town(settings: Settings, log: str) -> Iterator[Town]:
    """A town of twelve stations whose worker is alive and has told the rule book of the files."""
    made = Town(settings, log)
    now = wall_clock()
    made.write(book_of_files(), *(station(n, now) for n in range(STATIONS)))
    made.start()
    yield made
    made.close()


@pytest.fixture
def town(broker: Settings, log: str) -> Iterator[Town]:
    """A living town in the test's log."""
    with living_town(broker, log) as made:
        yield made


@pytest.fixture(scope="module")
def still(broker: Settings, chromium: Browser) -> Iterator[Wall]:
    """An open wall of a living town for all tests of a module that only look."""
    create_topics(broker, "still")
    with living_town(broker, "still"), running_screen(broker, "still") as address:
        page = chromium.new_page(viewport={"width": 1920, "height": 1080})
        yield Wall(page, address).open()
        page.close()


@pytest.fixture
def screen(broker: Settings, log: str) -> Iterator[str]:
    """The address of a screen of the test's log."""
    with running_screen(broker, log) as address:
        yield address


@pytest.fixture
def look(chromium: Browser) -> Iterator[Callable[[str], Wall]]:
    """A function that gives a wall of 1920 x 1080 for an address."""
    pages: list[Page] = []

    def at(address: str) -> Wall:
        pages.append(chromium.new_page(viewport={"width": 1920, "height": 1080}))
        return Wall(pages[-1], address)

    yield at
    for page in pages:
        page.close()


@pytest.fixture
def wall(town: Town, screen: str, look: Callable[[str], Wall]) -> Wall:
    """The wall of the town, not opened yet, so that a test may first write what stands there."""
    return look(screen)
