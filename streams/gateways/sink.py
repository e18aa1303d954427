"""Where a timeline goes: into the events topics of a log.

In a log that was opened what a person, an office or a register states is signed by the key of the part that writes, many
under one signature; ticks are of a chain that the clock's key has signed. What instruments measure goes as it is.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from functools import cache
from typing import Self

from kafka import TopicPartition
from kafka.errors import KafkaError

from streams.catalogue import domains, stated
from streams.command import Trouble
from streams.gateways.chains import PartitionChains
from streams.gateways.timeline import Arrival, Beat, Counts
from streams.kafka import clients
from streams.kafka.series import series_of
from streams.kafka.ticks import ClockStand, clock_stands, newest_ticks
from streams.messages import (
    TICK,
    DecodeError,
    decode_event,
    encode,
    format_time,
    parse_time,
    resumed_bytes,
    tick_bytes,
    time_bytes,
)
from streams.settings import Settings
from streams.signing.machine.part import open_part
from streams.signing.sign import Signer
from streams.topics import events_topic, hears, input_topics, split_events_topic

MARK = "mark"
"""The Kafka header that carries an arrival's mark."""
_FLUSH_EVERY = 20_000  # records; the producer's own buffer has no bound

TRANSACTION_MS = 20_000
"""Kafka ends a transaction that stays open for so long (ms). 本系统默认 (a default of this system): who was killed in one holds
readers back for no longer, and what one has is sent in less."""

TRANSACTION = 8 << 20
"""Bytes of values after which a transaction is ended; 本系统默认: 3.4 Mbit/s send them in TRANSACTION_MS."""

_SIGN_EVERY = 4_096
"""Records that wait at most, so that what is stated among them is signed at once."""

CLOCK, IMPORTER = "clock", "registrar-import"
"""The parts that tell the time, and that bring what is in files."""

Waiting = tuple[TopicPartition, bytes, bytes | None, list[tuple[str, bytes]] | None, str]
"""A record on its way: where it goes, its value, key and headers; where it is to be signed, when it arrived."""


class LogWriter:
    """Writes arrivals and ticks into the events topics of a log, in order within each partition; used with `with`.

    Trouble where a topic is missing or the broker refuses a record: nothing after it is sent. `part`: with whose key it signs.
    `held`: how many of the first records of a partition stand in the log already and are not sent again; it is given where the
    log is written from its beginning, so that no partition has a tick before the first. `road`: the gateway that writes.
    `transactional`: the id under which it writes in transactions, each ended by `flush`: whoever wrote under it before can
    write no more, and what of it was under way is nowhere.
    """

    def __init__(
        self,
        settings: Settings,
        log: str,
        held: Mapping[tuple[str, int], int] | None = None,
        *,
        part: str = IMPORTER,
        road: str = "",
        transactional: str = "",
    ) -> None:
        more = {"transactional_id": transactional, "transaction_timeout_ms": TRANSACTION_MS} if transactional else {}
        self._producer = clients.producer(settings, **more)
        self._transactional, self._bytes, self._begun = bool(transactional), 0, False
        self._topics = {domain: events_topic(log, domain) for domain in domains()}
        with clients.consumer(settings) as reader:
            self._partitions = {topic: len(clients.partitions_of(reader, topic)) for topic in input_topics(log)}
        self._settings, self._log = settings, log
        self._newest: dict[TopicPartition, int | None] = {}
        self._from_the_beginning = held is not None
        self._sent = 0
        self._held = dict(held or {})
        self._failed: list[BaseException] = []
        self._waiting: list[Waiting] = []
        self._road = [(clients.ROAD, road.encode())] if road else []
        self._chains: PartitionChains | None = None
        self._keys = ExitStack()
        self._part = self._keys.enter_context(open_part(settings, log, part))
        if transactional:
            self._producer.init_transactions()

    def place(self, arrival: Arrival) -> tuple[str, int]:
        """The topic and partition of an arrival: Kafka's choice by key; without a key, that of the empty one."""
        topic = self._topics[arrival.domain]
        return topic, clients.partition_of(arrival.key, self._partitions[topic])

    def send(self, arrival: Arrival) -> None:
        """Send one record."""
        topic, partition = self.place(arrival)
        arrived = format_time(arrival.at) if self._part.key is not None and needs_signature(arrival.value) else ""
        headers = [(MARK, arrival.mark), *self._road] if arrival.mark else self._road
        self._send(topic, partition, arrival.value, arrival.key or None, headers or None, arrived)

    def tick(self, at: int) -> None:
        """Send a tick (ms) to every partition of everything that is judged.

        The first one, and one after a gap, resumes time after the newest tick of its partition. In an opened log a chain begins
        where it is needed; Trouble where the gap is longer than a clock may pass over by itself.
        """
        if self._part.key is not None:
            self._chained(at)
            return
        for (topic, partition), value in self._told(at):
            self._send(topic, partition, value)

    def laid(self, beat: Beat) -> Iterable[tuple[tuple[str, int], bytes]]:
        """Where the records of a beat would go (topic and partition), and their bytes; beats come in their order.

        In an opened log they are those that would be signed, and ticks without their links.
        """
        if isinstance(beat, Arrival):
            return [(self.place(beat), beat.value)]
        return self._told(beat) if self._part.key is None else [(place, tick_bytes(beat)) for place in self._places()]

    def _told(self, at: int) -> list[tuple[TopicPartition, bytes]]:
        """What tells each partition that it is `at` (ms) now, after the newest tick that it has."""
        first = not self._newest
        newest = self._newest or self._before()
        self._newest = {place: at if before is None else max(at, before) for place, before in newest.items()}
        if len(known := set(newest.values())) == 1 and not first:
            value = time_bytes(at, known.pop())
            return [(place, value) for place in newest]
        return [
            (place, (resumed_bytes if first and _is_new(at, before) else time_bytes)(at, before))
            for place, before in newest.items()
        ]

    def _before(self) -> Mapping[TopicPartition, int | None]:
        """The newest tick of each partition before the first that is written."""
        return dict.fromkeys(self._places()) if self._from_the_beginning else newest_ticks(self._settings, self._log)

    def _places(self) -> list[TopicPartition]:
        return [TopicPartition(topic, number) for topic, size in self._partitions.items() for number in range(size)]

    def _chained(self, at: int) -> None:
        """Write what says the time in an opened log, with the clock's key."""
        if self._chains is None:
            clock = self._keys.enter_context(open_part(self._settings, self._log, CLOCK))
            new = dict.fromkeys(self._places(), ClockStand())
            stands = new if self._from_the_beginning else clock_stands(self._settings, self._log)
            self._chains = PartitionChains(clock, series_of(self._settings, self._log).trust, stands)
        for place in self._places():
            if self._holds(*place):
                self._chains.passed(place, at)
            else:
                for value in self._chains.told(place, at):
                    self._queue((place, value, None, None, ""))

    def everywhere(self, value: bytes, seconds: Sequence[Signer] = ()) -> None:
        """Send one record without a key to every partition of all that hears it; `seconds` sign it too in an opened log."""
        kind, value = type_of(value), self._part.value(value, "*", seconds)
        for place in self._places():
            if hears(split_events_topic(place.topic)[1], kind):
                self._queue((place, value, None, None, ""))

    def flush(self) -> None:
        """Wait until the broker has everything that was sent, and readers see it."""
        self._release()
        self._producer.flush()
        if self._failed:
            raise Trouble(f"Kafka refuses a record: {self._failed[0]}. What was sent before it stands in the log")
        if self._begun:
            self._producer.commit_transaction()
        self._begun, self._bytes = False, 0

    def _send(
        self,
        topic: str,
        partition: int,
        value: bytes,
        key: bytes | None = None,
        headers: list[tuple[str, bytes]] | None = None,
        arrived: str = "",
    ) -> None:
        if not self._holds(topic, partition):
            self._queue((TopicPartition(topic, partition), value, key, headers, arrived))

    def _holds(self, topic: str, partition: int) -> bool:
        """Whether the next record of a partition stands in it already; it is passed over."""
        if not self._held.get((topic, partition)):
            return False
        self._held[topic, partition] -= 1
        return True

    def _queue(self, record: Waiting) -> None:
        self._waiting.append(record)
        if self._part.key is None or len(self._waiting) >= _SIGN_EVERY:
            self._release()

    def _release(self) -> None:
        """Sign what is stated among those that wait, and send them all in their order."""
        waiting, self._waiting = self._waiting, []
        to_sign = [(value, place.topic.partition(".")[2], arrived) for place, value, _, _, arrived in waiting if arrived]
        signed = iter(self._part.values(to_sign))
        for place, value, key, headers, arrived in waiting:
            bytes_ = next(signed) if arrived else value
            if self._transactional and not self._begun:
                self._producer.begin_transaction()
                self._begun = True
            self._bytes += len(bytes_)
            future = self._producer.send(place.topic, value=bytes_, key=key, headers=headers, partition=place.partition)
            future.add_errback(self._failed.append)
            self._sent += 1
            if self._sent % _FLUSH_EVERY == 0 or (self._begun and self._bytes >= TRANSACTION):
                self.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                self.flush()
        finally:
            self._producer.close()
            self._keys.close()


def plain(value: bytes | None) -> bytes | None:
    """What a record of an opened log was before it was signed: a tick without its link; itself where it is no event."""
    if value is None:
        return None
    try:
        event = decode_event(value)
        return tick_bytes(parse_time(event.time)) if event.type == TICK else encode(event)
    except (ValueError, OverflowError):
        return value


def type_of(value: bytes) -> str:
    """The type of an event; empty of what is none, which is refused as it is."""
    try:
        return decode_event(value).type
    except DecodeError:
        return ""


def needs_signature(value: bytes) -> bool:
    """Whether a record is signed in an opened log: one of a stated kind. What is no event goes as it is, and is told there."""
    type_ = type_of(value)
    return type_ != "" and _is_stated(type_)


_is_stated = cache(stated)


def _is_new(at: int, before: int | None) -> bool:
    return before is None or at > before


def write_log(
    beats: Iterable[Beat],
    settings: Settings,
    log: str,
    held: Mapping[tuple[str, int], int] | None = None,
    *,
    part: str = IMPORTER,
) -> Counts:
    """Write a timeline into a log whose topics are there; `held` and `part` as of `LogWriter`; what is held is counted too."""
    counts = Counts()
    try:
        with LogWriter(settings, log, held, part=part) as writer:
            for beat in beats:
                if isinstance(beat, int):
                    writer.tick(beat)
                    counts.ticks += 1
                else:
                    writer.send(beat)
                    counts.events += 1
    except KafkaError as error:
        raise Trouble(f"Kafka at {settings.bootstrap} stopped answering: {error}") from error
    return counts
