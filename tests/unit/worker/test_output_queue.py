"""Outputs on their way: few batches, in their order; who gives up waiting gives up no record, and errors are told to all."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import pytest
from aiokafka.errors import KafkaTimeoutError
from aiokafka.producer.message_accumulator import BatchBuilder
from aiokafka.record.memory_records import MemoryRecords

from agents.worker.transport.connection import Item
from agents.worker.transport.output_queue import MANY, OutputQueue


class HeldKafka:
    """In the place of aiokafka's producer: it takes no batch before `free` is set; `error`: what becomes of each then."""

    def __init__(self, error: Exception | None = None) -> None:
        self.free = asyncio.Event()
        self.batches: list[tuple[str, int, list[Item]]] = []
        self._error = error

    def create_batch(self) -> Any:
        """A batch of aiokafka's own."""
        return BatchBuilder(100_000, 0, is_transactional=False, key_serializer=None, value_serializer=None)

    async def send_batch(self, batch: Any, topic: str, *, partition: int) -> asyncio.Future[None]:
        """Take a batch once that is allowed."""
        await self.free.wait()
        if self._error is not None:
            raise self._error
        records = MemoryRecords(bytes(batch._build())).next_batch()
        self.batches.append((topic, partition, [(record.key, record.value) for record in records]))
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        done.set_result(None)
        return done

    async def stop(self) -> None:
        """End."""


def _items(first: int, count: int = 2) -> list[Item]:
    return [(b"key", b"%d" % number) for number in range(first, first + count)]


def _run(test: Callable[[], Awaitable[None]]) -> None:
    async def bounded() -> None:
        async with asyncio.timeout(20):
            await test()

    asyncio.run(bounded())


def test_what_comes_while_a_batch_waits_goes_along_in_the_next() -> None:
    """Three puts behind one that Kafka has not taken make one batch, in the order of the puts; another place has its own."""

    async def test() -> None:
        kafka = HeldKafka()
        queue = OutputQueue(kafka)
        written = [queue.put("alerts", 0, _items(0))]
        await asyncio.sleep(0)  # the first has its turn
        await asyncio.sleep(0)
        written += [queue.put("alerts", 0, _items(first)) for first in (2, 4, 6)]
        written.append(queue.put("alerts", 1, _items(8)))
        kafka.free.set()
        await asyncio.gather(*written)
        of_first = [items for topic, partition, items in kafka.batches if (topic, partition) == ("alerts", 0)]
        assert of_first == [_items(0), _items(2, 6)]
        assert ("alerts", 1, _items(8)) in kafka.batches

    _run(test)


def test_who_gives_up_waiting_gives_up_no_record() -> None:
    """A cancelled wait of one leaves its records, and those of another in the same batch, on their way."""

    async def test() -> None:
        kafka = HeldKafka()
        queue = OutputQueue(kafka)
        one, other = queue.put("alerts", 0, _items(0)), queue.put("alerts", 0, _items(2))
        waiting = asyncio.gather(one)
        await asyncio.sleep(0)
        waiting.cancel()
        with suppress(asyncio.CancelledError):
            await waiting
        kafka.free.set()
        await other
        assert kafka.batches == [("alerts", 0, _items(0, 4))]

    _run(test)


def test_an_error_is_told_to_all_whose_records_it_concerns() -> None:
    """Kafka's refusal of a batch is raised where any of its puts is awaited."""

    async def test() -> None:
        kafka = HeldKafka(KafkaTimeoutError())
        queue = OutputQueue(kafka)
        written = [queue.put("alerts", 0, _items(first)) for first in (0, 2)]
        kafka.free.set()
        for each in written:
            with pytest.raises(KafkaTimeoutError):
                await each

    _run(test)


def test_who_judges_waits_where_much_waits_for_kafka() -> None:
    """With one record less than MANY waiting there is room at once; with MANY not before Kafka takes them."""

    async def test() -> None:
        kafka = HeldKafka()
        queue = OutputQueue(kafka)
        queue.put("alerts", 0, _items(0))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        queue.put("alerts", 0, _items(2, MANY - 1))
        await queue.room()
        last = queue.put("alerts", 0, _items(MANY + 1, 1))
        room = asyncio.ensure_future(queue.room())
        for _ in range(5):
            await asyncio.sleep(0)
        assert not room.done()
        kafka.free.set()
        await asyncio.gather(room, last)
        assert [len(items) for _, _, items in kafka.batches] == [2, MANY]

    _run(test)


def test_a_closed_queue_sends_nothing_more() -> None:
    """What Kafka has not taken by then ends as cancelled, and is not written later."""

    async def test() -> None:
        kafka = HeldKafka()
        queue = OutputQueue(kafka)
        written = queue.put("alerts", 0, _items(0))
        await asyncio.sleep(0)
        await queue.close()
        kafka.free.set()
        with pytest.raises(asyncio.CancelledError):
            await written
        assert kafka.batches == []

    _run(test)
