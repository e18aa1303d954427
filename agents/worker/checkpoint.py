"""What a partition's state survives a crash by: a compacted topic, written in transactions that only one worker can end.

The transactional id belongs to the partition, so that a worker which takes the partition over fences the one before it: a
worker that was frozen meanwhile gets ProducerFenced at its next checkpoint and can write nothing more.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

from agents.worker.transport.connection import Item, producer, send
from streams.topics import split_events_topic, topic_name

POLL_MS = 500

STRANGE = (
    "%s/%d/%d is passed over: no record of ours. Whatever this key had before it holds; where Kafka has compacted that away, "
    "its state is gone: judge the log again, or from an archive"
)

Place = tuple[str, int]
"""A topic and a partition of it."""

log = logging.getLogger(__name__)


def checkpoint_topic(events: str) -> str:
    """The checkpoint topic of an events topic: `live.events.environment` → `live.checkpoint.environment`."""
    log, domain = split_events_topic(events)
    return topic_name(log, f"checkpoint.{domain}")


class Checkpoint:
    """The checkpoint of one partition of one events topic."""

    def __init__(self, kafka: Mapping[str, Any], events: str, partition: int) -> None:
        self.topic = checkpoint_topic(events)
        self._seals = topic_name(split_events_topic(events)[0], "seals")
        self.partition = partition
        self._producer = producer(kafka, transactional_id=f"{self.topic}.{partition}")

    async def open(self) -> None:
        """Fence every worker that had this partition before; only then may the checkpoint be read."""
        await self._producer.start()
        await self._producer.begin_transaction()
        await self._producer.abort_transaction()

    async def write(self, items: Iterable[Item], seals: Sequence[Item] = ()) -> None:
        """Write all items and seals or none; ProducerFenced where another worker has opened this checkpoint since."""
        async with self._producer.transaction():
            written = await send(self._producer, self.topic, self.partition, items)
            if seals:
                written += await send(self._producer, self._seals, self.partition, seals)
            await asyncio.gather(*written)

    async def close(self) -> None:
        """Let go of the connection; what is written stays."""
        await self._producer.stop()


async def read_back(
    kafka: Mapping[str, Any],
    places: Iterable[Place],
    progress: Callable[[Place, int, int], None],
    stamps: dict[bytes, int] | None = None,
    legible: Callable[[Place, bytes, bytes], bool] = lambda *_: True,
) -> dict[Place, dict[bytes, bytes | None]]:
    """The newest committed value of every key, for each place: a checkpoint topic and a partition of it.

    `stamps` takes the time of each of them by key (ms, the broker's). `progress` is told again and again how far a place is
    read, and where it ends, as offsets. What has no key or is not `legible` is passed over and told: the value
    before it stands.
    """
    held: dict[Place, dict[bytes, bytes | None]] = {place: {} for place in places}
    parts = [TopicPartition(*place) for place in held]
    async with AIOKafkaConsumer(**kafka, isolation_level="read_committed", auto_offset_reset="earliest") as reader:
        reader.assign(parts)
        ends = await reader.end_offsets(parts)
        while waiting := [part for part in parts if await reader.position(part) < ends[part]]:
            for part, records in (await reader.getmany(*waiting, timeout_ms=POLL_MS)).items():
                for record in records:
                    if record.key is None or (record.value is not None and not legible(tuple(part), record.key, record.value)):
                        place = {"topic": part.topic, "partition": part.partition, "offset": record.offset}
                        log.warning(STRANGE, part.topic, part.partition, record.offset, extra=place)
                        continue
                    held[tuple(part)][record.key] = record.value
                    if stamps is not None:
                        stamps[record.key] = record.timestamp
                progress(tuple(part), await reader.position(part), ends[part])
    return held
