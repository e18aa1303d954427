"""The wall's own browser: sound without a gesture, started again after its death, drawn anew with a new version."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import psutil
from playwright.sync_api import Browser, Page, expect

from streams.settings import Settings
from tests.support.browser.screens import CHROMIUM, answers, start_screen
from tests.support.browser.wall import Wall
from tests.support.kafka.settings import free_ports
from tests.support.town import Town, alert, wall_clock
from tests.support.workers import ROOT, wait_for

Wait = Callable[[Callable[[], object]], None]

SOUNDED = """[...document.querySelectorAll("*")].flatMap((node) => [...(node.shadowRoot ?? node).querySelectorAll(".wall")])
  .map((wall) => wall.dataset.sounded)[0]"""
"""What the wall has sounded, in whatever root it stands."""


@contextmanager
def kiosk(address: str, profile: Path, port: int) -> Iterator["subprocess.Popen[bytes]"]:
    """`python -m screen kiosk` with a browser that needs no display and can be looked into at `port`."""
    theirs = [*CHROMIUM, "--headless=new", f"--remote-debugging-port={port}", "--window-size=1920,1080"]
    line = [
        sys.executable,
        "-m",
        "screen",
        "kiosk",
        "--address",
        address,
        "--profile",
        str(profile),
        "--scale",
        "2",
        "--",
        *theirs,
    ]
    process = subprocess.Popen(line, cwd=ROOT)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0


def browser_of(process: "subprocess.Popen[bytes]") -> int | None:
    """The process of the browser, where one runs."""
    children = psutil.Process(process.pid).children()
    return children[0].pid if children else None


def shows(port: int, address: str) -> bool:
    """Whether the browser shows the screen: before, there is nothing in it to be looked into."""
    try:
        with urlopen(f"http://127.0.0.1:{port}/json/list", timeout=5) as answer:
            pages = json.load(answer)
    except OSError:
        return False
    return any(each["type"] == "page" and each["url"].startswith(address) for each in pages)


@contextmanager
def look_into(chromium: Browser, port: int) -> Iterator[Page]:
    """The page of the kiosk's browser."""
    inside = chromium.browser_type.connect_over_cdp(f"http://127.0.0.1:{port}", timeout=120_000)
    (page,) = (each for each in inside.contexts[0].pages if "kiosk=1" in each.url)
    yield page
    inside.close()


def untouched(page: Page, expression: str) -> object:
    """The value of an expression in the page. What Playwright itself evaluates counts for the browser as a person's act."""
    session = page.context.new_cdp_session(page)
    told = session.send("Runtime.evaluate", {"expression": expression, "userGesture": False, "returnByValue": True})
    session.detach()
    return told["result"].get("value")


def test_the_kiosk_sounds_by_itself_and_comes_back_after_its_death(
    town: Town, screen: str, chromium: Browser, tmp_path: Path
) -> None:
    """A red alert sounds without any gesture, nothing is left to press, nothing scrolls; a killed browser is started again."""
    town.write(alert(town.log, 1, wall_clock(), severity="red"))
    port = free_ports()[0]
    with kiosk(screen, tmp_path, port) as process:
        wait_for(lambda: shows(port, screen), "the kiosk to show the screen")
        first = browser_of(process)
        assert first is not None
        _sounding(chromium, port)
        os.kill(first, signal.SIGKILL)
        wait_for(lambda: browser_of(process) not in {None, first}, "another browser")
        wait_for(lambda: shows(port, screen), "the kiosk to show the screen")
        _sounding(chromium, port)


def _sounding(chromium: Browser, port: int) -> None:
    with look_into(chromium, port) as page:
        wait_for(lambda: str(untouched(page, SOUNDED)).startswith("red:"), "the wall to sound")
        assert untouched(page, "navigator.userActivation.hasBeenActive") is False
        expect(page.locator(".wall.kiosk")).to_be_visible()
        assert page.evaluate("devicePixelRatio") == 2
        expect(page.locator("button.language")).to_be_hidden()
        expect(page.locator("button.sound")).to_have_text("声音开")
        assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")


def test_a_page_of_another_version_draws_itself_anew(
    town: Town, broker: Settings, look: Callable[[str], Wall], tmp_path: Path, wait: Wait
) -> None:
    """A server with another style takes the place of the old one: the open wall loads itself again, with the new style."""
    for name in ("streams", "agents"):
        (tmp_path / name).symlink_to(ROOT / name)
    newer = shutil.copytree(ROOT / "screen", tmp_path / "screen")
    with (newer / "static" / "wall" / "wall.css").open("a", encoding="utf-8") as style:
        style.write(".wall { outline: 3px solid rgb(1, 2, 3); }\n")
    port = free_ports()[0]
    for root in (ROOT, tmp_path):
        process = start_screen(broker, town.log, port, root)
        try:
            wait(lambda: answers(f"http://127.0.0.1:{port}"))
            if root == ROOT:
                page = look(f"http://127.0.0.1:{port}").open().page
                expect(page.locator(".wall:not(.stale) .clock b")).not_to_be_empty()
            else:
                expect(page.locator(".wall")).to_have_css("outline-color", "rgb(1, 2, 3)", timeout=30_000)
        finally:
            process.terminate()
            process.wait(20)


def test_a_day_old_page_is_due(still: Wall) -> None:
    """The same version is due after a day, another one at once."""
    due = "async ([drawn, now, age]) => (await import('/screen/static/wall/renewal.js')).due(drawn, now, age)"
    assert still.page.evaluate(due, ["a", "b", 0]) is True
    assert still.page.evaluate(due, ["a", "a", 86_400_001]) is True
    assert still.page.evaluate(due, ["a", "a", 86_399_000]) is False
