"""The notifier as a process, with a real broker, worker and web server: once, audited, over restarts and failures."""

import json
import os
import re
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

from streams.kafka import clients
from streams.messages import HOUR, MINUTE, Alert, decode
from streams.settings import Settings
from streams.topics import topic_name
from tests.support import events
from tests.support.kafka.typed import trail_of, typed
from tests.support.pure.webhook import webhook
from tests.support.workers import ROOT, Worker, produce, wait_for

ROUTES = """
[channels.desk]
url_env = "TEST_DESK_URL"

[channels.dead]
url_env = "TEST_DEAD_URL"
retry = "1s"
longest = "1s"

[[routes]]
to = ["desk", "dead"]
domains = ["environment"]

[[routes]]
to = ["desk"]
domains = ["service"]
language = "en"
"""


def alerts_of(settings: Settings, log: str, rule: str) -> list[Alert]:
    """The revisions of a rule's alerts."""
    read = [decode(record.value, Alert) for record in clients.read_topic(settings, topic_name(log, "alerts"))]
    return [alert for alert in read if alert.rule == rule]


def notified(settings: Settings, log: str, alert: str) -> list[str]:
    """What an alert's trail says of notices."""
    return [entry.reason for entry in trail_of(settings, log, alert) if entry.event == "notify"]


def kinds(received: list[dict[str, Any]]) -> list[str]:
    """What the Chinese messages tell of, in the order in which they came."""
    return [each["title"].partition("】")[2].split(" · ")[0] for each in received if "】" in each["title"]]


def everything(settings: Settings, log: str) -> bytes:
    """All that stands in the topics which the notifier writes, or causes to be written."""
    names = ("notices", "audit", "alerts", "events.environment", "events.service")
    return b"".join(record.value or b"" for name in names for record in clients.read_topic(settings, topic_name(log, name)))


def test_an_alert_reaches_people_once_and_a_dead_channel_is_an_alert(broker: Settings, log: str, tmp_path: Path) -> None:
    """Raised: the webhook gets it once, the trail has it. Restarted: nothing twice. A closed port: an alert, until it opens.

    No address stands in a topic or in what the notifier says; `agents explain` judges the notices again.
    """
    subject = events.STATION.encode()
    home = clients.partition_of(subject, broker.partitions)
    (tmp_path / "routes.toml").write_text(ROUTES, "utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        closed = free.getsockname()[1]

    def send(*values: bytes) -> None:
        for value in values:
            to = range(broker.partitions) if b"clock.tick" in value else [home]
            produce(broker, log, [(part, None if b"clock.tick" in value else subject, value) for part in to])

    with webhook() as (port, received), Worker(broker, log) as worker:
        worker.ready()
        desk, dead = (f"json://key:s3cret@127.0.0.1:{each}/" for each in (port, closed))

        def notifier() -> Worker:
            options = ("--routes", str(tmp_path / "routes.toml"))
            return Worker(broker, log, *options, command="notify", TEST_DESK_URL=desk, TEST_DEAD_URL=dead)

        with notifier() as first:
            first.ready()
            send(events.registered(), events.tick(events.START + HOUR + MINUTE), events.clean(events.START + HOUR, o3=250))
            wait_for(lambda: alerts_of(broker, log, "gas-hourly"), "the alert")
            alert = alerts_of(broker, log, "gas-hourly")[0].id
            wait_for(lambda: notified(broker, log, alert) == ["raised: sent to desk"], "the notice in the trail")
            wait_for(lambda: alerts_of(broker, log, "notice-channel-dead"), "the dead channel's alert")
            oversight = alerts_of(broker, log, "notice-channel-dead")[0].id
            wait_for(lambda: notified(broker, log, oversight) == ["raised: sent to desk"], "its notice in its trail")
            first.kill()
        assert kinds(received) == ["告警"]
        assert f"编号：{alert}" in received[0]["message"]
        with notifier() as second:
            second.ready()
            send(events.tick(events.START + 2 * HOUR + MINUTE), events.clean(events.START + 2 * HOUR))
            wait_for(lambda: "恢复正常" in kinds(received), "the end of the alert")
            assert alerts_of(broker, log, "notice-channel-dead")[-1].active
            with webhook(closed) as (_, late):
                wait_for(lambda: len(notified(broker, log, alert)) == 4, "four notices in the trail")
                wait_for(lambda: alerts_of(broker, log, "notice-channel-dead")[-1].state == "D", "the channel's return")
                wait_for(lambda: len(notified(broker, log, oversight)) == 2, "the notice of its return")
            assert second.stop() == 0
        assert kinds(late) == ["告警", "恢复正常"]
        assert re.fullmatch(r"raised: sent to dead, \d+ attempts", notified(broker, log, alert)[-2])
        with notifier() as third:
            third.ready()
            assert typed(broker, log, "comment", oversight).returncode == 0
            assert third.stop() == 0
        assert kinds(received) == ["告警", "恢复正常"]
        assert len(received) == 4, "two of the alert, two of the channel"
        assert worker.stop() == 0
    assert "s3cret" not in first.said() + second.said() + third.said()
    assert not re.search(rb"s3cret|127\.0\.0\.1", everything(broker, log))
    story = typed(broker, log, alert, command="explain")
    assert (story.returncode, "notify" in story.stdout) == (0, True), story.stdout + story.stderr


def test_a_second_notifier_ends_the_first(broker: Settings, log: str, tmp_path: Path) -> None:
    """Kafka's transactions fence the older of two; it says so when it has something to record, and sends no more."""
    subject = events.STATION.encode()
    home = clients.partition_of(subject, broker.partitions)
    (tmp_path / "routes.toml").write_text('[channels.desk]\nurl_env = "URL"\n[[routes]]\nto = ["desk"]\n', "utf-8")
    with webhook() as (port, received), Worker(broker, log) as worker:
        worker.ready()
        more = {"URL": f"json://127.0.0.1:{port}/"}
        with Worker(broker, log, "--routes", str(tmp_path / "routes.toml"), command="notify", **more) as first:
            first.ready()
            with Worker(broker, log, "--routes", str(tmp_path / "routes.toml"), command="notify", **more) as second:
                second.ready()
                values = [events.registered(), events.clean(events.START + HOUR, o3=250)]
                produce(broker, log, [(home, subject, value) for value in values])
                wait_for(lambda: first.process.poll() is not None, "the end of the first")
                assert first.process.returncode == 1
                assert "another notifier of this log has taken over" in first.said()
                wait_for(lambda: received, "the notice")
                assert second.stop() == 0
        assert len(received) == 1


def test_a_shift_is_handed_over(broker: Settings, log: str) -> None:
    """The note counts the department's open alerts and what people did; somebody else takes over, once; both are listed."""
    subject = events.STATION.encode()
    home = clients.partition_of(subject, broker.partitions)

    def duty(*arguments: str) -> subprocess.CompletedProcess[str]:
        env = os.environ | {"ONESCREEN_KAFKA_PORT": str(broker.kafka_port), "ONESCREEN_DATA": str(broker.data)}
        line = [sys.executable, "-m", "agents", "duty", *arguments, "--log", log]
        return subprocess.run(line, cwd=ROOT, env=env, capture_output=True, text=True, check=False)

    def written() -> list[Alert]:
        return [decode(record.value, Alert) for record in clients.read_topic(broker, topic_name(log, "alerts"))]

    with Worker(broker, log) as worker:
        worker.ready()
        values = [events.registered(), events.clean(events.START + HOUR, o3=250, no2=260)]
        produce(broker, log, [(home, subject, value) for value in values])
        wait_for(lambda: {"o3", "no2"} <= {alert.item for alert in written()}, "both alerts")
        found = {alert.item: alert for alert in written() if alert.rule == "gas-hourly"}
        assert typed(broker, log, "acknowledge", found["o3"].id).returncode == 0
        assert worker.stop() == 0
    note = duty("handover", "--department", "zz-ee", "--reason", "臭氧已派人核查", "--actor", "li")
    assert note.returncode == 0, note.stderr
    handed = json.loads(note.stdout)
    open_ = [alert for alert in {alert.id: alert for alert in written()}.values() if alert.department.id == "zz-ee"]
    assert sum(handed["states"].values()) == len(open_)
    assert handed["states"]["C"] == 1
    assert sum(handed["severities"].values()) == len(open_)
    assert found["no2"].id in handed["unacknowledged"]
    assert found["o3"].id not in handed["unacknowledged"]
    assert (handed["done"], handed["note"], handed["by"]["id"]) == ({"acknowledge": 1}, "臭氧已派人核查", "li")
    alone = duty("takeover", handed["id"], "--reason", "收到", "--actor", "li")
    assert (alone.returncode, "somebody else" in alone.stderr) == (1, True)
    assert duty("takeover", handed["id"], "--reason", "收到", "--actor", "wang").returncode == 0
    twice = duty("takeover", handed["id"], "--reason", "收到", "--actor", "zhao")
    assert (twice.returncode, "'wang' has taken it over" in twice.stderr) == (1, True)
    notes = [json.loads(line) for line in duty("notes").stdout.splitlines()]
    assert [(each["what"], each["by"]["id"]) for each in notes] == [("handover", "li"), ("takeover", "wang")]
    empty = duty("handover", "--department", "zz-ee", "--reason", "平安", "--actor", "wang")
    assert json.loads(empty.stdout)["done"] == {}
