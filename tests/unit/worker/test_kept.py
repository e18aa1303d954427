"""Which partitions a worker goes on with after a rebalance without reading their state back."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from typing import cast

import pytest
from faust.types import TP

from agents.core.alerts.fold import Fold
from agents.worker.checkpoint import Checkpoint
from agents.worker.kept import NO_GENERATION, HeldOver
from agents.worker.observe.health import Health
from agents.worker.observe.metrics import Metrics, PartitionMetrics
from agents.worker.partition import Partition
from agents.worker.seal import Sealer
from agents.worker.transport.connection import producer
from agents.worker.transport.output_queue import OutputQueue
from streams.signing.machine.part import Part
from tests.support import events
from tests.support.books import the_book

TOPIC = "kept.events.environment"
NOBODY = {"bootstrap_servers": ["127.0.0.1:1"]}
"""Kafka's address: nothing is written, so that it is never asked."""

A, B, C = (TP("live.events.environment", number) for number in range(3))


@dataclass
class Looked:
    """What `HeldOver` looks at of a partition."""

    whole: bool = True


def partition(*, whole: bool = True) -> Partition:
    """What stands for a partition."""
    return cast("Partition", Looked(whole))


def test_what_is_ours_in_two_generations_in_a_row_stays() -> None:
    """A and B are held in generation 4; in 5 B and C are: B stays as it was, A is let go, and nothing is kept any more."""
    a, b, kept = partition(), partition(), HeldOver()
    assert kept.put({A: a, B: b}, 4) == []
    assert kept.again({B, C}, 5) == ({B: b}, [a])
    assert kept.again({B, C}, 6) == ({}, [])


@pytest.mark.parametrize("generation", [3, 4, 6, 7])
def test_nothing_stays_over_a_generation_that_was_missed(generation: int) -> None:
    """Held in generation 4 and again in any but 5: others may have had it between, so it is let go."""
    a, kept = partition(), HeldOver()
    kept.put({A: a}, 4)
    assert kept.again({A}, generation) == ({}, [a])


def test_who_may_have_been_replaced_within_a_generation_keeps_nothing() -> None:
    """A worker with a name of its own says no generation: nothing of it is proof."""
    held, one = HeldOver(), partition()
    held.put({A: one}, NO_GENERATION)
    assert held.again([A], NO_GENERATION) == ({}, [one])


def test_what_is_not_whole_does_not_stay() -> None:
    """A save of B was given up half-way, which took the marks of what had changed: B is read back."""
    a, b, kept = partition(), partition(whole=False), HeldOver()
    assert kept.put({A: a, B: b}, 4) == [b]
    assert kept.again({A, B}, 5) == ({A: a}, [])


def test_who_is_put_a_second_time_replaces_the_first() -> None:
    """Generation 5 was held and 6 begins before anybody asked for what was kept of 4: that is let go."""
    a, b, kept = partition(), partition(), HeldOver()
    kept.put({A: a}, 4)
    assert kept.put({B: b}, 5) == [a]
    assert kept.again({A, B}, 6) == ({B: b}, [])


async def _given_up() -> tuple[bool, bool, bool]:
    """Whether a partition is whole once it has judged, while its save waits for its outputs, and after that was given up."""
    stage = Fold(the_book(), TOPIC, 0)
    metrics = PartitionMetrics(Metrics(Health()), TOPIC, 0)
    judged = Partition(
        stage, Checkpoint(NOBODY, TOPIC, 0), OutputQueue(producer(NOBODY)), metrics, lambda _: None, Sealer(Part(), stage)
    )
    await judged.judge([(0, b"air.410100.001", events.registered("air.410100.001"))])
    judged._pending = [asyncio.get_running_loop().create_future()]
    before = judged.whole
    saving = asyncio.ensure_future(judged.save())
    await asyncio.sleep(0)  # it has taken its snapshot by now, and waits
    assert judged._pending == []
    during = judged.whole
    saving.cancel()
    with suppress(asyncio.CancelledError):
        await saving
    return before, during, judged.whole


def test_a_partition_whose_save_is_given_up_is_not_whole() -> None:
    """The snapshot has taken the marks of what changed and is written nowhere: no later one would hold these changes."""
    assert asyncio.run(_given_up()) == (True, False, False)
