"""Outputs on their way to Kafka: to the partition of their cause, so that a subject's outputs keep their order.

What of them the stage of incidents reads goes to the partition of its city besides.
"""

from collections import defaultdict
from collections.abc import Sequence

from aiokafka import AIOKafkaProducer

from agents.core.stage import Output, revisions, target
from agents.worker.transport.connection import Item, Written, send
from streams.kafka.clients import partition_of
from streams.messages import encode
from streams.topics import INCIDENTS, events_topic, topic_name


async def publish(to: AIOKafkaProducer, log: str, partition: int, outputs: Sequence[Output]) -> list[Written]:
    """Queue outputs in their order; each future is done when Kafka has its part, or fails with a KafkaError."""
    by_topic: defaultdict[str, list[Item]] = defaultdict(list)
    for output in outputs:
        topic, key = target(output)
        by_topic[topic_name(log, topic)].append((key.encode(), encode(output)))
    queued = [await send(to, topic, partition, items) for topic, items in by_topic.items()]
    queued += await _pass_on(to, events_topic(log, INCIDENTS), revisions(outputs))
    return [written for batches in queued for written in batches]


async def _pass_on(to: AIOKafkaProducer, topic: str, items: Sequence[tuple[bytes, bytes]]) -> list[list[Written]]:
    if not items:
        return []
    count = len(await to.partitions_for(topic))
    by_partition: defaultdict[int, list[Item]] = defaultdict(list)
    for key, value in items:
        by_partition[partition_of(key, count)].append((key, value))
    return [await send(to, topic, number, part) for number, part in by_partition.items()]
