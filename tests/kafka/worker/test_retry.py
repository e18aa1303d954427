"""A rule that raises, in a real worker: it lives on, people see it, and a retry after a fix heals it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from streams.kafka import clients
from streams.messages import HOUR, MINUTE, Alert, Audit, Quarantine, decode
from streams.settings import Settings
from streams.topics import topic_name
from tests.support import events, workers
from tests.support.kafka.stream import all_judged
from tests.support.workers import ROOT, Worker, produce, wait_for

BREAK = '''

class Odd:
    """Ozone above 200, with a fault at 13."""

    timed = False
    Memory = None

    def __init__(self, binding: Any) -> None:
        self.key = binding.key

    def read(self, subject: Any, kind: str, data: Any, at: int) -> Any:
        from agents.core.judge import Finding

        divided = 1 / (data.o3 - FAULT)
        return Finding(active=data.o3 > 200, opened_at=at, value=data.o3)

    def wake(self, subject: Any, now: int) -> None:
        return None

    def due(self, subject: Any) -> int:
        return 2**62


FAULT = 13
JUDGES["odd"] = Odd
'''

RULE = """
[rule.odd]
row = "ENV-I98"
title = { zh = "例", en = "Example" }
clause = "gb3095-gas-1h"
phase = "in-process"
severity = "red"
on = ["air_hour"]
judge = "environment:odd"
department = "zz-ee"
guidance = { zh = "例", en = "Example" }
"""


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the packages with one more rule, whose judge divides by zero at 13; workers start in it."""
    for package in ("streams", "agents"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    with (tmp_path / "agents/domains/environment/judges.py").open("a") as judges:
        judges.write(BREAK)
    with (tmp_path / "agents/domains/environment/rules.toml").open("a") as rules:
        rules.write(RULE)
        for name, value, alerts in (("high", 201, f'[{{ at = "{AT}", state = "B", severity = "red" }}]'), ("low", 200, "[]")):
            rules.write(f'[[rule.odd.case]]\nname = "{name}"\ngiven = [["{AT}", {{ o3 = {value} }}], ')
            rules.write(f'["{LATER}", {{ o3 = 1 }}]]\nalerts = {ENDED if alerts != "[]" else alerts}\n')
    monkeypatch.setattr(workers, "ROOT", tmp_path)
    return tmp_path


AT, LATER = "2026-06-01T09:00:00+08:00", "2026-06-01T10:00:00+08:00"
ENDED = f'[{{ at = "{AT}", state = "B", severity = "red" }}, {{ at = "{LATER}", state = "D", severity = "red" }}]'


def command(tree: Path, settings: Settings, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`python -m agents quarantine …` as a person types it."""
    env = os.environ | {"ONESCREEN_KAFKA_PORT": str(settings.kafka_port), "ONESCREEN_DATA": str(settings.data)}
    line = [sys.executable, "-m", "agents", "quarantine", *arguments]
    return subprocess.run(line, cwd=tree, env=env, capture_output=True, text=True, check=False)


def test_a_rule_that_raises_stops_only_itself_and_a_retry_heals_it(broker: Settings, log: str, tree: Path) -> None:
    """Values 13, 250, 100: while the rule is on hold others judge; fixed and retried, it tells of 250 once and of its end."""
    subject = events.STATION.encode()
    home = clients.partition_of(subject, broker.partitions)
    values = [events.registered(), *(events.clean(events.START + n * HOUR, o3=o3) for n, o3 in enumerate((13, 250, 100), 1))]
    ticks = [(part, None, events.tick(events.START + 3 * HOUR + MINUTE)) for part in range(broker.partitions)]

    def done() -> bool:
        return all_judged(broker, log)

    def alerts(rule: str) -> list[Alert]:
        read = [decode(record.value, Alert) for record in clients.read_topic(broker, topic_name(log, "alerts"))]
        return [alert for alert in read if alert.rule == rule]

    with Worker(broker, log) as worker:
        worker.ready()
        produce(broker, log, [(home, subject, value) for value in values] + ticks)
        wait_for(done, "all events to be judged")
        assert worker.stop() == 0
    assert [alert.state for alert in alerts("rule-failed")] == ["B"]
    assert alerts("odd") == []
    assert [(alert.item, alert.value) for alert in alerts("gas-hourly") if alert.state == "B"] == [("o3", 250.0)]
    listed = command(tree, broker, "list", "--log", log)
    (held,) = [json.loads(line) for line in listed.stdout.splitlines()]
    assert listed.returncode == 1
    assert (held["judge"], held["subject"], held["place"]["partition"]) == ("odd", events.STATION, home)
    assert "ZeroDivisionError" in held["traceback"]

    judges = tree / "agents/domains/environment/judges.py"
    judges.write_text(judges.read_text("utf-8").replace("FAULT = 13\n", "FAULT = -1\n"), "utf-8")
    with Worker(broker, log) as worker:
        worker.ready()
        for _ in range(2):
            ordered = command(tree, broker, "retry", held["id"], "--log", log, "--reason", "put right", "--actor", "li")
            assert ordered.returncode in {0, 1}, ordered.stderr
        wait_for(done, "the retry to be judged")
        assert worker.stop() == 0
    assert [(alert.state, alert.value, alert.opened_at) for alert in alerts("odd")] == [
        ("B", 250.0, "2026-06-01T10:00:00+08:00"),
        ("D", 250.0, "2026-06-01T10:00:00+08:00"),
    ]
    assert command(tree, broker, "list", "--log", log).returncode == 0
    assert [alert.state for alert in alerts("rule-failed")][-1] == "D"
    trail = [decode(record.value, Audit) for record in clients.read_topic(broker, topic_name(log, "audit"))]
    assert [entry.actor.id for entry in trail if entry.event == "retry" and entry.actor] == ["li"]
    records = [decode(record.value, Quarantine) for record in clients.read_topic(broker, topic_name(log, "quarantine"))]
    assert records[-1].state == "judged"
