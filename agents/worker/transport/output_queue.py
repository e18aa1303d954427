"""Outputs on their way to Kafka in few batches: what comes while one waits for its turn goes along in the next.

Pieces of judging give ten outputs here and three there. A batch and a request for each of them took a tenth of the worker's
time; a queue adds no waiting to that which Kafka makes anyway: whoever finds a partition of a topic free is sent at once.
"""

import asyncio
from collections.abc import Sequence

from aiokafka import AIOKafkaProducer

from agents.worker.transport.connection import Item, Written, send

MANY = 2_000
"""Records that may wait for one partition of a topic before those who judge must wait; a choice."""

Place = tuple[str, int]
"""A topic and a partition of it."""


class _Lot:
    """Records that go together; `sent` begins with the first of them and ends when Kafka has all, or with its KafkaError."""

    def __init__(self) -> None:
        self.items: list[Item] = []
        self.given = asyncio.Event()
        self.sent: asyncio.Task[None]


class OutputQueue:
    """What is to be written by one producer. Records of one partition of a topic keep the order in which they were put."""

    def __init__(self, to: AIOKafkaProducer) -> None:
        self._to = to
        self._waiting: dict[Place, _Lot] = {}
        self._turns: dict[Place, asyncio.Lock] = {}
        self._sent: set[asyncio.Task[None]] = set()

    def put(self, topic: str, partition: int, items: Sequence[Item]) -> Written:
        """Queue records, now; done when Kafka has them. Giving up waiting for that gives up no record."""
        place = topic, partition
        lot = self._waiting.get(place)
        if lot is None:
            lot = self._waiting[place] = _Lot()
            lot.sent = asyncio.create_task(self._send(place, lot))
            self._sent.add(lot.sent)
            lot.sent.add_done_callback(self._sent.discard)
        lot.items += items
        return asyncio.shield(lot.sent)

    async def room(self) -> None:
        """Wait while MANY records or more wait for any one partition of a topic."""
        for lot in [lot for lot in self._waiting.values() if len(lot.items) >= MANY]:
            await lot.given.wait()

    async def partitions(self, topic: str) -> int:
        """How many partitions a topic has."""
        return len(await self._to.partitions_for(topic))

    async def close(self) -> None:
        """Forget what waits, since who put it has not heard that it is written; then leave Kafka."""
        for each in self._sent:
            each.cancel()
        await asyncio.gather(*self._sent, return_exceptions=True)
        await self._to.stop()

    async def _send(self, place: Place, lot: _Lot) -> None:
        try:
            async with self._turns.setdefault(place, asyncio.Lock()):
                del self._waiting[place]  # from here on it takes no more
                written = await send(self._to, *place, lot.items)
        finally:
            lot.given.set()
        await asyncio.gather(*written)
