"""More subjects: events per second, memory, checkpoints and the way back after a restart, measured at a worker process.

First all subjects are registered and judged; then the worker is started anew, judges the facts, and is started once more to
read its state back. A heartbeat comes one second after the one before it and the time of a checkpoint between the two, if there
is one (`saved` tells), so the time between them tells how long checkpoints take.
"""

import statistics
import time
from collections import defaultdict
from itertools import pairwise
from typing import Any

import psutil

from streams.catalogue import domains
from streams.kafka import clients
from streams.messages import Heartbeat, Status, decode, parse_time
from streams.settings import Settings
from streams.topics import topic_name
from tests.bench import logs
from tests.bench.report import say
from tests.bench.sizes import Sizes
from tests.bench.workload import Workload
from tests.support.workers import Worker, wait_for

PATIENCE = 900.0
"""Seconds for one step of the largest log."""

MB = 1 << 20


def growth(settings: Settings, sizes: Sizes) -> list[dict[str, Any]]:
    """One row for each number of subjects."""
    return [_row(settings, f"growth{n}", work) for n, work in enumerate(sizes.growth)]


def _row(settings: Settings, log: str, work: Workload) -> dict[str, Any]:
    logs.create(settings, log)
    registered = logs.fill(settings, log, work.registrations(settings.partitions))
    with Worker(settings, log) as worker:
        marks = logs.wait_for_marks(settings, log, 2, PATIENCE)
        _stop(worker)
    count = logs.fill(settings, log, work.facts(settings.partitions))
    begun = time.time() * 1_000
    with Worker(settings, log) as worker:
        stamps = logs.wait_for_marks(settings, log, 4, PATIENCE)[len(marks) :]
        rss = psutil.Process(worker.process.pid).memory_info().rss
        _stop(worker)
    pauses = _pauses(settings, log, begun)
    began = time.monotonic()
    with Worker(settings, log) as worker:
        wait_for(lambda: "ready" in worker.said() or worker.process.poll() is not None, "the state to be read back", PATIENCE)
        recovery = time.monotonic() - began
        again = psutil.Process(worker.process.pid).memory_info().rss
        _stop(worker)
    ticks_and_marks = settings.partitions * len(domains()) * 3
    row = {
        "subjects": registered - ticks_and_marks,
        "registrations_per_s": round(1_000 * registered / (marks[-1] - marks[0])),
        "facts": count,
        "events_per_s": round(1_000 * count / (stamps[-1] - stamps[0])),
        "rss_mb": round(rss / MB),
        "rss_recovered_mb": round(again / MB),
        "checkpoint_s": {"median": round(statistics.median(pauses), 2), "longest": round(max(pauses), 2)},
        "recovery_s": round(recovery, 1),
    }
    say(f"{row}")
    logs.remove(settings, log)
    return row


def _stop(worker: Worker) -> None:
    worker.process.terminate()
    worker.process.wait(PATIENCE)


def _pauses(settings: Settings, log: str, begun: float) -> list[float]:
    """Seconds that the checkpoints took of each partition since a time (ms): the pauses between pulses beyond the second."""
    told: defaultdict[tuple[str, int], list[tuple[int, str | None]]] = defaultdict(list)
    for record in clients.read_topic(settings, topic_name(log, "status")):
        status = decode(record.value, Status)
        if isinstance(status, Heartbeat) and (at := parse_time(status.sent)) >= begun:
            told[status.domain, status.partition].append((at, status.saved))
    return [
        max(0.0, (after - before) / 1_000 - 1)
        for heartbeats in told.values()
        for (before, then), (after, saved) in pairwise(sorted(heartbeats))
        if saved != then
    ]
