"""Keeps the partitions that this worker has: takes them up with their state, judges their batches, saves and lets go."""

import asyncio
import gc
import logging
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import count
from time import monotonic
from typing import Any

import msgspec
from aiokafka.errors import KafkaError
from faust.types import TP
from msgspec.structs import replace

from agents.core.position import CheckpointError, position_of, unreadable
from agents.core.rules.book import BookError
from agents.core.stage import Stage
from agents.stages import Basis, kind_of, stage_of
from agents.worker.books import Books, judge_in_parts
from agents.worker.checkpoint import Checkpoint, checkpoint_topic, read_back
from agents.worker.fail_fast import fail_fast
from agents.worker.law import LawTeller
from agents.worker.observe.health import Health
from agents.worker.observe.heartbeat import HeartbeatSender
from agents.worker.observe.logs import OWN, about
from agents.worker.observe.metrics import Metrics, PartitionMetrics
from agents.worker.partition import Partition
from agents.worker.seal import SEALED, Sealer
from agents.worker.transport.connection import producer, send
from agents.worker.transport.fetch import Ends, Record
from agents.worker.transport.output_queue import OutputQueue
from streams.command import Trouble
from streams.signing.machine.part import Part
from streams.signing.trust import pin_fault
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
        self._kafka = kafka
        self._ends_of = ends_of
        self._begin_of = begin_of
        self._commit = commit
        self._health = health
        self._metrics = metrics
        self._part = part
        self._outputs = producer(kafka)
        self._queue = OutputQueue(self._outputs)
        self._books = Books(kafka, self._outputs)
        self._basis = replace(basis, books=self._books, verify=remembering(basis.verify))
        self._law = LawTeller(basis, self._books, self._outputs)
        self._partitions: dict[TP, Partition] = {}
        self._tasks: list[asyncio.Future[None]] = []
        self._changing = asyncio.Lock()

    async def open(self) -> None:
        """Connect to Kafka."""
        await self._outputs.start()

    @fail_fast
    async def take(self, ends: Mapping[TP, int]) -> None:
        """Take up partitions, given with their ends: fence whoever had them, read their checkpoints, go on from there."""
        async with self._changing:
            await self._drop()
            began = monotonic()
            self._health.recovering(ends)
            checkpoints = {tp: Checkpoint(self._kafka, tp.topic, tp.partition) for tp in ends}
            await asyncio.gather(*(checkpoint.open() for checkpoint in checkpoints.values()))
            events = {(checkpoint_topic(tp.topic), tp.partition): tp for tp in ends}
            with _growing():
                held = await read_back(
                    self._kafka,
                    events,
                    lambda place, read, end: self._health.read(events[place], read, end),
                    legible=lambda place, key, value: key == SEALED or kind_of(events[place].topic).legible(key, value),
                )
                for tp, checkpoint in checkpoints.items():
                    items = held.pop((checkpoint.topic, tp.partition))
                    sealed = items.pop(SEALED, None)
                    stage = await self._restored(tp, items)
                    _check_end(stage, ends[tp])
                    check = partial(check_log, self._part.logid, ends[tp])
                    check(stage)
                    metrics = PartitionMetrics(self._metrics, tp.topic, tp.partition)
                    sealer = await self._sealer(stage, sealed)
                    self._partitions[tp] = Partition(stage, checkpoint, self._queue, metrics, check, sealer, self._part.value)
            await self._law.tell_all([partition.stage for partition in self._partitions.values()])
            self._health.recovered()
            self._metrics.recovery_seconds.set(monotonic() - began)
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
                    self._tell(stage)
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
    async def drop(self) -> None:
        """Forget all partitions; what was not saved is judged again by whoever has them next."""
        async with self._changing:
            await self._drop()

    async def close(self) -> None:
        """Forget all partitions and leave Kafka."""
        await self.drop()
        await self._queue.close()

    async def _restored(self, tp: TP, held: Mapping[bytes, bytes | None]) -> Stage:
        """A partition as its checkpoint has it, with the rule book that the log had adopted by then."""
        stage = self._made(tp)
        try:
            position = position_of(held, tp.topic, tp.partition)
        except CheckpointError as error:
            raise Trouble(str(error)) from None
        if position is not None and position.adopted is not None:
            await self._books.want(stage.log, [position.adopted])
        try:
            # In a thread: a million subjects take seconds, in which the loop must show that it does not hang.
            await asyncio.to_thread(stage.restore, held.items())
        except BookError as error:
            raise Trouble(
                f"{tp.topic} partition {tp.partition} goes on with a rule book that is not to be had: {error}. Start the "
                "version of this program that judged it, or adopt that book again"
            ) from None
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise Trouble(str(unreadable(tp.topic, tp.partition))) from error
        if stage.adopted is not None:
            self._tell(stage)
        return stage

    async def _sealer(self, stage: Stage, held: bytes | None) -> Sealer:
        """Who seals a partition; where its checkpoint has no chain of seals, it goes on behind the newest in the log."""
        sealer = Sealer(self._part, stage, held)
        if sealer.signer is not None and not sealer.begun:
            place = (topic_name(stage.log, "seals"), stage.partition)
            newest = (await read_back(self._kafka, [place], lambda *_: None))[place]
            if stored := newest.get(f"{stage.topic}/{stage.partition}".encode()):
                sealer.follow(stored)
        return sealer

    def _made(self, tp: TP) -> Stage:
        """The stage of a partition as it is at the beginning of its log."""
        stage = stage_of(self._basis, tp.topic, tp.partition)
        assert stage is not None  # noqa: S101 - what is committed has something for every stage
        return stage

    def _tell(self, stage: Stage) -> None:
        """Say by which book a partition is judged, where that is the log's word and not that of the files here."""
        adopted = (stage.adopted or "").partition(" ")[0]
        same = adopted == self._basis.book.hash
        own = "as in the files of this worker" if same else "not the one in the files of this worker"
        told.info("judging by rule book %s of the log, %s", adopted, own)

    async def _drop(self) -> None:
        gc.unfreeze()
        self._health.dropped()
        self._metrics.dropped()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        partitions, self._partitions, self._tasks = self._partitions, {}, []
        await asyncio.gather(*(partition.close() for partition in partitions.values()))

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


@contextmanager
def _growing() -> Iterator[None]:
    """Let state grow without looking for cyclic garbage in it, and leave it out of later looks: it lives long and has none.

    Of taking up 16,000 subjects those looks were 60 % of the time (36 µs of a subject, 14 without them).
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def check_log(pinned: str, end: int, stage: Stage) -> None:
    """Trouble where a partition is not of the log that this worker was started for, by its id; of any where none is `pinned`.

    `end`: where the partition ended when it was taken up: one that is not opened by then never was. Before that it may be, for
    a log may be opened on its way.
    """
    if (stage.trust.logid or stage.position >= end) and (fault := pin_fault(stage.trust, pinned)):
        raise Trouble(
            f"{stage.topic} partition {stage.partition}: {fault}. Nothing is judged: compare the id with the one that was "
            "published, and look who has written into the log"
        )


def _check_end(stage: Stage, end: int) -> None:
    if stage.position > end:
        raise Trouble(
            f"the checkpoint of {stage.topic} partition {stage.partition} is at offset {stage.position}, its log ends at "
            f"{end}: the topic was made anew. Remove all topics of log {stage.log} and create them again, or use another --log"
        )
