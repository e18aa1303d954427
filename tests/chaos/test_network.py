"""A network that stalls and breaks between the worker and the broker."""

import random
import time

import pytest

from streams.settings import Settings
from tests.chaos.proxy import Proxy
from tests.chaos.stream import Supervisor, all_judged, judged, stream, within_one_checkpoint
from tests.support.kafka.stream import same_as_pure
from tests.support.workers import wait_for


@pytest.mark.parametrize("seconds", [5, 15])
def test_a_stalled_network_changes_nothing(broker: Settings, far: Settings, proxy: Proxy, log: str, seconds: int) -> None:
    """Nothing passes between worker and broker for less and for more than a session: the same outputs, without a restart."""
    with Supervisor(far, log) as kept:
        kept.ready()
        with stream(broker, log, seed=seconds):
            for _ in range(2):
                before = judged(broker, log)
                wait_for(lambda before=before: judged(broker, log) > before + 2_000, "the worker to be in mid-stream")
                proxy.stall(seconds)
        all_judged(broker, log)
        assert kept.stop() == 0
        assert kept.ended == []
    within_one_checkpoint(broker, log)
    same_as_pure(broker, log)


def test_reset_connections_change_nothing(broker: Settings, far: Settings, proxy: Proxy, log: str) -> None:
    """All connections are reset ten times at random moments: the same outputs, without a restart."""
    chance = random.Random(17)
    with Supervisor(far, log) as kept:
        kept.ready()
        with stream(broker, log, seed=17):
            for _ in range(10):
                before = judged(broker, log)
                wait_for(lambda before=before: judged(broker, log) > before, "the worker to be in mid-stream")
                time.sleep(chance.uniform(0.0, 2.0))
                assert proxy.reset() > 0
        all_judged(broker, log)
        assert kept.stop() == 0
        assert kept.ended == []
    within_one_checkpoint(broker, log)
    same_as_pure(broker, log)
