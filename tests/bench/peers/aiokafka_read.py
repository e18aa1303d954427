"""A limit: aiokafka alone reads every record of all partitions. Prints events per second as one line of JSON."""

import asyncio
import json
import sys
import time

from aiokafka import AIOKafkaConsumer, TopicPartition

from tests.bench.peers.judging import Task, given_task


def main() -> None:
    """Read and print."""
    sys.stdout.write(json.dumps(asyncio.run(rate(given_task()))) + "\n")


async def rate(task: Task) -> float:
    """Records per second from the first request to the last record."""
    async with AIOKafkaConsumer(
        bootstrap_servers=task.servers, auto_offset_reset="earliest", enable_auto_commit=False
    ) as reader:
        places = [TopicPartition(topic, number) for topic in task.topics for number in range(task.partitions)]
        reader.assign(places)
        count = sum((await reader.end_offsets(places)).values())
        read, began = 0, time.perf_counter()
        while read < count:
            read += sum(map(len, (await reader.getmany(timeout_ms=1_000)).values()))
    return count / (time.perf_counter() - began)


if __name__ == "__main__":
    main()
