"""From an event's write to its alert readable in Kafka, while an ordinary stream flows at a steady rate."""

import statistics
from typing import Any

from streams.settings import Settings
from tests.bench import logs, paced
from tests.bench.paced import Pace, Told
from tests.bench.sizes import Sizes
from tests.support.workers import Worker

LOG = "delay"
EVERY = 140
"""One event of so many is a break: more than 2,000 a minute at 5,000 events/s."""

CONNECTING = 1_000
"""Milliseconds at the beginning that do not count."""


def delay(settings: Settings, sizes: Sizes) -> dict[str, Any]:
    """The delays of all breaks of one run."""
    pace = Pace(sizes.throughput, sizes.rate, sizes.delay_seconds, EVERY)
    paced.prepare(settings, LOG, pace)
    with Worker(settings, LOG) as worker:
        worker.ready()
        logs.wait_for_marks(settings, LOG, 2)
        read = paced.alerts(settings, LOG, paced.Writer(settings, LOG, pace), pace.breaks)
        worker.stop()
    found, rate = paced.told(settings, LOG, read)
    logs.remove(settings, LOG)
    return {"asked_events_per_s": pace.rate, "events_per_s": round(rate * EVERY), "missing": pace.breaks - len(found)} | spread(
        found
    )


def spread(found: list[Told]) -> dict[str, Any]:
    """Number, p50, p99 and longest of delays, ms; what was written while the writer was connecting is left out."""
    delays = sorted(one.delay for one in found if one.written >= found[0].written + CONNECTING)
    return {
        "alerts": len(delays),
        "p50_ms": round(statistics.median(delays), 1),
        "p99_ms": round(statistics.quantiles(delays, n=100)[98], 1),
        "max_ms": round(delays[-1], 1),
    }
