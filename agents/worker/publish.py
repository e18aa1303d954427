"""Outputs on their way to Kafka: to the partition of their cause, so that a subject's outputs keep their order.

What of them another stage reads goes besides to its input, to the partition of the key that it has there.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence

from agents.core.stage import Stage
from agents.stages import kind_of
from agents.worker.transport.connection import Item, Written
from agents.worker.transport.output_queue import OutputQueue
from streams.kafka.clients import partition_of
from streams.messages import encode
from streams.outputs import Output, target
from streams.topics import events_topic, topic_name

Sign = Callable[[bytes, str], bytes]
"""The bytes to write for those of an event that is for a place (`sigto`): signed, where the log was opened."""


def unsigned(event: bytes, _to: str) -> bytes:
    """An event as it is: of a log that was never opened."""
    return event


async def publish(to: OutputQueue, stage: Stage, outputs: Sequence[Output], sign: Sign = unsigned) -> list[Written]:
    """Queue outputs of a stage in their order; each future is done when Kafka has its part, or fails with a KafkaError.

    `sign`: signs the events that other stages are fed with.
    """
    by_place: defaultdict[tuple[str, int], list[Item]] = defaultdict(list)
    for output in outputs:
        topic, key = target(output)
        by_place[topic_name(stage.log, topic), stage.partition].append((key.encode(), encode(output)))
    for name, feed in kind_of(stage.topic).feeds.items():
        if events := feed(outputs):
            topic = events_topic(stage.log, name)
            count = await to.partitions(topic)
            for subject, event in events:
                by_place[topic, partition_of(subject, count)].append((subject, sign(event, f"events.{name}")))
    return [to.put(*place, items) for place, items in by_place.items()]
