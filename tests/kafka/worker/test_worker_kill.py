"""SIGKILL in mid-stream: nothing lost, nothing judged differently. What takes minutes stands in tests/chaos."""

import random
import time

import pytest

from streams.settings import Settings
from streams.topics import events_topic, topic_name
from tests.support.kafka.stream import ENDLESS, judged, same_as_pure, streaming
from tests.support.workers import (
    DOMAIN,
    Worker,
    city,
    committed,
    ends,
    produce,
    wait_for,
)

PATIENCE = 300.0
"""Seconds: on a busy machine much comes while no worker is there."""
RATE = 500.0
"""Events a second: some outputs come before each kill, and the other tests have a core too."""


def _written(settings: Settings, log: str) -> int:
    return sum(sum(ends(settings, topic_name(log, topic)).values()) for topic in ("alerts", "audit", "quality"))


@pytest.mark.timeout(900)
@pytest.mark.parametrize("kills", [3, pytest.param(6, marks=pytest.mark.chaos)])
def test_sigkills_in_mid_stream_change_nothing(broker: Settings, log: str, kills: int) -> None:
    """Killed so often while events come: all outputs are byte for byte those of one fold over the same log without a break.

    A kill is in mid-stream when outputs were written before it and more come after it; the commits reach the end.
    """
    chance = random.Random(20260601)
    progress = []
    with streaming(broker, log, city(broker.partitions, stations=40, hours=ENDLESS, seed=11), RATE):
        for _ in range(kills):
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
        wait_for(lambda: committed(broker, log) == end, "all events to be judged", PATIENCE)
        assert worker.stop() == 0
    assert sorted(set(progress)) == progress, f"a kill was not in mid-stream: {progress}"
    assert progress[0] > 0
    assert progress[-1] < _written(broker, log)
    same_as_pure(broker, log)


@pytest.mark.alone
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
        wait_for(lambda: judged(broker, log) == end, "the other worker to judge all events", seconds=20)
        assert time.monotonic() - killed < 12, "ten seconds, and a heartbeat or two, which say how far it has come"
        assert second.stop() == 0
    same_as_pure(broker, log)
