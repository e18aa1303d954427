"""Outputs on their way to Kafka: to the partition of their cause, so that a subject's outputs keep their order.

What of them another stage reads goes besides to its input, to the partition of the key that it has there.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence

from aiokafka import AIOKafkaProducer

from agents.core.stage import Stage
from agents.stages import kind_of
from agents.worker.transport.connection import Item, Written, send
from streams.kafka.clients import partition_of
from streams.messages import encode
from streams.outputs import Output, target
from streams.topics import events_topic, topic_name

Sign = Callable[[bytes, str], bytes]
"""The bytes to write for those of an event that is for a place (`sigto`): signed, where the log was opened."""


def unsigned(event: bytes, _to: str) -> bytes:
    """An event as it is: of a log that was never opened."""
    return event


async def publish(to: AIOKafkaProducer, stage: Stage, outputs: Sequence[Output], sign: Sign = unsigned) -> list[Written]:
    """Queue outputs of a stage in their order; each future is done when Kafka has its part, or fails with a KafkaError.

    `sign`: signs the events that other stages are fed with.
    """
    by_topic: defaultdict[str, list[Item]] = defaultdict(list)
    for output in outputs:
        topic, key = target(output)
        by_topic[topic].append((key.encode(), encode(output)))
    queued = [await send(to, topic_name(stage.log, topic), stage.partition, items) for topic, items in by_topic.items()]
    for name, feed in kind_of(stage.topic).feeds.items():
        signed = [(key, sign(event, f"events.{name}")) for key, event in feed(outputs)]
        queued += await _pass_on(to, events_topic(stage.log, name), signed)
    return [written for batches in queued for written in batches]


async def _pass_on(to: AIOKafkaProducer, topic: str, items: Sequence[tuple[bytes, bytes]]) -> list[list[Written]]:
    if not items:
        return []
    count = len(await to.partitions_for(topic))
    by_partition: defaultdict[int, list[Item]] = defaultdict(list)
    for key, value in items:
        by_partition[partition_of(key, count)].append((key, value))
    return [await send(to, topic, number, part) for number, part in by_partition.items()]
