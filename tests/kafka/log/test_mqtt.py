"""The gateway of MQTT with a real broker and a real Kafka: what was acknowledged is in the log once, whatever is killed."""

import json
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from streams.kafka import broker as embedded
from streams.kafka.admin import create_topics
from streams.kafka.clients import read_topic
from streams.messages import parse_time
from streams.settings import Settings
from streams.topics import events_topic
from tests.support.kafka.mqtt import MOSQUITTO, Mosquitto, MqttGatewayProcess, Publisher

Wait = Callable[[Callable[[], object]], None]

LOG = "mqtt-kill"
BEGIN = parse_time("2026-06-01T10:00:00+08:00")
MANY = 500

pytestmark = pytest.mark.skipif(MOSQUITTO is None, reason="Mosquitto is not installed: scripts/mosquitto does it")


def moments(settings: Settings) -> list[tuple[str, int]]:
    """Subject and moment of the lifts' states in the log, by partition and offset."""
    found = []
    for record in read_topic(settings, events_topic(LOG, "special_equipment")):
        event = json.loads(record.value)
        if event["type"] == "special_equipment.lift_state":
            assert record.key == event["subject"].encode()
            found.append((event["subject"], parse_time(event["time"]) - BEGIN))
    return found


def test_what_the_broker_acknowledged_is_in_the_log_once(own: Settings, tmp_path: Path, wait: Wait) -> None:
    """Kafka is away at first; the gateway is killed while messages come in, stays away, and is killed while they go out."""
    tmp_path.chmod(0o777)
    with Mosquitto(tmp_path) as broker:
        publisher = Publisher(broker.port)
        sending = threading.Thread(target=publisher.states, args=(range(MANY), BEGIN))
        with MqttGatewayProcess(own, LOG, tmp_path, broker) as gateway:
            sending.start()
            wait(lambda: len(publisher.acknowledged) > 100)
            gateway.kill()
        wait(lambda: len(publisher.acknowledged) > 200)
        embedded.start(own)
        create_topics(own, LOG)
        for _ in range(2):
            with MqttGatewayProcess(own, LOG, tmp_path, broker) as gateway:
                before = len(moments(own))
                wait(lambda before=before: len(moments(own)) > before)  # type: ignore[misc]  # now
                gateway.kill()
        sending.join()
        assert publisher.acknowledged == set(range(MANY))
        with MqttGatewayProcess(own, LOG, tmp_path, broker) as gateway:
            wait(lambda: len(set(moments(own))) >= MANY)
            publisher.publish("lifts/L1/state", b"13812345678")
            wait(lambda: b"refused_input" in b"".join(record.value for record in read_topic(own, topic)))
        publisher.close()
    found = moments(own)
    assert sorted(moment for _, moment in found) == list(range(MANY))
    for lift in range(5):
        its = [moment for subject, moment in found if subject == f"lift.410100.L{lift}"]
        assert its == sorted(its)
    assert not any(b"13812345678" in record.value for record in read_topic(own, topic))


topic = events_topic(LOG, "special_equipment")
