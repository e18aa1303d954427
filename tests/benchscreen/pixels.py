"""From an event's write to the frame in which the wall counts its alert, at 1,000 events and 20 alerts a second.

Nobody acknowledges, so the key figure of unacknowledged alerts only grows: the wall shows the n-th alert, in the order of the
writes that caused them, in the frame in which the figure reaches n.
"""

import statistics
from bisect import bisect_left
from collections.abc import Iterable
from typing import Any

from playwright.sync_api import Page

from streams.kafka import clients
from streams.kafka.topics import topic_name
from streams.messages import Alert, Place, decode
from streams.settings import Settings
from tests.bench import logs, paced
from tests.bench.paced import Pace, Writer
from tests.bench.workload import Workload
from tests.benchscreen.processes import Usage, chromium, opened, running
from tests.kafka.workers import Worker, wait_for

LOG = "pixels"
RATE, ALERTS = 1_000, 20
"""Events and limit breaks a second."""

CONNECTING = 2_000
"""Milliseconds at the beginning that do not count: the writer connects and sends what has become due meanwhile in one go."""

WATCH = """wall => {
  window.seen = [];
  let last = -1;
  const look = () => {
    const text = wall.querySelector('.kpi .v > span')?.textContent ?? '';
    const count = Number(text.replace(/[^0-9]/g, ''));
    if (count !== last) { window.seen.push([Date.now(), count]); last = count; }
    requestAnimationFrame(look);
  };
  look();
}"""
"""Every count that was drawn, and when (ms)."""

Seen = list[tuple[float, int]]


def pixels(settings: Settings, seconds: int) -> dict[str, Any]:
    """The delays of one run, and what worker and screen used of a core."""
    pace = pace_of(seconds)
    paced.prepare(settings, LOG, pace)
    with Worker(settings, LOG) as worker, running(settings, LOG) as screen, chromium() as browser:
        worker.ready()
        logs.wait_for_marks(settings, LOG, 2)
        page = opened(browser, screen)
        page.locator(".wall").evaluate(WATCH)
        usage = Usage(worker=worker.process.pid, screen=screen.pid)
        written(settings, LOG, pace)
        cores = usage.stop()
        wait_for(lambda: _shown(page) >= _raised(settings), "the last alert on the wall", 60)
        delays = delays_of(_causes(settings), page.evaluate("() => window.seen"))
    logs.remove(settings, LOG)
    return {"asked_events_per_s": RATE, "seconds": seconds} | spread(delays[ALERTS * CONNECTING // 1_000 :]) | {"cores": cores}


def pace_of(seconds: int) -> Pace:
    """The stream: a thousand events a second, one of fifty a limit break."""
    return Pace(Workload(8, 7), RATE, seconds, RATE // ALERTS)


def written(settings: Settings, log: str, pace: Pace) -> None:
    """Write the whole stream at its pace."""
    writer = Writer(settings, log, pace)
    writer.start()
    wait_for(lambda: writer.done, "the stream to be written", 3 * pace.seconds + 60)


def _shown(page: Page) -> int:
    count: int = page.evaluate("() => window.seen.at(-1)[1]")
    return count


def _raised(settings: Settings) -> int:
    return len(clients.newest_values(settings, topic_name(LOG, "alerts")))


def delays_of(written: Iterable[float], seen: Seen) -> list[float]:
    """Milliseconds from each write to the frame that counts it; what the wall showed from the beginning is left out.

    >>> delays_of([10, 20, 30], [(15, 1), (24, 2), (50, 3)])
    [4, 20]
    """
    counts = [count for _, count in seen]
    order = sorted(written)
    frames = [(at, order[n]) for n in range(counts[0], len(order)) for at in [_frame(seen, counts, n + 1)] if at is not None]
    return [at - wrote for at, wrote in frames]


def _frame(seen: Seen, counts: list[int], number: int) -> float | None:
    where = bisect_left(counts, number)
    return seen[where][0] if where < len(seen) else None


def _causes(settings: Settings) -> list[float]:
    """When the record that raised each alert was written (ms), alert by alert: one record may raise several."""
    first: dict[str, Place] = {}
    for record in clients.read_topic(settings, topic_name(LOG, "alerts")):
        if record.value is not None:
            alert = decode(record.value, Alert)
            first.setdefault(alert.id, alert.place)
    wanted = {(place.topic, place.partition, place.offset) for place in first.values()}
    found = {}
    for topic in {place.topic for place in first.values()}:
        for record in clients.read_topic(settings, topic):
            if (where := (record.topic, record.partition, record.offset)) in wanted:
                found[where] = record.timestamp
    return [found[place.topic, place.partition, place.offset] for place in first.values()]


def spread(delays: list[float]) -> dict[str, Any]:
    """Number, p50, p95 and longest of delays, ms."""
    return {
        "alerts": len(delays),
        "p50_ms": round(statistics.median(delays)),
        "p95_ms": round(statistics.quantiles(delays, n=20)[18]),
        "max_ms": round(max(delays)),
    }
