"""Whether the wall says in time that it cannot be believed. Run alone: the bounds are seconds of a machine that is not busy."""

import time
from collections.abc import Callable

from playwright.sync_api import expect

from streams.settings import Settings
from tests.browser.conftest import Wall, running_screen
from tests.browser.town import Town, alert, wall_clock

Wait = Callable[[Callable[[], object]], None]


def test_a_dead_worker_shows_within_seconds(town: Town, wall: Wall, wait: Wait) -> None:
    """Five seconds after the last pulse the wall says that it is not live, counts on and hides every age; then it recovers."""
    shown = alert(town.log, 1, wall_clock())
    town.write(shown)
    wall.open()
    expect(wall.row(shown.id)).to_be_visible()
    assert not wall.stale
    town.stop()
    stopped = time.monotonic()
    wait(lambda: wall.stale)
    assert 4.0 < time.monotonic() - stopped < 6.5  # the last pulse was up to half a second before
    expect(wall.page.locator(".band .shout")).to_have_text("非实时画面")
    expect(wall.row(shown.id).locator(".a")).to_contain_text("—")
    counter = wall.page.locator(".band .counter")
    before = counter.inner_text()
    wait(lambda: counter.inner_text() != before)
    town.write(town.pulse(wall_clock()))
    wait(lambda: not wall.stale)


def test_a_dead_screen_shows_within_seconds(town: Town, broker: Settings, look: Callable[[str], Wall], wait: Wait) -> None:
    """The page that has lost its server says so itself, with no dialog of the framework's."""
    with running_screen(broker, town.log) as address:
        wall = look(address).open()
        wait(lambda: wall.page.locator(".health").inner_text() and not wall.stale)
    wait(lambda: wall.stale)
    expect(wall.page.locator(".band .reason")).to_contain_text("屏幕服务无应答")
    assert wall.page.locator("[role=dialog]:visible").count() == 0
