"""From an event's write to the frame in which the wall counts its alert, at 1,000 events and 20 alerts a second.

Nobody acknowledges, so the key figure of unacknowledged alerts only grows: the wall shows the n-th alert, in the order of the
writes that caused them, in the frame in which the figure reaches n.
"""

import statistics
from bisect import bisect_left
from collections.abc import Iterable
from typing import Any, NamedTuple

from playwright.sync_api import Page

from streams.kafka import clients
from streams.messages import Alert, decode
from streams.settings import Settings
from streams.topics import topic_name
from tests.bench import logs, paced
from tests.bench.paced import Pace, Writer
from tests.bench.workload import Workload
from tests.benchscreen.processes import Usage, chromium, opened, running
from tests.support.workers import Worker, wait_for

LOG = "pixels"
RATE, ALERTS = 1_000, 20
"""Events and limit breaks a second."""

WARMING = 10_000
"""Milliseconds at the beginning that do not count: the writer connects and sends in one go what has become due meanwhile, and
broker, worker and page run their code for the first time."""

WATCH = """wall => {
  window.seen = [];
  let last = -1, asked = false;
  const look = () => {
    asked = false;
    const text = wall.querySelector('.kpi .v > span')?.textContent ?? '';
    const count = Number(text.replace(/[^0-9]/g, ''));
    if (count !== last) { window.seen.push([Date.now(), count]); last = count; }
  };
  const ask = () => { asked ||= !!requestAnimationFrame(look); };
  new MutationObserver(ask).observe(wall, {subtree: true, childList: true, characterData: true});
  look();
}"""
"""Every count that was drawn, and when (ms). It looks in the frame after a change: looking in each would itself be load."""

Seen = list[tuple[float, int]]


class Cause(NamedTuple):
    """The record that raised an alert: when it was written (ms), and whether it is one of the limit breaks, not a tick."""

    written: float
    is_break: bool


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
    begin = min(cause.written for cause, _ in delays) + min(WARMING, 1_000 * seconds // 2)  # a try is shorter than that
    warm = [(cause, delay) for cause, delay in delays if cause.written >= begin]
    breaks = spread([delay for cause, delay in warm if cause.is_break])
    every = spread([delay for _, delay in warm])
    return {"asked_events_per_s": RATE, "seconds": seconds} | breaks | {"all": every, "cores": cores}


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


def delays_of(causes: Iterable[Cause], seen: Seen) -> list[tuple[Cause, float]]:
    """Milliseconds from each write to the frame that counts its alert; what the wall showed from the beginning is left out.

    >>> [delay for _, delay in delays_of([Cause(10, True), Cause(20, False), Cause(30, True)], [(15, 1), (24, 2), (50, 3)])]
    [4, 20]
    """
    counts = [count for _, count in seen]
    order = sorted(causes)
    frames = [(order[n], _frame(seen, counts, n + 1)) for n in range(counts[0], len(order))]
    return [(cause, at - cause.written) for cause, at in frames if at is not None]


def _frame(seen: Seen, counts: list[int], number: int) -> float | None:
    where = bisect_left(counts, number)
    return seen[where][0] if where < len(seen) else None


def _causes(settings: Settings) -> list[Cause]:
    """What raised each alert, alert by alert: one record may raise several."""
    first: dict[str, Alert] = {}
    for record in clients.read_topic(settings, topic_name(LOG, "alerts")):
        if record.value is not None:
            alert = decode(record.value, Alert)
            first.setdefault(alert.id, alert)
    wanted = [(alert.place.topic, alert.place.partition, alert.place.offset) for alert in first.values()]
    found: dict[tuple[str, int, int], Cause | None] = dict.fromkeys(wanted)
    for topic in {topic for topic, _, _ in wanted}:
        for record in clients.read_topic(settings, topic):
            if (where := (record.topic, record.partition, record.offset)) in found:
                found[where] = Cause(record.timestamp, (record.key or b"").startswith(paced.STATIONS.encode()))
    return [cause for where in wanted if (cause := found[where])]


def spread(delays: list[float]) -> dict[str, Any]:
    """Number, p50, p95 and longest of delays, ms."""
    return {
        "alerts": len(delays),
        "p50_ms": round(statistics.median(delays)),
        "p95_ms": round(statistics.quantiles(delays, n=20)[18]),
        "max_ms": round(max(delays)),
    }
