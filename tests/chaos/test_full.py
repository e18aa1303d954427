"""Disks are full or slow: Kafka takes little, or throws away what has not been judged yet."""

from contextlib import closing

from kafka import TopicPartition

from agents.rulebook.load import load_book
from streams.kafka import clients
from streams.settings import Settings
from streams.topics import events_topic
from tests.chaos.stream import all_judged, within_one_checkpoint
from tests.support.workers import DOMAIN, Worker, city, committed, ends, judged, outputs, produce


def test_what_retention_took_is_said_and_the_rest_is_judged(broker: Settings, log: str) -> None:
    """Events are deleted before a worker comes to them: it says how many, and judges what is left from where it was."""
    messages = list(city(broker.partitions, stations=20, hours=120, seed=41))
    third = len(messages) // 3
    topic = events_topic(log, DOMAIN)
    produce(broker, log, messages[:third])
    with Worker(broker, log) as worker:
        worker.ready()
        all_judged(broker, log)
        assert worker.stop() == 0
    done = committed(broker, log)
    produce(broker, log, messages[third : 2 * third])
    whole = clients.read_topic(broker, topic)
    kept_from = ends(broker, topic)
    with closing(clients.admin(broker)) as admin:
        admin.delete_records({TopicPartition(topic, number): end for number, end in kept_from.items()})
    produce(broker, log, messages[2 * third :])
    with Worker(broker, log) as worker:
        worker.ready()
        all_judged(broker, log)
        assert worker.stop() == 0
        assert "were gone before they were judged" in worker.said()
    within_one_checkpoint(broker, log)
    before = [record for record in whole if record.offset < done[record.partition]]
    after = clients.read_topic(broker, topic)
    assert min(record.offset for record in after if record.partition == 0) == kept_from[0]
    assert outputs(broker, log) == judged(load_book(), topic, [*before, *after])
