"""One assigned partition: its stage, its outputs, its checkpoints. Order is everything: publish, await, then remember.

What makes a crash at any moment harmless, and what each part of it rests on, is in `docs/develop/worker.md`.
"""

import asyncio
from collections.abc import Callable, Sequence
from time import perf_counter, time

from agents.core.stage import Stage
from agents.worker.checkpoint import Checkpoint
from agents.worker.observe.metrics import PartitionMetrics
from agents.worker.publish import Sign, publish, unsigned
from agents.worker.seal import Sealer, sealed_items
from agents.worker.transport.connection import Item, Written
from agents.worker.transport.fetch import Record
from agents.worker.transport.output_queue import OutputQueue
from streams.messages import Seal
from streams.outputs import Output

HOLD = 0.005
"""For how long (s) judging may hold the loop in one piece, as near as that is known; a choice."""

FIRST, SMALLEST, MOST = 64, 16, 256
"""How many records are judged in one piece at first, at least, and at most: what comes next may be ten times as dear."""


class Partition:
    """The stage of one partition and what of it is safe. `check` raises where nothing of what was judged must leave.

    `safe`: the next offset that no finished checkpoint covers. `saved`: when all that was judged by then was last known to be
    in a finished checkpoint (seconds since 1970, wall clock).
    """

    def __init__(
        self,
        stage: Stage,
        checkpoint: Checkpoint,
        outputs: OutputQueue,
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
        self._torn = self._unwritten = False
        self._pending: list[Written] = []
        self._part = FIRST

    @property
    def whole(self) -> bool:
        """Whether the next save holds all that changed since the newest checkpoint: nothing was given up half-way."""
        return not (self._torn or self._unwritten)

    async def judge(self, records: Sequence[Record]) -> None:
        """Judge a batch of records and send its outputs on their way; after an error nothing is ever saved.

        A part at a time, each about HOLD long and of at most MOST records: between two of them others have the loop.
        """
        made: list[Output] = []
        begin, judged = 0, 0.0
        while begin < len(records):
            part = records[begin : begin + self._part]
            begin += len(part)
            outputs, took = await self._judge(part)
            made += outputs
            judged += took
            self._part = max(SMALLEST, min(MOST, 2 * self._part, int(len(part) * HOLD / max(took, 1e-6))))
            if begin < len(records):
                await asyncio.sleep(0)
        self.metrics.judged(len(records), made, judged)

    async def _judge(self, records: Sequence[Record]) -> tuple[Sequence[Output], float]:
        """Judge records in one piece and queue the outputs; these, and for how long that held the loop (s)."""
        async with self._judging:
            self._torn, began = True, perf_counter()
            outputs = self.stage.run(records)
            self._check(self.stage)
            took = perf_counter() - began
            if outputs:
                self._pending += await publish(self._outputs, self.stage, outputs, self._sign)
                self._sealer.took(outputs)
            self._torn = False
        await self._outputs.room()
        return outputs, took

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
                self._unwritten = True
                pending, self._pending = self._pending, []
                items = self.stage.snapshot()
                seals = self._sealer.seals()
                if seals:
                    items.insert(0, self._sealer.kept())
            began = perf_counter()
            await asyncio.gather(*pending)
            await self._checkpoint.write(items, await self._signed(seals))
            self._unwritten = False
            self.safe, self.saved = position, at
            self.metrics.saved(items, perf_counter() - began)

    async def _signed(self, seals: list[Seal]) -> list[Item]:
        """The records of seals. In a thread: a signer outside may take its time."""
        signer = self._sealer.signer
        return await asyncio.to_thread(sealed_items, seals, signer) if seals and signer else []

    async def close(self) -> None:
        """Let go of the partition."""
        await self._checkpoint.close()
