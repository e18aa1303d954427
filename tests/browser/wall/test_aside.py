"""Alarms that are put aside, and latched ones, on the wall."""

import re

from playwright.sync_api import expect

from streams.messages import DAY, HOUR, Actor, Aside, Case, Name, Note, format_time
from tests.support.browser.hostile import MARKUP
from tests.support.browser.wall import Wall
from tests.support.town import Town, alert, wall_clock


def test_what_is_put_aside_leaves_the_list_and_is_counted(town: Town, wall: Wall) -> None:
    """A shelved alarm and one out of service ask nobody, but the map's head counts them; a latched one waits in the list."""
    now = wall_clock()
    standing = alert(town.log, 3, now)
    latched = alert(town.log, 4, now, state="D-latched", active=False, latch=True)
    town.write(standing, latched, alert(town.log, 5, now, state="E"), alert(town.log, 6, now, state="G"))
    wall.open()
    expect(wall.row(standing.id)).to_have_count(1)
    expect(wall.row(latched.id)).to_have_count(1)
    expect(wall.page.get_by_text("搁置、抑制、停用 2")).to_have_count(1)
    assert wall.page.locator(".row").count() == 2
    wall.row(latched.id).click()
    expect(wall.page.get_by_text("已恢复，待复位")).to_have_count(1)


def test_what_is_put_aside_and_open_cases_can_be_seen(town: Town, wall: Wall) -> None:
    """The counts of the map's head open the lists by keyboard: until when, by whom and why (masked); the earliest due first."""
    now = wall_clock()
    person = Actor(id="zhang", name="张值班", role="supervisor")
    note = Note(verb="shelve", actor=person, reason=MARKUP[0], at=format_time(now))
    aside = Aside(note=note, until=format_time(now + HOUR), once=True)
    shelved = alert(town.log, 3, now, state="E", aside=aside, verbs=("unshelve", "comment"))
    case = Case(opened_at=format_time(now - DAY), due=format_time(now - HOUR), overdue=True)
    normal = alert(town.log, 4, now, state="A", active=False, case=case, verbs=("conclude", "comment"))
    later = Case(opened_at=format_time(now), due=format_time(now + DAY))
    town.write(shelved, normal, alert(town.log, 5, now, case=later, name=Name(zh=MARKUP[1])))
    wall.open()
    page = wall.page
    expect(page.locator(".row")).to_have_count(1)  # what is normal asks nobody, though its case is open
    page.get_by_role("button", name="搁置、抑制、停用 1").press("Enter")
    expect(page.locator(".other")).to_have_count(1)
    expect(page.locator(".other .w")).to_have_text(re.compile(r"恢复即止 · 张\*\* · \*\*\*$"))  # a wall is seen by anybody
    page.locator(".others .tab", has_text="未结案 2").press("Enter")
    expect(page.locator(".other")).to_have_count(2)
    assert page.locator(".other").evaluate_all("rows => rows.map(row => row.dataset.alert)") == [normal.id, f"{5:032x}"]
    expect(page.locator(".other .w").first).to_contain_text("超期 1 时")
    expect(page.locator(".other .s").last).to_contain_text(MARKUP[1])
    page.locator(".other").first.press("Enter")
    expect(page.locator(".story dl")).to_contain_text("A 恢复正常")
    assert page.locator(".act .verbs button").all_inner_texts() == ["核实", "叫应", "报告带班领导", "会商", "结案", "批注"]
    page.keyboard.press("Escape")
    expect(page.locator(".story")).to_be_hidden()
    page.keyboard.press("Escape")
    expect(page.locator(".others")).to_be_hidden()
    assert page.evaluate("window.pwned") is None
