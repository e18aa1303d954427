"""A year of a city's orders: whole lives folded again, partition by partition, in as many processes as there are cores.

Orders come as evenly as a year of them would, and each is read, signed, answered and ended hours and days after it came, among
the acts on others. An order stands whole in one partition, and none looks at another: so partitions are folded side by side.
The fold alone: neither is the archive read nor are the outputs written.
"""

import os
import resource
import time
from collections.abc import Iterator
from multiprocessing import get_context
from typing import Any

from agents.core.orders.fold import Orders
from agents.rulebook.orders import order_rules
from streams.messages import DAY, HOUR, MINUTE, parse_time
from tests.bench.order_records import OFFICE, PLACE, UNIT, KeyValue, batches, check, done, issued, ticked
from tests.bench.sizes import Sizes

YEAR = 1_000_000
"""Orders of a year of a city; a choice of the size that is asked for."""

PARTITIONS = 4
BAR = 60
"""Seconds in which a year should be folded."""

APART = 365 * DAY * PARTITIONS // YEAR
"""Milliseconds from one order of a partition to its next."""

BEGIN = parse_time("2026-01-05T08:00:00+08:00")

LIFE = (
    ("read", "clerk", "", UNIT, 10 * MINUTE),
    ("sign", "clerk", "", UNIT, HOUR),
    ("contact", "handler", "", UNIT, 2 * HOUR),
    ("submit", "handler", "", UNIT, 3 * DAY),
    ("endorse", "reviewer", "", UNIT, 3 * DAY + HOUR),
    ("inspect", "verifier", "passed", OFFICE, 4 * DAY),
    ("close", "dispatcher", "completed", OFFICE, 5 * DAY),
    ("archive", "archivist", "", OFFICE, 20 * DAY),
)
"""What is done to an order, by whom, with what outcome, for which body, and how long after it was issued (ms); a choice."""


def order_year(sizes: Sizes) -> dict[str, Any]:
    """Whole lives of so many orders: µs of an act, acts a second of all cores, and what a year takes here."""
    cores = os.cpu_count() or 1
    with get_context("spawn").Pool(min(cores, PARTITIONS)) as pool:
        parts = pool.map(partition, [sizes.lives // PARTITIONS] * PARTITIONS, chunksize=1)
    return told(parts, min(cores, PARTITIONS))


def told(parts: list[dict[str, float]], cores: int) -> dict[str, Any]:
    """The figures of all partitions; `year_s` where so many cores fold them side by side, `cores_for_bar` for the bar."""
    orders, acts = (round(sum(each[name] for each in parts)) for name in ("orders", "acts"))
    took = sum(each["cpu_s"] for each in parts)
    year = took / orders * YEAR
    return {
        "orders": orders,
        "acts": acts,
        "outputs": round(sum(each["outputs"] for each in parts)),
        "us_per_act": round(1e6 * took / acts, 1),
        "processes": cores,
        "acts_per_s": round(cores * acts / took),
        "year_orders": YEAR,
        "year_s": round(year / cores),
        "bar_s": BAR,
        "cores_for_bar": round(year / BAR),
        "peak_mb": round(max(each["peak_mb"] for each in parts)),
    }


def partition(count: int) -> dict[str, float]:
    """So many whole lives in one partition: acts, outputs, seconds of processor time; AssertionError where one is refused."""
    fold = Orders(order_rules(PLACE), "bench.events.orders", 0)
    took, outputs = 0.0, 0
    for batch in batches(0, lives(count)):
        began = time.process_time()
        out = fold.run(batch)
        took += time.process_time() - began
        outputs += len(out)
        check(out)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"orders": count, "acts": count * (len(LIFE) + 1), "outputs": outputs, "cpu_s": took, "peak_mb": peak}


def lives(count: int) -> Iterator[KeyValue]:
    """Orders as they come, a tick before each, and the acts on those that came before when their time has come."""
    acts = [(verb, role, outcome, unit, -(-after // APART)) for verb, role, outcome, unit, after in LIFE]
    for step in range(count + max(lag for *_, lag in acts) + 1):
        now = BEGIN + step * APART
        yield ticked(now)
        if step < count:
            yield issued(step, now)
        for verb, role, outcome, unit, lag in acts:
            if 0 <= (n := step - lag) < count:
                yield done(n, verb, role, outcome, unit, now)
