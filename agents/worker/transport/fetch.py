"""The worker's records without aiokafka's cost for each: a fetch gives (offset, key, value) in lists.

aiokafka makes a ConsumerRecord of each record, in a generator that is resumed for each; that is two thirds of what reading
costs. Here the generator inside a fetched result is replaced by one that gives a list for each of Kafka's record batches, and
everything around it stays aiokafka's own. Only the worker's consumer is changed. It rests on private names of aiokafka 0.14.0:
where one is missing, records are read in the stock way.
"""

import logging
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from itertools import chain
from operator import attrgetter
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka import consumer as consumer_package
from aiokafka.consumer import fetcher
from aiokafka.errors import CorruptRecordException
from faust.transport.drivers.aiokafka import AIOKafkaConsumerThread
from faust.types import TP
from msgspec import Struct

Record = tuple[int, bytes | None, bytes | None]
"""Offset, key and value: what the fold takes."""

NAMES: Mapping[str, tuple[str, ...]] = {
    "consumer.AIOKafkaConsumer.start": ("_fetcher",),
    "fetcher.Fetcher.__init__": ("_records",),
    "fetcher.Fetcher.fetched_records": ("_records", "getall"),
    "fetcher.FetchResult.__init__": ("_partition_records",),
    "fetcher.FetchResult.getall": ("_partition_records", "_update_position"),
    "fetcher.PartitionRecords.__init__": (
        "_tp",
        "_records",
        "_aborted_producers",
        "_check_crcs",
        "_isolation_level",
        "next_fetch_offset",
        "_records_iterator",
    ),
    "fetcher.PartitionRecords.__next__": ("_records_iterator",),
    "fetcher.PartitionRecords._unpack_records": (
        "_consume_aborted_up_to",
        "_contains_abort_marker",
        "READ_COMMITTED",
        "has_next",
        "next_batch",
        "validate_crc",
        "producer_id",
        "base_offset",
        "is_control_batch",
        "is_transactional",
        "next_offset",
    ),
}
"""The names that reading in lists rests on, by the function below `aiokafka.consumer` that must use each in the stock way."""

WAITED = ("fetcher.Fetcher._get_actions_per_node", ("_fetch_max_wait_ms", "_fetch_min_bytes"))
"""Where aiokafka says how long the broker may hold a fetch and for how much, and by which names."""

MAX_WAIT_MS, MIN_BYTES = 20, 65_536
"""How long the broker may hold a fetch (ms) that finds less than so many bytes.

There is one fetch at a time, and it names only the partitions of which nothing is buffered: while the broker holds one for
quiet partitions, the busy ones wait. Faust's 1,500 ms made delays of one to three seconds at 5,000 events/s, for up to half a
minute each time that a busy moment had begun it. Faust's one byte makes a fetch of nearly each record; since the broker
collects for 20 ms, the worker takes 0.37 of a core at 1,000 events/s instead of 0.44.
"""

ISOLATION = "read_committed"
"""What is judged: as the archive and every replay, no record of an aborted transaction, and of an open one none before its end.

Faust itself reads so only where it writes in transactions of its own.
"""

log = logging.getLogger(__name__)


class Ends(Struct, frozen=True):
    """What is known of the end of a partition's log: how many records are not judged, and how many offsets are held back.

    Held back by an open transaction: what stands behind its first record is judged once it has ended.
    """

    lag: int = 0
    held: int = 0


class Thread(AIOKafkaConsumerThread):
    """Faust's consumer thread; what it fetches are lists of `Record`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._reached: dict[TP, tuple[int, int]] = {}

    async def on_start(self) -> None:
        """Start the consumer, which has fetched nothing yet, and change what its fetches give."""
        await super().on_start()
        give_lists(self._ensure_consumer())
        hold_briefly(self._ensure_consumer())

    def ends(self, tp: TP, position: int) -> Ends | None:
        """How far the log of an assigned partition goes beyond a position, as of the newest fetch; None where none came yet.

        Kafka's own marks behind the last record that was given count as judged with it: nobody is given them.
        """
        consumer = self._ensure_consumer()
        end, stable = consumer.highwater(tp), consumer.last_stable_offset(tp)
        if end is None:
            return None
        given, reached = self._reached.get(tp, (position, position))
        judged = max(position, reached) if position >= given else position
        return Ends(max(0, end - judged), 0 if stable is None or stable < 0 else max(0, end - stable))

    def _create_worker_consumer(self, transport: Any) -> AIOKafkaConsumer:
        made = super()._create_worker_consumer(transport)
        assert made._isolation_level  # noqa: S101 - aiokafka takes it from here when it starts
        made._isolation_level = ISOLATION
        return made

    async def _fetch_records(self, *args: Any, **kwargs: Any) -> dict[TP, list[Record]]:
        fetched = await super()._fetch_records(*args, **kwargs)
        records = {tp: joined(parts) for tp, parts in fetched.items()}
        subscription = self._ensure_consumer()._subscription.subscription
        if subscription is not None and subscription.assignment is not None:
            for tp in subscription.assignment.tps:
                state, (given, _) = subscription.assignment.state_value(tp), self._reached.get(tp, (0, 0))
                if state.has_valid_position:
                    self._reached[tp] = (records[tp][-1][0] + 1 if records.get(tp) else given, state.position)
        return records


def joined(parts: list[Any]) -> list[Record]:
    """What a fetch gave of one partition as one list: lists of records, or ConsumerRecords where they were read stock."""
    if isinstance(parts[0], list):
        return parts[0] if len(parts) == 1 else list(chain.from_iterable(parts))
    return [(record.offset, record.key, record.value) for record in parts]


def give_lists(consumer: AIOKafkaConsumer, names: Mapping[str, tuple[str, ...]] = NAMES) -> bool:
    """Make a started consumer's `getmany` give a list of `Record` for each record batch; False where it stays as it is.

    `names` are needed for it. `max_records` then counts record batches: what bounds a fetch is its size in bytes.
    """
    if gone := [f"{name} in {path}" for path, used in names.items() for name in used if name not in _names(path)]:
        log.warning("records are read in aiokafka's stock way, which is slower: there is no %s", ", no ".join(gone))
        return False
    consumer._fetcher._records = _Results(consumer._fetcher._records)
    return True


def hold_briefly(consumer: AIOKafkaConsumer) -> bool:
    """Let the broker collect what a started consumer fetches, briefly; False where that stays as it is."""
    path, names = WAITED
    if gone := [name for name in names if name not in _names(path)]:
        log.warning("the broker may hold fetches for as long as Faust lets it: there is no %s in %s", ", no ".join(gone), path)
        return False
    consumer._fetcher._fetch_max_wait_ms = MAX_WAIT_MS
    consumer._fetcher._fetch_min_bytes = MIN_BYTES
    return True


def _names(path: str) -> tuple[str, ...]:
    """The names that a function uses; none where there is no such function."""
    try:
        found: tuple[str, ...] = attrgetter(f"{path}.__code__.co_names")(consumer_package)
    except AttributeError:
        return ()
    return found


class _Results(OrderedDict[TopicPartition, Any]):
    """Where aiokafka's fetcher keeps what it has fetched until it is asked for."""

    def __setitem__(self, tp: TopicPartition, result: Any) -> None:
        if isinstance(result, fetcher.FetchResult):
            result._partition_records._records_iterator = _lists(result._partition_records)
        super().__setitem__(tp, result)


def _lists(of: Any) -> Iterator[list[Record]]:
    """`PartitionRecords._unpack_records`, but each record batch in one piece."""
    records = of._records
    while records.has_next():
        batch = records.next_batch()
        if of._check_crcs and not batch.validate_crc():
            raise CorruptRecordException(f"Invalid CRC - {of._tp}")
        if _visible(of, batch):
            taken = [(record.offset, record.key, record.value) for record in batch]
            if taken and taken[0][0] < of.next_fetch_offset:  # a position in the middle of a batch
                taken = [record for record in taken if record[0] >= of.next_fetch_offset]
            of.next_fetch_offset = batch.next_offset
            if taken:
                yield taken
        else:
            of.next_fetch_offset = batch.next_offset


def _visible(of: Any, batch: Any) -> bool:
    """Whether the records of a batch are a reader's: not Kafka's own, and not of an aborted transaction if it asks for that."""
    if of._isolation_level == fetcher.READ_COMMITTED and batch.producer_id is not None:
        of._consume_aborted_up_to(batch.base_offset)
        if batch.is_control_batch and of._contains_abort_marker(batch):
            of._aborted_producers.discard(batch.producer_id)
        if batch.is_transactional and batch.producer_id in of._aborted_producers:
            return False
    return not batch.is_control_batch
