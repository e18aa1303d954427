"""The desk in a browser: the mouse hits what is under it, the keyboard alone is enough, the address is the list."""

import random
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from msgspec import json as codec
from msgspec.structs import replace
from playwright.sync_api import Locator, Page, WebSocketRoute, expect

from streams.kafka import clients
from streams.messages import (
    MINUTE,
    SECOND,
    Act,
    Actor,
    Alert,
    Evidence,
    Name,
    Note,
    Place,
    Text,
    decode_event,
    event_bytes,
    format_time,
)
from streams.settings import Settings
from streams.topics import events_topic
from tests.support.browser.acts import commands
from tests.support.browser.hostile import MARKUP
from tests.support.browser.wall import Wall
from tests.support.town import DOMAIN, Town, acknowledged, alert, entry, station, wall_clock

Wait = Callable[[Callable[[], object]], None]
VERBS = ("acknowledge", "shelve", "comment")

UNDER = """([x, y]) => {
    let node = document.elementFromPoint(x, y)
    while (node?.shadowRoot?.elementFromPoint(x, y)) node = node.shadowRoot.elementFromPoint(x, y)
    return node?.closest("[data-alert]")?.dataset.alert ?? null
}"""
"""The alert under a point of the page."""

AT_REST = """view => new Promise((done) => {
    let last = view.scrollTop, frames = 0
    const look = () => {
        frames = view.scrollTop === last ? frames + 1 : 0
        last = view.scrollTop
        frames < 10 ? requestAnimationFrame(look) : done()
    }
    look()
})"""
"""Return once an element has not scrolled for ten frames: a wheel's scrolling goes on after the wheel."""


STANDS = """node => new Promise((done) => {
    let last = "", frames = 0
    const look = () => {
        const { x, y, width, height } = node.getBoundingClientRect()
        const now = [x, y, width, height].join()
        frames = now === last ? frames + 1 : 0
        last = now
        frames < 5 ? requestAnimationFrame(look) : done()
    }
    look()
})"""
"""Return once an element has had its place for five frames: what is above it may still be on its way."""


class Desk:
    """The desk in a browser of 1920 x 1080."""

    def __init__(self, wall: Wall) -> None:
        self.page: Page = wall.page
        self.address, self.outside = wall.address, wall.outside

    def open(self, query: str = "") -> "Desk":
        """Go to the desk and wait for its list."""
        self.page.goto(f"{self.address}/desk?lang=zh{query}")
        self.page.locator(".desk .list .sticky:not([hidden]), .desk .list .view > .none:not([hidden])").first.wait_for(
            timeout=60_000
        )
        return self

    def row(self, made: Alert) -> Locator:
        """The row of an alert in the list."""
        return self.page.locator(f".body .lr[data-alert='{made.id}']")

    def shown(self) -> list[str]:
        """The ids of the rows in the document, from the top."""
        found: list[str] = self.page.locator(".body .lr").evaluate_all("rows => rows.map(row => row.dataset.alert)")
        return found

    def press(self, x: float, y: float) -> str | None:
        """Press what is under a point as a hand does: move, down, up; the alert that was under it."""
        self.page.mouse.move(x, y)
        under: str | None = self.page.evaluate(UNDER, [x, y])
        self.page.mouse.down()
        self.page.mouse.up()
        return under

    def press_on(self, place: Locator) -> None:
        """Press the middle of an element, as a hand does once it stands still and can be pressed."""
        expect(place).to_be_visible()
        expect(place).to_be_enabled()
        place.evaluate(STANDS)
        box = place.bounding_box()
        assert box
        self.press(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


@pytest.fixture
def desk(town: Town, screen: str, look: Callable[[str], Wall]) -> Desk:
    """The desk of the town, not opened yet."""
    return Desk(look(screen))


@contextmanager
def arriving(town: Town, first: int) -> Iterator[None]:
    """Five alerts a second while this lasts, of all severities."""
    stop = threading.Event()

    def run() -> None:
        n = first
        while not stop.wait(0.2):
            town.write(
                alert(town.log, n, wall_clock(), age=SECOND, severity=("red", "orange", "yellow", "blue")[n % 4], verbs=VERBS)
            )
            n += 1

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def acts(settings: Settings, log: str) -> list[tuple[str, Act]]:
    """The verb and the data of each act in the log."""
    events = [decode_event(record.value) for record in commands(settings, log)]
    return [(event.type, codec.decode(event.data, type=Act)) for event in events]


LATE = """() => {
    const json = Response.prototype.json
    const late = (window.late = {})
    const until = new Promise((done) => { late.release = done })
    late.came = new Promise((done) => { late.hold = done })
    Response.prototype.json = async function () {
        const body = await json.call(this)
        if (!late.of?.(this.url)) return body
        late.hold()
        await until
        return body
    }
}"""
"""Answers that `late.of(address)` wants late: head at once, body with `late.release()`; `late.came` when one is held."""


MERELY = ["V核实", "L叫应", "P报告带班领导", "H会商", "N批注"]
"""What the bar offers where the state allows a comment alone: the steps of the desk stand beside it."""


def test_an_answer_that_comes_late_is_not_taken_for_the_alert_shown_now(broker: Settings, town: Town, desk: Desk) -> None:
    """The rest of an alert's answer comes while another is shown already: the bar and the act are of the one that is shown."""
    now = wall_clock()
    first, second = (alert(town.log, n, now, age=(9 - n) * MINUTE, verbs=VERBS) for n in range(2))
    town.write(first, replace(second, verbs=("comment",)))
    page = desk.page
    page.add_init_script(f"({LATE})()")
    desk.open()
    page.evaluate("id => { late.of = (url) => url.endsWith(`/screen/alert/${id}`) }", first.id)
    desk.row(first).click()
    page.evaluate("() => late.came")
    desk.row(second).click()
    expect(page.locator(".act[data-bar] .verbs .chip")).to_have_text(MERELY)
    page.evaluate(
        """async (id) => {
            late.of = (url) => url.endsWith(`/screen/alert/${id}`)  // what is shown is not mended by the next answer
            late.release()
            await new Promise((done) => setTimeout(done, 0))
        }""",
        second.id,
    )
    page.evaluate("() => new Promise(requestAnimationFrame)")
    expect(page.locator(".lr.sel")).to_have_attribute("data-alert", second.id)
    assert page.locator(".act[data-bar] .verbs .chip").all_text_contents() == MERELY


def test_an_act_waits_for_the_move_before_it(broker: Settings, town: Town, desk: Desk) -> None:
    """While the row of the next alert is on its way, an act's key waits for it: nothing is written for the alert before."""
    now = wall_clock()
    made = [alert(town.log, n, now, age=(200 - n) * MINUTE, verbs=VERBS) for n in range(120)]
    town.write(*made)
    held: list[str | bytes] = []
    holds = threading.Event()
    page = desk.page

    def between(route: WebSocketRoute) -> None:
        server = route.connect_to_server()
        server.on_message(lambda message: held.append(message) if holds.is_set() else route.send(message))
        sockets.append(route)

    sockets: list[WebSocketRoute] = []
    page.route_web_socket("**/screen/desk", between)
    desk.open()
    desk.row(made[0]).click()
    reason = page.locator(".act[data-bar] .reason")
    expect(reason).to_be_enabled()
    view = page.locator(".list .view")
    view.evaluate("view => { view.scrollTop = view.scrollHeight }")
    expect(desk.row(made[-1])).to_be_visible()
    expect(desk.row(made[1])).to_have_count(0)
    holds.set()
    page.keyboard.press("j")
    page.keyboard.press("a")
    page.evaluate("() => new Promise(requestAnimationFrame)")
    expect(reason).not_to_be_focused()
    holds.clear()
    for message in held:
        sockets[-1].send(message)
    expect(page.locator(".lr.sel")).to_have_attribute("data-alert", made[1].id)
    expect(reason).to_be_focused()
    page.keyboard.type("电话核实")
    page.keyboard.press("Enter")
    expect(page.locator(".act[data-bar] .state")).to_have_text("已入日志，待研判")
    assert [(act.alert, act.reason) for _, act in acts(broker, town.log)] == [(made[1].id, "电话核实")]


@pytest.mark.alone
@pytest.mark.timeout(600)
@pytest.mark.parametrize("times", [12, pytest.param(50, marks=pytest.mark.chaos)])
def test_every_act_hits_the_alert_under_the_pointer(broker: Settings, town: Town, desk: Desk, times: int) -> None:
    """While five alerts a second arrive, so many times the mouse presses a row, a reason and the button: the log has these."""
    town.write(*(alert(town.log, n, wall_clock(), age=n * SECOND, verbs=VERBS) for n in range(30)))
    desk.open()
    lot, page, pressed = random.Random(5), desk.page, []
    box = page.locator(".list .view").bounding_box()
    assert box
    with arriving(town, 100):
        while len(pressed) < times:
            x, y = box["x"] + lot.uniform(60, box["width"] - 60), box["y"] + lot.uniform(30, box["height"] - 5)
            page.mouse.move(x, y)
            under = page.evaluate(UNDER, [x, y])
            if under is None or under in pressed:
                page.mouse.wheel(0, lot.choice((-400, 400)))  # the list stands still under the pointer: others are further on
                page.locator(".list .view").evaluate(AT_REST)
                continue
            pressed.append(desk.press(x, y))
            expect(page.locator(".lr.sel")).to_have_attribute("data-alert", str(under))
            desk.press_on(page.locator(".act[data-bar] .under .chip").first)
            desk.press_on(page.locator(".act[data-bar] button.do"))
            expect(page.locator(".act[data-bar] .state")).to_have_text("已入日志，待研判")
    done = acts(broker, town.log)
    assert sorted(act.alert for _, act in done) == sorted(str(one) for one in pressed)
    assert {(verb, act.reason) for verb, act in done} == {("command.acknowledge", "已通知责任部门")}


def test_the_list_stands_still_under_the_pointer(town: Town, desk: Desk) -> None:
    """What arrives waits and is counted; space lets it in; away from the list it comes by itself."""
    now = wall_clock()
    first = [alert(town.log, n, now, age=(9 - n) * MINUTE) for n in range(3)]
    town.write(*first)
    page = desk.open().page
    expect(page.locator(".body .lr")).to_have_count(3)
    desk.row(first[1]).hover()
    town.write(alert(town.log, 4, now, severity="red"), alert(town.log, 5, now, severity="red"))
    expect(page.locator(".sticky .r")).to_have_text("列表已冻结 · 新增 2 条 空格 刷新")
    assert desk.shown() == [one.id for one in first]
    page.keyboard.press(" ")
    expect(page.locator(".body .lr")).to_have_count(5)
    expect(page.locator(".sticky .r")).to_have_text("列表已冻结 空格 刷新")
    town.write(alert(town.log, 6, now, severity="red"))
    expect(page.locator(".sticky .r")).to_contain_text("新增 1 条")
    page.mouse.move(1500, 20)
    expect(page.locator(".body .lr")).to_have_count(6)
    expect(page.locator(".sticky .r")).to_have_text("")


def test_filters_live_in_the_address(town: Town, desk: Desk) -> None:
    """Chips, lists and words give the same list after a reload; counts stand beside each; a click takes one back."""
    now = wall_clock()
    red = alert(town.log, 1, now, severity="red", phase="post-event")
    calm = alert(town.log, 2, now, severity="red", state="C")
    town.write(
        red,
        calm,
        alert(town.log, 3, now),
        alert(town.log, 4, now, severity="red", phase="post-event", rule="flat-line", title=Text("数据恒值", "Flat")),
    )
    page = desk.open().page
    expect(page.locator(".body .lr")).to_have_count(4)
    page.get_by_role("button", name="红 3").click()
    expect(page.locator(".body .lr")).to_have_count(3)
    page.get_by_role("button", name="事后 2").click()
    page.locator("input[type=search]").fill("小时浓度 GAS")
    expect(page.locator(".body .lr")).to_have_count(1)
    for part in ("severity=red", "phase=post-event", "q="):
        assert part in page.url
    page.reload()
    expect(page.locator(".body .lr")).to_have_count(1)
    expect(desk.row(red)).to_have_count(1)
    expect(page.locator("input[type=search]")).to_have_value("小时浓度 GAS")
    expect(page.locator("[data-facet='severity red']")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("[data-facet='severity red']")).to_contain_text("1")
    page.get_by_role("button", name="清除筛选").click()
    expect(page.locator(".body .lr")).to_have_count(4)
    assert "severity" not in page.url
    page.get_by_role("button", name="已确认 1").click()
    expect(page.locator(".body .lr")).to_have_count(1)
    expect(desk.row(calm)).to_have_count(1)


def test_the_keyboard_alone_acknowledges(broker: Settings, town: Town, desk: Desk) -> None:
    """j, k, a, a reason and Enter: the act is the chosen alert's, pending until the log says so; g goes to the next one."""
    now = wall_clock()
    made = [alert(town.log, n, now, age=(9 - n) * MINUTE, verbs=VERBS) for n in range(4)]
    town.write(*made)
    page = desk.open().page
    expect(page.locator(".body .lr")).to_have_count(4)
    for key in "jjjk":
        page.keyboard.press(key)
    expect(page.locator(".lr.sel")).to_have_attribute("data-alert", made[1].id)
    expect(page.locator(".story h2")).to_have_text("O₃ 气态污染物小时浓度超标")
    page.keyboard.press("a")
    expect(page.locator(".act[data-bar] .reason")).to_be_focused()
    page.keyboard.type("电话核实 jkag")
    page.keyboard.press("Enter")
    expect(page.locator(".act[data-bar] .state")).to_have_text("已入日志，待研判")
    ((verb, act),) = acts(broker, town.log)
    assert (verb, act.alert, act.reason) == ("command.acknowledge", made[1].id, "电话核实 jkag")
    (written,) = commands(broker, town.log)
    note = Note(verb="acknowledge", actor=act.actor, reason=act.reason, at=format_time(now))
    after = acknowledged(made[1], note, made[1].rev + 1)
    place = Place(written.topic, written.partition, written.offset)
    town.write(
        after,
        entry(after, 2, "acknowledge", place, verb="acknowledge", before="B", after="C", actor=act.actor, reason=act.reason),
    )
    expect(page.locator(".act[data-bar] .state")).to_have_text("已生效：确认告警")
    expect(page.locator(".lines").first).to_contain_text("电话核实")
    expect(page.locator(".body .lr").last).to_have_attribute("data-alert", made[1].id)
    assert desk.shown() == [made[0].id, made[2].id, made[3].id, made[1].id]
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    expect(page.locator(".lr.sel")).to_have_attribute("data-alert", made[0].id)
    page.keyboard.press("?")
    expect(page.locator("dialog.help")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("dialog.help")).to_be_hidden()
    page.keyboard.press("/")
    expect(page.locator("input[type=search]")).to_be_focused()


def test_one_reason_for_several_is_one_act_each(broker: Settings, town: Town, desk: Desk, wait: Wait) -> None:
    """Three rows by Shift-click, one that cannot be acknowledged: two acts go out, and what became of each is said."""
    now = wall_clock()
    made = [alert(town.log, n, now, age=(9 - n) * MINUTE, verbs=VERBS) for n in range(3)]
    made[1] = replace(made[1], verbs=("comment",))
    town.write(*made)
    page = desk.open().page
    desk.row(made[0]).click()
    desk.row(made[2]).click(modifiers=["Shift"])
    expect(page.locator(".lr.marked")).to_have_count(3)
    bulk = page.locator(".act.bulk")
    expect(bulk.locator(".chosen")).to_contain_text("已选 3 · 确认告警 2")
    bulk.locator(".reason").fill("同一原因")
    bulk.locator("button.do").click()
    expect(bulk.locator("li.skipped")).to_have_count(1)
    wait(lambda: len(acts(broker, town.log)) == 2)
    done = acts(broker, town.log)
    assert sorted(act.alert for _, act in done) == [made[0].id, made[2].id]
    assert {act.reason for _, act in done} == {"同一原因"}
    for record, (_, act) in zip(commands(broker, town.log), done, strict=True):
        before = next(one for one in made if one.id == act.alert)
        place = Place(record.topic, record.partition, record.offset)
        if before is made[0]:
            after = acknowledged(
                before, Note(verb="acknowledge", actor=act.actor, reason=act.reason, at=format_time(now)), before.rev + 1
            )
            town.write(after, entry(after, 2, "acknowledge", place, verb="acknowledge", actor=act.actor, reason=act.reason))
        else:
            town.write(
                entry(before, 2, "refuse", place, verb="acknowledge", actor=act.actor, reason="cannot acknowledge in state C")
            )
    expect(bulk.locator("li.done")).to_have_count(1)
    expect(bulk.locator("li.refused")).to_contain_text("未生效：C 态不可确认")
    expect(bulk.locator(".state")).to_have_text("3 / 3 · 未生效 2")


def test_thousands_of_rows_are_few_in_the_document(town: Town, desk: Desk) -> None:
    """Of 4,000 alerts fewer than 100 rows are in the document, at the top, in the middle and at the end."""
    now = wall_clock()
    town.write(*(alert(town.log, n, now, age=(5_000 - n) * SECOND, severity="blue") for n in range(4_000)))
    page = desk.open().page
    view = page.locator(".list .view")
    expect(page.locator(".sticky")).to_contain_text("4\u2009000 条", timeout=30_000)
    for share, last in ((0, False), (0.5, False), (1, True)):
        view.evaluate("(node, share) => { node.scrollTop = share * node.scrollHeight }", share)
        wanted = page.locator(f".body .lr[data-alert='{(3_999 if last else int(3_999 * share)):032x}']")
        expect(wanted).to_be_visible()
        assert 0 < page.locator(".body .lr").count() < 100


def test_the_story_has_what_the_partition_says(broker: Settings, town: Town, desk: Desk) -> None:
    """Readings of the subject around the evidence are drawn with the limit; clause, evidence, past ones stand there."""
    now = wall_clock()
    town.write(station(3, now))
    subject = station(3, now).subject
    topic, home = events_topic(town.log, DOMAIN), clients.partition_of(subject.encode(), broker.partitions)
    places = []
    for n, value in enumerate((91.0, 120.0, 231.0, 245.0)):
        at = format_time(now - (4 - n) * 60 * MINUTE)
        for name in (subject, "air.other"):
            data: Any = {"o3": value if name == subject else 999.0}
            fact = event_bytes(type=f"{DOMAIN}.air_hour", source="t", id=f"{name}{n}", time=at, subject=name, data=data)
            sent = town.producer.send(topic, fact, name.encode(), partition=home).get(10)
            if name == subject:
                places.append(Evidence(place=Place(topic, home, sent.offset), sha256="ab" * 32, at=at, value=value))
    made = alert(
        town.log,
        3,
        now,
        age=120 * MINUTE,
        value=245.0,
        evidence=tuple(places[2:]),
        place=places[3].place,
        rev=places[3].place.offset,
    )
    past = replace(
        alert(town.log, 3, now, age=3_000 * MINUTE, state="A"),
        id="past",
        acknowledged=Note("acknowledge", Actor(id="a", name="b", role="supervisor"), "喷枪堵塞", format_time(now)),
    )
    town.write(replace(town.heartbeat(now), partition=home))  # else the partition's revisions wait for its pulse
    town.write(made, past, alert(town.log, 4, now, lon=made.lon, lat=made.lat))
    page = desk.open(f"&alert={made.id}").page
    expect(page.locator(".trend path.readings")).to_have_count(1, timeout=20_000)
    town.write(replace(town.heartbeat(wall_clock()), partition=home))  # a pulse as old as a slow browser's start is stale
    four = re.compile("^M[^L]+(L[^L]+){3}$")  # four readings, none of the other subject, once the log's time is known
    expect(page.locator(".trend path.readings")).to_have_attribute("d", four)
    expect(page.locator(".trend path.limit")).to_have_count(1)
    expect(page.locator(".trend circle.judged")).to_have_count(2)
    expect(page.locator(".trend .ph")).to_contain_text("O₃ · 已读记录 8")
    expect(page.locator(".quote")).to_contain_text("臭氧1小时平均浓度限值200微克/立方米")
    expect(page.locator("ol.proof")).to_contain_text(f"偏移 {places[3].place.offset}")
    page.keyboard.press("e")
    expect(page.locator("ol.proof code").first).to_have_text("ab" * 32)
    expect(page.locator(".side")).to_contain_text("5 km 内另 1 条")
    expect(page.locator(".past")).to_contain_text("喷枪堵塞")
    assert desk.outside == []


def test_the_wall_leads_to_the_desk(town: Town, desk: Desk, look: Callable[[str], Wall]) -> None:
    """The story of an alert on the wall has a link to the same alert on the desk, the head one to the desk."""
    made = alert(town.log, 3, wall_clock())
    town.write(made)
    wall = look(desk.address).open()
    expect(wall.page.locator("header a")).to_have_attribute("href", "/desk?lang=zh")
    wall.row(made.id).click()
    wall.page.locator(".story a.shut").click()
    expect(wall.page.locator(".desk .lr.sel")).to_have_attribute("data-alert", made.id)
    expect(wall.page.locator(".desk .story h2")).to_have_text("O₃ 气态污染物小时浓度超标")


def test_hostile_text_is_text_on_the_desk(town: Town, desk: Desk) -> None:
    """Markup in titles, names, guidance, reasons and traits is shown as it is written, runs nothing, asks nobody."""
    now = wall_clock()
    for n, text in enumerate(MARKUP, 1):
        made = alert(
            town.log,
            n,
            now,
            title=Text(text, text),
            name=Name(zh=text),
            guidance=Text(text, text),
            verbs=VERBS,
            subject=f"x{n}",
        )
        town.write(
            made,
            entry(
                made, 1, "comment", made.place, verb="comment", actor=Actor(id=text, name=text, role="supervisor"), reason=text
            ),
        )
        town.write(
            replace(
                made,
                id=f"past{n}",
                state="A",
                note=Note("acknowledge", Actor(id="a", name=text, role="supervisor"), text, format_time(now)),
            )
        )
    page = desk.open().page
    for n, text in enumerate(MARKUP, 1):
        row = page.locator(f".body .lr[data-alert='{n:032x}']")
        expect(row.locator(".t")).to_have_text(f"O₃ {text}{text}")
        row.click()
        expect(page.locator(".story h2")).to_have_text(f"O₃ {text}")
        expect(page.locator(".lines").first).to_contain_text(text)
        expect(page.locator(".past")).to_contain_text(text)
    assert page.evaluate("window.pwned") is None
    assert page.locator(".desk img, .desk script, .desk style").count() == 0
    assert desk.outside == []
