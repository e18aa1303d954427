"""Kafka clients for everything but the worker, on kafka-python: connections, the choice of partitions, reading a topic."""

import logging
import ssl
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from functools import lru_cache
from typing import Any, TypeVar

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.consumer.fetcher import ConsumerRecord
from kafka.errors import InvalidProducerEpochError, KafkaError, KafkaTimeoutError, ProducerFencedError
from kafka.partitioner.default import murmur2

from streams.command import Trouble
from streams.kafka.checks import CLUSTER, why_away
from streams.messages import DecodeError, decode
from streams.settings import Settings

T = TypeVar("T")

logging.getLogger("kafka").setLevel(logging.CRITICAL)  # what fails reaches the caller as an exception, and is said once

CONNECT_MS = 10_000
"""How long a client looks for a broker before it gives up."""

STALL_SECONDS = 30
"""How long a reader waits for records that must be there."""

RECONNECT_MS = 1_000
"""The longest pause before a client tries a lost broker again (kafka-python's default is 30 s)."""

ROAD = "road"
"""The Kafka header that says which gateway brought a record: one of ROADS."""

ROADS = frozenset({"hj212", "http", "mqtt", "sql", "rest", "folder"})
"""The gateways (`python -m streams gateway`)."""

_PATIENCE = {"bootstrap_timeout_ms": CONNECT_MS, "reconnect_backoff_max_ms": RECONNECT_MS}
_checked: set[str] = set()
_POLL_MS = 500
_FIRST_WINDOW = 16
_GROWTH = 4
_FENCED = (ProducerFencedError, InvalidProducerEpochError)


def connection(settings: Settings) -> dict[str, Any]:
    """Keywords that kafka-python and aiokafka share: servers, protocol, SASL names, and an `ssl_context` for TLS."""
    names = settings.security
    protocol = names.get("KAFKA_SECURITY_PROTOCOL", "PLAINTEXT")
    keywords: dict[str, Any] = {"bootstrap_servers": settings.bootstrap.split(","), "security_protocol": protocol}
    if protocol.startswith("SASL"):
        if "KAFKA_SASL_USERNAME" not in names:
            raise Trouble(
                "this broker has access control, and nobody is named: set KAFKA_SASL_USERNAME to the name of the part, such as "
                "worker, or to admin (docs/operate/security.md)"
            )
        keywords["sasl_mechanism"] = names["KAFKA_SASL_MECHANISM"]
        keywords["sasl_plain_username"] = names["KAFKA_SASL_USERNAME"]
        keywords["sasl_plain_password"] = names["KAFKA_SASL_PASSWORD"]
    if protocol.endswith("SSL"):
        keywords["ssl_context"] = _tls(names.get("KAFKA_SSL_CAFILE"))
    return keywords


def producer(settings: Settings, **more: Any) -> KafkaProducer:
    """An idempotent producer (acks=all); Trouble where no broker answers. `more` are keywords of KafkaProducer."""
    defaults = {"acks": "all", "enable_idempotence": True, "linger_ms": 5, "batch_size": 131_072}
    return _connected(KafkaProducer, settings, defaults | more)


def consumer(settings: Settings, **more: Any) -> KafkaConsumer:
    """A consumer of committed records that begins at the earliest and commits nothing; Trouble where no broker answers."""
    defaults = {
        "isolation_level": "read_committed",
        "auto_offset_reset": "earliest",
        "enable_auto_commit": False,
        "allow_auto_create_topics": False,
        "max_poll_records": 5_000,
        "max_partition_fetch_bytes": 4 << 20,
    }
    return _connected(KafkaConsumer, settings, defaults | more)


def admin(settings: Settings) -> KafkaAdminClient:
    """An admin client; Trouble where no broker answers."""
    return _connected(KafkaAdminClient, settings, {})


def is_fenced(error: KafkaError) -> bool:
    """Whether Kafka tells a transactional producer by this that another one has been started in its place.

    Where the producer learns of it between two calls, kafka-python names the reason in the words of another error alone.
    """
    return isinstance(error, _FENCED) or any(each.__name__ in str(error) for each in _FENCED)


@lru_cache(maxsize=16_384)
def partition_of(key: bytes, partitions: int) -> int:
    """The partition of a key: Kafka's default partitioner (murmur2), as Java's, kafka-python's and aiokafka's producers.

    Remembered: kafka-python reckons it in Python, 6 µs a key, and what the worker passes on comes back to few bodies.
    """
    hashed: int = murmur2(key)
    return (hashed & 0x7FFF_FFFF) % partitions


def partitions_of(reader: KafkaConsumer, topic: str) -> list[TopicPartition]:
    """All partitions of a topic, in order; Trouble where there is no such topic."""
    numbers = reader.partitions_for_topic(topic)
    if not numbers:
        log, _, _ = topic.partition(".")
        raise Trouble(f"there is no topic {topic}: run `python -m streams topics create --log {log}`")
    return [TopicPartition(topic, number) for number in sorted(numbers)]


def end_offsets(reader: KafkaConsumer, topic: str) -> dict[int, int]:
    """The offset after the last readable record of each partition."""
    return {place.partition: end for place, end in reader.end_offsets(partitions_of(reader, topic)).items()}


def road_of(record: ConsumerRecord) -> str:
    """Which gateway brought a record, by its header; empty where none says so."""
    headers: dict[str, bytes] = dict(record.headers)
    found = headers.get(ROAD, b"").decode("ascii", "replace")
    return found if found in ROADS else ""


def read_topic(settings: Settings, topic: str, *, isolation: str = "read_committed") -> list[ConsumerRecord]:
    """All records of a topic from its start to its present end, by partition and offset (null keys and values included)."""
    with consumer(settings, isolation_level=isolation) as reader:
        places = partitions_of(reader, topic)
        ends = reader.end_offsets(places)
        return _read(reader, reader.beginning_offsets(places), ends)


def newest_values(settings: Settings, topic: str) -> dict[bytes | None, bytes | None]:
    """The newest value of each key of a topic, as compaction will leave them; None is a tombstone."""
    return {record.key: record.value for record in read_topic(settings, topic)}


def newest_messages(settings: Settings, topic: str, type_: type[T], who: str) -> list[T]:
    """The newest message of each key of a topic that can be read; what cannot be is passed over as by `read`."""
    newest: dict[bytes | None, T] = {}
    for record in read_topic(settings, topic):
        if record.value is None:
            newest.pop(record.key, None)
        elif (message := read(record, type_, who)) is not None:
            newest[record.key] = message
    return list(newest.values())


def read(record: ConsumerRecord, type_: type[T], who: str) -> T | None:
    """What a record says; None for a tombstone, and for what is no such message, which stderr names by its place.

    Anybody may have written it: one record that cannot be read must not stop whoever reads the others.
    """
    if record.value is None:
        return None
    try:
        return decode(record.value, type_)
    except DecodeError as error:
        passed_over(record, str(error), who)
        return None


def passed_over(record: ConsumerRecord, why: str, who: str) -> None:
    """Say on stderr that `who` passes over a record, with its place; never a byte of it."""
    sys.stderr.write(f"{who}: {record.topic}/{record.partition}/{record.offset} is passed over: {why}\n")
    sys.stderr.flush()


def last_record(settings: Settings, topic: str, partition: int) -> ConsumerRecord | None:
    """The newest committed record of a partition, or None where there is none."""
    with consumer(settings) as reader:
        return newest(reader, TopicPartition(topic, partition), lambda _: True)


def newest(reader: KafkaConsumer, place: TopicPartition, wanted: Callable[[ConsumerRecord], bool]) -> ConsumerRecord | None:
    """The newest record of a partition that is `wanted`, or None."""
    return next(reversed(newest_of(reader, place, wanted, 1)), None)


def newest_of(
    reader: KafkaConsumer, place: TopicPartition, wanted: Callable[[ConsumerRecord], bool], count: int
) -> list[ConsumerRecord]:
    """The newest records of a partition that are `wanted`, in order, at least `count` if there are so many.

    It is read back from the end in windows that grow fourfold.
    """
    begin, low = reader.beginning_offsets([place])[place], reader.end_offsets([place])[place]
    size, found = _FIRST_WINDOW, list[ConsumerRecord]()
    while low > begin and len(found) < count:
        low, high = max(begin, low - size), low
        found = [record for record in _read(reader, {place: low}, {place: high}) if wanted(record)] + found
        size *= _GROWTH
    return found


def read_since(reader: KafkaConsumer, topic: str, at: int) -> list[ConsumerRecord]:
    """The committed records of a topic written since `at` (ms since 1970), by partition and offset."""
    places = partitions_of(reader, topic)
    ends = reader.end_offsets(places)
    found = reader.offsets_for_times(dict.fromkeys(places, at))
    return _read(reader, {place: found[place].offset if found[place] else ends[place] for place in places}, ends)


def stream(reader: KafkaConsumer, topic: str, begin: Mapping[int, int], end: Mapping[int, int]) -> Iterator[ConsumerRecord]:
    """The committed records of a topic one by one, in order within each partition; nothing is kept in memory.

    `begin` (where it is silent the oldest that is left) and `end` are offsets by partition.
    """
    places = partitions_of(reader, topic)
    first = {place: begin.get(place.partition, 0) for place in places}
    for _, batch in _batches(reader, first, {place: end[place.partition] for place in places}):
        yield from batch


def records_between(
    reader: KafkaConsumer, begin: Mapping[TopicPartition, int], end: Mapping[TopicPartition, int]
) -> Iterator[ConsumerRecord]:
    """The records of each partition from `begin` up to but not including `end`, in order within each, one by one."""
    for _, batch in _batches(reader, dict(begin), dict(end)):
        yield from batch


def _read(reader: KafkaConsumer, begin: dict[TopicPartition, int], end: dict[TopicPartition, int]) -> list[ConsumerRecord]:
    """The records of each partition from `begin` up to but not including `end`, by partition and offset."""
    records: dict[TopicPartition, list[ConsumerRecord]] = {place: [] for place in begin}
    for place, batch in _batches(reader, begin, end):
        records[place] += batch
    return [record for place in sorted(records) for record in records[place]]


def _batches(
    reader: KafkaConsumer, begin: dict[TopicPartition, int], end: dict[TopicPartition, int]
) -> Iterator[tuple[TopicPartition, list[ConsumerRecord]]]:
    """What Kafka gives of each partition from `begin` up to but not including `end`; Trouble where it stops answering."""
    left = {place for place in begin if begin[place] < end[place]}
    reader.assign(left)
    reader.resume(*left)
    for place in left:
        reader.seek(place, begin[place])
    moved = time.monotonic()
    while left:
        for place, batch in reader.poll(_POLL_MS).items():
            yield place, _before(batch, end[place])
            moved = time.monotonic()
        finished = {place for place in left if reader.position(place) >= end[place]}
        left -= finished
        reader.pause(*finished)
        if left and time.monotonic() > moved + STALL_SECONDS:
            raise Trouble(f"Kafka gave nothing of {sorted(left)} for {STALL_SECONDS} s: check that the broker runs, try again")


def _before(batch: Iterable[ConsumerRecord], end: int) -> list[ConsumerRecord]:
    return [record for record in batch if record.offset < end]


def _tls(cafile: str | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=cafile)
    except OSError as error:
        raise Trouble(f"KAFKA_SSL_CAFILE is {cafile!r}, which cannot be used: {error}. Give a PEM file, or unset it") from None


def _connected(client: Callable[..., T], settings: Settings, keywords: dict[str, Any]) -> T:
    try:
        if settings.embedded and settings.bootstrap not in _checked:
            _check_cluster(settings, keywords)
        return client(**_PATIENCE | connection(settings) | keywords)
    except KafkaTimeoutError as error:
        raise Trouble(_unanswered(settings)) from error
    except KafkaError as error:
        raise Trouble(f"Kafka at {settings.bootstrap} refuses: {error}. Check the KAFKA_… security settings") from error


def _check_cluster(settings: Settings, keywords: Mapping[str, Any]) -> None:
    """Trouble where another program's Kafka has the embedded broker's port; each address is asked once in a process."""
    patience = {name: keywords.get(name, value) for name, value in _PATIENCE.items()}
    with closing(KafkaAdminClient(**patience, **connection(settings))) as admin:
        found = admin.describe_cluster()["cluster_id"]
    if found != CLUSTER:
        raise Trouble(
            f"the Kafka at {settings.bootstrap} is of cluster {found!r}, not an embedded one: stop it, set "
            f"ONESCREEN_KAFKA_PORT to a free port, or, if you mean to use it, set KAFKA_BOOTSTRAP_SERVERS={settings.bootstrap}"
        )
    _checked.add(settings.bootstrap)


def _unanswered(settings: Settings) -> str:
    if settings.embedded and (why := why_away(settings.data.resolve() / "kafka")):
        return f"no Kafka answers at {settings.bootstrap}: {why}"
    if settings.secure:
        name = settings.security["KAFKA_SASL_USERNAME"]
        return (
            f"no Kafka at {settings.bootstrap} lets {name} in: run `python -m streams kafka start`; if it runs, it knows "
            f"another password of {name}: run `python -m streams kafka access --grant`"
        )
    if settings.embedded:
        return f"no Kafka answers at {settings.bootstrap}: run `python -m streams kafka start`"
    return f"no Kafka answers at {settings.bootstrap}: check KAFKA_BOOTSTRAP_SERVERS and the KAFKA_… security settings"
