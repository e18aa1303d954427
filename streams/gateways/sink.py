"""Where a timeline goes: into the events topics of a log."""

from collections.abc import Iterable, Mapping
from typing import Self

from kafka import TopicPartition
from kafka.errors import KafkaError

from streams.catalogue import domains
from streams.command import Trouble
from streams.gateways.timeline import Arrival, Beat, Counts
from streams.kafka import clients
from streams.kafka.ticks import newest_ticks
from streams.messages import resumed_bytes, time_bytes
from streams.settings import Settings
from streams.topics import events_topic, input_topics

MARK = "mark"
"""The Kafka header that carries an arrival's mark."""

_FLUSH_EVERY = 20_000  # records; the producer's own buffer has no bound


class LogWriter:
    """Writes arrivals and ticks into the events topics of a log, in order within each partition; used with `with`.

    Trouble where a topic is missing or the broker refuses a record: nothing after it is sent. `held`: how many of the first
    records of a partition stand in the log already and are not sent again; it is given where the log is written from its
    beginning, so that no partition has a tick before the first.
    """

    def __init__(self, settings: Settings, log: str, held: Mapping[tuple[str, int], int] | None = None) -> None:
        self._producer = clients.producer(settings)
        self._topics = {domain: events_topic(log, domain) for domain in domains()}
        with clients.consumer(settings) as reader:
            self._partitions = {topic: len(clients.partitions_of(reader, topic)) for topic in input_topics(log)}
        self._settings, self._log = settings, log
        self._newest: dict[TopicPartition, int | None] = {}
        self._from_the_beginning = held is not None
        self._sent = 0
        self._held = dict(held or {})
        self._failed: list[BaseException] = []

    def place(self, arrival: Arrival) -> tuple[str, int]:
        """The topic and partition of an arrival: Kafka's choice by key; without a key, that of the empty one."""
        topic = self._topics[arrival.domain]
        return topic, clients.partition_of(arrival.key, self._partitions[topic])

    def send(self, arrival: Arrival) -> None:
        """Send one record."""
        topic, partition = self.place(arrival)
        self._send(topic, partition, arrival.value, arrival.key or None, [(MARK, arrival.mark)] if arrival.mark else None)

    def tick(self, at: int) -> None:
        """Send a tick (ms) to every partition of every events topic, and of the incidents' input.

        The first one, and one after a gap, resumes time after the newest tick of its partition.
        """
        for (topic, partition), value in self._told(at):
            self._send(topic, partition, value)

    def laid(self, beat: Beat) -> Iterable[tuple[tuple[str, int], bytes]]:
        """Where the records of a beat would go (topic and partition), and their bytes; beats come in their order."""
        return [(self.place(beat), beat.value)] if isinstance(beat, Arrival) else self._told(beat)

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
        if not self._from_the_beginning:
            return newest_ticks(self._settings, self._log)
        return {TopicPartition(topic, number): None for topic, size in self._partitions.items() for number in range(size)}

    def everywhere(self, value: bytes) -> None:
        """Send one record without a key to every partition of every events topic."""
        self._spread(value, self._topics.values())

    def flush(self) -> None:
        """Wait until the broker has everything that was sent."""
        self._producer.flush()
        if self._failed:
            raise Trouble(f"Kafka refuses a record: {self._failed[0]}. What was sent before it stands in the log")

    def _spread(self, value: bytes, topics: Iterable[str]) -> None:
        for topic in topics:
            for partition in range(self._partitions[topic]):
                self._send(topic, partition, value)

    def _send(
        self, topic: str, partition: int, value: bytes, key: bytes | None = None, headers: list[tuple[str, bytes]] | None = None
    ) -> None:
        if self._held.get((topic, partition)):
            self._held[topic, partition] -= 1
            return
        future = self._producer.send(topic, value=value, key=key, headers=headers, partition=partition)
        future.add_errback(self._failed.append)
        self._sent += 1
        if self._sent % _FLUSH_EVERY == 0:
            self.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                self.flush()
        finally:
            self._producer.close()


def _is_new(at: int, before: int | None) -> bool:
    return before is None or at > before


def write_log(beats: Iterable[Beat], settings: Settings, log: str, held: Mapping[tuple[str, int], int] | None = None) -> Counts:
    """Write a timeline into a log whose topics are there; `held` as of `LogWriter`, whose records are counted too."""
    counts = Counts()
    try:
        with LogWriter(settings, log, held) as writer:
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
