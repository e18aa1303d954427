"""The screen for everyone: what axe-core finds on every page, a clean console, what a screen reader hears, the city's time.

Every page of `screen.pages.PAGES` is looked at, so a new one is covered at once.
"""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from screen.access.accounts import Account, write
from screen.access.passwords import with_password
from screen.i18n.texts import LANGUAGES
from screen.web.pages import PAGES
from streams.kafka.admin import create_topics
from streams.messages import HOUR, MINUTE, Actor, Alert, Aside, Case, Note, format_time, parse_time
from streams.oversight.client import socket_of
from streams.settings import Settings
from tests.support.browser.heard import Heard, listening
from tests.support.browser.people import wait_for_data
from tests.support.browser.screens import running_screen
from tests.support.browser.wall import Wall, living_town
from tests.support.kafka.session import own_log
from tests.support.orders.answering import answering
from tests.support.orders.kept import two_requests
from tests.support.town import alert, bad, entry, incident, wall_clock

LOG = own_log("everyone")
CITY = ZoneInfo("Asia/Shanghai")
SEVERITIES = ("red", "orange", "yellow", "blue")
UNSIGNED = "2026-03-09T09:00:01+08:00"
"""A second after a request was to be signed, by which time it counts as late."""

PERSON = Actor(id="zhang", name="张值班", role="supervisor")


def standing(log: str, now: int) -> list[Alert]:
    """An alert of each severity, one after the fact, one of each other state, one put aside, and an open case."""
    made = [alert(log, n, now, severity=severity, age=n * MINUTE) for n, severity in enumerate(SEVERITIES, 1)]
    post = alert(log, 5, now, phase="post-event", item="", value=None, limit=None)
    later = format_time(now + HOUR)
    aside = Aside(note=Note("shelve", PERSON, "已知的施工影响", format_time(now)), until=later)
    shelved = alert(log, 8, now, state="E", verbs=("unshelve",), aside=aside)
    case = Case(opened_at=format_time(now), due=later)
    open_case = alert(log, 9, now, state="A", active=False, verbs=("conclude",), case=case)
    return [
        *made,
        post,
        alert(log, 6, now, state="D", active=False),
        alert(log, 7, now, state="C", verbs=()),
        shelved,
        open_case,
    ]


class Place(NamedTuple):
    """The address of a screen, and the alerts that stand in its log."""

    address: str
    alerts: list[Alert]


@pytest.fixture(scope="module")
def place(broker: Settings) -> Iterator[Place]:
    """A screen of a living town with alerts, an incident, a trail and bad data."""
    create_topics(broker, LOG)
    kept = two_requests()
    kept.tick(UNSIGNED)
    oversight = answering(kept.ask, socket_of(broker, LOG))
    with living_town(broker, LOG) as town, oversight, running_screen(broker, LOG) as address:
        now = wall_clock()
        made = standing(LOG, now)
        said = [entry(made[0], n, "comment", made[0].place, actor=PERSON, reason="已派人") for n in (1, 2)]
        town.write(*made, incident(made[1], made[2]), *said, *(bad(LOG, n, now) for n in range(3)))
        yield Place(address, made)


@pytest.fixture
def page(blank: Page) -> Page:
    """A page of 1920 x 1080 without motion."""
    blank.emulate_media(reduced_motion="reduce")
    blank.set_default_timeout(120_000)
    return blank


@pytest.fixture
def heard(chromium: Browser) -> Iterator[Heard]:
    """A page of a browser that was never here, and what is to be heard of it."""
    with listening(chromium) as made:
        yield made


def visit(page: Page, address: str, name: str, language: str = "zh") -> Locator:
    """Go to a page, with an alert and a rule in the address for those that show one, and wait for its title and its data."""
    path = "" if name == PAGES[0].name else name
    page.goto(f"{address}/{path}?lang={language}&alert={1:032x}&rule=gas-hourly")
    expect(page.locator("h1").first).to_be_visible(timeout=60_000)
    wait_for_data(page, name)
    return page.locator("h1").first


def findings(page: Page) -> list[str]:
    """What axe-core finds that is serious or critical: rule, what it is, and where."""
    found: list[dict[str, Any]] = Axe().run(page).response["violations"]
    return [
        f"{each['id']}: {each['help']}: {node['html'][:160]} {node['failureSummary']}"
        for each in found
        if each["impact"] in {"serious", "critical"}
        for node in each["nodes"]
    ]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", [page.name for page in PAGES])
def test_a_page_is_clean_and_nothing_serious_is_found(place: Place, heard: Heard, name: str, language: str) -> None:
    """No page has a serious or critical finding, in both languages, and in both themes where the page has two.

    Opening it logs nothing, is answered no error, breaks no policy; Streamlit asks for its server once, at the address it has.
    """
    page, _, asked = heard
    visit(page, place.address, name, language)
    page.emulate_media(reduced_motion="reduce")
    assert findings(page) == []
    theme = page.locator(".bar .theme")
    if theme.count():
        theme.click()
        assert findings(page) == []
    assert heard.settled() == []
    assert [url for url in asked if "/_stcore/he" in url] == [f"{place.address}/_stcore/health"]
    assert [url for url in asked if "host-config" in url] == [f"{place.address}/_stcore/host-config"]


def test_what_is_wrong_is_heard(place: Place, heard: Heard) -> None:
    """An inline script and Streamlit's look-up below a page's address are: the test above can fail."""
    page, said, _ = heard
    page.goto(f"{place.address}/rules?lang=en")
    expect(page.locator("h1").first).to_be_visible()
    page.evaluate(
        """async () => {
             document.head.append(Object.assign(document.createElement("script"), { textContent: "1" }))
             await fetch("/desk/_stcore/health")
           }"""
    )
    assert any("policy: script-src" in each for each in said)
    assert f"404 {place.address}/desk/_stcore/health" in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_serious_where_people_sign_in(
    place: Place, broker: Settings, page: Page, tmp_path: Path, language: str
) -> None:
    """The form, what it says of a wrong password, and the answer for a page that is not one's own; they have one theme."""
    phrase = "a-long-phrase-1"
    write(tmp_path / "people.json", [with_password(Account("li", "李观察", "viewer"), phrase)])
    with running_screen(broker, LOG, ONESCREEN_PEOPLE=str(tmp_path / "people.json")) as address:
        page.goto(f"{address}/signin?lang={language}&why=ended")
        expect(page.locator(".says.bad")).to_be_visible()
        assert findings(page) == []
        for password in ("wrong-wrong-wrong", phrase):
            page.locator("[name=account]").fill("li")
            page.locator("[name=password]").fill(password)
            page.locator("button.do").click()
            if password != phrase:
                expect(page.locator("button.do")).to_be_enabled()
                expect(page.locator("[name=password]")).to_be_empty()
                assert findings(page) == []
        page.wait_for_url(f"{address}/?lang={language}")
        page.goto(f"{address}/replay?lang={language}")
        expect(page.locator(".who")).to_be_visible()
        assert findings(page) == []


def test_axe_sees_into_our_pages(place: Place, page: Page) -> None:
    """A picture without a name inside the page's own root is found: the tests above can fail."""
    heading = visit(page, place.address, "rules")
    heading.evaluate("node => node.after(document.createElement('img'))")
    assert [finding.split(":")[0] for finding in findings(page)] == ["image-alt"]


def test_axe_finds_nothing_in_what_the_wall_opens(place: Place, page: Page) -> None:
    """A story with its form of acts, what is put aside, and the change of shifts have no serious finding either."""
    visit(page, place.address, "wall")
    page.locator(f".row[data-alert='{5:032x}']").click()
    expect(page.locator(".story")).to_be_visible()
    assert findings(page) == []
    page.keyboard.press("Escape")
    panels = page.locator(".map .ph button:visible")
    expect(panels).to_have_count(3)  # put aside, open cases, the change of shifts
    for panel in panels.all():
        panel.click()
        expect(page.locator(":is(.others, .handovers):not([hidden])")).to_be_visible()
        assert findings(page) == []
        page.keyboard.press("Escape")


def test_a_figure_opens_its_cases_from_the_keyboard(place: Place, page: Page) -> None:
    """/ finds a measure, j and Enter open the cases behind its figure, Escape shuts them; the list has no serious finding."""
    visit(page, place.address, "oversight")
    expect(page.locator(".mrow.row").first).to_be_visible()
    page.keyboard.press("/")
    page.keyboard.type("Signed in time")
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    expect(page.locator(".mrow.on .nm")).to_have_text("按时签收率")
    expect(page.locator(".mrow.on .numbers")).to_contain_text("0 / 1")
    page.keyboard.press("Enter")
    expect(page.locator(".cases .crow.row")).to_have_count(1)
    expect(page.locator(".cases .crow.row")).to_contain_text("郑州市生态环境局")
    assert findings(page) == []
    page.keyboard.press("Escape")
    expect(page.locator(".cases")).to_be_hidden()


def test_a_wall_of_oversight_tells_counts_and_no_names(place: Place, page: Page) -> None:
    """Five counts, shares with n of N; no unit, no title of an order, nothing to press."""
    page.goto(f"{place.address}/oversight?kiosk")
    expect(page.locator(".kiosk-page .count b").nth(1)).to_have_text("2")
    expect(page.locator(".kiosk-page .rates")).to_contain_text("0 / 1")
    assert page.locator(".kiosk-page :is(button, a, input)").count() == 0
    assert "生态环境局" not in page.locator(".kiosk-page").inner_text()
    assert findings(page) == []


def test_a_new_red_alert_and_a_stale_wall_are_said(broker: Settings, log: str, chromium: Browser) -> None:
    """The alert region names a red alert that arrives, not one that stood there; then that the wall cannot be believed."""
    with living_town(broker, log) as town, running_screen(broker, log) as address:
        now = wall_clock()
        arrived = alert(log, 2, now, severity="red")
        town.write(alert(log, 1, now, severity="red"))
        opened = chromium.new_page(viewport={"width": 1920, "height": 1080})
        wall = Wall(opened, address).open()
        expect(wall.row(f"{1:032x}")).to_be_visible()
        said = wall.page.locator("[role=alert].said")
        expect(said).not_to_contain_text(arrived.title.zh)
        town.write(arrived, alert(log, 3, now))
        expect(said).to_have_text(f"红 特别严重，O₃ 气态污染物小时浓度超标，{arrived.name.zh}")
        town.stop()
        expect(said).to_contain_text("非实时画面", timeout=15_000)
        opened.close()


def test_times_are_the_citys_wherever_the_browser_is(place: Place, chromium: Browser) -> None:
    """In a browser of New York the clock of the wall and the times of an alert's file are those of Asia/Shanghai."""
    opened = chromium.new_page(viewport={"width": 1920, "height": 1080}, timezone_id="America/New_York")
    assert opened.evaluate("new Date(0).getHours()") == 19
    visit(opened, place.address, "wall")
    shown = opened.locator("header .clock").inner_text()
    said = datetime.strptime(" ".join(shown.split()[::2]), "%Y-%m-%d %H:%M:%S").replace(tzinfo=CITY)
    assert abs(said.timestamp() - wall_clock() / 1000) < 60
    visit(opened, place.address, "print")
    moment = datetime.fromtimestamp(parse_time(place.alerts[0].raised_at) / 1000, CITY).strftime("%Y-%m-%d %H:%M:%S")
    expect(opened.locator(".paper dl").first).to_contain_text(moment)
    opened.close()
