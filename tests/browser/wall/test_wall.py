"""The wall as a browser shows it: one page, nothing from outside, true to the map, in our own font, honest about its age."""

import io
import json
import re
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

from PIL import Image
from playwright.sync_api import CDPSession, Locator, Page, expect
from shapely.geometry import shape

from screen.wall.deck import home
from screen.wall.labels import MARK_ABOVE
from screen.wall.picture import frame
from screen.web.version import versioned
from streams.catalogue import domains
from streams.messages import Actor, Alert, Name, Text
from tests.support.browser.hostile import MARKUP
from tests.support.browser.wall import Wall
from tests.support.town import Town, alert, bad, entry, wall_clock
from tests.support.workers import ROOT, wait_for

RED = (255, 93, 85)
"""--red of the dark theme."""

Wait = Callable[[Callable[[], object]], None]


def test_the_wall_fits_without_scrolling(still: Wall) -> None:
    """At 1920 x 1080 nothing scrolls and every panel lies within the page."""
    page = still.page
    assert page.evaluate("[document.documentElement.scrollHeight, document.documentElement.scrollWidth]") == [1080, 1920]
    for panel in (".kpis", ".ranking", ".map", ".domains", ".trend", ".life:not(.flow)", ".list", ".controls"):
        box = page.locator(panel).bounding_box()
        assert box
        assert box["x"] >= 0
        assert box["y"] >= 72
        assert box["x"] + box["width"] <= 1920
        assert box["y"] + box["height"] <= 1080


def test_every_domain_has_its_place_in_one_row(still: Wall) -> None:
    """However many domains the catalogue has, their tiles stand beside each other and reach into no other panel."""
    row = still.page.locator(".domains").bounding_box()
    below = still.page.locator(".trend").bounding_box()
    tiles = [tile.bounding_box() for tile in still.page.locator(".domain").all()]
    assert row
    assert below
    assert len(tiles) == len(domains())
    assert {tile["y"] for tile in tiles if tile} == {row["y"]}
    for tile, following in pairwise([each for each in tiles if each]):
        assert tile["x"] + tile["width"] < following["x"]
    assert all(tile["x"] + tile["width"] <= row["x"] + row["width"] for tile in tiles if tile)
    assert row["y"] + row["height"] <= below["y"]


def test_a_wall_that_was_seen_before_asks_for_no_file_again(still: Wall) -> None:
    """Its modules, sheets and fonts come from the browser's cache, and its modules before Streamlit has asked for anything."""
    page, address = still.page, still.page.url
    page.goto("about:blank")
    page.goto(address)
    expect(page.locator(".kpi .v > span").first).to_have_text(re.compile(r"\d"))
    seen = page.evaluate(
        "() => performance.getEntriesByType('resource').map(e => [new URL(e.name).pathname, e.startTime, e.transferSize])"
    )
    ours = {path: (start, size) for path, start, size in seen if path.startswith(versioned())}
    modules = [start for path, (start, _) in ours.items() if path.endswith(".js")]
    [asked] = [start for path, start, _ in seen if path == "/_stcore/health"]
    assert {Path(path).suffix for path in ours} >= {".js", ".css", ".woff2"}
    assert [path for path, (_, size) in ours.items() if size] == []
    assert len(modules) > 30
    assert max(modules) < asked


def test_the_districts_are_drawn(still: Wall) -> None:
    """The canvas shows land where the polygons of the districts are: as many pixels as their area says, within 5 %."""
    page = still.page
    features = json.loads((ROOT / "streams/places/4101/map.geojson").read_text("utf-8"))["features"]
    expected = sum(shape(feature["geometry"]).area for feature in features) * frame().across * frame().up
    deadline = time.monotonic() + 20
    while abs((drawn := _land(page)) / expected - 1) > 0.05:
        assert time.monotonic() < deadline, f"{drawn} pixels of land are drawn, the polygons cover {expected:.0f}"
    assert home()["zoom"] > 7.9


def _land(page: Page) -> int:
    """Pixels of the land left of the inset and above the legend that are not the ground, whose colour is #15191d.

    What stands above the land is hidden: the lines between districts have the ground's colour.
    """
    style = ".map .above { visibility: hidden }"
    picture = Image.open(io.BytesIO(page.locator(".map .canvas canvas").screenshot(style=style))).convert("RGB")
    picture = picture.crop((0, round(frame().core.top) - 4, round(frame().core.left) - 3, 349))
    return sum(count for count, colour in picture.getcolors(1 << 24) or [] if _differs(colour, (21, 25, 29)))


def _differs(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    return max(abs(a - b) for a, b in zip(one, other, strict=True)) > 6


def test_chinese_comes_from_our_own_font(still: Wall) -> None:
    """Every glyph of the head, the figures and the districts is painted from the font that the screen serves."""
    page = still.page
    session = page.context.new_cdp_session(page)
    session.send("DOM.enable")
    session.send("CSS.enable")
    for selector in ("h1 b", ".kpi .n span + span", ".rank td", ".clock i", ".list small"):
        fonts = session.send("CSS.getPlatformFontsForNode", {"nodeId": _node(page, session, selector)})["fonts"]
        assert fonts
        assert all(font["isCustomFont"] and font["familyName"] == "Noto Sans CJK SC" for font in fonts), fonts


def _node(page: Page, session: CDPSession, selector: str) -> int:
    page.locator(selector).first.evaluate("element => { window.probe = element }")
    session.send("DOM.getDocument", {"depth": -1, "pierce": True})
    found = session.send("Runtime.evaluate", {"expression": "window.probe"})["result"]["objectId"]
    node: int = session.send("DOM.requestNode", {"objectId": found})["nodeId"]
    return node


def test_hostile_text_is_only_text(town: Town, wall: Wall) -> None:
    """Markup and scripts in an alert's words and its trail are shown letter for letter, in list and story; none of it runs."""
    now = wall_clock()
    shown = [
        alert(town.log, n, now, title=Text(text, text), name=Name(zh=text, en=text), guidance=Text(text, text), unit=text)
        for n, text in enumerate(MARKUP, 1)
    ]
    people = [Actor(id=text, name=text, role="supervisor") for text in MARKUP]
    said = [
        entry(made, 1, "refuse", made.place, verb=text, actor=actor, reason=text)
        for made, text, actor in zip(shown, MARKUP, people, strict=True)
    ]
    town.write(*shown, *said)
    wall.open()
    for made, text in zip(shown, MARKUP, strict=True):
        expect(wall.row(made.id).locator(".t")).to_have_text(f"O₃ {text}")
        wall.row(made.id).click()
        expect(wall.page.locator(".story h2")).to_have_text(f"O₃ {text}")
        expect(wall.page.locator(".story .column").nth(1)).to_contain_text(text)
        expect(wall.page.locator(".story ol li").last.locator("small")).to_have_text(text)
        expect(wall.page.locator(".story ol li").last).to_contain_text(f" · {text}")
    assert wall.page.evaluate("window.pwned") is None
    assert wall.page.locator(".wall img, .wall script, .wall style").count() == 0
    assert wall.outside == []


def test_what_stands_in_the_log_stands_on_the_wall(town: Town, wall: Wall) -> None:
    """Alerts come worst first, then oldest; districts, figures and bad data count what was written."""
    now = wall_clock()
    minute = 60_000
    rows = [
        alert(town.log, 1, now, severity="yellow", age=50 * minute),
        alert(town.log, 2, now, severity="red", age=5 * minute),
        alert(town.log, 3, now, severity="orange", age=20 * minute),
        alert(town.log, 4, now, severity="orange", age=30 * minute, state="D", active=False),
        alert(town.log, 5, now, severity="red", age=90 * minute, state="C", verbs=()),
        alert(town.log, 6, now, severity="red", age=200 * minute, state="A", active=False, verbs=()),
    ]
    town.write(*rows, *(bad(town.log, n, now) for n in range(3)))
    wall.open()
    order = [f"{n:032x}" for n in (2, 4, 3, 1)]
    expect(wall.page.locator(".list .row")).to_have_count(4)
    assert wall.page.locator(".list .row").evaluate_all("rows => rows.map(row => row.dataset.alert)") == order
    figures = wall.page.locator(".kpi .v > span")
    assert figures.nth(0).inner_text() == "4"
    assert figures.nth(1).inner_text() == "2"
    assert figures.nth(6).inner_text() == "3"


def test_english_by_the_switch(still: Wall) -> None:
    """The switch changes the language and the address keeps it."""
    page = still.page
    page.locator("button.language").click()
    expect(page.locator(".ranking .ph")).to_contain_text("Districts")
    assert "lang=en" in page.url
    page.reload()
    expect(page.locator(".ranking .ph")).to_contain_text("Districts")
    page.locator("button.language").click()
    expect(page.locator(".ranking .ph")).to_contain_text("区县排行")


def test_a_replay_has_its_frame(still: Wall) -> None:
    """A log that is neither live nor the exercise stands in a frame that says replay, in both languages."""
    expect(still.page.locator(".frame")).to_be_visible()
    expect(still.page.locator(".frame")).to_have_text("回放 REPLAY")


def test_a_mark_on_the_map_opens_its_story(town: Town, wall: Wall) -> None:
    """The mark stands in its severity's colour above its place, and a press on it opens the alert's story.

    One of an urban district stands in the inset alone, one of another district on the map.
    """
    urban, rural = (alert(town.log, n, wall_clock(), severity="red") for n in (1, 7))
    town.write(urban, rural)
    wall.open()
    above = wall.page.locator(".map .above")
    for shown, (across, down) in ((urban, _inset(urban)), (rural, _on_map(rural))):
        wait_for(lambda x=across, y=down: not _differs(_pixel(above, x, y), RED), "the red mark", 30)  # type: ignore[misc]
        box = above.bounding_box()
        assert box is not None
        wall.page.mouse.click(box["x"] + across, box["y"] + down)
        expect(wall.page.locator(".story")).to_contain_text(shown.name.zh)
        wall.page.keyboard.press("Escape")
    assert _differs(_pixel(above, *_on_map(urban)), RED)


def _on_map(shown: Alert) -> tuple[float, float]:
    """The pixel of the map at which an alert's mark stands in the home view."""
    assert shown.lon is not None
    assert shown.lat is not None
    view, lies = home(), frame()
    right, down = (shown.lon - view["longitude"]) * lies.across, (view["latitude"] - shown.lat) * lies.up
    return 924 / 2 + right, 504 / 2 + down - MARK_ABOVE


def _inset(shown: Alert) -> tuple[float, float]:
    """The pixel of the map at which it stands in the inset."""
    assert shown.lon is not None
    assert shown.lat is not None
    lies, core = frame(), frame().core
    across, up = (shown.lon - core.west) * lies.across * lies.larger, (shown.lat - core.south) * lies.up * lies.larger
    return core.left + across, core.top + core.height - up - MARK_ABOVE


def _pixel(canvas: Locator, across: float, down: float) -> tuple[int, ...]:
    picture = Image.open(io.BytesIO(canvas.screenshot())).convert("RGB")
    found: tuple[int, ...] = picture.getpixel((round(across), round(down)))  # type: ignore[assignment]
    return found


def test_what_is_written_on_the_map_overlaps_nothing(still: Wall) -> None:
    """Boxes that overlap a box that was taken get no room, though it overlapped another; those beside and below it do."""
    taken = still.page.evaluate(
        """async () => {
          const { Room } = await import("/screen/static/common/room.js");
          const room = new Room();
          const places = [[100, 100], [119, 100], [120, 100], [100, 119], [100, 120], [4000, 2000]];
          const found = places.map((at) => room.take(at, 20, 20));
          room.fill([300, 100], 20, 20);
          room.fill([310, 100], 20, 20);
          return [...found, room.take([325, 100], 20, 20)];
        }"""
    )
    assert taken == [True, False, True, False, True, True, False]
