"""Alerts that stand and people who act: what an event costs while many alerts stand, what an alert weighs, acts a second.

Every station's hour breaks a limit, so that it has alerts; its next hours break it too, and revise them. An act runs the
whole way: a command written to Kafka, judged by a worker, its entry in the audit trail readable.
"""

import gc
import statistics
import time
from collections.abc import Iterator
from typing import Any

import psutil

from agents.core.alerts.fold import Fold
from agents.core.rules.book import Book
from agents.rulebook.load import load_book
from streams.kafka import clients
from streams.messages import HOUR, MINUTE, SECOND, Alert, Audit, decode, format_time
from streams.settings import Settings
from streams.topics import events_topic, topic_name
from tests.bench import logs
from tests.bench.sizes import Sizes
from tests.bench.workload import FROM, Record
from tests.support import events
from tests.support.workers import Worker, wait_for

DOMAIN = "environment"
LOG = "acts"
ROUNDS = 3
_OZONE = 460  # µg/m³, above every hourly limit


def alerts(settings: Settings, sizes: Sizes) -> dict[str, Any]:
    """Cost and weight by number of standing alerts, and acts a second."""
    book = load_book()
    return {"standing": [_standing(book, count) for count in sizes.standing], "acts": _acts(settings, sizes.acts)}


def _standing(book: Book, count: int) -> dict[str, Any]:
    """One number of stations, first without alerts and then each with one: cost of one more such hour (µs), bytes."""
    costs = {}
    for what, value in (("none", None), ("all", _OZONE)):
        fold = Fold(book, events_topic("bench", DOMAIN), 0)
        offset = _run(fold, 0, _begin(count, value))
        found = []
        for n in range(1, ROUNDS + 1):
            began = time.process_time()
            offset = _run(fold, offset, _hour(count, FROM + n * HOUR, value))
            found.append(1e6 * (time.process_time() - began) / count)
        costs[what] = statistics.median(found)
    return {
        "alerts": sum(len(subject.alerts) for subject in fold.subjects.values()),
        "us_per_event_without": round(costs["none"], 1),
        "us_per_event": round(costs["all"], 1),
        "bytes": _weight(book, count),
    }


def _weight(book: Book, count: int) -> int:
    """Bytes that an alert adds to its subject: resident memory with all alerts, less that before them."""
    fold = Fold(book, events_topic("bench", DOMAIN), 0)
    offset = _run(fold, 0, _begin(count, None))
    gc.collect()
    before = psutil.Process().memory_info().rss
    _run(fold, offset, _hour(count, FROM + HOUR, _OZONE))
    gc.collect()
    return round((psutil.Process().memory_info().rss - before) / count)


def _run(fold: Fold, offset: int, values: Iterator[tuple[bytes | None, bytes]]) -> int:
    records = [(n, key, value) for n, (key, value) in enumerate(values, offset)]
    fold.run(records)
    return offset + len(records)


def _begin(count: int, value: float | None) -> Iterator[tuple[bytes | None, bytes]]:
    for n in range(count):
        yield _name(n).encode(), events.registered(_name(n), FROM)
    yield from _hour(count, FROM, value)


def _hour(count: int, at: int, value: float | None) -> Iterator[tuple[bytes | None, bytes]]:
    more = {} if value is None else {"o3": value}
    yield None, events.tick(at + MINUTE)
    for n in range(count):
        yield _name(n).encode(), events.clean(at, _name(n), **more)


def _name(number: int) -> str:
    return f"air.alert.{number:06}"


def _acts(settings: Settings, count: int) -> dict[str, Any]:
    """Acknowledge so many alerts at once: from the first command at the broker to the last entry of their trails."""
    logs.create(settings, LOG)
    logs.fill(settings, LOG, _records(settings, _begin(count, _OZONE)))
    with Worker(settings, LOG) as worker:
        standing: dict[str, Alert] = {}

        def all_stand() -> bool:
            read = (decode(record.value, Alert) for record in clients.read_topic(settings, topic_name(LOG, "alerts")))
            standing.update((alert.subject, alert) for alert in read if alert.rule == "gas-hourly")
            return len(standing) == count

        wait_for(all_stand, "the alerts", 300)
        commands = [(alert.subject.encode(), _act(alert)) for alert in standing.values()]
        began = time.time() * SECOND
        logs.fill(settings, LOG, _records(settings, iter(commands)))
        stamps: list[int] = []

        def all_told() -> bool:
            read = clients.read_topic(settings, topic_name(LOG, "audit"))
            stamps[:] = [record.timestamp for record in read if decode(record.value, Audit).event == "acknowledge"]
            return len(stamps) == count

        wait_for(all_told, "the acts", 300)
        worker.stop()
    logs.remove(settings, LOG)
    return {"acts": count, "acts_per_s": round(count * SECOND / (max(stamps) - began))}


def _records(settings: Settings, values: Iterator[tuple[bytes | None, bytes]]) -> Iterator[Record]:
    for key, value in values:
        if key is None:
            yield from ((DOMAIN, partition, None, value) for partition in range(settings.partitions))
        else:
            yield DOMAIN, clients.partition_of(key, settings.partitions), key, value


def _act(alert: Alert) -> bytes:
    return events.act(alert.id, alert.occurrence, subject=alert.subject, id=f"{alert.id} {format_time(FROM)}")
