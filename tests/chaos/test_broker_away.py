"""The broker dies, stops or freezes while a worker is in mid-stream."""

import os
import random
import signal
import time
from collections.abc import Callable

import pytest

from streams.kafka import broker as embedded
from streams.kafka.admin import create_topics
from streams.settings import Settings
from tests.chaos.stream import Supervisor, all_judged, judged, stream, within_one_checkpoint
from tests.support.kafka.stream import same_as_pure
from tests.support.workers import wait_for

LOG = "away"
MINUTE = 60


def _pid(settings: Settings) -> int:
    life = embedded.alive(settings)
    assert life is not None
    return life.pid


def _killed(settings: Settings) -> None:
    os.kill(_pid(settings), signal.SIGKILL)
    wait_for(lambda: embedded.alive(settings) is None, "the broker to be gone")
    embedded.start(settings)


def _stopped(settings: Settings) -> None:
    embedded.stop(settings)
    time.sleep(MINUTE)
    embedded.start(settings)


def _frozen(settings: Settings) -> None:
    broker = _pid(settings)
    os.kill(broker, signal.SIGSTOP)
    time.sleep(MINUTE)
    os.kill(broker, signal.SIGCONT)


@pytest.mark.parametrize(("trouble", "times"), [(_killed, 5), (_stopped, 1), (_frozen, 1)], ids=["killed", "stopped", "frozen"])
def test_a_worker_outlives_its_broker(own: Settings, trouble: Callable[[Settings], None], times: int) -> None:
    """The broker is killed and restarted five times, stopped for a minute, frozen for a minute: the same outputs."""
    chance = random.Random(times)
    embedded.start(own)
    create_topics(own, LOG)
    with Supervisor(own, LOG) as kept:
        kept.ready()
        with stream(own, LOG, seed=times):
            for _ in range(times):
                before = judged(own, LOG)
                wait_for(lambda before=before: judged(own, LOG) > before + 1_000, "the worker to be in mid-stream")
                time.sleep(chance.uniform(0, 2))
                trouble(own)
                before = judged(own, LOG)
                wait_for(lambda before=before: judged(own, LOG) > before, "the worker to go on")
        all_judged(own, LOG)
        assert kept.stop() == 0
        assert kept.ended == []
    within_one_checkpoint(own, LOG)
    same_as_pure(own, LOG)
