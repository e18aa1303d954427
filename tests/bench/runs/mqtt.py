"""The gateway of MQTT beside a Mosquitto with the profile: what waited for it, and one message after the other."""

import statistics
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import Any

from kafka import KafkaConsumer

from streams.kafka import clients
from streams.kafka.admin import create_topics
from streams.settings import Settings
from streams.topics import events_topic
from tests.bench.report import say
from tests.bench.sizes import Sizes
from tests.support.kafka.mqtt import MOSQUITTO, Mosquitto, MqttGatewayProcess, Publisher

LOG = "bench-mqtt"
BEGIN = 1_780_272_000_000


def mqtt_messages(settings: Settings, sizes: Sizes) -> dict[str, Any]:
    """Both parts; nothing where Mosquitto is not installed."""
    if MOSQUITTO is None:
        say("Mosquitto is not installed: scripts/mosquitto does it")
        return {}
    create_topics(settings, LOG)
    with tempfile.TemporaryDirectory() as name, Mosquitto(Path(name)) as broker:
        folder, many = Path(name), sizes.messages
        with MqttGatewayProcess(settings, LOG, folder, broker):
            pass  # the broker knows it from here on
        publisher = Publisher(broker.port)
        say(f"{many} messages while the gateway is away")
        publisher.at_once(range(many), BEGIN)
        with MqttGatewayProcess(settings, LOG, folder, broker), closing(clients.consumer(settings)) as reader:
            began = time.monotonic()
            _wait(reader, many)
            took = time.monotonic() - began
            delays = []
            for number in range(many, many + sizes.single_messages):
                began = time.monotonic()
                publisher.states([number], BEGIN)
                _wait(reader, number + 1)
                delays.append((time.monotonic() - began) * 1_000)
        publisher.close()
    return {
        "messages": many,
        "messages_per_s": round(many / took),
        "single": len(delays),
        "p50_ms": round(statistics.median(delays), 1),
        "p99_ms": round(statistics.quantiles(delays, n=100)[98], 1),
    }


def _wait(reader: KafkaConsumer, many: int) -> None:
    """Return once so many events are in Kafka."""
    places = clients.partitions_of(reader, events_topic(LOG, "special_equipment"))
    until = time.monotonic() + 600
    while (found := sum(reader.end_offsets(places).values())) < many:
        if time.monotonic() > until:
            raise AssertionError(f"{found} of {many} messages came")
        time.sleep(0.002)
