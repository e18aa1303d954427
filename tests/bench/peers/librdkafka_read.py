"""A limit: librdkafka (confluent-kafka) alone gives offset, key and value of every record. Prints events per second."""

import json
import sys
import time

from confluent_kafka import Consumer, Message, TopicPartition

from tests.bench.peers.judging import Task, given_task

BATCH = 10_000
"""Records of one call at most."""


def main() -> None:
    """Read and print."""
    sys.stdout.write(json.dumps(rate(given_task())) + "\n")


def rate(task: Task) -> float:
    """Records per second from the first request to the last record."""
    reader = Consumer({"bootstrap.servers": task.servers, "group.id": "unused", "enable.auto.commit": False})
    places = [TopicPartition(topic, number, 0) for topic in task.topics for number in range(task.partitions)]
    count = sum(reader.get_watermark_offsets(place)[1] for place in places)
    read, began = 0, time.perf_counter()
    reader.assign(places)
    while read < count:
        read += len(_taken(reader.consume(BATCH, 1)))
    elapsed = time.perf_counter() - began
    reader.close()
    return count / elapsed


def _taken(messages: list[Message]) -> list[tuple[int, bytes | None, bytes | None]]:
    return [(message.offset(), message.key(), message.value()) for message in messages]


if __name__ == "__main__":
    main()
