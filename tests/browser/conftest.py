"""A real screen process before a real broker, and a real Chromium before the screen that can reach nothing but this machine."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from streams.kafka.admin import create_topics
from streams.settings import Settings
from tests.support.browser.screens import CHROMIUM, running_screen
from tests.support.browser.wall import Wall, living_town
from tests.support.kafka.session import own_log
from tests.support.kafka.settings import lasting_port
from tests.support.town import Town

HERE = Path(__file__).parent

PATIENCE_MS = 60_000
"""How long what is expected of a page is waited for: maps are drawn without a GPU, by the cores that run all the rest."""


SILENT = "--autoplay-policy=document-user-activation-required"
"""A page sounds only after a person's press on it, whatever a browser's build prefers; the kiosk starts its own otherwise."""

SHARED = "--process-per-site"
"""The pages of one visitor are drawn by one process, which has compiled their programs and read their fonts once."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test below this folder: it needs chromium and the broker."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.kafka)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, headless; a busy machine is waited for."""
    expect.set_options(timeout=PATIENCE_MS)
    path = shutil.which("chromium")
    assert path, "the browser tests need the command 'chromium': run scripts/chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*CHROMIUM, SILENT, SHARED])
        yield browser
        browser.close()


@pytest.fixture
def town(broker: Settings, log: str) -> Iterator[Town]:
    """A living town in the test's log."""
    with living_town(broker, log) as made:
        yield made


@pytest.fixture(scope="module")
def still(broker: Settings, chromium: Browser) -> Iterator[Wall]:
    """An open wall of a living town for all tests of a module that only look."""
    log = own_log("still")
    create_topics(broker, log)
    with living_town(broker, log), running_screen(broker, log) as address:
        page = chromium.new_page(viewport={"width": 1920, "height": 1080})
        yield Wall(page, address).open()
        page.close()


@pytest.fixture(scope="session")
def port() -> int:
    """The port of the screens that `screen` starts, one after the other: for a browser they are one, whose files it has."""
    return lasting_port()


@pytest.fixture
def screen(broker: Settings, log: str, port: int) -> Iterator[str]:
    """The address of a screen of the test's log."""
    with running_screen(broker, log, port) as address:
        yield address


@pytest.fixture(scope="session")
def visitor(chromium: Browser) -> Iterator[BrowserContext]:
    """Somebody who comes again: the browser has the files of the screen since the first visit, and a page stays open here."""
    context = chromium.new_context(viewport={"width": 1920, "height": 1080})
    context.set_default_timeout(PATIENCE_MS)
    stays = context.new_page()
    stays.route("**", lambda route: route.fulfill(body="here"))
    stays.goto("http://127.0.0.1/")
    yield context
    context.close()


def forget(page: Page) -> None:
    """End a visit: its page is shut, and of what it wrote nothing stays."""
    if page.url.startswith("http"):
        origin = urlsplit(page.url)._replace(path="", query="", fragment="").geturl()
        kinds = {"origin": origin, "storageTypes": "cookies,local_storage,indexeddb"}
        page.context.new_cdp_session(page).send("Storage.clearDataForOrigin", kinds)
    page.close()


@pytest.fixture
def blank(visitor: BrowserContext) -> Iterator[Page]:
    """A page of 1920 x 1080, not opened yet."""
    page = visitor.new_page()
    yield page
    forget(page)


@pytest.fixture
def page(blank: Page) -> Iterator[Page]:
    """A page of 1920 x 1080 that fails where a script of it does."""
    errors: list[str] = []
    blank.on("pageerror", lambda error: errors.append(str(error)))
    yield blank
    assert errors == []


@pytest.fixture
def look(visitor: BrowserContext) -> Iterator[Callable[[str], Wall]]:
    """A function that gives a wall of 1920 x 1080 for an address; of the visit nothing but files is kept."""
    walls: list[Wall] = []

    def at(address: str) -> Wall:
        walls.append(Wall(visitor.new_page(), address))
        return walls[-1]

    yield at
    for wall in walls:
        forget(wall.page)


@pytest.fixture
def wall(town: Town, screen: str, look: Callable[[str], Wall]) -> Wall:
    """The wall of the town, not opened yet, so that a test may first write what stands there."""
    return look(screen)
