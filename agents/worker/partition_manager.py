"""Keeps the partitions that this worker has: takes them up with their state, judges their batches, saves and lets go."""

import asyncio
import gc
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from itertools import count
from time import monotonic
from typing import Any

from aiokafka.errors import KafkaError
from faust.types import TP
from msgspec.structs import replace

from agents.stages import Basis
from agents.worker.books import Books, judge_in_parts
from agents.worker.fail_fast import fail_fast
from agents.worker.kept import HeldOver
from agents.worker.law import LawTeller
from agents.worker.observe.health import Health
from agents.worker.observe.heartbeat import HeartbeatSender
from agents.worker.observe.logs import OWN, about
from agents.worker.observe.metrics import Metrics
from agents.worker.partition import Partition
from agents.worker.recovery import Recoverer, check_end, growing
from agents.worker.transport.connection import producer, send
from agents.worker.transport.fetch import Ends, Record
from agents.worker.transport.output_queue import OutputQueue
from streams.signing.machine.part import Part
from streams.signing.verify import remembering
from streams.topics import topic_name

log = logging.getLogger(__name__)
told = logging.getLogger(OWN)

PULSE = 1.0
"""Seconds between two pulses of a partition."""

HELD = 3
"""Pulses for which an open transaction may hold a partition back until that is said; those of a good writer take less."""

SAVE = 5
"""Pulses from one checkpoint of a partition to the next; what was judged since is judged again after a crash.

A choice: each second, twenty partitions are twenty transactions a second, which took a fifth of the worker's time at 5,000
events/s.
"""


class PartitionManager:
    """All assigned partitions, of whatever stages, judged by `basis` and by the rule books that the log adopts.

    `ends_of` says how far a partition's log goes beyond a position as the consumer knows it, or None; `begin_of` asks where the
    log begins now; `commit` commits what `safe` says of one.
    `health` and `metrics` are told of all that happens to them. `part`: the worker's own, with the id of the log that it was
    started for.
    """

    def __init__(
        self,
        kafka: Mapping[str, Any],
        basis: Basis,
        ends_of: Callable[[TP, int], Ends | None],
        begin_of: Callable[[TP], Awaitable[int]],
        commit: Callable[[TP], Awaitable[object]],
        health: Health,
        metrics: Metrics,
        part: Part,
    ) -> None:
        self._ends_of = ends_of
        self._begin_of = begin_of
        self._commit = commit
        self._health = health
        self._metrics = metrics
        self._outputs = producer(kafka)
        self._queue = OutputQueue(self._outputs)
        self._books = Books(kafka, self._outputs)
        self._basis = replace(basis, books=self._books, verify=remembering(basis.verify))
        self._recovery = Recoverer(kafka, self._basis, self._books, self._queue, health, metrics, part)
        self._law = LawTeller(basis, self._books, self._outputs)
        self._partitions: dict[TP, Partition] = {}
        self._generation = 0
        self._holding = False
        self._kept = HeldOver()
        self._tasks: list[asyncio.Future[None]] = []
        self._changing = asyncio.Lock()

    async def open(self) -> None:
        """Connect to Kafka."""
        await self._outputs.start()

    @fail_fast
    async def take(self, ends: Mapping[TP, int], generation: int) -> None:
        """Go on with partitions, given with their ends, in a generation of the group.

        Where the state is not here any more: fence whoever had them, read their checkpoints, go on from there.
        """
        async with self._changing:
            await self._release()
            began = monotonic()
            self._health.recovering(ends)
            held, gone = self._kept.again(ends, generation)
            await self._let_go(gone)
            for tp, partition in held.items():
                check_end(partition.stage, ends[tp])
            with growing():
                recovered = await self._recovery.recovered({tp: end for tp, end in ends.items() if tp not in held})
                self._partitions, self._generation, self._holding = held | recovered, generation, True
                await self._law.tell_all([partition.stage for partition in self._partitions.values()])
            self._health.recovered()
            self._metrics.recovery_seconds.set(monotonic() - began)
            self._metrics.taken.labels("kept").inc(len(held))
            self._metrics.taken.labels("read back").inc(len(recovered))
            apart = PULSE * SAVE / max(1, len(self._partitions))  # one after the other: all at once would hold up judging
            self._tasks = [
                asyncio.ensure_future(self._keep(tp, partition, number * apart))
                for number, (tp, partition) in enumerate(self._partitions.items())
            ]

    @fail_fast
    async def judge(self, tp: TP, records: Sequence[Record]) -> None:
        """Judge a batch; a batch of a partition that is not held any more is left to its new owner."""
        with about(tp.topic, tp.partition, records[0][0]):
            if partition := self._partitions.get(tp):
                stage = partition.stage
                if 0 < stage.position < records[0][0] and await self._begin_of(tp) > stage.position:
                    log.warning("%s: events before offset %d were gone before they were judged", tp.topic, records[0][0])
                before, notices = stage.adopted, stage.notices
                await judge_in_parts(stage, records, partition.judge, self._books.want)
                if stage.adopted != before:
                    self._recovery.tell(stage)
                if (stage.adopted, stage.notices) != (before, notices):
                    await self._law.tell(stage, before, notices)

    def safe(self, tp: TP) -> int | None:
        """The next offset of a held partition that no finished checkpoint covers."""
        partition = self._partitions.get(tp)
        return partition.safe if partition else None

    async def save(self) -> None:
        """Write all checkpoints now."""
        await asyncio.gather(*(self._save(tp, partition) for tp, partition in self._partitions.items()))

    @fail_fast
    async def release(self) -> None:
        """Judge no partition until the next `take`, which says what of them goes on here."""
        async with self._changing:
            await self._release()

    @fail_fast
    async def close(self) -> None:
        """Forget all partitions and leave Kafka; what was not saved is judged again by whoever has them next."""
        async with self._changing:
            await self._release()
            _, gone = self._kept.again((), self._generation)
            await self._let_go(gone)
        await self._queue.close()

    async def _release(self) -> None:
        if not self._holding:
            return
        self._holding = False
        self._health.dropped()
        self._metrics.dropped()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        partitions, self._partitions, self._tasks = self._partitions, {}, []
        await self._let_go(self._kept.put(partitions, self._generation))

    async def _let_go(self, partitions: Sequence[Partition]) -> None:
        """Forget partitions, and look for their garbage again."""
        if partitions:
            gc.unfreeze()
            await asyncio.gather(*(partition.close() for partition in partitions))

    @fail_fast
    async def _keep(self, tp: TP, partition: Partition, wait: float) -> None:
        heartbeats = HeartbeatSender(partition.stage)
        topic = topic_name(partition.stage.log, "status")
        await self._commit(tp)  # the worker before may have ended between its checkpoint and the commit of it
        await asyncio.sleep(wait % PULSE)
        waited = 0
        for second in count(int(wait)):
            await asyncio.sleep(PULSE)
            if second % SAVE == SAVE - 1:
                await self._save(tp, partition)
                await self._commit(tp)  # before the next checkpoint begins, so that commits stay within one of what is done
            ends = self._ends_of(tp, partition.stage.position) or Ends()
            waited = waited + 1 if ends.held else 0
            if waited >= HELD:
                place = {"topic": tp.topic, "partition": tp.partition, "offset": partition.stage.position}
                log.warning(
                    "an open transaction holds back %d offsets: judging goes on once it has ended, which Kafka sees to "
                    "(transaction.max.timeout.ms)",
                    ends.held,
                    extra=place,
                )
            heartbeat = heartbeats.heartbeat(ends.lag, partition.saved)
            partition.metrics.told(heartbeat, partition.stage.now, partition.saved, ends.held)
            try:
                await send(self._outputs, topic, tp.partition, heartbeats.tell(heartbeat, len(self._partitions)))
            except KafkaError as error:
                log.warning("status not written: %s", error, extra={"topic": tp.topic, "partition": tp.partition})

    @fail_fast
    async def _save(self, tp: TP, partition: Partition) -> None:
        with about(tp.topic, tp.partition, partition.safe):
            await partition.save()
