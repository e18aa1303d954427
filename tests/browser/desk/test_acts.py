"""A person's act on the wall: a command in the log, and nothing more until the log says what came of it."""

import json
from collections.abc import Callable
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

from msgspec import json as codec
from playwright.sync_api import expect

from streams.kafka import broker as embedded
from streams.kafka import clients
from streams.kafka.admin import create_topics
from streams.messages import Act, Actor, Note, Place, decode_event, format_time
from streams.settings import Settings
from tests.support.browser.acts import commands, post, press
from tests.support.browser.screens import running_screen
from tests.support.browser.wall import Wall
from tests.support.town import Town, acknowledged, alert, entry, station, wall_clock

Wait = Callable[[Callable[[], object]], None]


def known(address: str, made: Any) -> bool:
    """Whether the screen knows this revision of the alert by now."""
    try:
        with urlopen(f"{address}/screen/alert/{made.id}", timeout=20) as answer:  # noqa: S310 - our own screen
            return bool(json.load(answer)["alert"]["audit"] == made.audit)
    except HTTPError:
        return False


def test_acknowledging_with_the_mouse(broker: Settings, town: Town, wall: Wall, wait: Wait) -> None:
    """One command with the alert, the occurrence, the person and the reason; the row is pending until the alert's revision."""
    made = alert(town.log, 3, wall_clock(), occurrence=2)
    town.write(made)
    wall.open().acknowledge(made.id, "已派人现场核查")
    expect(wall.row(made.id)).to_have_class("row chosen pending")
    expect(wall.page.locator(".act .state")).to_have_text("已入日志，待研判")
    written = commands(broker, town.log)
    assert len(written) == 1
    event = decode_event(written[0].value)
    act = codec.decode(event.data, type=Act)
    assert (event.type, event.subject, written[0].key) == ("command.acknowledge", made.subject, made.subject.encode())
    assert (act.alert, act.occurrence, act.reason, act.actor.role) == (made.id, 2, "已派人现场核查", "supervisor")
    assert written[0].partition == clients.partition_of(made.subject.encode(), broker.partitions)
    note = Note(verb="acknowledge", actor=act.actor, reason=act.reason, at=format_time(wall_clock()))
    town.write(acknowledged(made, note, made.rev + 1))
    expect(wall.row(made.id)).to_have_count(0)
    expect(wall.page.locator(".story ol")).to_contain_text("已派人现场核查")
    wait(lambda: wall.page.locator(".kpi .v > span").first.inner_text() == "0")


def test_a_press_is_one_act_and_another_press_another(broker: Settings, town: Town, screen: str, wait: Wait) -> None:
    """One press is one command at one place, however often it is sent, also after its alert changed; the next is another."""
    made = alert(town.log, 3, wall_clock(), verbs=("acknowledge", "comment"))
    town.write(made)
    wait(lambda: post(screen, press(made, verb="comment"))[0] == 202)
    first = post(screen, press(made, verb="comment"))
    changed = alert(town.log, 3, wall_clock(), verbs=("acknowledge",), audit=2)
    town.write(changed)
    wait(lambda: known(screen, changed))
    assert post(screen, press(made, verb="comment", key="b" * 32))[0] == 409
    assert post(screen, press(made, verb="comment")) == first
    assert len(commands(broker, town.log)) == 1
    assert post(screen, press(made, key="b" * 32))[0] == 202
    assert len(commands(broker, town.log)) == 2


def test_a_refused_act_says_why(broker: Settings, town: Town, wall: Wall) -> None:
    """The act is pending until its record's entry stands in the trail; a newer revision and another's entry end nothing."""
    made = alert(town.log, 3, wall_clock())
    town.write(made)
    wall.open().acknowledge(made.id, "理由")
    state = wall.page.locator(".act .state")
    expect(state).to_have_text("已入日志，待研判")
    (written,) = commands(broker, town.log)
    place = Place(written.topic, written.partition, written.offset)
    other = entry(made, 2, "comment", Place(written.topic, written.partition, written.offset + 1), verb="comment")
    town.write(alert(town.log, 3, wall_clock(), rev=written.offset + 200, audit=2), other)
    expect(wall.page.locator(".story ol")).to_contain_text("批注")
    expect(state).to_have_text("已入日志，待研判")
    person = Actor(id="local-supervisor", name="值班主管", role="supervisor")
    refused = "the act is for occurrence 1, the alert is at occurrence 2"
    town.write(entry(made, 3, "refuse", place, verb="acknowledge", actor=person, reason=refused))
    expect(state).to_have_text("未生效：此操作针对第 1 次，告警已是第 2 次")
    expect(wall.row(made.id)).to_have_class("row chosen unaccepted")
    expect(wall.page.locator(".story ol li").last).to_contain_text("未生效：确认告警 · 值班主管")


def test_what_is_refused_is_not_written(broker: Settings, town: Town, screen: str, wait: Wait) -> None:
    """A request of another site's page, or one that a form could send, is refused and writes nothing.

    Nor does one without a reason, of a past occurrence, an unknown alert, a verb that is not allowed, with a strange field.
    """
    made = alert(town.log, 3, wall_clock())
    town.write(made)
    wait(lambda: known(screen, made))
    assert post(screen, press(made), origin="http://evil.example")[0] == 403
    assert post(screen, press(made), origin=None)[0] == 403
    assert post(screen, press(made), content_type="text/plain")[0] == 415
    assert post(screen, press(made), x_onescreen=None)[0] == 403
    assert post(screen, press(made), host="evil.example")[0] == 421
    assert post(screen, press(made, reason=" "))[0] == 422
    assert post(screen, press(made, occurrence=2))[0] == 409
    assert post(screen, press(made, alert="0" * 32))[0] == 409
    assert post(screen, press(made, verb="shelve"))[0] == 409
    assert post(screen, {"alert": made.id})[0] == 422
    assert post(screen, press(made, key="1"))[0] == 422
    assert post(screen, press(made, permit="动火 12"))[0] == 422
    assert post(screen, press(made, actor={"id": "boss", "name": "boss", "role": "admin"}))[0] == 422
    assert commands(broker, town.log) == []


def test_without_a_broker_an_act_is_not_accepted(own: Settings, wait: Wait) -> None:
    """An act that Kafka did not take is answered as not accepted; when the broker is back, the same act is taken."""
    embedded.start(own)
    create_topics(own, "live")
    town = Town(own, "live")
    made = alert("live", 3, wall_clock())
    town.write(station(3, wall_clock()), made)
    with running_screen(own, "live") as address:
        wait(lambda: known(address, made))
        town.close()
        embedded.stop(own)
        assert post(address, press(made))[0] == 503
        embedded.start(own)
        wait(lambda: post(address, press(made))[0] == 202)
        assert len(commands(own, "live")) == 1
