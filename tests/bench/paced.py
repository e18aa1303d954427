"""An ordinary stream written at a steady rate, with limit breaks sprinkled in, and the alerts of those breaks as they come.

A break is an hour of ozone above its limit at a station of its own, so that each break is one new alert. The writer is a
process of its own; a record's CreateTime is the moment at which it is given to Kafka's client.
"""

import asyncio
import threading
import time
from collections.abc import Iterator
from itertools import islice
from multiprocessing import get_context

from msgspec import Struct

from agents.worker.transport.connection import producer
from streams.kafka import clients
from streams.messages import HOUR, MINUTE, Alert, decode
from streams.settings import Settings
from streams.topics import events_topic, topic_name
from tests.bench import logs
from tests.bench.workload import FROM, MARK, Record, Workload
from tests.support import events

DOMAIN = "environment"
SLOT = 0.005
"""Seconds between two writes."""

PATIENCE = 60
"""Seconds for which the last alerts are awaited."""

STATIONS = "air.delay."
"""How the names of the breaks' stations begin."""

_OZONE = 460  # µg/m³, above every hourly limit


class Pace(Struct, frozen=True):
    """`rate` events a second for so many seconds; one of `every` is a break."""

    work: Workload
    rate: int
    seconds: int
    every: int

    @property
    def breaks(self) -> int:
        """How many breaks there are."""
        return self.rate * self.seconds // self.every


class Told(Struct, frozen=True):
    """One break: when it was written and when its alert was read (ms), and whose it is."""

    written: float
    read: float
    subject: str

    @property
    def delay(self) -> float:
        """From the write to the alert, ms."""
        return self.read - self.written


def station(number: int) -> str:
    """The station of a break."""
    return f"{STATIONS}{number:05}"


def registrations(pace: Pace, partitions: int) -> Iterator[Record]:
    """The cities' registrations, then those of the stations of all breaks."""
    yield from pace.work.registrations(partitions)
    for number in range(pace.breaks):
        yield _record(number, events.registered(station(number), FROM), partitions)


def stream(pace: Pace, partitions: int) -> Iterator[Record]:
    """Facts among ticks, and the breaks among them."""
    minute, number = 0, 0
    facts = (record for record in pace.work.facts(partitions) if record[2] != MARK)
    for n, (domain, partition, key, value) in enumerate(islice(facts, pace.rate * pace.seconds - pace.breaks)):
        if key is None and (domain, partition) == (DOMAIN, 0):
            minute += 1
        yield domain, partition, key, value
        if n % (pace.every - 1) == pace.every - 2:
            hour = (FROM + (minute - 1) * MINUTE) // HOUR * HOUR
            yield _record(number, events.clean(hour, station(number), o3=_OZONE), partitions)
            number += 1


def _record(number: int, value: bytes, partitions: int) -> Record:
    key = station(number).encode()
    return DOMAIN, clients.partition_of(key, partitions), key, value


class Writer:
    """The process that writes a stream; `done` says whether it has written everything."""

    def __init__(self, settings: Settings, log: str, pace: Pace) -> None:
        self._process = get_context("spawn").Process(target=write, args=(settings, log, pace), daemon=True)
        self.started = threading.Event()

    def start(self) -> None:
        """Begin to write."""
        self._process.start()
        self.started.set()

    @property
    def done(self) -> bool:
        """Whether everything is written; RuntimeError where the writer failed."""
        if self._process.exitcode not in (None, 0):
            raise RuntimeError(f"the writer ended with {self._process.exitcode}")
        return self._process.exitcode == 0


def write(settings: Settings, log: str, pace: Pace) -> None:
    """Write a stream at its rate, record by record: what waits for the broker goes to it in one batch of each partition."""
    asyncio.run(_write(settings, log, pace))


async def _write(settings: Settings, log: str, pace: Pace) -> None:
    records = stream(pace, settings.partitions)
    async with producer(clients.connection(settings)) as to:
        began, sent = time.monotonic(), 0
        while due := list(islice(records, max(1, int((time.monotonic() - began) * pace.rate) - sent))):
            sent += len(due)
            for domain, partition, key, value in due:
                await to.send(events_topic(log, domain), value, key, partition=partition)
            await asyncio.sleep(max(0.0, SLOT - (time.monotonic() - began) % SLOT))


def prepare(settings: Settings, log: str, pace: Pace) -> None:
    """Make a log with all registrations."""
    logs.create(settings, log)
    logs.fill(settings, log, registrations(pace, settings.partitions))


def alerts(settings: Settings, log: str, writer: Writer, wanted: int) -> dict[str, float]:
    """Start the writer and say when the first alert of each break was read (ms), by subject.

    They are fewer than `wanted` where they do not come within PATIENCE after the last write.
    """
    read: dict[str, float] = {}
    until = None
    with clients.consumer(settings) as reader:
        reader.assign(clients.partitions_of(reader, topic_name(log, "alerts")))
        reader.poll(1_000)  # connected, and past what the registrations caused
        writer.start()
        while len(read) < wanted and (until is None or time.monotonic() < until):
            for records in reader.poll(200).values():
                now = time.time() * 1_000
                for record in records:
                    subject = decode(record.value, Alert).subject
                    if subject.startswith(STATIONS):
                        read.setdefault(subject, now)
            if until is None and writer.done:
                until = time.monotonic() + PATIENCE
    return read


def told(settings: Settings, log: str, read: dict[str, float]) -> tuple[list[Told], float]:
    """Every break in the order of writing, and how many breaks a second were really written."""
    written: dict[str, int] = {}
    for record in clients.read_topic(settings, events_topic(log, DOMAIN)):
        if record.key and record.key.startswith(STATIONS.encode()):
            written[record.key.decode()] = record.timestamp  # the newest is the break, the one before it the registration
    if not read:
        raise RuntimeError(f"no alert of any break came in log {log}")
    found = sorted(
        (Told(at, read[subject], subject) for subject, at in written.items() if subject in read), key=lambda one: one.written
    )
    return found, 1_000 * (len(found) - 1) / (found[-1].written - found[0].written)
