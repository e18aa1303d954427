"""Alarm performance as a process: published, the same after a kill, gone when nothing is left; command and screen agree."""

import json
import os
import subprocess
import sys
from contextlib import closing
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from agents.measures.command import TARGETS, read_targets
from agents.measures.kpi import performance, period
from agents.measures.performance import Journal, take, told
from streams.kafka import clients
from streams.messages import DAY, HOUR, MINUTE, SECOND, Alert, Audit, Heartbeat, encode, format_time
from streams.settings import Settings
from streams.topics import topic_name
from tests.support.browser.screens import running_screen
from tests.support.pure.trails import BEGIN, alert, calls, life
from tests.support.workers import ROOT, Worker, wait_for

FIRST = [*calls(*[HOUR] * 10), life("b", (0, "raise", "B"), (5 * SECOND, "clear", "D"), (MINUTE, "acknowledge", "A"))]
"""A flood of ten, and one that was fleeting."""


def heartbeat(at: int) -> Heartbeat:
    """A worker tells the log's time (ms after BEGIN)."""
    now = format_time(BEGIN + at)
    return Heartbeat(
        domain="environment", partition=0, worker="w", now=now, sent=now, offset=0, lag=0, rate=0.0, rss=0, subjects=0
    )


def write(settings: Settings, log: str, messages: list[Alert | Audit | Heartbeat]) -> None:
    """Write what a worker would, each to its topic."""
    with closing(clients.producer(settings)) as producer:
        for message in messages:
            name, key = ("status", "pulse/environment/0")
            if isinstance(message, Audit):
                name, key = "audit", message.alert
            elif isinstance(message, Alert):
                name, key = "alerts", message.id
            producer.send(topic_name(log, name), encode(message), key.encode())
        producer.flush()


def published(settings: Settings, log: str) -> dict[bytes | None, bytes | None]:
    """The newest message of each group; None where it is gone."""
    return clients.newest_values(settings, topic_name(log, "performance"))


def expected(messages: list[Alert | Audit | Heartbeat], now: int, log: str) -> dict[bytes | None, bytes | None]:
    """What the pure fold makes of the messages at `now` (ms after BEGIN)."""
    journal = Journal()
    for message in messages:
        if not isinstance(message, Heartbeat):
            take(journal, message)
    told(journal, BEGIN + now)
    over = period(journal)
    assert over is not None
    found = performance(journal, read_targets(TARGETS), log, over)
    return {f"{each.by}/{each.key}".encode(): encode(each) for each in found}


def asked(address: str, host: str) -> Any:
    """What the screen answers to a request for a host."""
    request = Request(f"{address}/screen/performance", headers={"host": host})  # noqa: S310 - our own screen
    with urlopen(request, timeout=20) as answer:  # noqa: S310 - our own screen
        return json.load(answer)


def test_measures_are_published_and_a_restart_gives_the_same(broker: Settings, log: str) -> None:
    """Killed with SIGKILL and started again: the same bytes; copies count once; after 30 quiet days the groups are gone."""
    alerts = [alert(trail[0].alert) for trail in FIRST]
    entries = [entry for trail in FIRST for entry in trail]
    before: list[Alert | Audit | Heartbeat] = [*entries[:6], *entries, *alerts]
    write(broker, log, [*before, heartbeat(HOUR)])
    with Worker(broker, log, "--follow", command="performance") as first:
        first.ready()
        assert published(broker, log) == expected(before, HOUR, log)
        later = [life("c", (90 * MINUTE, "raise", "B"))[0], alert("c")]
        write(broker, log, [*later, heartbeat(2 * HOUR)])
        after = expected([*before, *later], 2 * HOUR, log)
        wait_for(lambda: published(broker, log) == after, "the measures of the next minutes")
        first.kill()
    desk = json.loads(after[b"desk/zz-ee"] or b"")
    assert (desk["annunciations"], desk["floods"], desk["measures"][6]["value"]) == (12, 1, 1)
    with Worker(broker, log, "--follow", command="performance") as second:
        second.ready()
        assert published(broker, log) == after
        assert second.stop() == 0
    env = os.environ | {"ONESCREEN_KAFKA_PORT": str(broker.kafka_port), "ONESCREEN_DATA": str(broker.data)}
    line = [sys.executable, "-m", "agents", "performance", "--log", log]
    typed = subprocess.run(line, cwd=ROOT, env=env, capture_output=True, check=True)
    assert [json.loads(each) for each in typed.stdout.splitlines()] == [desk]
    with running_screen(broker, log) as address:
        host = address.removeprefix("http://")
        wait_for(lambda: asked(address, host), "the screen to have read the measures")
        assert asked(address, host) == [json.loads(value) for _, value in sorted(after.items()) if value]  # type: ignore[type-var]
        with pytest.raises(HTTPError, match="421"):
            asked(address, "evil.example")
    ended = [
        trail[-1]
        for trail in (
            *(life(f"a{n}", (HOUR, "raise", "B"), (2 * HOUR, "clear", "D")) for n in range(10)),
            life("c", (90 * MINUTE, "raise", "B"), (2 * HOUR, "clear", "D")),
        )
    ]
    write(broker, log, [*ended, heartbeat(33 * DAY)])
    with Worker(broker, log, "--follow", command="performance") as third:
        third.ready()
        assert set(published(broker, log).values()) == {None}
        assert third.stop() == 0
