"""A person's act on the wall: a command in the log, and nothing more until the log says what came of it."""

import json
from collections.abc import Callable
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from msgspec import json as codec
from playwright.sync_api import expect

from streams.kafka import broker as embedded
from streams.kafka import clients
from streams.kafka.admin import create_topics
from streams.kafka.topics import events_topic
from streams.messages import Act, Note, decode_event, format_time
from streams.settings import Settings
from tests.browser.conftest import Wall, running_screen
from tests.browser.town import DOMAIN, Town, acknowledged, alert, station, wall_clock

Wait = Callable[[Callable[[], object]], None]
BEFORE = -1
"""A revision before every record: nothing stands in the events topics of these tests, so a command is at offset 0."""

HEADERS = {"content-type": "application/json", "x-onescreen": "act"}


def commands(settings: Settings, log: str) -> list[Any]:
    """The records of the log's events topic; the tests write no others there."""
    return clients.read_topic(settings, events_topic(log, DOMAIN))


def post(address: str, body: dict[str, Any], **changes: str | None) -> tuple[int, dict[str, Any]]:
    """Status and answer of an act that is sent without a browser; `changes` replace headers, None leaves one out."""
    wanted = {"origin": address} | HEADERS | {name.replace("_", "-"): value for name, value in changes.items()}
    headers = {name: value for name, value in wanted.items() if value is not None}
    request = Request(f"{address}/screen/act", json.dumps(body).encode(), headers)  # noqa: S310 - our own screen
    try:
        with urlopen(request, timeout=20) as answer:  # noqa: S310 - our own screen
            return answer.status, json.load(answer)
    except HTTPError as error:
        return error.code, json.load(error)


def press(made: Any, **changes: Any) -> dict[str, Any]:
    """The body of an act on an alert."""
    return {"alert": made.id, "occurrence": made.occurrence, "verb": "acknowledge", "reason": "已派人核查"} | changes


def test_acknowledging_with_the_mouse(broker: Settings, town: Town, wall: Wall, wait: Wait) -> None:
    """One command with the alert, the occurrence, the person and the reason; the row is pending until the alert's revision."""
    made = alert(town.log, 3, wall_clock(), occurrence=2, rev=BEFORE)
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
    town.write(acknowledged(made, note, written[0].offset))
    expect(wall.row(made.id)).to_have_count(0)
    expect(wall.page.locator(".story ol")).to_contain_text("已派人现场核查")
    wait(lambda: wall.page.locator(".kpi .v > span").first.inner_text() == "0")


def test_a_double_press_is_one_act(broker: Settings, town: Town, screen: str, wait: Wait) -> None:
    """The same person's same act on the same occurrence is one command, answered with one place, however often it is sent."""
    made = alert(town.log, 3, wall_clock())
    town.write(made)
    wait(lambda: post(screen, press(made))[0] == 202)
    first, second = post(screen, press(made)), post(screen, press(made, reason="另一理由"))
    assert first == second
    assert len(commands(broker, town.log)) == 1


def test_a_refused_act_is_said_to_be_refused(town: Town, wall: Wall) -> None:
    """Where the judged alert still waits after the command's offset, the wall says that the act had no effect."""
    made = alert(town.log, 3, wall_clock(), rev=BEFORE)
    town.write(made)
    wall.open().acknowledge(made.id, "理由")
    expect(wall.page.locator(".act .state")).to_have_text("已入日志，待研判")
    town.write(alert(town.log, 3, wall_clock(), rev=0, audit=2))
    expect(wall.page.locator(".act .state")).to_have_text("未生效：研判引擎未接受")
    expect(wall.row(made.id)).to_have_class("row chosen unaccepted")


def test_acts_come_from_our_own_page_alone(broker: Settings, town: Town, screen: str, wait: Wait) -> None:
    """A request of another site's page, or one that a form could send, is refused and writes nothing."""
    made = alert(town.log, 3, wall_clock())
    town.write(made)
    wait(lambda: post(screen, press(made, reason=" "))[0] == 422)  # the alert is known by now
    assert post(screen, press(made), origin="http://evil.example")[0] == 403
    assert post(screen, press(made), origin=None)[0] == 403
    assert post(screen, press(made), content_type="text/plain")[0] == 403
    assert post(screen, press(made), x_onescreen=None)[0] == 403
    assert post(screen, press(made), host="evil.example")[0] == 421
    assert commands(broker, town.log) == []


def test_an_act_that_cannot_be_is_not_written(broker: Settings, town: Town, screen: str, wait: Wait) -> None:
    """No reason, a past occurrence, an unknown alert, a verb that is not allowed, no JSON: refused with the cause."""
    made = alert(town.log, 3, wall_clock())
    town.write(made)
    wait(lambda: post(screen, press(made, reason=""))[0] == 422)
    assert post(screen, press(made, occurrence=2))[0] == 409
    assert post(screen, press(made, alert="0" * 32))[0] == 409
    assert post(screen, press(made, verb="shelve"))[0] == 409
    assert post(screen, {"alert": made.id})[0] == 422
    assert commands(broker, town.log) == []


def test_without_a_broker_an_act_is_not_accepted(own: Settings, wait: Wait) -> None:
    """An act that Kafka did not take is answered as not accepted; when the broker is back, the same act is taken."""
    embedded.start(own)
    create_topics(own, "live")
    town = Town(own, "live")
    made = alert("live", 3, wall_clock())
    town.write(station(3, wall_clock()), made)
    with running_screen(own, "live") as address:
        wait(lambda: post(address, press(made, reason=""))[0] == 422)
        town.close()
        embedded.stop(own)
        assert post(address, press(made))[0] == 503
        embedded.start(own)
        wait(lambda: post(address, press(made))[0] == 202)
        assert len(commands(own, "live")) == 1
