"""The page of oversight in a real browser: units beside their kind, an objection from a press to its answer, the sheets."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from agents.measures.book.read import measure_book
from agents.oversight.books import OversightBooks
from agents.oversight.questions import Questions
from screen.access.accounts import Account, write
from screen.access.passwords import with_password
from streams.appraisal.log import appraisal_records
from streams.kafka.admin import create_topics
from streams.messages.services.appraisal import Objection, ObjectionAnswer
from streams.oversight.client import socket_of
from streams.oversight.wire import OversightAnswer, OversightAsked
from streams.places.organs import units
from streams.settings import Settings
from tests.support.browser.people import PHRASE, sign_in, visit
from tests.support.browser.screens import running_screen
from tests.support.browser.wall import living_town
from tests.support.directory.appraisal import OFFICE, UNIT
from tests.support.orders.answering import answering
from tests.support.orders.counted_facts import told_hours, told_petitions
from tests.support.orders.indexed import index_row, indicator
from tests.support.orders.signings import NOW, Signing, signings

LOG = "oversightpage"
ROWS = (Signing(UNIT, 95, 100), Signing("zz-um", 79, 100), Signing("zz-hc", 96, 100))
AT = "lang=zh&from=2026-03&to=2026-03&measure=request-signed"
PEOPLE = (
    Account("wang", "王带班", "leader"),
    Account("li", "李审核", "reviewer", ("zz-um",)),
    Account("zhao", "赵督查", "inspector", (OFFICE,)),
    Account("hall", "大厅", "viewer"),
)

FAR = "郑州市城市管理局 79 / 100 · 79.0 % · 明显差于 · 95 % 限 84–95, 99.8 % 限 80–98"
"""What the point of 79 of 100 says: the limits are those of the binomial law around 270 of 300."""


class Shown(NamedTuple):
    """The address of a screen of figures, and its settings."""

    address: str
    settings: Settings


@pytest.fixture(scope="module")
def shown(broker: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    """A screen where people sign in, of three departments: 95, 79 and 96 of 100 signed in time in March."""
    people: Path = tmp_path_factory.mktemp("people") / "people.json"
    write(people, [with_password(each, PHRASE) for each in PEOPLE])
    create_topics(broker, LOG)
    books = OversightBooks(measure_book(), OFFICE)
    for each in signings(*ROWS):
        books.take(each)
    books.put([*told_petitions(UNIT, True, False), *told_hours(UNIT, 100, 90.0)])
    books.told(NOW)
    books.true = True
    index = index_row({"a": indicator("request-signed", 60), "b": indicator("request-signed", 40, "attainment")})
    questions = Questions(LOG, books, units("4101"), {"handling": index})

    def answered(asked: OversightAsked) -> OversightAnswer:
        """As the service answers, with what people have written by now."""
        books.say(appraisal_records(broker, LOG))
        return questions.answer(asked)

    with (
        living_town(broker, LOG),
        answering(answered, socket_of(broker, LOG)),
        running_screen(broker, LOG, ONESCREEN_PEOPLE=str(people)) as address,
    ):
        yield Shown(address, broker)


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A page of a browser that nobody has signed in with."""
    with visit(chromium) as context:
        yield context.new_page()


def enter(page: Page, shown: Shown, account: str, query: str = "") -> None:
    """Sign in, and open the page of oversight."""
    page.goto(f"{shown.address}/oversight?{AT}&{query}")
    sign_in(page, account)
    expect(page.locator(".oversight")).to_have_attribute("data-state", "told", timeout=60_000)


def serious(page: Page) -> list[str]:
    """What axe-core finds that is serious or critical."""
    found = Axe().run(page).response["violations"]
    return [f"{each['id']}: {each['nodes'][0]['target']}" for each in found if each["impact"] in {"serious", "critical"}]


def test_a_point_of_the_funnel_opens_its_cases_from_the_keyboard(shown: Shown, page: Page) -> None:
    """79 of 100 among 270 of 300 is 明显差于; Enter on its point opens the 21 that were missed; nothing serious in either."""
    enter(page, shown, "wang", "by=bands")
    point = page.locator(".point.far-worse")
    expect(page.locator(".point")).to_have_count(3)
    expect(point).to_have_attribute("aria-label", FAR)
    assert serious(page) == []
    point.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".cases .crow.row")).to_have_count(21)
    page.keyboard.press("Escape")
    expect(page.locator(".cases")).to_be_hidden()
    page.get_by_role("button", name="结构对照").click()
    expect(page.locator(".mixrow:not(.heads)")).to_have_count(3)
    page.locator(".bar .theme").click()
    assert serious(page) == []


def test_an_objection_is_said_answered_and_changes_the_figure(shown: Shown, page: Page, chromium: Browser) -> None:
    """The unit's reviewer ticks a missed case; the office grants it; 79 of 99 stands on the page, with 更正 beside it."""
    enter(page, shown, "li", "by=unit")
    page.locator(".split .srow").get_by_role("button", name="分母中其余").click()
    page.get_by_role("button", name="提出异议").click()
    page.get_by_label("异议理由（不写个人姓名）").fill("派单系统故障，未收到工单")
    page.locator(".cases input[type=checkbox]").first.check()
    assert serious(page) == []
    page.get_by_role("button", name="提交 1").click()
    expect(page.locator(".object .said")).to_have_text("已提交，待考核单位答复")
    expect(page.locator(".objections .objection")).to_contain_text("数字不变")
    with visit(chromium) as context:
        office = context.new_page()
        enter(office, shown, "zhao", "by=unit")
        office.locator(".objections").get_by_role("button", name="答复").click()
        office.locator(".answering select").select_option("left-out")
        office.locator(".answering .purpose").fill("经核实属实")
        assert serious(office) == []
        office.locator(".answering").get_by_role("button", name="提交").click()
        expect(office.locator(".objections .objection")).to_contain_text("更正 79.0 → 79.8 % · 79 / 100 → 79 / 99")
        expect(office.locator(".corrections .correction")).to_contain_text("申诉成立")
        expect(office.locator(".split .srow", has_text="郑州市城市管理局")).to_contain_text("79 / 99")
    said = appraisal_records(shown.settings, LOG)
    assert [type(each) for each in said] == [Objection, ObjectionAnswer]
    assert [each.by.id for each in said] == ["li", "zhao"]


def test_other_weights_are_tried_and_kept_nowhere(shown: Shown, page: Page) -> None:
    """I opens the index: a draft that counts for nothing; weights that are no 100 cannot be sent, others stand beside."""
    enter(page, shown, "wang")
    page.keyboard.press("i")
    expect(page.locator(".sheet.index .irow:not(.heads)")).to_have_count(3)
    expect(page.locator(".about-index")).to_contain_text("未印发，不作数")
    first, second = page.locator(".weight").all()
    first.fill("70")
    expect(page.locator(".sheet .said")).to_contain_text("110")
    expect(page.get_by_role("button", name="试算", exact=True)).to_be_disabled()
    second.fill("30")
    page.get_by_role("button", name="试算", exact=True).click()
    expect(page.locator(".sheet.index .irow.heads")).to_contain_text("假如")
    assert serious(page) == []
    page.keyboard.press("Escape")
    page.reload()
    expect(page.locator(".oversight")).to_have_attribute("data-state", "told", timeout=60_000)
    page.keyboard.press("i")
    expect(page.locator(".weight").first).to_have_value("60")


def test_what_is_measured_beside_the_book_and_what_is_not(shown: Shown, page: Page) -> None:
    """B opens the calls of hotlines with their hours, what others need to be reckoned, and what is not measured at all."""
    enter(page, shown, "wang")
    page.keyboard.press("b")
    expect(page.locator(".sheet.reckoned .rrow").first).to_contain_text("接通率")
    expect(page.locator(".sheet.reckoned .rfigure")).to_contain_text("90 / 100")
    page.locator(".sheet.reckoned .tabs").get_by_role("button", name="小时").click()
    expect(page.locator(".sheet.reckoned .rfigure")).to_contain_text("90.0 %")
    page.locator(".sheet.reckoned").get_by_role("button", name="回头看复发率").click()
    expect(page.locator(".sheet.reckoned .rtable")).to_contain_text("measure show recurrence")
    expect(page.locator(".sheet.reckoned .unmeasured")).to_contain_text("请假")
    assert serious(page) == []
    page.locator(".bar .theme").click()
    assert serious(page) == []
    page.keyboard.press("Escape")
    expect(page.locator(".sheet.reckoned")).to_be_hidden()


def test_a_figure_of_facts_opens_its_cases(shown: Shown, page: Page) -> None:
    """Of two petitions one was told in time: the other stands in the list by its number, without a story."""
    page.goto(f"{shown.address}/oversight?lang=zh&from=2026-03&to=2026-03&measure=petition-told-in-time")
    sign_in(page, "wang")
    expect(page.locator(".split .srow")).to_contain_text("1 / 2", timeout=60_000)
    page.keyboard.press("Enter")
    expect(page.locator(".cases .crow.row")).to_contain_text("XF1")
    expect(page.locator(".cases .crow.row")).to_contain_text("未完成")
    assert serious(page) == []


def test_an_account_without_a_body_sees_none_of_it(shown: Shown, page: Page) -> None:
    """A wall's account: the city's figures, no unit, no objection, no index, no what-if, nothing to press for."""
    enter(page, shown, "hall", "by=bands&sheet=index")
    expect(page.locator(".split")).to_contain_text("该期间没有案件")
    assert page.locator(".point, .objection, .sheet:not([hidden])").count() == 0
    assert page.locator(".foot .btn:visible").count() == 1
    assert "城市管理局" not in page.locator(".oversight").inner_text()
