"""One assigned partition: its stage, its outputs, its checkpoints. Order is everything: publish, await, then remember."""

import asyncio
from collections.abc import Callable, Sequence
from time import perf_counter, time

from aiokafka import AIOKafkaProducer

from agents.core.stage import Stage
from agents.worker.checkpoint import Checkpoint
from agents.worker.observe.metrics import PartitionMetrics
from agents.worker.publish import Sign, publish, unsigned
from agents.worker.seal import Sealer, sealed_items
from agents.worker.transport.connection import Item, Written
from agents.worker.transport.fetch import Record
from streams.messages import Seal

HOLD = 0.05
"""For how long (s) judging may hold the loop in one piece; a choice: 28 partitions that catch up take turns of 1.4 s."""

FIRST, SMALLEST = 500, 16
"""How many records are judged in one piece at first, and at least."""


class Partition:
    """The stage of one partition and what of it is safe. `check` raises where nothing of what was judged must leave.

    `safe`: the next offset that no finished checkpoint covers. `saved`: when all that was judged by then was last known to be
    in a finished checkpoint (seconds since 1970, wall clock).
    """

    def __init__(
        self,
        stage: Stage,
        checkpoint: Checkpoint,
        outputs: AIOKafkaProducer,
        metrics: PartitionMetrics,
        check: Callable[[Stage], None],
        sealer: Sealer,
        sign: Sign = unsigned,
    ) -> None:
        self.stage = stage
        self.metrics = metrics
        self.safe = stage.position
        self.saved = time()
        self._checkpoint = checkpoint
        self._outputs = outputs
        self._check = check
        self._sealer = sealer
        self._sign = sign
        self._judging = asyncio.Lock()
        self._saving = asyncio.Lock()
        self._torn = False
        self._pending: list[Written] = []
        self._part = FIRST

    async def judge(self, records: Sequence[Record]) -> None:
        """Judge a batch of records and send its outputs on their way; after an error nothing is ever saved.

        A part at a time, each about HOLD long, so that other partitions' checkpoints are not held up by what is dear to judge.
        """
        begin = 0
        while begin < len(records):
            part = records[begin : begin + self._part]
            begin += len(part)
            took = await self._judge(part)
            self._part = max(SMALLEST, min(2 * self._part, int(len(part) * HOLD / max(took, 1e-6))))
            if begin < len(records):
                await asyncio.sleep(0)

    async def _judge(self, records: Sequence[Record]) -> float:
        """Judge records in one piece; how long it took (s)."""
        async with self._judging:
            self._torn, began = True, perf_counter()
            outputs = self.stage.run(records)
            self._check(self.stage)
            if outputs:
                self._pending += await publish(self._outputs, self.stage, outputs, self._sign)
                self._sealer.took(outputs)
            self._torn = False
            took = perf_counter() - began
            self.metrics.judged(len(records), outputs, took)
            return took

    async def save(self) -> None:
        """Write a checkpoint if there is anything new, once Kafka has every output of the state that it holds.

        Judging waits while the state is put into bytes; it goes on while the outputs and the checkpoint are written.
        """
        async with self._saving:
            async with self._judging:
                position, at = self.stage.position, time()
                if self._torn:
                    return
                if position == self.safe:
                    self.saved = at
                    return
                pending, self._pending = self._pending, []
                items = self.stage.snapshot()
                seals = self._sealer.seals()
                if seals:
                    items.insert(0, self._sealer.kept())
            began = perf_counter()
            await asyncio.gather(*pending)
            await self._checkpoint.write(items, await self._signed(seals))
            self.safe, self.saved = position, at
            self.metrics.saved(items, perf_counter() - began)

    async def _signed(self, seals: list[Seal]) -> list[Item]:
        """The records of seals. In a thread: a signer outside may take its time."""
        signer = self._sealer.signer
        return await asyncio.to_thread(sealed_items, seals, signer) if seals and signer else []

    async def close(self) -> None:
        """Let go of the partition."""
        await self._checkpoint.close()
