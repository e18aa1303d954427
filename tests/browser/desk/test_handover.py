"""The change of a shift on the wall: a note is left, its writer cannot take it over, somebody else can."""

import os
import subprocess
import sys

from playwright.sync_api import expect

from streams.handover import Record
from streams.kafka import clients
from streams.messages import Handover, Place, decode
from streams.settings import Settings
from streams.topics import topic_name
from tests.support.browser.acts import post
from tests.support.browser.hostile import MARKUP
from tests.support.browser.wall import Wall
from tests.support.town import LI, Town, alert, entry, wall_clock
from tests.support.workers import ROOT


def records(settings: Settings, log: str) -> list[Record]:
    """All notes and takeovers of the log."""
    read = clients.read_topic(settings, topic_name(log, "handovers"))
    return [decode(record.value, Record) for record in read]  # type: ignore[arg-type]


def duty(settings: Settings, log: str, *arguments: str) -> None:
    """Run `agents duty`, as a person at a terminal."""
    env = os.environ | {"ONESCREEN_KAFKA_PORT": str(settings.kafka_port), "ONESCREEN_DATA": str(settings.data)}
    line = [sys.executable, "-m", "agents", "duty", *arguments, "--log", log]
    subprocess.run(line, cwd=ROOT, env=env, check=True, capture_output=True)


def test_a_shift_hands_over_on_the_wall(broker: Settings, town: Town, screen: str, wall: Wall) -> None:
    """The note stands in the log with its summary and on the wall as text; the same person is refused, another is shown.

    A press that is sent twice is one note, and a request that is not of our page writes nothing.
    """
    now = wall_clock()
    signed = alert(town.log, 2, now, state="C", severity="red")
    done = entry(signed, 1, "acknowledge", Place("t", 0, 1), verb="acknowledge", actor=LI)
    town.write(alert(town.log, 1, now), signed, done)
    page = wall.open().page
    expect(wall.row(alert(town.log, 1, now).id)).to_have_count(1)
    page.locator(".map .ph").get_by_text("交接班", exact=True).press("Enter")
    panel = page.locator(".handovers")
    desk = panel.locator(".desk[data-department=zz-ee]")
    expect(desk).to_contain_text("未销号 2 · 红 特别严重 1 · 橙 严重 1 · 未确认 1")
    expect(desk).to_contain_text("上次交班以来 确认告警 1")
    expect(panel.locator("form .do")).to_be_disabled()
    panel.locator("select").select_option("zz-ee")
    panel.locator("input").fill(MARKUP[0])
    panel.locator("form .do").click()
    expect(panel.locator(".state")).to_have_text("已入日志")
    expect(desk.locator(".note.newest")).to_contain_text(f"值班主管{MARKUP[0]}尚未接班")
    (note,) = records(broker, town.log)
    assert isinstance(note, Handover)
    assert (note.department, note.note, note.by.id) == ("zz-ee", MARKUP[0], "local-supervisor")
    assert (note.states, note.severities) == ({"B": 1, "C": 1}, {"red": 1, "orange": 1})
    assert (note.unacknowledged, note.done) == ((alert(town.log, 1, now).id,), {"acknowledge": 1})
    expect(page.locator(".map .ph").get_by_text("交接班 1", exact=True)).to_have_count(1)

    desk.get_by_role("button", name="接班").click()
    expect(panel.locator(".state")).to_have_text("本人的留言须由他人接班")
    own = {"handover": note.id, "note": "收到", "key": "a" * 32}
    status, answer = post(screen, own, "takeover")
    assert (status, answer["error"]) == (409, "'local-supervisor' has written it: somebody else must take over")
    left = {"department": "zz-cac", "note": "平安", "key": "b" * 32}
    assert post(screen, left, "handover", origin="http://evil.example")[0] == 403
    assert post(screen, own, "takeover", x_onescreen=None)[0] == 403
    assert post(screen, left | {"key": "1"}, "handover")[0] == 422
    assert len(records(broker, town.log)) == 1
    first = post(screen, left, "handover")
    assert first[0] == 202
    assert post(screen, left, "handover") == first
    assert len(records(broker, town.log)) == 2

    duty(broker, town.log, "takeover", note.id, "--reason", "收到", "--actor", "other")
    expect(desk.locator(".note.newest")).to_contain_text("已接班")
    expect(desk.locator(".note.newest")).to_contain_text("other · 收到")
    expect(desk.get_by_role("button", name="接班")).to_have_count(0)
    assert post(screen, own | {"key": "c" * 32}, "takeover")[1]["error"].startswith("'other' has taken it over")
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    assert page.evaluate("window.pwned") is None


def test_a_note_of_another_is_taken_over_on_the_wall(broker: Settings, town: Town, wall: Wall) -> None:
    """The button writes who took it over, once, as the server knows the person; the head then counts nothing."""
    duty(broker, town.log, "handover", "--department", "zz-ee", "--reason", "臭氧已派人", "--actor", "li")
    page = wall.open().page
    page.locator(".map .ph").get_by_text("交接班 1", exact=True).click()
    note = page.locator(".handovers .note.newest")
    expect(note).to_contain_text("li臭氧已派人尚未接班")
    note.get_by_role("button", name="接班").click()
    expect(note).to_contain_text("值班主管 · 收到，已接班")
    expect(page.locator(".map .ph").get_by_text("交接班", exact=True)).to_have_count(1)
    left, took = records(broker, town.log)
    assert (left.by.id, took.by.id, took.note) == ("li", "local-supervisor", "收到，已接班")
