"""SIGKILL in mid-stream: nothing lost, nothing judged differently. What takes minutes stands in tests/chaos."""

import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import takewhile

from agents.rulebook.load import load_book
from streams.kafka import clients
from streams.messages import Heartbeat, Status, decode
from streams.settings import Settings
from streams.topics import events_topic, topic_name
from tests.support.workers import (
    DOMAIN,
    OF_A_CITY,
    Message,
    Worker,
    city,
    committed,
    ends,
    judged_purely,
    outputs,
    produce,
    wait_for,
)

KILLS = 6
RATE = 1_000.0
ENDLESS = 100_000


def _judged(settings: Settings, log: str) -> dict[int, int]:
    """How far each partition of DOMAIN is judged, by its newest pulse; the next offset."""
    told = (decode(value, Status) for value in clients.newest_values(settings, topic_name(log, "status")).values() if value)
    return {
        heartbeat.partition: heartbeat.offset
        for heartbeat in told
        if isinstance(heartbeat, Heartbeat) and heartbeat.domain == DOMAIN
    }


@contextmanager
def _stream(settings: Settings, log: str, messages: Iterator[Message]) -> Iterator[None]:
    """Events come at RATE as long as the body runs."""
    over = threading.Event()
    while_it_runs = takewhile(lambda _: not over.is_set(), messages)
    thread = threading.Thread(target=produce, args=(settings, log, while_it_runs, RATE))
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _written(settings: Settings, log: str) -> int:
    return sum(sum(ends(settings, topic_name(log, topic)).values()) for topic in ("alerts", "audit", "quality"))


def _same_as_pure(settings: Settings, log: str) -> None:
    expected = judged_purely(load_book(), settings, log)
    assert all(expected[name] for name in OF_A_CITY), "the city must give alerts, audit entries and quality records"
    assert outputs(settings, log) == expected


def test_six_sigkills_in_mid_stream_change_nothing(broker: Settings, log: str) -> None:
    """Killed six times while events come: all outputs are byte for byte those of one fold over the same log without a break.

    A kill is in mid-stream when outputs were written before it and more come after it; the commits reach the end.
    """
    chance = random.Random(20260601)
    progress = []
    with _stream(broker, log, city(broker.partitions, stations=40, hours=ENDLESS, seed=11)):
        for _ in range(KILLS):
            before = _written(broker, log)
            with Worker(broker, log, "--name", "killed") as worker:
                worker.ready()
                wait_for(lambda before=before: _written(broker, log) > before, "outputs before the kill")
                time.sleep(chance.uniform(0.0, 2.0))  # a moment like any other
                worker.kill()
            progress.append(_written(broker, log))
    end = ends(broker, events_topic(log, DOMAIN))
    with Worker(broker, log, "--name", "killed") as worker:
        worker.ready()
        wait_for(lambda: committed(broker, log) == end, "all events to be judged")
        assert worker.stop() == 0
    assert sorted(set(progress)) == progress, f"a kill was not in mid-stream: {progress}"
    assert progress[0] > 0
    assert progress[-1] < _written(broker, log)
    _same_as_pure(broker, log)


def test_a_killed_worker_is_replaced_within_ten_seconds(broker: Settings, log: str) -> None:
    """Another worker, which has no name in common with the killed one, takes its partitions over in ten seconds."""
    messages = list(city(broker.partitions, stations=8, hours=48, seed=5))
    with Worker(broker, log) as first, Worker(broker, log) as second:
        first.ready()
        second.ready()
        produce(broker, log, messages)
        first.kill()
        killed = time.monotonic()
        end = ends(broker, events_topic(log, DOMAIN))
        wait_for(lambda: _judged(broker, log) == end, "the other worker to judge all events", seconds=20)
        assert time.monotonic() - killed < 12, "ten seconds, and a heartbeat or two, which say how far it has come"
        assert second.stop() == 0
    _same_as_pure(broker, log)
