"""`python -m agents act` with a real worker: acts, their answers, a maintenance window before anything happens, the story."""

import json
from contextlib import closing

from msgspec.structs import replace

from streams.kafka import clients
from streams.messages import HOUR, MINUTE, Alert, decode, encode
from streams.settings import Settings
from streams.topics import topic_name
from tests.support import events
from tests.support.kafka.typed import trail_of, typed
from tests.support.workers import Worker, produce, wait_for


def test_acts_of_the_command_line(broker: Settings, log: str) -> None:
    """A suppressed alarm comes in F; an alert is shelved, a reset of it refused with the reason, a stranger's alert unknown.

    `agents explain` agrees with the worker, and no more once somebody has written another entry into the trail.
    """
    subject = events.STATION.encode()
    home = clients.partition_of(subject, broker.partitions)

    def alerts() -> list[Alert]:
        read = [decode(record.value, Alert) for record in clients.read_topic(broker, topic_name(log, "alerts"))]
        return [alert for alert in read if alert.rule == "gas-hourly"]

    def send(*values: bytes) -> None:
        produce(broker, log, [(home, None if b"clock.tick" in value else subject, value) for value in values])

    with Worker(broker, log) as worker:
        worker.ready()
        send(events.tick(events.START), events.registered())
        window = typed(
            broker,
            log,
            "suppress",
            "--subject",
            events.STATION,
            "--alarm",
            "gas-hourly/no2",
            "--lasts",
            "8h",
            "--role",
            "admin",
        )
        assert window.returncode == 0, window.stderr
        send(events.tick(events.START + HOUR + MINUTE), events.clean(events.START + HOUR, o3=250, no2=260))
        wait_for(lambda: {alert.item for alert in alerts() if alert.active} == {"o3", "no2"}, "both alarms")
        (ozone,) = [alert for alert in alerts() if alert.item == "o3"]
        assert [alert.state for alert in alerts() if alert.item == "no2"] == ["F", "F"]
        shelved = typed(broker, log, "shelve", ozone.id, "--lasts", "30m")
        assert (shelved.returncode, json.loads(shelved.stdout)["after"]) == (0, "E"), shelved.stderr
        assert "B to E" in shelved.stderr
        refused = typed(broker, log, "reset", ozone.id)
        assert (refused.returncode, "cannot reset in state E" in refused.stderr) == (1, True)
        unknown = typed(broker, log, "shelve", "0" * 32, "--once")
        assert (unknown.returncode, "has no alert" in unknown.stderr) == (1, True)
        assert worker.stop() == 0
    said = typed(broker, log, ozone.id, command="explain")
    assert (said.returncode, "逐字节一致" in said.stdout) == (0, True), said.stdout
    (forged,) = [entry for entry in trail_of(broker, log, ozone.id) if entry.event == "shelve"]
    topic, key = topic_name(log, "audit"), ozone.id.encode()
    with closing(clients.producer(broker)) as to:
        to.send(topic, encode(replace(forged, reason="无")), key, partition=home).get(10)
    said = typed(broker, log, ozone.id, command="explain")
    assert (said.returncode, f"entry {forged.n}: " in said.stdout) == (1, True), said.stdout
