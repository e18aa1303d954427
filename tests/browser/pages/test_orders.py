"""The page of orders in a real browser: its list by keys, hostile text, an act from press to the log's answer; and a phone."""

from collections.abc import Callable, Iterator
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from msgspec import json as codec
from msgspec.structs import replace
from playwright.sync_api import Browser, Page, expect

from screen.access.accounts import Account, Substitute, write
from screen.access.passwords import with_password
from streams.kafka import clients
from streams.messages import OrderAct, Text, decode_event
from streams.messages.orders import Passage
from streams.settings import Settings
from tests.support.browser.hostile import HOSTILE
from tests.support.browser.people import PHRASE
from tests.support.browser.screens import running_screen
from tests.support.orders.records import BUREAU, KIND, LI, OFFICE, SENT, entry, line, name, order, some, stamp, whole_story
from tests.support.town import Town

Wait = Callable[[Callable[[], object]], None]


@pytest.fixture
def address(broker: Settings, town: Town, tmp_path: Path) -> Iterator[str]:
    """A screen of the town's log, for a dispatcher, a clerk of a receiving unit, and a reviewer of it who stands in for her."""
    people = tmp_path / "people.json"
    wang = Account("wang", "王敏", "dispatcher", departments=(OFFICE,))
    li = Account("li", "李签收", "clerk", departments=(BUREAU,), substitutes=(Substitute("qian", "2099-12-31"),))
    qian = Account("qian", "钱审核", "reviewer", departments=(BUREAU,))
    write(people, [with_password(each, PHRASE) for each in (wang, li, qian)])
    with running_screen(broker, town.log, ONESCREEN_PEOPLE=str(people), ONESCREEN_DESK_PHONE="03711200") as found:
        yield found


def visit(chromium: Browser, address: str, account: str, width: int, height: int) -> Page:
    """The page of orders, of somebody who has signed in."""
    page = chromium.new_context(viewport={"width": width, "height": height}).new_page()
    page.goto(f"{address}/signin?next=%2Forders")
    page.get_by_label("账号").fill(account)
    page.locator("input[type=password]").fill(PHRASE)
    page.keyboard.press("Enter")
    page.locator(".body .or").first.wait_for()
    return page


def written(settings: Settings, log: str, verb: str) -> list[tuple[Any, OrderAct]]:
    """What was written of this act: the record and the act."""
    found = [(record, decode_event(record.value)) for record in clients.read_topic(settings, f"{log}.events.orders")]
    return [
        (record, codec.decode(event.data, type=OrderAct)) for record, event in found if event.type == f"command.order.{verb}"
    ]


def test_orders_by_keys(broker: Settings, town: Town, chromium: Browser, address: str, wait: Wait) -> None:
    """Groups in the order of the look; J, K and G move; hostile text is text; an act is pending until the trail has it."""
    texts = cycle(HOSTILE)
    said_of = tuple(Passage("cause", next(texts)) for _ in range(3))
    bad = order(50, town.log, title=Text(next(texts), next(texts)), text=said_of)
    hostile = line(50, "1", town.log, demand=next(texts), called=stamp(LI, who=next(texts)))
    said = [entry(50, n, "note", town.log, reason=next(texts), actor=replace(LI, name=next(texts))) for n in range(1, 6)]
    town.write(*whole_story(town.log), *some(town.log), bad, hostile, *said)
    page = visit(chromium, address, "wang", 1920, 1080)
    expect(page.locator(".tabs button").first).to_contain_text("41")
    heads = page.locator(".heads .lg")
    assert [each.get_attribute("data-group") for each in heads.all()] == ["return", "late", "soon", "check", "sign", "open"]
    page.keyboard.press("g")
    expect(page.locator(".or.sel")).to_have_attribute("data-order", name(1))
    expect(page.locator(".receivers .tr")).to_have_count(5)
    expect(page.locator("div.tb")).to_contain_text("郑荥环责改〔2026〕41 号")
    expect(page.locator("div.tb")).to_contain_text("未签发")
    page.keyboard.press("j")
    second = page.locator(".or.sel")
    expect(second).not_to_have_attribute("data-order", name(1))
    page.keyboard.press("k")
    expect(page.locator(".or.sel")).to_have_attribute("data-order", name(1))
    page.locator(".decide .go").click()
    page.locator(".writing .reason").fill("同意改派")
    page.locator(".writing .do").click()
    expect(page.locator(".acts > .state")).to_have_text("已入日志，待研判")
    [(record, act)] = written(broker, town.log, "decide-return")
    assert (act.lines, act.outcome, act.unit, act.actor.id) == (("3",), "granted", "zz-um", "wang")
    place = replace(entry(1, 24, "decide-return").place, topic=record.topic, partition=record.partition, offset=record.offset)
    town.write(entry(1, 24, "decide-return", town.log, place=place, line="3", actor=act.actor))
    expect(page.locator(".acts > .state")).to_contain_text("裁定退单")
    expect(page.locator(".writing")).to_be_hidden()
    page.goto(f"{address}/orders?order={name(50)}&q=GD-20261124-0050")
    expect(page.locator(".story h2")).to_have_text(bad.title.zh)
    expect(page.locator(".trail li")).to_have_count(5)
    expect(page.locator(".body .or")).to_have_count(1)
    assert page.evaluate("window.pwned") is None
    page.context.close()


def test_a_phone(broker: Settings, town: Town, chromium: Browser, address: str, wait: Wait) -> None:
    """390 px: the own unit's lines alone; delivered and read are said once each; signing; every target is 50 px high."""
    town.write(order(1, town.log), line(1, "1", town.log), order(2, town.log), line(2, "1", town.log, unit="zz-um"))
    page = visit(chromium, address, "li", 390, 844)
    expect(page.locator(".body .or")).to_have_count(1)
    wait(lambda: len(written(broker, town.log, "deliver")) == 1)
    page.locator(".body .or").click()
    expect(page.locator(".phone-order h2")).to_have_text(order(1).title.zh)
    wait(lambda: len(written(broker, town.log, "read")) == 1)
    sign = page.locator(".phone-acts .go")
    expect(sign).to_have_text("签收")
    for target in page.locator(".phone-acts > *").all():
        box = target.bounding_box()
        assert box is not None
        assert box["height"] >= 50
    assert page.locator(".phone-acts .call").get_attribute("href") == "tel:03711200"
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    sign.click()
    expect(page.locator(".phone-form .state")).to_have_text("已入日志，待研判")
    [(record, act)] = written(broker, town.log, "sign")
    assert (act.lines, act.seen, act.actor.id) == (("1",), 1, "li")
    place = replace(entry(1, 2, "sign").place, topic=record.topic, partition=record.partition, offset=record.offset)
    by = stamp(act.actor)
    done: dict[str, Any] = {"state": "signed", "signed": by, "read": by, "delivered": by}
    verbs = KIND.line_acts("signed", "main")
    town.write(
        order(1, town.log, rev=2, audit=2, state="handling"),
        line(1, "1", town.log, rev=2, audit=2, verbs=verbs, changed_at=SENT, **done),
        entry(1, 2, "sign", town.log, place=place, line="1", actor=act.actor),
    )
    expect(page.locator(".phone-form .state")).to_contain_text("签收")
    expect(page.locator(".phone-top b")).to_have_text("在办")
    expect(page.get_by_role("button", name="申请退单")).to_be_visible()
    assert (len(written(broker, town.log, "deliver")), len(written(broker, town.log, "read"))) == (1, 1)
    page.context.close()


def test_a_phones_presses(broker: Settings, town: Town, chromium: Browser, address: str) -> None:
    """390 px: in whose name, a contact, and a return that names who should have it; only what leads on is white."""
    by, verbs = stamp(LI), KIND.line_acts("signed", "main")
    signed: dict[str, Any] = {"state": "signed", "signed": by, "read": by, "delivered": by, "verbs": verbs}
    town.write(order(1, town.log, state="handling"), line(1, "1", town.log, **signed))
    page = visit(chromium, address, "qian", 390, 844)
    page.locator(".body .or").click()
    expect(page.locator(".phone-acts [data-verb=ask-return]")).to_be_visible()
    expect(page.locator(".phone-acts .go, .phone-acts [data-verb=contact]")).to_have_count(0)
    page.locator(".behalf select").select_option("li")
    page.locator(".phone-acts .go[data-verb=contact]").click()
    form = page.locator(".phone-form .writing")
    form.locator("input[name=who]").fill("张三 13900000000")
    form.locator(".do").click()
    expect(page.locator(".phone-form .state")).to_have_text("已入日志，待研判")
    [(record, act)] = written(broker, town.log, "contact")
    assert (act.lines, act.behalf, act.actor.id, act.actor.role) == (("1",), "li", "qian", "clerk")
    place = replace(entry(1, 2, "contact").place, topic=record.topic, partition=record.partition, offset=record.offset)
    town.write(
        order(1, town.log, rev=2, audit=2, state="handling"),
        line(1, "1", town.log, rev=2, audit=2, contacted=stamp(act.actor, behalf="li"), **signed),
        entry(1, 2, "contact", town.log, place=place, line="1", actor=act.actor, behalf="li"),
    )
    expect(page.locator(".phone-form .state")).to_contain_text("已生效")
    page.locator(".phone-acts [data-verb=ask-return]").click()
    form.locator("input[name=clause]").fill("职责清单 SP-03")
    form.locator(".reason").fill("不属本辖区")
    expect(form.locator(".do")).to_be_disabled()
    form.locator("input[name=unit]").fill("郑州市城市管理局")
    for target in form.locator("input, select, textarea, button").all():
        box = target.bounding_box()
        assert box is not None
        assert box["height"] >= 50
        assert box["x"] + box["width"] <= 390
    form.locator(".do").click()
    expect(page.locator(".phone-form .state")).to_have_text("已入日志，待研判")
    [(_, act)] = written(broker, town.log, "ask-return")
    assert (act.unit, act.clause, act.behalf) == ("zz-um", "职责清单 SP-03", "li")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.context.close()
