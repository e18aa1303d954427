"""Logs for the benchmarks: filled in whole record batches, waited for from outside, and removed."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing

from kafka.admin import ConfigResource, ConfigResourceType

from agents.worker.transport.connection import Item, Written, producer, send
from streams.catalogue import domains
from streams.kafka import clients
from streams.kafka.admin import create_topics
from streams.messages import Quality, decode
from streams.settings import Settings
from streams.topics import events_topic, table, topic_name
from tests.bench.peers.judging import OUTPUTS
from tests.bench.workload import NO_JSON, Record

POLL = 0.5
"""Seconds between two looks from outside: asking more often would take time from what is measured."""

_BUFFERED = 2_000


def create(settings: Settings, log: str) -> None:
    """Make a log whose outputs are stamped by the broker when they arrive, whoever writes them."""
    create_topics(settings, log)
    stamped = {"message.timestamp.type": "LogAppendTime"}
    with closing(clients.admin(settings)) as admin:
        admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic_name(log, name), stamped) for name in OUTPUTS])


def fill(settings: Settings, log: str, records: Iterable[Record]) -> int:
    """Write records into the events topics of a log, in order, and wait until Kafka has them; their number."""
    return asyncio.run(_fill(settings, log, records))


async def _fill(settings: Settings, log: str, records: Iterable[Record]) -> int:
    count = 0
    written: list[Written] = []
    buffers: defaultdict[tuple[str, int], list[Item]] = defaultdict(list)
    async with producer(clients.connection(settings)) as to:
        for domain, partition, key, value in records:
            count += 1
            buffer = buffers[domain, partition]
            buffer.append((key, value))
            if len(buffer) >= _BUFFERED:
                written += await send(to, events_topic(log, domain), partition, buffer)
                buffer.clear()
        for (domain, partition), buffer in buffers.items():
            written += await send(to, events_topic(log, domain), partition, buffer)
        await asyncio.gather(*written)
    return count


def counts(settings: Settings, log: str) -> dict[str, int]:
    """How many outputs a log holds, by topic."""
    with clients.consumer(settings) as reader:
        return {name: sum(clients.end_offsets(reader, topic_name(log, name)).values()) for name in OUTPUTS}


def wait_for_outputs(
    settings: Settings, log: str, expected: Mapping[str, int], alive: Callable[[], bool], seconds: float
) -> None:
    """Wait until a log holds the outputs that the pure fold makes; RuntimeError where they do not come."""
    until = time.monotonic() + seconds
    while (found := counts(settings, log)) != expected:
        if not alive() or time.monotonic() > until:
            raise RuntimeError(f"log {log} holds {found}, the pure fold makes {dict(expected)}")
        time.sleep(POLL)


def mark_stamps(settings: Settings, log: str) -> list[int]:
    """When the quality record of each mark arrived at the broker (ms)."""
    records = clients.read_topic(settings, topic_name(log, "quality"))
    told = ((record.timestamp, decode(record.value, Quality)) for record in records)
    return [at for at, each in told if (each.reason, each.size) == ("not-json", len(NO_JSON))]


def wait_for_marks(settings: Settings, log: str, each: int, seconds: float = 600) -> list[int]:
    """Wait until so many marks of each partition of each domain are judged; their stamps (ms) in order."""
    wanted = each * settings.partitions * len(domains())
    until = time.monotonic() + seconds
    while len(stamps := mark_stamps(settings, log)) < wanted:
        if time.monotonic() > until:
            raise RuntimeError(f"{len(stamps)} of {wanted} marks of log {log} were judged within {seconds:.0f} s")
        time.sleep(4 * POLL)
    return sorted(stamps)


def remove(settings: Settings, log: str) -> None:
    """Delete all topics of a log."""
    with closing(clients.admin(settings)) as admin:
        admin.delete_topics([topic_name(log, topic.name) for topic in table()])
