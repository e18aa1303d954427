"""`python -m tests.screenshots [FOLDER]`: the pictures that the documents show, of a seeded simulated city, in both languages.

Real parts: the embedded broker, a worker, a clock, the archive, the job worker and a screen. An ordinary day whose alerts a
person has mostly acknowledged: wall, desk, rules, print, replay, sign-in; the wall whose worker has died; the wall in a flood.
The same seed gives the same events, so that a picture changes where the screen did, but for a clock that walks.
"""

import io
import os
import re
import secrets
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
from playwright.sync_api import Page, ViewportSize, sync_playwright

from screen.access.accounts import Account, write
from screen.access.passwords import with_password
from screen.i18n.texts import LANGUAGES
from streams.kafka import broker
from streams.kafka.admin import create_topics
from streams.settings import Settings
from tests.support.browser.screens import CHROMIUM, running_screen
from tests.support.kafka.settings import settings_in

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "pictures"
LOG = "demo"
SIZE = ViewportSize(width=1920, height=1080)
QUALITY = 60
"""Of WebP: text stays sharp, and a picture is less than 200 kB."""

REST = 1500
"""Milliseconds after which the map has been drawn in software, too."""

KEPT = (2, 6, 12, 16, 18, 22, 24, 26)
"""Places in the desk's list of alerts that nobody acknowledges: some red, some orange."""

PATIENCE = 600_000
"""Milliseconds for a worker to judge the hours, amply."""


class Scene(Struct, frozen=True):
    """A scenario of the simulated city, and how many hours of its day have passed when pictures are taken."""

    scenario: str
    hours: int


DAY = Scene("day", 14)
FLOOD = Scene("flood", 15)


class City(Struct):
    """A city that has lived its hours: its settings, the address of its screen, and its worker."""

    settings: Settings
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
    """A city of a scene with a worker, a clock that walks on, an archive with its jobs, and a screen."""
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
        stack.enter_context(running(settings, "streams", "archive", "--follow"))
        stack.enter_context(running(settings, "agents", "jobs"))
        yield City(settings, stack.enter_context(running_screen(settings, LOG)), worker)


def go(page: Page, address: str, path: str, language: str, shown: str) -> Page:
    """Go to a page and wait for its title and for what tells that it is complete."""
    page.goto(f"{address}/{path}{'&' if '?' in path else '?'}lang={language}")
    page.locator("h1").first.wait_for(timeout=60_000)
    page.locator(shown).first.wait_for(timeout=60_000)
    page.wait_for_load_state("networkidle")
    return page


def wall(page: Page, city: City, language: str, kind: str = ":not(.stale)") -> Page:
    """Go to the wall and wait for its map."""
    return go(page, city.address, "?view=alarms", language, f".wall{kind} .map .canvas canvas")


def wait_until_judged(page: Page, city: City, scene: Scene) -> None:
    """Wait until the wall has come to the scene's hour and nothing waits."""
    wall(page, city, "zh", "")
    page.locator("header .clock b", has_text=re.compile(f"^{scene.hours}:")).wait_for(timeout=PATIENCE)
    page.locator(".health > div", has_text=re.compile("积压 0$")).wait_for(timeout=PATIENCE)


def acknowledge(page: Page, city: City) -> None:
    """What a supervisor does at the desk: all are acknowledged but a few of the newest of each severity."""
    go(page, city.address, "desk", "zh", ".lr[data-alert]")
    page.get_by_role("button", name=re.compile("^全选")).click()
    for place in KEPT:
        page.locator(f".lr[aria-posinset='{place}']").click(modifiers=["Control"])
    page.locator(".bulk .reason").fill("已电话核实，已通知责任部门")
    page.locator(".bulk button.do").click()
    page.locator(".bulk .shut:not([hidden])").wait_for(timeout=PATIENCE)


def take(page: Page, folder: Path, name: str, language: str) -> None:
    """Write what the page shows as WebP, once it has come to rest."""
    page.mouse.move(1000, 40)
    page.wait_for_timeout(REST)
    path = folder / f"{name}-{language}.webp"
    Image.open(io.BytesIO(page.screenshot())).convert("RGB").save(path, quality=QUALITY, method=6)
    sys.stderr.write(f"screenshots: {path.name} {path.stat().st_size / 1000:.0f} kB\n")


def take_signin(page: Page, folder: Path, city: City) -> None:
    """The page at which people sign in, of a screen that knows people."""
    file = city.settings.data / "signin.json"
    write(file, [with_password(Account("supervisor", "值班主管", "supervisor"), secrets.token_hex())])
    with running_screen(city.settings, LOG, ONESCREEN_PEOPLE=str(file)) as address:
        for language in LANGUAGES:
            go(page, address, "signin", language, "input[type=password]")
            take(page, folder, "signin", language)


def take_replay(page: Page, folder: Path, city: City) -> None:
    """The day until noon, replayed, at a quarter to eleven; the archive must have come so far."""
    while not page.request.get(f"{city.address}/screen/days").json()["days"]:
        page.wait_for_timeout(1000)
    for language in LANGUAGES:
        go(page, city.address, "replay", language, ".picker .do:not(:disabled)")
        page.locator(".picker input").last.fill("12:00")
        page.locator(".picker .do").click()
        page.locator(".picture:not(.waiting) .row").first.wait_for(timeout=PATIENCE)
        page.keyboard.press("End")
        for _ in range(15):
            page.keyboard.press("Shift+ArrowLeft" if _ == 0 else "ArrowLeft")
        page.locator(".picture:not(.waiting) .row").first.wait_for(timeout=PATIENCE)
        take(page, folder, "replay", language)


def take_day(page: Page, folder: Path) -> None:
    """Every page of an ordinary day; then the wall without its worker."""
    drawn = ".trend :is(.judged, .readings)"
    with living(DAY) as city:
        wait_until_judged(page, city, DAY)
        go(page, city.address, "desk?severity=orange&domain=environment", "zh", ".lr[data-alert]")
        alert = page.locator(".lr[data-alert]").filter(has_text=re.compile(r"> .*B")).first.get_attribute("data-alert")
        acknowledge(page, city)
        for language in LANGUAGES:
            take(wall(page, city, language), folder, "wall", language)
            take(go(page, city.address, "?view=signs", language, ".sg:not(.na)"), folder, "wall-signs", language)
            take(go(page, city.address, f"desk?alert={alert}", language, drawn), folder, "desk", language)
            take(go(page, city.address, "rules", language, ".days"), folder, "rules", language)
            take(go(page, city.address, f"print?alert={alert}", language, ".paper h1"), folder, "print", language)
        take_replay(page, folder, city)
        take_signin(page, folder, city)
        city.worker.send_signal(signal.SIGTERM)
        city.worker.wait(60)
        for language in LANGUAGES:
            take(wall(page, city, language, ".stale"), folder, "stale", language)


def take_flood(page: Page, folder: Path) -> None:
    """The wall while more than ten alarms came in ten minutes."""
    with living(FLOOD) as city:
        wait_until_judged(page, city, FLOOD)
        for language in LANGUAGES:
            wall(page, city, language).locator(".flood").wait_for(timeout=60_000)
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
