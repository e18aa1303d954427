"""Poisoned records through Kafka and a real worker."""

import random
from collections.abc import Iterator
from contextlib import closing

import pytest
from kafka.errors import MessageSizeTooLargeError

from fixtures.city import DEFAULT, beats
from fixtures.scenario import load_scenario
from fixtures.weather import Air
from streams.gateways.timeline import Arrival
from streams.kafka import clients
from streams.settings import Settings
from streams.topics import events_topic
from tests.chaos.stream import all_judged, within_one_checkpoint
from tests.support.events import START, STATION, clean, tick
from tests.support.kafka.stream import same_as_pure
from tests.support.poison import BAD, mutated, ten_megabytes
from tests.support.workers import DOMAIN, Message, Worker, produce

HOURS = 6
POISON = 8
"""Poisoned records after each real one: ten thousand in all."""


def _poisoned(partitions: int) -> Iterator[Message]:
    chance = random.Random(23)
    for beat in beats(Air(1, load_scenario(DEFAULT)), HOURS):
        if isinstance(beat, int):
            yield from ((number, None, tick(beat)) for number in range(partitions))
        elif beat.domain == DOMAIN:
            home = clients.partition_of(beat.key, partitions)
            yield home, beat.key, beat.value
            yield from ((home, *_poison(chance, beat)) for _ in range(POISON))


def _poison(chance: random.Random, like: Arrival) -> tuple[bytes | None, bytes]:
    key, value = chance.choice(BAD)(chance, like) if chance.random() < 0.5 else mutated(chance, like)
    return key, value or b""


def test_ten_thousand_poisoned_records_stop_nothing(broker: Settings, log: str) -> None:
    """What the worker publishes of poisoned and real records is what the pure fold makes of them; it never restarts."""
    huge_key = (0, b"\xff" * 900_000, b"{}")
    with Worker(broker, log) as worker:
        worker.ready()
        assert produce(broker, log, [huge_key, *_poisoned(broker.partitions)]) > 10_000
        all_judged(broker, log)
        assert worker.stop() == 0
    within_one_checkpoint(broker, log)
    same_as_pure(broker, log)


def test_ten_megabytes_are_refused_by_the_broker(broker: Settings, log: str) -> None:
    """A producer that lets ten megabytes out is told by Kafka that they are too large; nothing of them is in the log."""
    key, value = ten_megabytes(Arrival(START, DOMAIN, STATION.encode(), clean(START)))
    topic = events_topic(log, DOMAIN)
    with (
        closing(clients.producer(broker, max_request_size=64 << 20)) as producer,
        pytest.raises(MessageSizeTooLargeError),
    ):
        producer.send(topic, key=key, value=value).get(30)
    assert clients.read_topic(broker, topic) == []
