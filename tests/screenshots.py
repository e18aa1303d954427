"""`python -m tests.screenshots [FOLDER]`: the pictures that the documents show, of a seeded simulated city.

Every page of `screen.pages.PAGES` in both languages at 1920 x 1080, the wall in an alarm flood, and the wall whose worker has
died. The same seed gives the same events, so that a picture changes where the screen did, but for a clock that walks.
"""

import io
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from shutil import which
from tempfile import TemporaryDirectory

from msgspec import Struct
from PIL import Image
from playwright.sync_api import Page, sync_playwright

from screen.pages import PAGES
from screen.texts import LANGUAGES
from streams.kafka import broker
from streams.kafka.admin import create_topics
from streams.settings import Settings
from tests.browser.conftest import CHROMIUM, running_screen
from tests.kafka.conftest import settings_in

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "pictures"
LOG = "demo"
SIZE = {"width": 1920, "height": 1080}
QUALITY = 80
"""Of WebP: text stays sharp, and a picture of the wall is 300 kB, one of a page with text 170 kB."""

PATIENCE = 600_000
"""Milliseconds for a worker to judge the hours, amply."""


class Scene(Struct, frozen=True):
    """A scenario of the simulated city, and how many hours of its day have passed when pictures are taken."""

    scenario: str
    hours: int


DAY = Scene("day", 14)
FLOOD = Scene("flood", 15)


class City(Struct):
    """A city that has lived its hours: the address of its screen, and its worker."""

    address: str
    worker: "subprocess.Popen[bytes]"


@contextmanager
def running(settings: Settings, *command: str) -> "Iterator[subprocess.Popen[bytes]]":
    """A command of ours in a process of its own, ended by SIGTERM."""
    names = {"ONESCREEN_KAFKA_PORT": str(settings.kafka_port), "ONESCREEN_DATA": str(settings.data)}
    process = subprocess.Popen([sys.executable, "-m", *command, "--log", LOG], cwd=ROOT, env=os.environ | names)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


@contextmanager
def living(scene: Scene) -> Iterator[City]:
    """A city of a scene with a worker, a clock that walks on, and a screen."""
    with TemporaryDirectory() as data, ExitStack() as stack:
        settings = settings_in(Path(data))
        broker.start(settings)
        stack.callback(broker.stop, settings)
        create_topics(settings, LOG)
        with running(settings, "fixtures", "city", "--hours", str(scene.hours), "--scenario", scene.scenario) as writing:
            if writing.wait():
                raise SystemExit("screenshots: the city was not written")
        worker = stack.enter_context(running(settings, "agents", "worker"))
        stack.enter_context(running(settings, "streams", "clock", "--speed", "1"))
        yield City(stack.enter_context(running_screen(settings, LOG)), worker)


def go(page: Page, city: City, name: str, language: str, query: str = "") -> Page:
    """Go to a page and wait for its title and for what it asks for."""
    path = "" if name == PAGES[0].name else name
    page.goto(f"{city.address}/{path}?lang={language}{query}")
    page.locator("h1").first.wait_for(timeout=60_000)
    page.wait_for_load_state("networkidle")
    return page


def wait_until_judged(page: Page, city: City, scene: Scene) -> str:
    """Wait until the wall has come to the scene's hour and nothing waits; the first alert of its list."""
    go(page, city, PAGES[0].name, "zh")
    page.locator("header .clock b", has_text=re.compile(f"^{scene.hours}:")).wait_for(timeout=PATIENCE)
    page.locator(".health > div", has_text=re.compile("积压 0$")).wait_for(timeout=PATIENCE)
    alert = page.locator(".row[data-alert]").first.get_attribute("data-alert")
    return alert or ""


def take(page: Page, folder: Path, name: str, language: str) -> None:
    """Write what the page shows as WebP."""
    path = folder / f"{name}-{language}.webp"
    Image.open(io.BytesIO(page.screenshot())).convert("RGB").save(path, quality=QUALITY, method=6)
    sys.stderr.write(f"screenshots: {path.name} {path.stat().st_size / 1000:.0f} kB\n")


def take_day(page: Page, folder: Path) -> None:
    """Every page of an ordinary day; then the wall without its worker."""
    with living(DAY) as city:
        alert = wait_until_judged(page, city, DAY)
        for language in LANGUAGES:
            for each in PAGES:
                go(page, city, each.name, language, f"&alert={alert}")
                if each.name == "wall":
                    page.locator(".map canvas").wait_for()
                page.locator(":is(.wall, .bar).stale").wait_for(state="detached", timeout=60_000)
                take(page, folder, each.name, language)
        city.worker.send_signal(signal.SIGTERM)
        city.worker.wait(60)
        for language in LANGUAGES:
            go(page, city, "wall", language).locator(".wall.stale .map canvas").wait_for(timeout=60_000)
            take(page, folder, "stale", language)


def take_flood(page: Page, folder: Path) -> None:
    """The wall while more than ten alarms came in ten minutes."""
    with living(FLOOD) as city:
        wait_until_judged(page, city, FLOOD)
        for language in LANGUAGES:
            go(page, city, "wall", language).locator(".wall:not(.stale) .flood").wait_for(timeout=60_000)
            page.locator(".map canvas").wait_for()
            take(page, folder, "flood", language)


def main() -> int:
    """Take them all."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=which("chromium"), args=list(CHROMIUM))
        page = browser.new_page(viewport=SIZE, reduced_motion="reduce")
        take_day(page, folder)
        take_flood(page, folder)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
