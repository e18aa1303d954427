"""Faust's consumer with right commits: what is committed is what a finished checkpoint holds, nothing more.

Faust counts acks, and acks a message even when its agent raised; here an ack says only that the agent is done with a batch.
Reading begins where the checkpoint ends, so that a lost or foreign group offset can neither skip nor repeat anything.
"""

from collections.abc import Iterable, Mapping
from typing import Any, cast

from faust.transport.drivers import aiokafka as driver
from faust.types import TP, ConsumerMessage

from agents.worker.transport.fetch import Ends, Thread

_NO_TIME = 0
"""Timestamp, and its type, of a message that is a whole fetch; time is event time, nobody asks for these."""


class Consumer(driver.Consumer):
    """Delivers fetches and commits checkpoints; `app.partition_manager` knows the positions."""

    app: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._checkpoints: dict[TP, int] = {}

    def _new_consumer_thread(self) -> Thread:
        return Thread(self, loop=self.loop, beacon=self.beacon)

    def ends(self, tp: TP, position: int) -> Ends | None:
        """As of `Thread.ends`."""
        return cast("Thread", self._thread).ends(tp, position)

    def _to_message(self, tp: TP, record: Any) -> ConsumerMessage:
        last, _, _ = record[tp][-1]
        return ConsumerMessage(
            tp.topic,
            tp.partition,
            last,
            _NO_TIME,
            _NO_TIME,
            None,
            None,
            record,
            None,
            tp=tp,
            generation_id=self.app.consumer_generation_id,
        )

    async def _add_gap(self, tp: TP, offset_from: int, offset_to: int) -> None:
        """Offsets between two batches need no ack of their own."""

    def _new_offset(self, tp: TP) -> None:
        """Faust commits nothing by itself: it takes a refused commit for done, and skips one while another is on its way."""
        self._acked[tp].clear()
        self._acked_index[tp].clear()

    async def seek_to_committed(self) -> Mapping[TP, int]:
        """Seek every partition whose state is held to where that state ends."""
        safe = {tp: self.app.partition_manager.safe(tp) for tp in self.assignment()}
        positions = {tp: offset for tp, offset in safe.items() if offset is not None}
        await self._thread.seek_wait(positions)
        return positions

    async def commit_checkpoints(self, tps: Iterable[TP]) -> None:
        """Commit what the newest checkpoints of these partitions cover; what Kafka refuses is tried again at the next call."""
        safe = {tp: offset for tp in tps if (offset := self.app.partition_manager.safe(tp))}
        news = {tp: offset for tp, offset in safe.items() if offset != self._checkpoints.get(tp)}
        if news and await self._commit(news):
            self._checkpoints |= news

    async def commit_and_end_transactions(self) -> None:
        """The last commit before a rebalance or the end: checkpoint first."""
        await self.app.partition_manager.save()
        await self.commit_checkpoints(self.assignment())


class Transport(driver.Transport):
    """Faust's transport with our consumer."""

    Consumer = Consumer
