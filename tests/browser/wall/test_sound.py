"""What the wall sounds. A tone is counted when its last oscillator has ended, which happens only where the audio clock runs."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from streams.messages import MINUTE, Actor, Note, format_time
from tests.support.browser.wall import Wall
from tests.support.town import Town, acknowledged, alert, flood, incident, wall_clock

Wait = Callable[[Callable[[], object]], None]


def sounded(page: Page) -> dict[str, int]:
    """How often each kind has sounded."""
    told = page.locator(".wall").get_attribute("data-sounded") or ""
    return {name: int(count) for name, _, count in (one.partition(":") for one in told.split())}


def test_red_sounds_until_it_is_silenced_or_acknowledged(town: Town, wall: Wall, wait: Wait) -> None:
    """Nothing before a person allows it; then red again and again, also after a reload; silence is no acknowledgement."""
    now = wall_clock()
    red = alert(town.log, 1, now, severity="red")
    town.write(red)
    page = wall.open().page
    button = page.locator("button.sound")
    expect(button).to_have_text("启用声音")
    assert sounded(page) == {}
    button.click()
    expect(button).to_have_text("声音开")
    wait(lambda: sounded(page).get("red", 0) >= 2)
    page.locator("button.quiet").click()
    expect(page.locator("button.quiet")).to_be_hidden()
    expect(wall.row(red.id).locator(".a")).to_contain_text("B")
    before = sounded(page)["red"]
    town.write(
        alert(town.log, 2, wall_clock(), age=0, severity="yellow"), alert(town.log, 3, wall_clock(), age=0, severity="orange")
    )
    wait(lambda: sounded(page).get("orange", 0) == 1)
    again = alert(town.log, 4, wall_clock(), age=0, severity="red")
    town.write(again)
    wait(lambda: sounded(page)["red"] >= before + 2)
    note = Note(
        verb="acknowledge", actor=Actor(id="z", name="张", role="supervisor"), reason="已派人", at=format_time(wall_clock())
    )
    town.write(acknowledged(again, note, again.rev + 1))
    expect(wall.row(again.id)).to_have_count(0)
    expect(page.locator("button.quiet")).to_be_hidden()
    assert set(sounded(page)) == {"red", "orange"}
    assert sounded(page)["orange"] == 1
    page.reload()
    expect(wall.row(red.id)).to_be_visible()
    page.keyboard.press("Shift")  # some browsers want a press on every page: any key is one, and allows only what is remembered
    expect(page.locator("button.sound")).to_have_text("声音开")
    expect(page.locator("button.quiet")).to_be_hidden()  # it stays silenced


def test_a_browser_that_refuses_sound_is_said(still: Wall, look: Callable[[str], Wall]) -> None:
    """Where sound was allowed before and the browser wants a press of its own, the wall says so; any key mends it.

    Nothing is looked for on the page before it has its feed: for the browser that is an act of a person, and it lets sound.
    """
    fresh = look(still.address)
    fresh.page.add_init_script("localStorage.setItem('onescreen-sound', 'on')")
    with fresh.page.expect_websocket(lambda socket: "/screen/feed" in socket.url, timeout=60_000):
        fresh.page.goto(f"{still.address}/?lang=zh")
    button = fresh.page.locator("button.sound")
    expect(button).to_have_text("浏览器已禁止")
    fresh.page.keyboard.press("Shift")
    expect(button).to_have_text("声音开")


def test_a_flood_sounds_once_for_each_group(town: Town, wall: Wall, wait: Wait) -> None:
    """In a flood five alerts of one incident are one tone, and red is not repeated; a wall that is not live sounds once."""
    now = wall_clock()
    town.write(alert(town.log, 1, now, severity="red"), flood(town.log, now - MINUTE, now + 60 * MINUTE))
    page = wall.open().page
    page.locator("button.sound").click()
    expect(page.locator("button.sound")).to_have_text("声音开")
    expect(page.locator(".flood")).to_be_visible()
    members = [alert(town.log, n, wall_clock(), age=0, severity="red") for n in range(2, 7)]
    town.write(incident(*members), *members)
    wait(lambda: sounded(page).get("group", 0) >= 1)
    town.stop()
    wait(lambda: sounded(page).get("system", 0) == 1)
    assert sounded(page) == {"group": 1, "system": 1}
