"""The page of rules: every rule with its law, found by words of both languages, kept in the address; and its alerts."""

from collections.abc import Iterator
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Page, expect

from streams.catalogue import domains
from streams.kafka.admin import create_topics
from streams.messages import DAY, Name
from streams.settings import Settings
from tests.support.browser.screens import running_screen
from tests.support.browser.wall import living_town
from tests.support.kafka.session import own_log
from tests.support.law import book_of_files
from tests.support.town import Town, alert, wall_clock

LOG = own_log("book")


class Book(NamedTuple):
    """A page in a browser, and the address of the screen."""

    page: Page
    address: str

    def open(self, query: str = "") -> Page:
        """Go to the rules and wait for the book."""
        self.page.goto(f"{self.address}/rules?{query}")
        expect(self.page.locator(".rules article")).to_be_visible(timeout=60_000)
        return self.page

    @property
    def shown(self) -> list[str]:
        """The ids of the rules in the list."""
        found: list[str] = self.page.locator(".rule:visible").evaluate_all("rows => rows.map(row => row.dataset.rule)")
        return found


@pytest.fixture(scope="module")
def screen_of_town(broker: Settings) -> Iterator[str]:
    """The screen of a town where gas-hourly has raised three alerts today, two yesterday, and one 20 days ago."""
    create_topics(broker, LOG)
    with living_town(broker, LOG) as town, running_screen(broker, LOG) as address:
        now = wall_clock()
        today = [alert(LOG, n, now, age=0) for n in (1, 2, 3)]
        before = [alert(LOG, n, now, age=DAY, state="A", active=False, verbs=()) for n in (4, 5)]
        hostile = Name(zh="<b>不是标签</b>", en="<b>no tag</b>")
        other = alert(LOG, 7, now, age=0, rule="aqi-hourly", name=hostile)
        town.write(*today, *before, alert(LOG, 6, now, age=20 * DAY, state="A", active=False, verbs=()), other)
        yield address


@pytest.fixture
def book(screen_of_town: str, blank: Page) -> Book:
    """The page of rules, not opened yet."""
    return Book(blank, screen_of_town)


def test_a_rule_has_its_law_its_numbers_and_its_cases(book: Book) -> None:
    """A deep link shows GB 3095 with the editions of 2012 and 2026, the limits with units, the parameters, and seven cases."""
    page = book.open("rule=gas-hourly")
    expect(page.locator(".top h2")).to_have_text("气态污染物小时浓度超标")
    expect(page.locator(".edition h4 > b")).to_have_text(
        ["GB 3095-2026 表1 二级，表4，4.4", "GB 3095-2026 表1 二级（过渡阶段），表4，4.4", "GB 3095-2012 表1 二级，表4"]
    )
    expect(page.locator(".edition").last.locator("h4 small")).to_have_text("2016-01-01 – 2026-02-28")
    expect(page.locator(".edition.now .limits")).to_contain_text("SO₂ 500 µg/m³")
    expect(page.locator(".edition.now .tag")).to_have_text("V 已核原文")
    expect(page.locator(".judging table tr", has_text="valid_minutes").locator("td").last).to_have_text("45")
    expect(page.locator(".duty")).to_contain_text("郑州市生态环境局")
    expect(page.locator(".cases details")).to_have_count(7)
    expect(page.locator(".cases .expected li").first).to_contain_text("201 µg/m³ · 限值 200")
    expect(page.locator(".version")).to_contain_text("程序自带")


def test_every_rule_is_there(book: Book) -> None:
    """The list has each rule of the five domains once, under its domain."""
    book.open()
    assert len(book.shown) == len(set(book.shown)) > 150
    expect(book.page.locator(".groups section h2")).to_have_count(len(domains()))


def test_words_of_both_languages_and_numbers_of_standards_find_a_rule(book: Book) -> None:
    """Chinese, English, a standard's number and a rule's row lead to a rule whatever the page's language is."""
    page = book.open()
    search = page.locator("input.search")
    for words, rule in (
        ("臭氧 小时平均", "gas-hourly"),
        ("hourly GAS", "gas-hourly"),
        ("gb 3095-2012", "gas-hourly"),
        ("ENV-I10", "station-silent"),
        ("station silent", "station-silent"),
    ):
        search.fill(words)
        assert rule in book.shown, words
        assert len(book.shown) < 40, words
    search.fill("没有这样的规则")
    assert book.shown == []
    expect(page.locator(".list .none")).to_be_visible()


def test_filters_stay_in_the_address(book: Book) -> None:
    """Domain, severity, phase and search are in the address, and an address shows the same list and rule again."""
    page = book.open()
    page.locator("select.domain").select_option("special_equipment")
    page.locator(".chip", has_text="红").click()
    page.locator(".chip", has_text="事中").click()
    page.locator("input.search").fill("电梯")
    page.locator(".rule:visible").first.click()
    shown, address = book.shown, page.url
    assert 0 < len(shown) < 20
    for part in ("domain=special_equipment", "severity=red", "phase=in-process", "q=", f"rule={shown[0]}"):
        assert part in address
    page.goto("about:blank")
    page.goto(address)
    expect(page.locator(".rule[aria-current]")).to_be_visible(timeout=60_000)
    assert book.shown == shown
    assert page.locator(".rule[aria-current]").get_attribute("data-rule") == shown[0]
    page.locator(".chip", has_text="红").click()
    assert "severity=" not in page.url


def test_keys_go_through_the_list(book: Book) -> None:
    """The keys j and k choose the next rule and the one before, / goes to the search, Escape leaves it."""
    page = book.open()
    current = page.locator(".rule[aria-current]")
    first, second = book.shown[:2]
    assert current.get_attribute("data-rule") == first
    page.keyboard.press("j")
    assert current.get_attribute("data-rule") == second
    page.keyboard.press("j")
    page.keyboard.press("k")
    assert current.get_attribute("data-rule") == second
    assert current.evaluate("row => row.getRootNode().activeElement === row")
    page.keyboard.press("/")
    page.keyboard.type("jk")
    assert page.locator("input.search").input_value() == "jk"
    assert current.get_attribute("data-rule") == second
    page.keyboard.press("Escape")
    assert page.locator("input.search").evaluate("field => field.getRootNode().activeElement !== field")


def test_what_a_rule_raised_and_what_stands_open(book: Book) -> None:
    """Three alerts of today and two of yesterday are counted on their days, one of 20 days ago is not; three stand open."""
    page = book.open("rule=gas-hourly")
    days = page.locator(".days li b")
    expect(days).to_have_text([*["0"] * 12, "2", "3"], timeout=20_000)
    expect(page.locator(".open .alert")).to_have_count(3)
    row = page.locator(".rule[data-rule=gas-hourly] b")
    expect(row).to_have_text(["3", "5"])
    expect(page.locator(".rule[data-rule=station-silent] b")).to_have_text(["·", "·"])


def test_an_alert_leads_to_its_rule_and_its_words_are_only_text(book: Book) -> None:
    """The story on the wall links to the rule; there markup in the subject's name stands letter for letter."""
    page = book.page
    page.goto(f"{book.address}/?lang=zh")
    page.locator(f".row[data-alert='{7:032x}']").click()
    page.locator(".story a.to-rule").click()
    expect(page.locator(".rule[aria-current]")).to_have_attribute("data-rule", "aqi-hourly", timeout=60_000)
    expect(page.locator(".open .alert .t")).to_contain_text("<b>不是标签</b>")
    assert page.locator(".open .alert b b, .open .alert .t b").count() == 0


def test_a_book_that_nobody_has_told_is_said(broker: Settings, log: str, chromium: Browser) -> None:
    """Before a worker has told the book of a log the page says which command to start, and shows it once it is told."""
    town = Town(broker, log)
    with running_screen(broker, log) as address:
        page = chromium.new_page()
        page.goto(f"{address}/rules")
        expect(page.locator(".trouble")).to_contain_text(f"请启动 python -m agents worker --log {log}", timeout=60_000)
        town.write(book_of_files())
        expect(page.locator(".rules article")).to_be_visible(timeout=60_000)
        expect(page.locator(".trouble")).to_be_hidden()
        page.close()
    town.close()
