"""Two people enter a fact by hand: one cannot confirm alone; what both stand behind is in its domain's topic, once."""

from pathlib import Path

import msgspec
from playwright.sync_api import Browser, Page, expect

from screen.access.accounts import Account, write
from screen.access.passwords import with_password
from streams.kafka import clients
from streams.messages import decode_event
from streams.messages.services.entry import EnteredFact
from streams.settings import Settings
from streams.topics import events_topic
from tests.support.browser.people import PHRASE, sign_in, visit
from tests.support.browser.screens import running_screen
from tests.support.town import Town


def at_the_page(page: Page, address: str, account: str, language: str) -> None:
    """Sign in on the way to the page of entries, and wait for its types."""
    page.goto(f"{address}/entry?type=environment.emergency")
    sign_in(page, account)
    expect(page.locator(".entering h2")).to_be_visible(timeout=60_000)
    if language == "en":
        page.get_by_role("button", name="EN", exact=True).click()
        expect(page.locator(".top h1")).to_have_text("Entry by hand", timeout=60_000)


def facts(broker: Settings, log: str) -> list[EnteredFact]:
    """What was entered by hand into the domain's topic."""
    events = [decode_event(each.value or b"") for each in clients.read_topic(broker, events_topic(log, "environment"))]
    return [msgspec.json.decode(each.data, type=EnteredFact) for each in events if each.type == "environment.entered"]


def test_two_people_enter_a_fact(broker: Settings, town: Town, tmp_path: Path, chromium: Browser) -> None:
    """Who has entered it may take it back alone; the other confirms it, in English, with the keyboard; the fact names both."""
    people = [Account(name, name, "handler", ("zz-ee",)) for name in ("lu", "fu")]
    write(tmp_path / "people.json", [with_password(each, PHRASE) for each in people])
    accounts = {"ONESCREEN_PEOPLE": str(tmp_path / "people.json")}
    with running_screen(broker, town.log, **accounts) as address, visit(chromium) as one, visit(chromium) as other:
        first, second = one.new_page(), other.new_page()
        at_the_page(first, address, "lu", "zh")
        first.get_by_label("对象编号").fill("air.410100.test")
        first.get_by_label("发生时间").fill("2026-06-01T08:00:00")
        first.get_by_label("来源凭证").fill("值班记录第 12 页")
        form = first.locator(".entering")
        expect(form.locator(".do")).to_be_disabled()
        form.locator("label", has_text="必填").locator("select").first.select_option("occurred")
        form.locator(".fields").last.locator("input[required]").first.fill("E1")
        form.locator(".do").dblclick()
        expect(first.locator("button.entry")).to_have_count(1, timeout=30_000)
        expect(first.locator("[data-outcome]")).to_have_text(["撤回"])
        assert facts(broker, town.log) == []
        at_the_page(second, address, "fu", "en")
        expect(second.locator("[data-outcome=returned]")).to_be_disabled(timeout=30_000)
        second.locator("[data-outcome=confirmed]").focus()
        second.keyboard.press("Enter")
        expect(second.locator(".detail h3 small")).to_have_text("Confirmed", timeout=30_000)
        (fact,) = facts(broker, town.log)
        assert (fact.kind, fact.entered.id, fact.confirmed.id) == ("emergency", "lu", "fu")
        assert msgspec.json.decode(fact.data) == {"emergency": "E1", "step": "occurred"}
