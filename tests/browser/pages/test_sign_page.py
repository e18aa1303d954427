"""The page of a sign: what it is made of, how it stands, and how often other thresholds would have called, by a real job."""

import shutil
from collections.abc import Iterator
from typing import NamedTuple

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, ViewportSize, expect

from agents.signs.book.read import missing_signs, sign_book
from agents.signs.in_force import signs_in_force
from streams.kafka.admin import create_topics
from streams.messages import HOUR, MINUTE, CitySign, format_time
from streams.settings import Settings
from tests.support.books import the_book
from tests.support.browser.screens import running_jobs, running_screen
from tests.support.browser.wall import living_town
from tests.support.kafka.session import own_log
from tests.support.law import book_of_files
from tests.support.signs.hotline import BEGIN, DAYS, SIGN, SINCE, UNTIL, answered, archive
from tests.support.town import alert, wall_clock

LOG = own_log("signpage")
CITY, DISTRICT = "410100", "410105"
JOB_MS = 90_000
"""How long a job may take on a busy machine."""


class Pages(NamedTuple):
    """A page in a browser, and the address of the screen."""

    page: Page
    address: str

    def open(self, query: str = f"sign={SIGN}") -> Page:
        """Go to a sign, 1920 x 1080, and wait for its figure."""
        self.page.set_viewport_size(ViewportSize(width=1920, height=1080))
        self.page.goto(f"{self.address}/rules?{query}")
        expect(self.page.locator("article.sign .standing b")).to_be_visible(timeout=60_000)
        return self.page


def figure(now: int, area: str, value: float | None) -> CitySign:
    """A figure of the sign, of 100 calls an hour of a day."""
    at = format_time(now - now % MINUTE)
    told = {"numerator": 24 * (value or 0), "denominator": 2400.0, "valid": 24, "due": 24, "coverage": 1.0}
    hours = tuple(90.0 + n % 5 for n in range(24))
    of = {"sign": SIGN, "area": area, "version": "5f" * 16, "at": at, "since": at, "newest": at, "late": 0, "corrected": 0}
    state = "na" if value is None else "yellow" if value <= 95 else "ok"
    return CitySign(**of, **told, state=state, value=value, trend=hours, band=tuple((88.0, 96.0) for _ in hours))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def address(broker: Settings) -> Iterator[str]:
    """A screen and a job worker of a log with the committed signs, two figures, a crossing, and three weeks in its archive."""
    create_topics(broker, LOG)
    root = broker.data / "archive" / LOG
    shutil.rmtree(root, ignore_errors=True)
    archive(root)
    with living_town(broker, LOG) as town, running_jobs(broker, LOG), running_screen(broker, LOG) as found:
        now = wall_clock()
        book = signs_in_force(sign_book(), missing_signs(), the_book().rules)
        crossing = alert(
            LOG, 1, now, severity="yellow", domain="signs", subject=f"{SIGN}/{CITY}", rule=f"sign-{SIGN}", age=HOUR
        )
        town.write(book_of_files(), book, figure(now, CITY, 94.0), figure(now, DISTRICT, 97.0), crossing)
        yield found


@pytest.fixture
def pages(address: str, blank: Page) -> Pages:
    """The page of a sign, not opened yet."""
    return Pages(blank, address)


def means() -> list[float | None]:
    """Each hour's mean of the 24 hours up to it, of the three weeks; None where fewer than 22 of them are there."""
    values = [answered(n) for n in range(DAYS * 24)]
    first, last = (HOURS_TO[day] for day in (SINCE, UNTIL))
    windows = [[each for each in values[n - 23 : n + 1] if each is not None] for n in range(first, last + 24)]
    return [sum(each) / len(each) if len(each) >= 22 else None for each in windows]


HOURS_TO = {BEGIN: 0, SINCE: 2 * 24, UNTIL: 22 * 24}
"""Hours from the archive's begin to the begin of a day."""


def test_a_sign_has_its_formula_its_thresholds_and_how_it_stands(pages: Pages) -> None:
    """Thresholds with basis, delay and deadband, the rule by which it calls, its cases; figure and day of city and district."""
    page, row = pages.open(), sign_book()[SIGN]
    expect(page.locator(".top h2")).to_have_text(row.name.zh)
    expect(page.locator(".formula code")).to_contain_text("share: type = service.calls")
    limits = page.locator(".limits-of table tr")
    expect(limits).to_have_count(len(row.thresholds))
    for n, each in enumerate(reversed([*row.thresholds.values()])):
        expect(limits.nth(n)).to_contain_text(each.basis.zh)
    expect(page.locator(".limits-of a.to").first).to_contain_text("越限")
    expect(page.locator(".cases tr")).to_have_count(len(row.case))
    expect(page.locator(".standing b")).to_contain_text("94.0")
    expect(page.locator(".day svg.chart path[fill='var(--band)']")).to_have_count(1)
    expect(page.locator(".standing .tag")).to_contain_text("5f5f")
    expect(page.locator("article.sign .days li.today b")).to_have_text("1", timeout=20_000)
    page.locator("select.area").select_option(DISTRICT)
    expect(page.locator(".standing b")).to_contain_text("97.0")
    page.locator(".limits-of a.to").first.click()
    expect(page.locator(".rule[aria-current]")).to_have_attribute("data-rule", f"sign-{SIGN}")
    assert f"rule=sign-{SIGN}" in page.url
    assert "sign=" not in page.url.replace(f"rule=sign-{SIGN}", "")


def test_words_find_a_sign_among_the_rules(pages: Pages) -> None:
    """Name, formula and provenance, by the search and the filter of domains; keys go from the rules to the signs."""
    page = pages.open()
    for words in ("热线接通率", "service.calls answered", "hotline calls ANSWERED"):
        page.locator("input.search").fill(words)
        expect(page.locator(f".rule[data-sign={SIGN}]")).to_be_visible()
    page.locator("input.search").fill("")
    page.locator("select.domain").select_option("cyber")
    expect(page.locator(f".rule[data-sign={SIGN}]")).to_be_hidden()
    expect(page.locator(".rule[data-sign=site-availability]")).to_be_visible()
    expect(page.locator("details.missing summary")).to_contain_text(str(len(missing_signs())))


def test_other_thresholds_are_reckoned_by_a_job(pages: Pages) -> None:
    """Below 95 without deadband or delay as often and as long as the means fall there; the same answer opens again later."""
    page = pages.open()
    known = means()
    told = [each for each in known if each is not None]
    low = [each <= 95 for each in told]
    calls = sum(now and not before for before, now in zip([False, *low], low, strict=False))
    form = page.locator(".sign-whatif form")
    form.locator("label", has_text="持续").locator("input").fill("0s")
    form.locator("label", has_text="回差").locator("input").fill("0")
    form.locator("input.day").first.fill(SINCE)
    form.locator("input.day").last.fill(UNTIL)
    form.locator("select").select_option(CITY)
    form.locator("button.do").click()
    rows = page.locator(".answer table.months tbody tr")
    expect(rows).to_have_count(2, timeout=JOB_MS)
    cells = rows.first.locator("td").all_inner_texts()
    assert rows.first.locator("th").inner_text() == "2026-06"
    assert (cells[3].strip(), cells[4], cells[6]) == (str(calls), f"{sum(low)} 时", f"{known.count(None)} 时")
    form.locator("label", has_text="黄").locator("input").fill("x")
    expect(form.locator("button.do")).to_be_disabled()
    page.reload()
    page.locator(".sign-whatif .result button").first.click()
    expect(rows).to_have_count(2, timeout=JOB_MS)
    assert rows.first.locator("td").all_inner_texts() == cells


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("theme", ["dark", "light"])
def test_the_page_is_for_everyone(pages: Pages, lang: str, theme: str) -> None:
    """Axe finds nothing serious in either language and theme, nothing is wider than its column, no text smaller than 14 px."""
    page = pages.open(f"sign={SIGN}&lang={lang}")
    if page.locator(".bar button.theme").inner_text() in {"浅色", "Light"} and theme == "light":
        page.locator(".bar button.theme").click()
    violations = Axe().run(page).response["violations"]
    grave = [each for each in violations if each["impact"] in {"serious", "critical"}]
    assert [(each["id"], [node["target"] for node in each["nodes"]]) for each in grave] == []
    assert page.locator(".rules .main").evaluate("node => node.scrollWidth - node.clientWidth") <= 1
    small = page.locator("article.sign *").evaluate_all(
        "all => all.filter(each => [...each.childNodes].some(child => child.nodeType === 3 && child.textContent.trim()))"
        ".filter(each => parseFloat(getComputedStyle(each).fontSize) < 14).map(each => each.className)"
    )
    assert small == []


def test_the_drill_of_the_wall_leads_to_the_page(pages: Pages) -> None:
    """The sign that is open there has its page one press away."""
    page = pages.page
    page.set_viewport_size(ViewportSize(width=1920, height=1080))
    page.goto(f"{pages.address}/?view=signs")
    page.locator(f".sg:has-text('{sign_book()[SIGN].name.zh}')").click(timeout=60_000)
    page.locator(".drill a.key", has_text="体征页").click()
    expect(page.locator("article.sign .top h2")).to_have_text(sign_book()[SIGN].name.zh, timeout=60_000)
