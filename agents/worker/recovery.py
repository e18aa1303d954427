"""From a checkpoint to a partition that is judged on: fence whoever had it, read its state, look whether it is the log's."""

import asyncio
import gc
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any

import msgspec
from faust.types import TP

from agents.core.position import CheckpointError, position_of, unreadable
from agents.core.rules.book import BookError
from agents.core.stage import Stage
from agents.stages import Basis, kind_of, stage_of
from agents.worker.books import Books
from agents.worker.checkpoint import Checkpoint, checkpoint_topic, read_back
from agents.worker.observe.health import Health
from agents.worker.observe.logs import OWN
from agents.worker.observe.metrics import Metrics, PartitionMetrics
from agents.worker.partition import Partition
from agents.worker.seal import SEALED, Sealer
from agents.worker.transport.output_queue import OutputQueue
from streams.command import Trouble
from streams.signing.machine.part import Part
from streams.signing.trust import pin_fault
from streams.topics import topic_name

told = logging.getLogger(OWN)


class Recoverer:
    """Takes up partitions whose state is in Kafka alone.

    `basis` has the books that the log adopts, which `books` gets; what is judged is written by `outputs` and signed by `part`.
    """

    def __init__(
        self,
        kafka: Mapping[str, Any],
        basis: Basis,
        books: Books,
        outputs: OutputQueue,
        health: Health,
        metrics: Metrics,
        part: Part,
    ) -> None:
        self._kafka = kafka
        self._basis = basis
        self._books = books
        self._outputs = outputs
        self._health = health
        self._metrics = metrics
        self._part = part

    async def recovered(self, ends: Mapping[TP, int]) -> dict[TP, Partition]:
        """Partitions, given with their ends, as they go on: each fenced, read back and sound, else Trouble."""
        if not ends:
            return {}
        checkpoints = {tp: Checkpoint(self._kafka, tp.topic, tp.partition) for tp in ends}
        await asyncio.gather(*(checkpoint.open() for checkpoint in checkpoints.values()))
        events = {(checkpoint_topic(tp.topic), tp.partition): tp for tp in ends}
        held = await read_back(
            self._kafka,
            events,
            lambda place, read, end: self._health.read(events[place], read, end),
            legible=lambda place, key, value: key == SEALED or kind_of(events[place].topic).legible(key, value),
        )
        return {
            tp: await self._taken_up(tp, ends[tp], checkpoint, held.pop((checkpoint.topic, tp.partition)))
            for tp, checkpoint in checkpoints.items()
        }

    def tell(self, stage: Stage) -> None:
        """Say by which book a partition is judged, where that is the log's word and not that of the files here."""
        adopted = (stage.adopted or "").partition(" ")[0]
        same = adopted == self._basis.book.hash
        own = "as in the files of this worker" if same else "not the one in the files of this worker"
        told.info("judging by rule book %s of the log, %s", adopted, own)

    async def _taken_up(self, tp: TP, end: int, checkpoint: Checkpoint, items: dict[bytes, bytes | None]) -> Partition:
        sealed = items.pop(SEALED, None)
        stage = await self._restored(tp, items)
        check_end(stage, end)
        check = partial(check_log, self._part.logid, end)
        check(stage)
        metrics = PartitionMetrics(self._metrics, tp.topic, tp.partition)
        sealer = await self._sealer(stage, sealed)
        return Partition(stage, checkpoint, self._outputs, metrics, check, sealer, self._part.value)

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
            self.tell(stage)
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


@contextmanager
def growing() -> Iterator[None]:
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


def check_end(stage: Stage, end: int) -> None:
    """Trouble where a partition's state is of a log that goes on beyond the one that is there."""
    if stage.position > end:
        raise Trouble(
            f"the checkpoint of {stage.topic} partition {stage.partition} is at offset {stage.position}, its log ends at "
            f"{end}: the topic was made anew. Remove all topics of log {stage.log} and create them again, or use another --log"
        )
