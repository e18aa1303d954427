"""Reading in lists gives exactly what aiokafka's stock way gives, of every kind of log that a real broker makes."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, closing
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.consumer.fetcher import READ_COMMITTED, READ_UNCOMMITTED, PartitionRecords
from aiokafka.errors import CorruptRecordException
from aiokafka.record.default_records import DefaultRecordBatchBuilder
from aiokafka.record.memory_records import MemoryRecords
from kafka.admin import NewTopic

from agents.worker.transport import fetch
from agents.worker.transport.fetch import NAMES, Record
from streams.kafka import clients
from streams.settings import Settings
from tests.support.books import the_book
from tests.support.kafka.stream import all_judged
from tests.support.workers import Worker, city, judged_purely, outputs, produce, wait_for

P = ParamSpec("P")

LEVELS = ("read_committed", "read_uncommitted")
CODECS = ("gzip", "lz4", "snappy", "zstd")
SMALL = 2_000
"""Bytes of a fetch: a few record batches."""

QUIET = 300
"""Milliseconds after which a reader without records is at the end."""

Batches = Iterable[Sequence[tuple[bytes | None, bytes | None]]]


def in_a_loop(test: Callable[P, Coroutine[Any, Any, None]]) -> Callable[P, None]:
    """A test that runs an event loop of its own."""

    @wraps(test)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        with ThreadPoolExecutor(1) as thread:  # the main thread may have a loop already: Playwright keeps one for the session
            thread.submit(lambda: asyncio.run(test(*args, **kwargs))).result()

    return run


@pytest.fixture
def topic(broker: Settings) -> TopicPartition:
    """An empty topic of one partition."""
    return make_topic(broker)


def make_topic(settings: Settings, **configs: str) -> TopicPartition:
    """A new topic of one partition."""
    name = f"t{uuid4().hex[:12]}"
    with closing(clients.admin(settings)) as admin:
        admin.create_topics([NewTopic(name, 1, 1, topic_configs=configs)])
    return TopicPartition(name, 0)


@asynccontextmanager
async def reading(settings: Settings, place: TopicPartition, level: str, size: int = SMALL) -> AsyncIterator[AIOKafkaConsumer]:
    """A consumer from the beginning of the log on."""
    kafka = clients.connection(settings)
    consumer = AIOKafkaConsumer(**kafka, isolation_level=level, auto_offset_reset="earliest", max_partition_fetch_bytes=size)
    async with consumer:
        consumer.assign([place])
        yield consumer


async def rest(consumer: AIOKafkaConsumer, place: TopicPartition) -> tuple[list[Record], int]:
    """All records up to the end, and the position there."""
    found: list[Record] = []
    end = (await consumer.end_offsets([place]))[place]
    while await consumer.position(place) < end:
        for parts in (await consumer.getmany(place, timeout_ms=QUIET)).values():
            found += fetch.joined(parts)
    return found, await consumer.position(place)


async def both(
    settings: Settings, place: TopicPartition, level: str, offset: int = 0, size: int = SMALL
) -> tuple[list[Record], list[Record]]:
    """What the stock way and the lists give from an offset on; positions must be equal."""
    async with reading(settings, place, level, size) as stock, reading(settings, place, level, size) as lists:
        assert fetch.give_lists(lists)
        stock.seek(place, offset)
        lists.seek(place, offset)
        expected, position = await rest(stock, place)
        found, at = await rest(lists, place)
        assert at == position
        return expected, found


async def write(
    settings: Settings, place: TopicPartition, batches: Batches, commit: bool | None = None, codec: str | None = None
) -> None:
    """Write record batches; in one transaction where `commit` says how it ends."""
    name = None if commit is None else uuid4().hex
    kafka = clients.connection(settings)
    async with AIOKafkaProducer(**kafka, transactional_id=name, compression_type=codec) as producer:
        if commit is not None:
            await producer.begin_transaction()
        await send(producer, place, batches)
        if commit is not None:
            await (producer.commit_transaction() if commit else producer.abort_transaction())


async def send(producer: AIOKafkaProducer, place: TopicPartition, batches: Batches) -> None:
    """Write record batches and wait until Kafka has them."""
    for records in batches:
        batch = producer.create_batch()
        for key, value in records:
            assert batch.append(key=key, value=value, timestamp=None) is not None
        await (await producer.send_batch(batch, place.topic, partition=place.partition))


def numbered(name: str, batches: int, each: int = 7) -> list[list[tuple[bytes | None, bytes | None]]]:
    """Record batches whose records all differ, some without key or without value."""
    return [
        [
            (None if n % 5 == 0 else b"%d" % n, None if n % 6 == 0 else b"%s %d %d " % (name.encode(), batch, n) * 9)
            for n in range(each)
        ]
        for batch in range(batches)
    ]


def offsets(records: Iterable[Record]) -> list[int]:
    """The offsets of records."""
    return [offset for offset, _, _ in records]


@pytest.mark.parametrize("level", LEVELS)
@in_a_loop
async def test_many_fetches_of_many_batches(broker: Settings, topic: TopicPartition, level: str) -> None:
    """Record batches of one and of many records, in fetches smaller than the log: each record once, in order."""
    await write(broker, topic, [*numbered("many", 40), *numbered("one", 20, each=1)])
    expected, found = await both(broker, topic, level)
    assert found == expected
    assert offsets(found) == list(range(40 * 7 + 20))


@pytest.mark.parametrize("codec", CODECS)
@in_a_loop
async def test_compressed_batches(broker: Settings, topic: TopicPartition, codec: str) -> None:
    """Every compression that Kafka knows, before and after plain batches."""
    await write(broker, topic, numbered("plain", 3))
    await write(broker, topic, numbered(codec, 30, each=50), codec=codec)
    await write(broker, topic, numbered("plain", 3))
    expected, found = await both(broker, topic, "read_uncommitted")
    assert found == expected
    assert offsets(found) == list(range(2 * 21 + 30 * 50))


@pytest.mark.parametrize("level", LEVELS)
@in_a_loop
async def test_transactions_that_ended_well_and_badly(broker: Settings, topic: TopicPartition, level: str) -> None:
    """Control batches are nobody's records; aborted ones are seen only by those who ask for uncommitted ones."""
    await write(broker, topic, numbered("good", 5), commit=True)
    await write(broker, topic, numbered("bad", 5), commit=False)
    await write(broker, topic, numbered("plain", 2))
    await write(broker, topic, numbered("bad", 1), commit=False)
    expected, found = await both(broker, topic, level)
    assert found == expected
    names = [value.split()[0] for _, _, value in found if value]
    assert (b"bad" in names) == (level == "read_uncommitted")
    assert names.count(b"good") == 5 * 5
    assert len(found) == (5 + 2) * 7 + (6 * 7 if level == "read_uncommitted" else 0)


@pytest.mark.parametrize("size", [SMALL, 2**20])
@pytest.mark.parametrize("level", LEVELS)
@in_a_loop
async def test_transactions_at_the_same_time(broker: Settings, topic: TopicPartition, level: str, size: int) -> None:
    """Batches of a transaction that is aborted lie among those of another; then its producer commits one, in the same fetch."""
    kafka = clients.connection(broker)
    async with (
        AIOKafkaProducer(**kafka, transactional_id=uuid4().hex) as steady,
        AIOKafkaProducer(**kafka, transactional_id=uuid4().hex) as fickle,
    ):
        for _ in range(3):
            await steady.begin_transaction()
            await fickle.begin_transaction()
            for batch in numbered("x", 4):
                await send(steady, topic, [batch])
                await send(fickle, topic, [batch])
            await fickle.abort_transaction()
            async with fickle.transaction():
                await send(fickle, topic, numbered("x", 2))
            await steady.commit_transaction()
    expected, found = await both(broker, topic, level, size=size)
    assert found == expected
    assert len(found) == 3 * (4 + 2 + (4 if level == "read_uncommitted" else 0)) * 7


@pytest.mark.parametrize("codec", [None, "gzip"])
@in_a_loop
async def test_a_seek_into_the_middle_of_a_batch(broker: Settings, topic: TopicPartition, codec: str | None) -> None:
    """From any offset of three batches on, the first record is that of the offset."""
    await write(broker, topic, numbered("seek", 3), codec=codec)
    for offset in range(3 * 7):
        expected, found = await both(broker, topic, "read_uncommitted", offset)
        assert found == expected
        assert offsets(found) == list(range(offset, 3 * 7))


@in_a_loop
async def test_gaps_of_a_compacted_log(broker: Settings) -> None:
    """A compacted log has gaps within, before and after what is left of a batch; none of them holds the reader up."""
    place = make_topic(
        broker,
        **{"cleanup.policy": "compact", "min.cleanable.dirty.ratio": "0.001", "segment.bytes": str(2**20), "segment.ms": "100"},
    )
    same = [[(b"%d" % n, b"%d %d" % (batch, n)) for n in (batch, 100, 200 + batch % 7, 101)] for batch in range(60)]
    await write(broker, place, same)
    for _ in range(200):  # a segment is rolled, and so may be cleaned, when something is written after its time
        await asyncio.sleep(0.3)
        await write(broker, place, [[(b"last", b"")]])
        expected, found = await both(broker, place, "read_uncommitted")
        after, _ = await both(broker, place, "read_uncommitted")
        if expected != after:
            continue  # the broker compacted between the readings
        assert found == expected
        if len(found) < 60 * 3:
            break
    else:
        pytest.fail("the broker did not compact the log within a minute")
    for offset in range(0, 60 * 4, 3):
        expected, found = await both(broker, place, "read_uncommitted", offset, size=2**20)
        assert found == expected


@in_a_loop
async def test_an_empty_fetch_and_then_a_record(broker: Settings, topic: TopicPartition) -> None:
    """No record, no entry; the next record is given as it comes."""
    async with reading(broker, topic, "read_uncommitted") as consumer:
        assert fetch.give_lists(consumer)
        assert await consumer.getmany(topic, timeout_ms=QUIET) == {}
        await write(broker, topic, [[(b"k", b"v")]])
        assert await rest(consumer, topic) == ([(0, b"k", b"v")], 1)
        assert await consumer.getmany(topic, timeout_ms=QUIET) == {}


@in_a_loop
async def test_a_busy_partition_does_not_wait_for_a_quiet_one(broker: Settings, topic: TopicPartition) -> None:
    """While the broker holds a fetch of a quiet partition alone, for ten seconds if it may, a busy one is read at once."""
    busy = make_topic(broker)
    await write(broker, busy, [[(b"k", b"first")]])
    kafka = clients.connection(broker)
    async with AIOKafkaConsumer(**kafka, auto_offset_reset="earliest", fetch_max_wait_ms=10_000) as consumer:
        assert fetch.hold_briefly(consumer)
        consumer.assign([topic, busy])
        fetcher = consumer._fetcher
        async with asyncio.timeout(10):  # until one is buffered, which is left out of the next fetch
            while busy not in fetcher._records or not fetcher._in_flight:  # noqa: ASYNC110 - there is no event to wait for
                await asyncio.sleep(0.01)
        assert busy in await consumer.getmany(busy, timeout_ms=1_000)
        await write(broker, busy, [[(b"k", b"second")]])
        assert busy in await consumer.getmany(busy, timeout_ms=3_000)


def test_without_its_name_the_wait_stays(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """One line says what is missing, and the consumer is left as it is."""
    monkeypatch.setattr(fetch, "WAITED", ("fetcher.Fetcher._get_actions_per_node", ("_fetch_max_wait_ms", "_gone")))
    with caplog.at_level(logging.WARNING, fetch.__name__):
        assert not fetch.hold_briefly(AIOKafkaConsumer.__new__(AIOKafkaConsumer))
    assert "there is no _gone in fetcher.Fetcher._get_actions_per_node" in caplog.text


@pytest.mark.parametrize("level", [READ_COMMITTED, READ_UNCOMMITTED])
def test_a_broken_batch_is_refused(level: int) -> None:
    """A bit that fell over on the way is an error in both ways, and not before what stands before it was given."""
    builder = DefaultRecordBatchBuilder(2, 0, False, -1, -1, -1, 1_000)
    builder.append(0, 1, b"k", b"value", [])
    whole = bytes(builder.build())
    broken = whole[:-3] + bytes([whole[-3] ^ 1]) + whole[-2:]
    place = TopicPartition("t", 0)

    def records() -> PartitionRecords:
        return PartitionRecords(place, MemoryRecords(whole + broken), None, 0, None, None, True, level)

    stock, lists = iter(records()), fetch._lists(records())
    assert next(stock).value == b"value"
    assert next(lists) == [(0, b"k", b"value")]
    for way in (stock, lists):
        with pytest.raises(CorruptRecordException):
            next(way)


@pytest.mark.parametrize("path", NAMES)
@in_a_loop
async def test_without_a_name_the_stock_way_goes_on(
    broker: Settings, topic: TopicPartition, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    """One line says what is missing, and the records are the same."""
    await write(broker, topic, numbered("stock", 3))
    async with reading(broker, topic, "read_uncommitted") as consumer:
        with caplog.at_level(logging.WARNING, fetch.__name__):
            assert not fetch.give_lists(consumer, {**NAMES, path: ("_gone",)})
        assert [record.getMessage() for record in caplog.records if record.name == fetch.__name__] == [
            f"records are read in aiokafka's stock way, which is slower: there is no _gone in {path}"
        ]
        found, position = await rest(consumer, topic)
        assert (offsets(found), position) == (list(range(21)), 21)


OTHER_AIOKAFKA = """
from aiokafka.consumer.fetcher import PartitionRecords
PartitionRecords.__next__ = lambda self: next(vars(self)["_records_" + "iterator"])
"""


def test_a_worker_with_another_aiokafka_judges_the_same(broker: Settings, log: str, tmp_path: Path) -> None:
    """Where aiokafka does not do as we read it, a worker says so once and judges as the pure fold does."""
    (tmp_path / "sitecustomize.py").write_text(OTHER_AIOKAFKA)
    produce(broker, log, city(broker.partitions, stations=4, hours=24, seed=3))
    with Worker(broker, log, PYTHONPATH=str(tmp_path)) as worker:
        worker.ready()
        wait_for(lambda: all_judged(broker, log), "all events to be judged")
        assert worker.stop() == 0
        assert worker.said().count("stock way, which is slower: there is no _records_iterator in") == 1
    expected = judged_purely(the_book(), broker, log)
    assert any(expected.values())
    assert outputs(broker, log) == expected
