"""The wall in a browser, and the town that it shows."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Locator, Page

from streams.settings import Settings
from tests.support.law import book_of_files
from tests.support.town import Town, station, wall_clock

STATIONS = 12
"""Of a town."""


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
        """Go to the wall's face of alarms and wait for its panels and its map."""
        self.page.goto(f"{self.address}/?lang={language}&view=alarms")
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


@contextmanager
def living_town(settings: Settings, log: str) -> Iterator[Town]:
    """A town of twelve stations whose worker is alive and has told the rule book of the files."""
    made = Town(settings, log)
    now = wall_clock()
    made.write(book_of_files(), *(station(n, now) for n in range(STATIONS)))
    made.start()
    yield made
    made.close()
