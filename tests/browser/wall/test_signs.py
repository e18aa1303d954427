"""The wall's face of signs as a browser shows it: figures of a table written by hand, in languages, themes and sizes."""

import re
from collections.abc import Iterator
from itertools import combinations

import pytest
from axe_playwright_python.sync_playwright import Axe
from msgspec.structs import replace
from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect

from streams import places
from streams.kafka.admin import create_topics
from streams.messages import HOUR, MINUTE
from streams.settings import Settings
from streams.topics import events_topic
from tests.support.browser.city_signs import CITY, DISTRICTS, TABLE, book, chosen, figure, figures
from tests.support.browser.hostile import MARKUP
from tests.support.browser.screens import running_screen
from tests.support.browser.wall import living_town
from tests.support.events import clean
from tests.support.kafka.session import own_log
from tests.support.town import Town, alert, station, wall_clock

SOURCE = "air.410122.6"
"""The only station of 中牟县 in the town."""

SEVERE = ("rgb(255, 93, 85)", "rgb(255, 152, 56)", "rgb(244, 214, 70)", "rgb(92, 176, 255)")
"""The four colours of the dark theme."""

COLOURS = """all => all.map((node) => getComputedStyle(node)).flatMap(({ color, fill, stroke }) => [color, fill, stroke])"""
"""Every colour of these elements."""


class Signs:
    """A wall of signs in a browser."""

    def __init__(self, page: Page, address: str, town: Town) -> None:
        self.page, self.address, self.town = page, address, town

    def open(self, query: str = "lang=zh") -> Page:
        """Go to the wall, 1920 x 1080, and wait for its signs."""
        self.page.set_viewport_size(ViewportSize(width=1920, height=1080))
        self.page.goto(f"{self.address}/?{query}")
        self.page.locator(".sg[data-state=orange]").first.wait_for()
        return self.page


@pytest.fixture(scope="module")
def signs(broker: Settings, chromium: Browser) -> Iterator[Signs]:
    """A wall of a living town with the signs of the table, a red and three orange alerts, and one of the first sign.

    One source has sent three hours and, last, a record without a time that can be read.
    """
    log = own_log("signs")
    create_topics(broker, log)
    with living_town(broker, log) as town, running_screen(broker, log) as address:
        now = wall_clock()
        crossing = alert(log, 9, now, severity="orange", domain="signs", subject=f"{chosen()[0]}/{CITY}", age=26 * MINUTE)
        town.write(book(), *figures(now), crossing)
        town.write(alert(log, 1, now, severity="red"), *(alert(log, n, now, severity="orange") for n in range(2, 5)))
        for hours in (3, 2, 1):
            hour = clean(now - hours * HOUR, SOURCE)
            town.producer.send(events_topic(log, "environment"), key=SOURCE.encode(), value=hour).get(30)
        timeless = re.sub(rb'"time":"[^"]+"', b'"time":"noon"', hour)
        town.producer.send(events_topic(log, "environment"), key=SOURCE.encode(), value=timeless).get(30)
        page = chromium.new_page(viewport={"width": 1920, "height": 1080})
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        yield Signs(page, address, town)
        page.close()
        assert errors == []


def sign(page: Page, place: int) -> Locator:
    """The sign of a place."""
    return page.locator(".sg").nth(place)


def boxes(page: Page, *selectors: str) -> list[dict[str, float]]:
    """Where the elements of these selectors stand that are shown."""
    found = [each.bounding_box() for selector in selectors for each in page.locator(selector).all() if each.is_visible()]
    return [dict(box) for box in found if box]  # type: ignore[call-overload]


def test_the_wall_begins_with_its_signs(signs: Signs) -> None:
    """Value, unit, coverage and state of each sign are those of the table, in the places of the place's folder."""
    page = signs.open()
    assert page.locator(".sg:visible").evaluate_all("all => all.map(each => each.dataset.sign)") == list(chosen())
    assert page.locator(".sg").evaluate_all("all => all.map(each => each.dataset.state)") == [row.state for row in TABLE]
    shown = ["96.2", "86", "0.81", "NA", "94.0", "99.2", "97.1", "99.8", "2.3", "97.5", "98.3", "12.0"]
    expect(page.locator(".sg .figure")).to_have_text(shown)
    expect(sign(page, 1).locator(".c")).to_have_text("覆盖 12/13 · 12 分")
    expect(sign(page, 0).locator(".c")).to_have_text("覆盖 98.4% · 12 分")
    expect(sign(page, 2).locator(".c")).to_have_text("覆盖 无应报数 · 12 分")
    expect(sign(page, 0).locator(".w")).to_have_text("最低 中牟县 92.4")
    expect(page.locator(".answer .counts")).to_have_text("12 项111NA 1在限内 8")
    expect(page.locator(".map .canvas")).to_be_hidden()


def test_the_alert_of_a_sign_stands_below_it(signs: Signs) -> None:
    """With its time and state; the sign's shape is filled, as it is unacknowledged, and that of one without is an outline."""
    page = signs.open()
    expect(sign(page, 0).locator(".sl")).to_have_text(re.compile(r"^告警 \d\d:\d\d · B 未确认$"))
    assert sign(page, 0).locator(".mark path").get_attribute("fill") == "var(--orange)"
    assert sign(page, 4).locator(".mark path").get_attribute("fill") == "none"


def test_na_says_why_and_has_no_colour(signs: Signs) -> None:
    """Below its floor: grey, with the reason and whose it is; the hours without values are hatched, and nothing is green."""
    page = signs.open()
    expect(sign(page, 3).locator(".sl")).to_have_text(re.compile(r"^覆盖不足 \d\d:\d\d$"))
    expect(sign(page, 3).locator(".w")).to_have_text("责任 市市场监督管理局")
    expect(sign(page, 3).locator("pattern")).to_have_count(1)
    expect(sign(page, 3).locator("circle")).to_have_count(0)
    found: list[str] = page.locator(".sg.na, .sg.na *").evaluate_all(COLOURS)
    colours = [tuple(map(float, re.findall(r"[\d.]+", each)[:3])) for each in found if each.startswith("rgb")]
    assert len(colours) > 20
    assert not {f"rgb({red:g}, {green:g}, {blue:g})" for red, green, blue in colours} & set(SEVERE)
    assert all(green <= max(red, blue) + 12 for red, green, blue in colours)


def test_the_seal_is_dotted_where_the_text_was_not_read(signs: Signs) -> None:
    """国 of a text that was read is drawn through; 国 and 上 that were not are dotted; 自 needs no text."""
    page = signs.open()
    seals = page.locator(".sg .pv").evaluate_all("all => all.map(each => each.textContent + (each.matches('.q') ? '?' : ''))")
    assert seals == ["自", "国?", "自", "国", "国?", "自", "国?", "上?", "自", "自", "自", "国"]


@pytest.mark.parametrize(
    ("width", "height", "selectors"),
    [
        (1920, 1080, (".sg", ".ds", ".list", ".answer")),
        (3840, 2160, (".sg", ".ds", ".list", ".answer")),
        (3840, 1080, (".sg", ".ds", ".list", ".map", ".kpis", ".trend", ".domains", ".ranking")),
    ],
)
def test_every_display_has_all_of_it_and_none_is_stretched(
    signs: Signs, width: int, height: int, selectors: tuple[str, ...]
) -> None:
    """Nothing scrolls, no sign, district or panel lies over another or beyond the edge; a sign is 450 to 152 pixels wide."""
    page = signs.open()
    page.set_viewport_size(ViewportSize(width=width, height=height))
    expect(sign(page, 0)).to_have_css("width", "450px")
    if width / height > 3:
        expect(page.locator(".wall")).to_have_class(re.compile("both"))
        page.locator(".map .canvas canvas").wait_for()
    assert page.evaluate("[document.documentElement.scrollHeight, document.documentElement.scrollWidth]") == [height, width]
    found = boxes(page, *selectors)
    assert len(found) >= 12 + 12 + len(selectors) - 2
    for box in found:
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width + 0.5
        assert box["y"] + box["height"] <= height + 0.5
    for one, other in combinations(found, 2):
        apart = (
            one["x"] + one["width"] <= other["x"] + 0.5
            or other["x"] + other["width"] <= one["x"] + 0.5
            or one["y"] + one["height"] <= other["y"] + 0.5
            or other["y"] + other["height"] <= one["y"] + 0.5
        )
        assert apart, (one, other)
    first = found[0]
    assert first["width"] / first["height"] == pytest.approx(450 / 152, rel=0.01)


def test_no_text_is_smaller_than_18_pixels_or_cut_off(signs: Signs) -> None:
    """On a wall of 1920 x 1080; no name, value, coverage or unit of a sign ends in an ellipsis in either language."""
    for language in ("zh", "en"):
        page = signs.open(f"lang={language}")
        sizes = page.locator(".signs :is(b, span, small, u, div, button, text)").evaluate_all(
            "all => all.filter(each => each.textContent.trim() && each.getClientRects().length)"
            ".map(each => parseFloat(getComputedStyle(each).fontSize))"
        )
        assert min(sizes) >= 18
        cut = page.locator(".sg :is(.n b, .w, .figure, .c, .unit)").evaluate_all(
            "all => all.filter(each => each.scrollWidth > each.clientWidth + 1)"
            ".filter(each => getComputedStyle(each).overflow !== 'visible').map(each => each.textContent)"
        )
        assert cut == []


def test_nothing_moves_when_values_change(signs: Signs) -> None:
    """A sign that turns red, with other digits, leaves every sign, value and district where it stands; so does its return."""
    page = signs.open()
    parts = (".sg", ".sg .v", ".sg .c", ".sg .ch", ".ds", ".ds .mg", ".list")
    before = [(round(box["x"]), round(box["y"])) for box in boxes(page, *parts)]
    now = wall_clock() + MINUTE
    signs.town.write(figure(2, now, value=12345.6, state="red", trend=(1.0,) * 24))
    expect(sign(page, 2)).to_have_attribute("data-state", "red")
    expect(sign(page, 2).locator(".figure")).to_have_text("12\u2009345.6")
    after = [(round(box["x"]), round(box["y"])) for box in boxes(page, *parts)]
    assert len(after) == len(before)
    assert max(abs(a - b) for one, other in zip(before, after, strict=True) for a, b in zip(one, other, strict=True)) <= 2
    signs.town.write(figure(2, now + MINUTE))
    expect(sign(page, 2)).to_have_attribute("data-state", "ok")


def test_alarms_keep_their_place_and_their_red(signs: Signs) -> None:
    """Beside the signs stand the unacknowledged alerts, the red one first on its ground; a press opens its story."""
    page = signs.open()
    rows = page.locator(".list .row")
    expect(rows).to_have_count(5)
    assert rows.first.evaluate("row => getComputedStyle(row).backgroundColor") == "rgb(61, 35, 39)"
    rows.first.click()
    expect(page.locator(".story h2")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".story")).to_be_hidden()


def test_a_press_opens_a_sign_and_another_its_district(signs: Signs) -> None:
    """Formula in numbers, inputs, limits; a district's own figure; its records but that without a time; the command for all."""
    page = signs.open()
    sign(page, 0).click()
    drill = page.locator(".drill")
    expect(drill.locator(".ratio span")).to_have_text(["570\u2009580", "593\u2009280"])
    expect(drill.locator(".it td").nth(1)).to_have_text("593\u2009280")
    expect(drill.locator(".it td").nth(2)).to_have_text("583\u2009876")
    expect(drill.locator(".it td").nth(5)).to_have_text("12")
    expect(drill.locator(".lim b")).to_have_text(["≤ 98.0", "≤ 96.5"])
    expect(drill.locator(".hides, .r.k").first).to_contain_text("遮住 8")
    order = drill.locator(".li").evaluate_all("all => all.map(each => each.dataset.area)")
    assert order[: len(DISTRICTS)] == ["410122", "410102", "410184"]
    drill.locator(".li[data-area='410122']").click()
    expect(drill.locator(".one .h b")).to_have_text("中牟县")
    expect(drill.locator(".one dd").first).to_have_text("92.4 %")
    expect(drill.locator(".sources .li")).to_have_count(1)
    drill.locator(".sources .li").click()
    expect(drill.locator(".records .h")).to_have_text(re.compile(r"^记录environment · \d$"))
    expect(drill.locator(".records em")).to_have_text(["2", "1", "0"])
    line = rf"^python -m agents sign explain {chosen()[0]} --archive DIR --area 410122 --at [-\dT:]{{16}}:00\+08:00$"
    expect(drill.locator("code")).to_have_text(re.compile(line))
    page.keyboard.press("Escape")
    expect(drill).to_be_hidden()
    page.locator(".ds[data-area='410184']").click()
    expect(drill.locator(".one .h b")).to_have_text("新郑市")
    drill.locator(".shut").click()
    expect(drill).to_be_hidden()


def test_a_street_is_a_step_between_district_and_source(signs: Signs) -> None:
    """A source of 新郑市 is registered in a street: the street stands before the sources, opens its own, and leads back."""
    street, name = next(each for each in places.areas().items() if each[0].startswith("410184") and len(each[0]) == 9)
    there = replace(station(1, wall_clock()), subject="air.street", adcode=street)
    signs.town.write(there)
    page = signs.open()
    page.locator(".ds[data-area='410184']").click()
    shown = page.locator(".drill .sources")
    step = shown.locator(".li.street")
    expect(step).to_have_text(f"{name.zh}1")
    every = shown.locator(".li:not(.street)").count()
    assert every > 1
    step.click()
    expect(shown.locator(".li:not(.street)")).to_have_count(1)
    expect(shown.locator(".li:not(.street)")).to_have_attribute("data-subject", "air.street")
    expect(step).to_have_text(f"← 本区县{name.zh}")
    step.click()
    expect(shown.locator(".li:not(.street)")).to_have_count(every)


def test_the_keyboard_does_all_of_it(signs: Signs) -> None:
    """Tab reaches the signs, Enter opens one, Escape shuts it; 2 shows map and alarms, 1 the signs."""
    page = signs.open()
    sign(page, 4).focus()
    page.keyboard.press("Enter")
    expect(page.locator(".drill")).to_have_attribute("data-sign", chosen()[4])
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(page.locator(".drill")).to_be_hidden()
    page.keyboard.press("2")
    page.locator(".map .canvas canvas").wait_for()
    expect(page.locator(".signs")).to_be_hidden()
    expect(page.locator(".kpi .v > span").first).to_have_text("5")
    page.keyboard.press("1")
    expect(page.locator(".signs")).to_be_visible()
    expect(page.locator(".map")).to_be_hidden()


def test_a_district_s_own_wall(signs: Signs) -> None:
    """By its address: its own figures in the same places, its name in the head; one that is not there is refused in words."""
    page = signs.open("lang=zh&view=signs&area=410122")
    expect(page.locator(".answer")).to_contain_text("中牟县 体征")
    expect(page.locator(".sg .figure").first).to_have_text("92.4")
    expect(page.locator(".sg .figure").nth(1)).to_have_text("NA")
    page.goto(f"{signs.address}/?lang=zh&area=999999")
    expect(page.locator(".refused")).to_contain_text("999999")
    expect(page.locator(".sg:visible")).to_have_count(0)


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_axe_finds_nothing(signs: Signs, language: str, theme: str) -> None:
    """No violation of WCAG 2.2 A and AA, contrast among them, in either language and theme, with and without an opened sign."""
    page = signs.open(f"lang={language}&theme={theme}")
    for _ in range(2):
        found = Axe().run(page, options={"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}})
        told = [(each["id"], [node["target"] for node in each["nodes"]][:4]) for each in found.response["violations"]]
        assert told == []
        sign(page, 0).click()


def test_a_dead_worker_leaves_no_sign_alive(broker: Settings, chromium: Browser) -> None:
    """When its pulses stop the wall says so, all is grey, ages are dashes, and every sign is still on it."""
    log = own_log("signs-dead")
    create_topics(broker, log)
    with living_town(broker, log) as town, running_screen(broker, log) as address:
        town.write(book(), *figures(wall_clock()))
        page = chromium.new_page(viewport={"width": 1920, "height": 1080})
        page.goto(f"{address}/?lang=zh")
        page.locator(".sg[data-state=orange]").first.wait_for()
        town.stop()
        expect(page.locator(".wall")).to_have_class(re.compile("stale"))
        expect(sign(page, 0).locator(".c b").last).to_have_text("—")
        expect(page.locator(".stamp.on-signs")).to_be_visible()
        band = page.locator(".band").bounding_box()
        first = sign(page, 0).bounding_box()
        assert band
        assert first
        assert band["y"] + band["height"] <= first["y"]
        page.close()


def test_hostile_texts_are_only_text(broker: Settings, chromium: Browser) -> None:
    """Markup in the names, units, sources and limits of a book is shown letter for letter, and none of it runs."""
    log = own_log("signs-hostile")
    create_topics(broker, log)
    with living_town(broker, log) as town, running_screen(broker, log) as address:
        page = chromium.new_page(viewport={"width": 1920, "height": 1080})
        now = wall_clock()
        town.write(*figures(now))
        for n, text in enumerate(MARKUP):
            town.write(book(text), figure(0, now + n * MINUTE))
            if not n:
                page.goto(f"{address}/?lang=zh")
            expect(sign(page, 0).locator(".n b")).to_have_text(text)
            if not n:
                sign(page, 0).click()
            expect(page.locator(".drill .ph b").first).to_have_text(text)
            expect(page.locator(".drill .lim span").first).to_have_text(text)
        assert page.evaluate("window.pwned") is None
        assert page.locator(".wall img, .wall script, .wall style").count() == 0
        page.close()
