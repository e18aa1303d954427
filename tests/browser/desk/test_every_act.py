"""Acts from the screen, the whole way: a real browser, broker and worker; the trail has what was done and what was refused."""

from collections.abc import Callable
from contextlib import closing
from typing import Any

from playwright.sync_api import expect

from streams.kafka import clients
from streams.messages import MINUTE, Alert, Audit, Name, Registered, decode, event_bytes, format_time
from streams.settings import Settings
from streams.topics import events_topic, topic_name
from tests.support.browser.wall import Wall
from tests.support.events import START, tick
from tests.support.workers import Worker, wait_for

DOMAIN = "special_equipment"
LIFT = "lift.410102.every-act"


def lift(kind: str, at: int, data: Any) -> bytes:
    """An event of the lift."""
    time = format_time(at)
    return event_bytes(type=f"{DOMAIN}.{kind}", source="test", id=f"{kind}-{time}", time=time, subject=LIFT, data=data)


def write(settings: Settings, log: str, *values: bytes) -> None:
    """Write events into the lift's partition, in order."""
    topic, home = events_topic(log, DOMAIN), clients.partition_of(LIFT.encode(), settings.partitions)
    with closing(clients.producer(settings)) as producer:
        for value in values:
            producer.send(topic, value, LIFT.encode(), partition=home)
        producer.flush(10)


def trapped(settings: Settings, log: str) -> Alert | None:
    """The newest revision of the alert about trapped people."""
    alerts = [decode(record.value, Alert) for record in clients.read_topic(settings, topic_name(log, "alerts"))]
    return next((alert for alert in reversed(alerts) if alert.rule == "lift-trapped"), None)


class ActDesk:
    """A person before the story of an alert."""

    def __init__(self, wall: Wall) -> None:
        self.page = wall.page

    def act(self, verb: str, reason: str, said: str) -> None:
        """Choose an act, write the reason, press, and wait until the log has answered; then the form says so."""
        self.page.locator(f".act .verbs [data-verb='{verb}']").click()
        self.page.locator(".act input.reason").fill(reason)
        self.page.locator(".act button.do").click()
        expect(self.page.locator(".act .state")).to_have_text(said, timeout=20_000)
        expect(self.page.locator(".act input.reason")).to_have_value("" if said.startswith("已生效") else reason)

    def offered(self) -> list[str]:
        """The acts that the form offers."""
        found: list[str] = self.page.locator(".act .verbs button").evaluate_all("nodes => nodes.map(node => node.dataset.verb)")
        return found


DESK = ["verify", "call", "report", "confer"]
"""The steps of the desk (核实 · 叫应 · 报告带班领导 · 会商), which stand beside what the state allows."""


def test_every_act_is_done_or_refused_by_the_log(broker: Settings, log: str, screen: str, look: Callable[[str], Wall]) -> None:
    """What a person does about people trapped in a lift stands in the trail, entry by entry, and nothing else.

    Two equal comments are two. The second signature of the same person is refused, and the form says why. Once the people are
    free the case is found among the open ones and concluded, which ends the alert.
    """
    with Worker(broker, log) as worker:
        worker.ready()
        wall = look(screen).open()
        known = Registered(
            kind="lift", name=Name(zh="测试大厦 1 号梯", en="Test tower, lift 1"), adcode="410102", lon=113.6, lat=34.75
        )
        write(broker, log, tick(START), lift("registered", START, known), tick(START + MINUTE))
        write(broker, log, lift("rescue", START + MINUTE, {"rescue": "r1", "step": "trapped", "people": 3}))
        wait_for(lambda: trapped(broker, log), "the alert")
        raised = trapped(broker, log)
        assert raised is not None
        wall.page.locator(".row.incident").click(timeout=20_000)  # one incident with the lift's safety code, which turns red
        wall.row(raised.id).click(timeout=20_000)
        desk = ActDesk(wall)
        expect(wall.page.locator(".act .verbs button").first).to_be_visible()
        assert desk.offered() == ["acknowledge", *DESK, "comment", "shelve"]  # the rest is not a supervisor's
        desk.act("comment", "维保单位正赶往现场", "已生效：批注")
        desk.act("comment", "维保单位正赶往现场", "已生效：批注")
        desk.act("acknowledge", "96333 已派单", "已生效：确认告警")
        desk.act("shelve", "现场已有人", "已生效：搁置")
        wall.page.keyboard.press("Escape")
        wall.page.get_by_role("button", name="搁置、抑制、停用 1").click()
        aside = wall.page.locator(f".other[data-alert='{raised.id}']")
        expect(aside).to_contain_text("***")  # what a person says is in the story, not on a wall
        aside.press("Enter")
        desk.act("unshelve", "复看", "已生效：取消搁置")
        desk.act("confirm", "复核", "未生效：local-supervisor 已作确认，须由他人复核")
        write(broker, log, lift("rescue", START + 2 * MINUTE, {"rescue": "r1", "step": "freed"}), tick(START + 3 * MINUTE))
        expect(wall.page.locator(".story dl")).to_contain_text("A 恢复正常", timeout=20_000)
        assert desk.offered() == [*DESK, "conclude", "comment"]
        wall.page.keyboard.press("Escape")
        wall.page.locator(".others .tab", has_text="未结案 1").click()
        wall.page.locator(f".other[data-alert='{raised.id}']").click()
        wall.page.locator(".act .verbs button[data-verb=conclude]").click()
        wall.page.get_by_label("更正").check()
        wall.page.get_by_label("数值应为").fill("2")
        wall.page.locator(".act input.reason").fill("实为两人")
        wall.page.locator(".act button.do").click()
        expect(wall.page.locator(".act .state")).to_have_text("此告警已销号", timeout=20_000)
        expect(wall.page.locator(".story ol li").last).to_contain_text("数值由 3.0 改为 2.0：实为两人")
        expect(wall.page.locator(".others")).to_contain_text("没有")
        done = trapped(broker, log)
        trail = [decode(record.value, Audit) for record in clients.read_topic(broker, topic_name(log, "audit"))]
    assert done is not None
    assert (done.ended, done.value, done.case and done.case.finding) == (True, 2.0, "corrected")
    assert [(entry.event, entry.verb, entry.before, entry.after) for entry in trail if entry.alert == raised.id] == [
        ("raise", "", "A", "B"),
        ("comment", "comment", "B", "B"),
        ("comment", "comment", "B", "B"),
        ("acknowledge", "acknowledge", "B", "C"),
        ("shelve", "shelve", "C", "E"),
        ("unshelve", "unshelve", "E", "C"),
        ("refuse", "confirm", "C", "C"),
        ("clear", "", "C", "A"),
        ("conclude", "conclude", "A", "A"),
    ]
    assert wall.outside == []
