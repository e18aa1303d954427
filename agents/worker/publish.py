"""Outputs on their way to Kafka: to the partition of their cause, so that a subject's outputs keep their order."""

from collections import defaultdict
from collections.abc import Iterable

from aiokafka import AIOKafkaProducer

from agents.core.decide import Output, target
from agents.worker.connection import Item, Written, send
from streams.kafka.topics import topic_name
from streams.messages import encode


async def publish(to: AIOKafkaProducer, log: str, partition: int, outputs: Iterable[Output]) -> list[Written]:
    """Queue outputs in their order; each future is done when Kafka has its part, or fails with a KafkaError."""
    by_topic: defaultdict[str, list[Item]] = defaultdict(list)
    for output in outputs:
        topic, key = target(output)
        by_topic[topic_name(log, topic)].append((key.encode(), encode(output)))
    queued = [await send(to, topic, partition, items) for topic, items in by_topic.items()]
    return [written for batches in queued for written in batches]
