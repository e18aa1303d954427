"""Where a timeline goes: into the events topics of a log."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Self

from kafka.errors import KafkaError

from streams.catalogue import domains
from streams.command import Trouble
from streams.gateways.timeline import Arrival, Beat, Counts
from streams.kafka import clients
from streams.messages import tick_bytes
from streams.settings import Settings
from streams.topics import events_topic, input_topics

MARK = "mark"
"""The Kafka header that carries an arrival's mark."""

_FLUSH_EVERY = 20_000  # records; the producer's own buffer has no bound


class LogWriter:
    """Writes arrivals and ticks into the events topics of a log, in order within each partition; used with `with`.

    Trouble where a topic is missing or the broker refuses a record: nothing after it is sent. `held`: how many of the first
    records of a partition stand in the log already and are not sent again.
    """

    def __init__(self, settings: Settings, log: str, held: Mapping[tuple[str, int], int] | None = None) -> None:
        self._producer = clients.producer(settings)
        self._topics = {domain: events_topic(log, domain) for domain in domains()}
        with clients.consumer(settings) as reader:
            self._partitions = {topic: len(clients.partitions_of(reader, topic)) for topic in input_topics(log)}
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
        """Send a tick (ms) to every partition of every events topic, and of the incidents' input."""
        self._spread(tick_bytes(at), self._partitions)

    def laid(self, beat: Beat) -> Iterator[tuple[tuple[str, int], bytes]]:
        """Where the records of a beat go (topic and partition), and their bytes."""
        if isinstance(beat, Arrival):
            yield self.place(beat), beat.value
        else:
            yield from (
                ((topic, number), tick_bytes(beat)) for topic, size in self._partitions.items() for number in range(size)
            )

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
