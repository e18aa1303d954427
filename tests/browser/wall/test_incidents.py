"""Incidents on the wall: first in the list, their alerts unfolded, a flood said, and merged and split by a person."""

from msgspec import json as codec
from msgspec.structs import replace
from playwright.sync_api import expect

from streams.kafka import clients
from streams.messages import MINUTE, Regroup, Regrouping, decode_event, format_time
from streams.settings import Settings
from streams.topics import events_topic
from tests.support.browser.wall import Wall
from tests.support.town import Town, alert, flood, incident, wall_clock


def test_incidents_come_first_and_hide_nothing(town: Town, wall: Wall) -> None:
    """Three alerts of an incident are one row that unfolds into them; one alone and one that no incident lists stand too.

    The flood's band says whose, how many, and in how many rows they stand; a flood whose end has come is not shown.
    """
    now = wall_clock()
    three = [alert(town.log, n, now, severity=severity) for n, severity in enumerate(("red", "yellow", "orange"), 1)]
    alone, stray = alert(town.log, 4, now, severity="yellow"), alert(town.log, 5, now, severity="blue")
    town.write(*three, alone, stray, incident(*three, helpers=()), incident(alone))
    town.write(flood(town.log, now - MINUTE, now + 9 * MINUTE), flood(town.log, now - 60 * MINUTE, now - 40 * MINUTE))
    wall.open()
    rows = wall.page.locator(".list .row")
    expect(rows).to_have_count(4)  # in a flood every red alert has a row of its own too
    shown = rows.evaluate_all("rows => rows.map(({ dataset }) => dataset.incident ?? dataset.alert)")
    assert shown == [incident(*three).id, three[0].id, alone.id, stray.id]
    expect(rows.first).to_contain_text("区域空气污染过程")
    expect(rows.first.locator(".v")).to_have_text("3条 未确认")
    expect(rows.first.locator(".c")).to_have_text("推断 · 区域空气污染过程")
    expect(wall.page.locator(".list .count")).to_have_text("5 = 3 件")
    expect(wall.page.locator(".flood")).to_contain_text("近 10 分钟 12 条（≥10 起，<5 止） · 未确认 5 = 3 件")
    assert "席泛滥" not in wall.page.locator(".flood").inner_text()
    rows.first.click()
    expect(wall.page.locator(".row.member")).to_have_count(3)
    for each in three:
        wall.row(each.id).click()
        expect(wall.page.locator(".story .place")).to_contain_text(each.subject)
    expect(wall.page.locator(".story .incident")).to_contain_text("共 3 条")
    wall.page.locator(".story .incident .member").first.click()
    expect(wall.page.locator(".story .place")).to_contain_text(three[0].subject)
    rows.first.click()
    expect(wall.page.locator(".row.member")).to_have_count(1)


def test_a_person_merges_and_splits(broker: Settings, town: Town, wall: Wall) -> None:
    """Each is one command under the city's key with ids, person and reason; what became of it is the log's word.

    What may be done to an alert's incident on the wall may be done on the desk, by whoever may do it.
    """
    now = wall_clock()
    two, alone = [alert(town.log, n, now) for n in (1, 2)], alert(town.log, 3, now, severity="yellow")
    whole, other = incident(*two, rev=-1), incident(alone, rev=-1)
    town.write(*two, alone, whole, other)
    page = wall.open().page
    page.locator(".row.incident").click()
    wall.row(two[1].id).click()
    form = page.locator("form.regroup")
    expect(form.locator("button")).to_be_disabled()
    for chosen, verb in (("split", "split"), (other.id, "merge")):
        form.locator("select").select_option(chosen)
        form.locator("input").fill("同一原因")
        form.locator("button").click()
        expect(form.locator(".state")).to_have_text("已入日志，待研判")
        written = clients.read_topic(broker, events_topic(town.log, "incidents"))[-1]
        event = decode_event(written.value)
        act = codec.decode(event.data, type=Regroup)
        assert (event.type, event.subject, written.key) == (f"command.{verb}", "410100", b"410100")
        assert written.partition == clients.partition_of(b"410100", broker.partitions)
        assert (act.incident, act.reason, act.actor.role) == (whole.id, "同一原因", "supervisor")
        assert (act.alerts, act.others) == ((two[1].id,), ()) if verb == "split" else ((), (other.id,))
        why = "one open alert at least must stay" if verb == "split" else ""
        at = format_time(now)
        note = Regrouping(verb="merge", actor=act.actor, rule="", reason=act.reason, at=at, ids=(), refused=why)
        whole = replace(whole, rev=written.offset, audit=whole.audit + 1, notes=(*whole.notes, note))
        town.write(whole)
        expect(form.locator(".state")).to_have_text(f"未生效： {why}" if why else "已生效")
    expect(page.locator(".story .incident")).to_contain_text("同一原因")
    page.goto(f"{wall.address}/desk?lang=zh&alert={two[0].id}")
    form = page.locator(".desk form.regroup")
    expect(form).to_be_visible()
    form.locator("select").select_option("split")
    form.locator("input").fill("另一原因")
    expect(form.locator("button")).to_be_enabled()
