"""Alarms that are put aside, and latched ones, on the wall."""

from playwright.sync_api import expect

from tests.browser.conftest import Wall
from tests.browser.town import Town, alert, wall_clock


def test_what_is_put_aside_leaves_the_list_and_is_counted(town: Town, wall: Wall) -> None:
    """A shelved alarm and one out of service ask nobody, but the map's head counts them; a latched one waits in the list."""
    now = wall_clock()
    standing = alert(town.log, 3, now)
    latched = alert(town.log, 4, now, state="D-latched", active=False, latch=True)
    town.write(standing, latched, alert(town.log, 5, now, state="E"), alert(town.log, 6, now, state="G"))
    wall.open()
    expect(wall.row(standing.id)).to_have_count(1)
    expect(wall.row(latched.id)).to_have_count(1)
    expect(wall.page.get_by_text("搁置、抑制、停用 2")).to_have_count(1)
    assert wall.page.locator(".row").count() == 2
    wall.row(latched.id).click()
    expect(wall.page.get_by_text("已恢复，待复位")).to_have_count(1)
