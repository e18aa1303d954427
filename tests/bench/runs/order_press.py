"""From the press to the receiver's screen: one order after the other to one body, then one order to many bodies at once.

A real broker, a worker with its clock, and a screen with accounts, all on one machine; the press and the receivers' pages are
websocket and HTTP clients that send and ask what the pages do, signed in. The time runs from before the press is sent until
the line stands in the answer to the receiver's list of its unit's own lines; a browser's next frame is not in it.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

from streams.kafka.admin import create_topics
from streams.settings import Settings
from tests.bench import logs
from tests.bench.order_people import SENDER, OrderVisitor, Receiver, accounts, body_name, city
from tests.bench.runs.wall import clock
from tests.bench.sizes import Sizes
from tests.support.browser.screens import running_screen
from tests.support.workers import Worker

LOG = "press"
BAR = 1.0
"""Seconds within which a press is on the receivers' screens."""

UNCOUNTED = 5
"""Presses before those that count."""

APART = 0.4
"""Seconds between two presses at least; the list's answers are told a tenth apart."""

WAVES = 5
"""Presses to many, of which the longest and the median are told."""

PATIENCE = 60.0


def order_press(settings: Settings, sizes: Sizes) -> dict[str, Any]:
    """Milliseconds from a press to its one receiver's list, and from one to many until the last of them has it."""
    bodies = [body_name(n) for n in range(1, sizes.receivers + 1)]
    watched = list(dict.fromkeys((bodies[0], bodies[len(bodies) // 2], bodies[-1])))
    create_topics(settings, LOG)
    with _people(settings, len(bodies), watched) as (sender, receivers):
        single = [_delay(sender, receivers[:1], bodies[:1], n) for n in range(sizes.presses + UNCOUNTED)][UNCOUNTED:]
        many = [_delay(sender, receivers, bodies, n) for n in range(WAVES + 1)][1:]
    logs.remove(settings, LOG)
    return told(single, many, len(bodies), len(watched))


def told(single: Sequence[float], many: Sequence[float], bodies: int, watched: int) -> dict[str, Any]:
    """The figures of these delays (s), with the bar of both."""
    return {
        "bar_ms": round(1e3 * BAR),
        "single": {
            "presses": len(single),
            "p50_ms": round(1e3 * median(single)),
            "p95_ms": round(1e3 * quantiles(single, n=20)[18]),
            "max_ms": round(1e3 * max(single)),
        },
        "many": {
            "receivers": bodies,
            "watched": watched,
            "presses": len(many),
            "p50_ms": round(1e3 * median(many)),
            "max_ms": round(1e3 * max(many)),
        },
    }


def _delay(sender: OrderVisitor, receivers: Sequence[Receiver], bodies: Sequence[str], n: int) -> float:
    """Seconds from a press until the last of these receivers has it in its list."""
    time.sleep(APART + n % 10 * 0.03)  # at another moment of the worker's and the screen's own beats each time
    order = uuid4().hex
    began = time.monotonic()
    sender.issue(order, bodies)
    return max(each.wait(order, PATIENCE) for each in receivers) - began


@contextmanager
def _people(settings: Settings, bodies: int, watched: Sequence[str]) -> Iterator[tuple[OrderVisitor, list[Receiver]]]:
    """Who sends, and a receiver of each body that is watched, while worker, clock and screen run."""
    with TemporaryDirectory() as folder, city(bodies) as root:
        people = Path(folder) / "people.json"
        accounts(people, watched)
        with (
            Worker(settings, LOG, root=root) as worker,
            clock(settings, LOG),
            running_screen(settings, LOG, root=root, ONESCREEN_PEOPLE=str(people)) as address,
        ):
            worker.ready()
            sender = OrderVisitor(address, SENDER)
            receivers = [Receiver(OrderVisitor(address, body)) for body in watched]
            for each in receivers:
                each.start()
            try:
                yield sender, receivers
            finally:
                for each in receivers:
                    each.close()
            worker.stop()
