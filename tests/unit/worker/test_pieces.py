"""How a batch is cut: no piece of judging is longer than so many records, and others have the loop between two."""

import asyncio
from collections.abc import Iterable
from itertools import pairwise

from agents.core.alerts.decide import Output
from agents.core.alerts.fold import Fold
from agents.worker.checkpoint import Checkpoint
from agents.worker.observe.health import Health
from agents.worker.observe.metrics import Metrics, PartitionMetrics
from agents.worker.partition import FIRST, MOST, SMALLEST, Partition
from agents.worker.seal import Sealer
from agents.worker.transport.connection import producer
from agents.worker.transport.output_queue import OutputQueue
from streams.signing.machine.part import Part
from tests.support import events
from tests.support.books import the_book

TOPIC = "pieces.events.environment"
NOBODY = {"bootstrap_servers": ["127.0.0.1:1"]}
"""Kafka's address: registrations give no output, so that it is never asked."""


class PieceFold(Fold):
    """A fold that counts the records of each call, and notes how often another task had had the loop by then."""

    def __init__(self) -> None:
        super().__init__(the_book(), TOPIC, 0)
        self.pieces: list[int] = []
        self.turns: list[int] = []
        self.others = 0

    def run(self, records: Iterable[tuple[int, bytes | None, bytes | None]]) -> list[Output]:
        """As it is, and counted."""
        taken = list(records)
        self.pieces.append(len(taken))
        self.turns.append(self.others)
        return super().run(taken)


async def _judged(count: int) -> PieceFold:
    stage = PieceFold()
    names = [f"air.410100.{number:05}" for number in range(count)]
    partition = Partition(
        stage,
        Checkpoint(NOBODY, TOPIC, 0),
        OutputQueue(producer(NOBODY)),
        PartitionMetrics(Metrics(Health()), TOPIC, 0),
        lambda _: None,
        Sealer(Part(), stage),
    )
    ended = False

    async def other() -> None:
        while not ended:
            stage.others += 1
            await asyncio.sleep(0)

    beside = asyncio.ensure_future(other())
    await partition.judge([(offset, name.encode(), events.registered(name)) for offset, name in enumerate(names)])
    ended = True
    await beside
    return stage


def test_no_piece_is_longer_than_its_bound_and_others_come_between() -> None:
    """Of 3,000 records every call has at most MOST, the first FIRST; another task runs between any two calls."""
    stage = asyncio.run(_judged(3_000))
    assert stage.position == sum(stage.pieces) == 3_000
    assert stage.pieces[0] == FIRST <= MOST
    assert max(stage.pieces) <= MOST
    assert min(stage.pieces[:-1]) >= SMALLEST
    assert all(before < after for before, after in pairwise(stage.turns))
