"""The wall's face of signs as a browser shows it: figures of a table written by hand, in both languages, themes and three sizes."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from streams.kafka.admin import create_topics
from streams.settings import Settings
from tests.support.browser.screens import running_screen
from tests.support.browser.wall import Wall, living_town
from tests.support.city_signs import TABLE, book, chosen, figure, figures
from tests.support.kafka.session import own_log
from tests.support.town import Town, alert, wall_clock

SHOTS = os.environ.get("ONESCREEN_SHOTS", "")


class Signs:
    """A wall of signs in a browser."""

    def __init__(self, page: Page, address: str, town: Town) -> None:
        self.page, self.address, self.town = page, address, town

    def open(self, query: str = "lang=zh", shown: str = ".sg[data-state=orange]") -> Page:
        """Go to the wall and wait for a sign."""
        self.page.goto(f"{self.address}/?{query}")
        self.page.locator(shown).first.wait_for(timeout=60_000)
        return self.page


@pytest.fixture(scope="module")
def signs(broker: Settings, chromium: Browser) -> Iterator[Signs]:
    """A wall of a living town with the signs of the table, and a red and an orange alert."""
    log = own_log("signs")
    create_topics(broker, log)
    with living_town(broker, log) as town, running_screen(broker, log) as address:
        now = wall_clock()
        town.write(book(), *figures(now))
        town.write(alert(log, 1, now, severity="red"), *(alert(log, n, now, severity="orange") for n in range(2, 5)))
        page = chromium.new_page(viewport={"width": 1920, "height": 1080})
        yield Signs(page, address, town)
        page.close()


def shot(page: Page, name: str) -> None:
    """A picture of the page, where somebody asks for it."""
    if SHOTS:
        page.wait_for_timeout(1500)
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"))


def test_the_wall_begins_with_its_signs(signs: Signs) -> None:
    """Value, unit, coverage and state of each are those of the table; what has too little input is NA and of no colour."""
    page = signs.open()
    shot(page, "zh")
    assert page.locator(".sg:not([hidden])").evaluate_all("all => all.map(each => each.dataset.sign)")[: len(TABLE)] == list(chosen())
    expect(page.locator(".sg .figure").nth(0)).to_have_text("96.2")
    expect(page.locator(".sg .figure").nth(1)).to_have_text("86")
    expect(page.locator(".sg .figure").nth(2)).to_have_text("0.81")
    expect(page.locator(".sg .figure").nth(3)).to_have_text("NA")
    page.locator(".sg").nth(0).click()
    page.locator(".drill:not([hidden])").wait_for()
    shot(page, "drill")
