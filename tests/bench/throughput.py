"""`python -m tests.bench.throughput`: events per second through the worker, beside the limit: bare aiokafka, in the same run.

A broker of its own gets one log for each run, filled before the clock starts. The worker runs as people run it, with
checkpoints and commits. The first and the last record of each partition are no JSON, so that their quality records mark
the beginning and the end of a run by the worker's own stamps. `fold` is the judging alone, without Kafka.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from aiokafka import AIOKafkaConsumer, TopicPartition

from agents.core.book import load_book
from agents.core.fold import Fold
from streams.kafka import broker, clients
from streams.kafka.admin import create_topics
from streams.kafka.topics import events_topic, topic_name
from streams.messages import HOUR, encode
from streams.settings import Settings
from tests import events
from tests.kafka.conftest import settings_in
from tests.kafka.workers import DOMAIN, Message, Worker, produce

STATIONS = 400
MARK = b"mark"


def main() -> None:
    """Run all and print a table; `--json` writes the figures too."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.throughput", description=__doc__)
    parser.add_argument("--events", type=int, default=300_000, help="events of each run (default %(default)s)")
    parser.add_argument("--runs", type=int, default=3, help="runs of each kind, interleaved (default %(default)s)")
    parser.add_argument("--json", type=Path, metavar="PATH", help="write the figures to this file")
    options = parser.parse_args()
    rates: dict[str, list[float]] = {"aiokafka": [], "worker": [], "fold": []}
    with tempfile.TemporaryDirectory() as folder:
        settings = settings_in(Path(folder))
        broker.start(settings)
        try:
            messages = list(city(settings.partitions, options.events))
            for run in range(options.runs):
                log = f"bench{run}"
                create_topics(settings, log)
                produce(settings, log, messages)
                rates["aiokafka"].append(asyncio.run(bare(settings, log, len(messages))))
                rates["worker"].append(worker(settings, log, len(messages)))
                rates["fold"].append(fold(log, messages))
        finally:
            broker.stop(settings)
    medians = {kind: median(found) for kind, found in rates.items()}
    report(medians, rates)
    if options.json:
        figures = {"events": options.events, "runs": rates, "median": medians, "ratio": medians["worker"] / medians["aiokafka"]}
        options.json.write_bytes(encode(figures) + b"\n")


def city(partitions: int, count: int) -> Iterator[Message]:
    """About `count` events of a normal city: a tick in every partition each hour, and one hour of every station."""
    names = [f"air.410100.{n:04}" for n in range(STATIONS)]
    homes = {name: clients.partition_of(name.encode(), partitions) for name in names}
    marks = [(partition, MARK, b"no JSON") for partition in range(partitions)]
    yield from marks
    yield from ((homes[name], name.encode(), events.registered(name)) for name in names)
    hours = range(1, count // STATIONS + 1)
    for at in (events.START + n * HOUR for n in hours):
        yield from ((partition, None, events.tick(at)) for partition in range(partitions))
        yield from ((homes[name], name.encode(), events.clean(at, name)) for name in names)
    yield from marks


async def bare(settings: Settings, log: str, count: int) -> float:
    """Records per second that aiokafka alone reads."""
    options = clients.connection(settings)
    async with AIOKafkaConsumer(**options, auto_offset_reset="earliest", enable_auto_commit=False) as reader:
        reader.assign([TopicPartition(events_topic(log, DOMAIN), number) for number in range(settings.partitions)])
        read = sum(map(len, (await reader.getmany(timeout_ms=10_000)).values()))
        began, before = time.perf_counter(), read
        while read < count:
            read += sum(map(len, (await reader.getmany(timeout_ms=1_000)).values()))
    return (count - before) / (time.perf_counter() - began)


def worker(settings: Settings, log: str, count: int) -> float:
    """Events per second that a worker judges, from its first to its last quality record of a mark."""
    marks = 2 * settings.partitions
    with Worker(settings, log) as process:
        process.ready()
        while len(stamps := _stamps(settings, log)) < marks:
            time.sleep(2)  # asking more often would take time from what is measured
        assert process.stop() == 0
    return 1_000 * count / (max(stamps) - min(stamps))


def _stamps(settings: Settings, log: str) -> list[int]:
    records = clients.read_topic(settings, topic_name(log, "quality"))
    return [record.timestamp for record in records if b"not-json" in record.value]


def fold(log: str, messages: list[Message]) -> float:
    """Events per second of judging alone, each partition in one go."""
    book = load_book()
    logs: dict[int, list[tuple[int, bytes | None, bytes]]] = {}
    for partition, key, value in messages:
        records = logs.setdefault(partition, [])
        records.append((len(records), key, value))
    began = time.perf_counter()
    for partition, records in logs.items():
        Fold(book, events_topic(log, DOMAIN), partition).run(records)
    return len(messages) / (time.perf_counter() - began)


def report(medians: dict[str, float], rates: dict[str, list[float]]) -> None:
    """One line for each kind: median, all runs, ratio to aiokafka."""
    for kind, rate in medians.items():
        runs = " ".join(f"{found:9,.0f}" for found in rates[kind])
        sys.stdout.write(f"{kind:9} {rate:9,.0f}/s  {rate / medians['aiokafka']:5.2f}  runs {runs}\n")


if __name__ == "__main__":
    main()
