"""An order is sent from the desk: by one confirming press, never by a lone Enter, and pending until the log's trail answers."""

import os

from msgspec import json as codec
from playwright.sync_api import Page, expect

from streams.kafka import clients
from streams.messages import Issue, Name, Place, decode_event, format_time, parse_time
from streams.settings import Settings
from streams.topics import topic_name
from tests.support.town import Town, alert, wall_clock
from tests.unit.dispatch.made import clock, line, order

VERBS = ("acknowledge", "comment", "shelve")


def shot(page: Page, name: str) -> None:
    """A picture for whoever looks at the page by eye, where the environment names a folder for them."""
    if folder := os.environ.get("ONESCREEN_SHOTS"):
        page.screenshot(path=f"{folder}/{name}.png")


def test_one_press_sends_an_order(broker: Settings, town: Town, screen: str, blank: Page) -> None:
    """Without a verdict the press asks why and sends nothing; Enter alone sends nothing; Ctrl Enter sends the draft once."""
    now = wall_clock()
    made = alert(town.log, 3, now, severity="red", verbs=VERBS, name=Name("第三热源厂2号炉", "Heat Plant"), adcode="410182")
    town.write(made, alert(town.log, 4, now, verbs=VERBS))
    blank.goto(f"{screen}/desk?alert={made.id}")
    expect(blank.locator(".story .steps li")).to_have_count(6)
    expect(blank.locator(".story .six .first")).to_contain_text("先报告")
    shot(blank, "desk-steps")
    blank.keyboard.press("d")
    expect(blank.locator(".sheet .rx")).not_to_have_count(0)
    expect(blank.locator(".sheet .letter .sus").first).to_have_text("疑似")
    expect(blank.locator(".sheet .trend .chart svg").first).to_be_visible()
    expect(blank.locator(".sheet .visits")).to_contain_text("年度上限")
    shot(blank, "desk-sheet")
    blank.keyboard.press("Control+Enter")
    expect(blank.locator(".sheet input.reason")).to_be_focused()
    blank.keyboard.type("现场电话无人接听，先行派单")
    blank.keyboard.press("Enter")
    assert _issued(broker, town.log) == []
    blank.keyboard.press("Control+Enter")
    expect(blank.locator(".sheet .state")).to_have_text("已入日志，待研判")
    (issue,) = _issued(broker, town.log)
    assert (issue.reason, issue.verdict, issue.alerts[0].alert) == ("现场电话无人接听，先行派单", "", made.id)
    assert [(each.unit, each.part) for each in issue.receivers] == [("zz-ee", "main")]
    at = format_time(now)
    here = {"log": town.log, "place": Place(topic_name(town.log, "events.orders"), 0, 1)}
    one = order(1, at, id=issue.order, title=issue.title, issuer=issue.actor.department, **here)
    late = clock("sign", at, late=True, warned=True, rings=format_time(parse_time(at) - 1000))
    town.write(one, line(one, unit="zz-ee", clocks=(late,), **here))
    expect(blank.locator(".sheet .to-order")).to_contain_text(one.number)
    shot(blank, "desk-sent")
    blank.keyboard.press("Escape")
    expect(blank.locator(".sheet")).to_be_hidden()
    expect(blank.locator(".story .top")).to_be_visible()
    expect(blank.locator(".story .trend .chart svg").first).to_be_visible()
    blank.goto(screen)
    expect(blank.locator(".life.flow .c").first).to_have_text("1")
    expect(blank.locator(".life.flow")).to_contain_text("超期 1")
    shot(blank, "wall-flow")


def _issued(broker: Settings, log: str) -> list[Issue]:
    records = clients.read_topic(broker, topic_name(log, "events.orders"))
    return [codec.decode(decode_event(each.value).data, type=Issue) for each in records]
