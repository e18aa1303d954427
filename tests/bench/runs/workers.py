"""Two workers on one log: what they judge together beside one alone, and how long a rebalance holds alerts up.

The rate of one and of two is taken in the same way: from the moment when all are ready on a full log until the last record
is judged; how much was judged before that moment is read from the workers' own pulses, once a second for each partition.
"""

import threading
import time
from bisect import bisect
from collections import defaultdict
from contextlib import ExitStack
from typing import Any

from streams.kafka import clients
from streams.messages import Heartbeat, Status, decode, parse_time
from streams.settings import Settings
from streams.topics import topic_name
from tests.bench import logs, paced
from tests.bench.paced import Pace, Told
from tests.bench.runs import delay
from tests.bench.sizes import Sizes
from tests.support.workers import Worker

LOG = "workers"
JOINS, LEAVES, JOINS_AGAIN, KILLED = 0.1, 0.35, 0.5, 0.75
"""When a second worker comes, is stopped, when another one comes, and is killed, as shares of a paced run."""

RATE, EVERY = 1_000, 20
"""Events a second of that run, and one of how many is a break: what two cores take beside a worker that starts."""


def workers(settings: Settings, sizes: Sizes) -> dict[str, Any]:
    """The rates of one and of two workers, and the delay of alerts around a rebalance."""
    rates = {name: _rate(settings, sizes, count) for name, count in (("one", 1), ("two", 2))}
    return {"events_per_s": rates, "rebalance": _rebalance(settings, sizes)}


def _rate(settings: Settings, sizes: Sizes, count: int) -> int | None:
    """Events per second of so many workers; None where all was judged before the last of them was ready."""
    log = f"{LOG}{count}"
    logs.create(settings, log)
    total = logs.fill(settings, log, sizes.throughput.records(settings.partitions))
    with ExitStack() as stack:
        running = [stack.enter_context(Worker(settings, log)) for _ in range(count)]
        for worker in running:
            worker.ready()
        ready = time.time() * 1_000
        end = logs.wait_for_marks(settings, log, 2)[-1]
        for worker in running:
            worker.stop()
    before = _judged(settings, log, ready)
    logs.remove(settings, log)
    if before >= total:
        return None
    return round(1_000 * (total - before) / (end - ready))


def _judged(settings: Settings, log: str, at: float) -> float:
    """How many records were judged at a time (ms), between the pulses before and after it."""
    heartbeats: defaultdict[tuple[str, int], list[tuple[float, int]]] = defaultdict(list)
    for record in clients.read_topic(settings, topic_name(log, "status")):
        status = decode(record.value, Status)
        if isinstance(status, Heartbeat):
            heartbeats[status.domain, status.partition].append((parse_time(status.sent), status.offset))
    return sum(_between(sorted(found), at) for found in heartbeats.values())


def _between(points: list[tuple[float, int]], at: float) -> float:
    n = bisect(points, (at, 0))
    if n == 0:
        return 0.0
    if n == len(points):
        return points[-1][1]
    (begin, low), (end, high) = points[n - 1], points[n]
    return low + (high - low) * (at - begin) / (end - begin)


def _rebalance(settings: Settings, sizes: Sizes) -> dict[str, Any]:
    """A paced run in which a second worker joins, leaves, joins again and is killed."""
    pace = Pace(sizes.throughput, RATE, sizes.rebalance_seconds, EVERY)
    paced.prepare(settings, LOG, pace)
    read: dict[str, float] = {}
    with Worker(settings, LOG) as first, ExitStack() as stack:
        first.ready()
        logs.wait_for_marks(settings, LOG, 2)
        writer = paced.Writer(settings, LOG, pace)
        reader = threading.Thread(target=lambda: read.update(paced.alerts(settings, LOG, writer, pace.breaks)))
        reader.start()
        assert writer.started.wait(60)
        began = time.monotonic()
        moments = {"join": _wait_until(began + JOINS * pace.seconds)}
        second = stack.enter_context(Worker(settings, LOG)).ready()
        moments["leave"] = _wait_until(began + LEAVES * pace.seconds)
        second.stop()
        moments["join_again"] = _wait_until(began + JOINS_AGAIN * pace.seconds)
        third = stack.enter_context(Worker(settings, LOG)).ready()
        moments["kill"] = _wait_until(began + KILLED * pace.seconds)
        third.kill()
        reader.join()
        first.stop()
    found, _ = paced.told(settings, LOG, read)
    logs.remove(settings, LOG)
    return {"missing": pace.breaks - len(found)} | _phases(found, moments, settings.partitions)


def _wait_until(moment: float) -> float:
    """Sleep until a moment (monotonic); the time (ms) at which it was over."""
    time.sleep(max(0.0, moment - time.monotonic()))
    return time.time() * 1_000


def _phases(found: list[Told], moments: dict[str, float], partitions: int) -> dict[str, Any]:
    """The longest delay (ms) of an alert written after each moment and before the next, and of one before the first.

    Of all, and of each partition. What was written while the writer was connecting is left out, and so is a time in which
    nothing was written.
    """
    names, starts = ["steady", *moments], list(moments.values())
    longest: dict[str, Any] = {}
    for one in found:
        if one.written >= found[0].written + delay.CONNECTING:
            name, delayed = names[bisect(starts, one.written)], round(one.delay, 1)
            by_partition = longest.setdefault(f"{name}_by_partition_ms", [0.0] * partitions)
            partition = clients.partition_of(one.subject.encode(), partitions)
            by_partition[partition] = max(by_partition[partition], delayed)
            longest[f"{name}_longest_ms"] = max(by_partition)
    return longest
