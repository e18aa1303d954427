"""Events that go on coming while a test disturbs their worker, and the proof that nothing of them is lost."""

import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import takewhile

from streams.kafka import clients
from streams.messages import Heartbeat, Status
from streams.settings import Settings
from streams.topics import events_topic, topic_name
from tests.support.books import the_book
from tests.support.workers import DOMAIN, OF_A_CITY, Message, committed, ends, judged_purely, outputs, produce

RATE = 1_000.0
"""Events a second of a stream that keeps both cores busy."""

ENDLESS = 100_000
"""Hours of a city that no test sees the end of."""


@contextmanager
def streaming(settings: Settings, log: str, messages: Iterable[Message], rate: float = RATE) -> Iterator[None]:
    """Events come at `rate` a second as long as the body runs; an error of the sender is an error of the test."""
    over = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        sent = pool.submit(produce, settings, log, takewhile(lambda _: not over.is_set(), messages), rate)
        try:
            yield
        finally:
            over.set()
        sent.result()


def judged(settings: Settings, log: str) -> dict[int, int]:
    """How far each partition of DOMAIN is judged, by its newest pulse: the next offset. Outputs may be on their way."""
    told: list[Status] = clients.newest_messages(settings, topic_name(log, "status"), Status, "test")  # type: ignore[arg-type]
    return {
        heartbeat.partition: heartbeat.offset
        for heartbeat in told
        if isinstance(heartbeat, Heartbeat) and heartbeat.domain == DOMAIN
    }


def all_judged(settings: Settings, log: str) -> bool:
    """Whether DOMAIN's events are judged to their end. A pulse comes each second, a commit behind a checkpoint each five."""
    return judged(settings, log) == ends(settings, events_topic(log, DOMAIN))


def all_committed(settings: Settings, log: str) -> bool:
    """Whether the workers have committed the end of DOMAIN's events."""
    return committed(settings, log) == ends(settings, events_topic(log, DOMAIN))


def same_as_pure(settings: Settings, log: str) -> None:
    """Alerts, audit entries and quality records equal, byte for byte, those of one fold over the same log without a break."""
    expected = judged_purely(the_book(), settings, log)
    assert all(expected[name] for name in OF_A_CITY), "the city must give alerts, audit entries and quality records"
    assert outputs(settings, log) == expected
