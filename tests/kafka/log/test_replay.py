"""A replay of the archive gives what the live worker gave, byte for byte, a person's acknowledgement included."""

import subprocess
import sys
from pathlib import Path

from streams.kafka import clients
from streams.messages import HOUR, Alert, Audit, decode
from streams.settings import Settings
from streams.topics import events_topic, topic_name
from tests.support import events
from tests.support.kafka.replayed import replayed
from tests.support.workers import (
    DOMAIN,
    ROOT,
    Message,
    Worker,
    all_outputs,
    city,
    committed,
    ends,
    folded,
    produce,
    wait_for,
)


def _newest_alert(settings: Settings, log: str) -> Alert | None:
    """The newest revision of an alert of a station whose ozone is too high and whom nobody has acknowledged."""
    records = clients.read_topic(settings, topic_name(log, "alerts"))
    alerts = {alert.id: alert for alert in (decode(record.value, Alert) for record in records)}
    return next((alert for alert in alerts.values() if alert.rule == "gas-hourly" and alert.state in "BD"), None)


def _acknowledge(settings: Settings, log: str, alert: Alert) -> Message:
    subject = alert.subject.encode()
    value = events.act(alert.id, alert.occurrence, subject=alert.subject, reason="已到现场核查")
    return clients.partition_of(subject, settings.partitions), subject, value


def _python(settings: Settings, *arguments: str) -> bytes:
    env = {"ONESCREEN_KAFKA_PORT": str(settings.kafka_port), "ONESCREEN_DATA": str(settings.data), "PATH": ""}
    return subprocess.run([sys.executable, "-m", *arguments], cwd=ROOT, env=env, check=True, capture_output=True).stdout


def test_archive_judged_again_is_what_the_worker_said(broker: Settings, log: str, tmp_path: Path) -> None:
    """Alerts, audit entries, quality records and incidents of `agents judge ARCHIVE` equal the worker's, byte for byte."""
    with Worker(broker, log) as worker:
        worker.ready()
        produce(broker, log, city(broker.partitions, stations=12, hours=30, seed=3))
        given = ends(broker, events_topic(log, DOMAIN))
        wait_for(lambda: committed(broker, log).items() >= given.items(), "the city to be judged")  # so that no alert moves on
        alert = _newest_alert(broker, log)
        assert alert is not None
        produce(broker, log, [_acknowledge(broker, log, alert)])
        later = events.START + 31 * HOUR
        produce(broker, log, [(partition, None, events.tick(later)) for partition in range(broker.partitions)])
        end = ends(broker, events_topic(log, DOMAIN))
        wait_for(lambda: committed(broker, log).items() >= end.items(), "all events to be judged")
        wait_for(lambda: folded(broker, log), "all alerts to be folded")
        assert worker.stop() == 0
    live = all_outputs(broker, log)
    assert live["incidents"]
    acts = [entry for entry in map(_entry, live["audit"].values()) if entry.event == "acknowledge"]
    assert [(entry.alert, entry.actor and entry.actor.name, entry.reason) for entry in acts] == [
        (alert.id, "张值班", "已到现场核查")
    ]
    archive = tmp_path / "archive"
    _python(broker, "streams", "archive", "--log", log, "--out", str(archive))
    assert replayed(_python(broker, "agents", "judge", str(archive))) == live


def _entry(value: bytes) -> Audit:
    return decode(value, Audit)
