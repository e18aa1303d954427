"""The log as Kafka has it: each write is awaited, each topic followed from its beginning."""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from kafka.consumer.fetcher import ConsumerRecord
from kafka.errors import KafkaError

from streams.clock import newest_tick, wall_time
from streams.command import Trouble
from streams.kafka import clients
from streams.keeper.acts import FORGETS
from streams.keeper.errors import AwayError
from streams.keeper.log import KEYS, SEALED, Stored
from streams.sealing.record import UnopenedError, record_of
from streams.settings import Settings
from streams.topics import LIVE, topic_name

PATIENCE = 10.0
"""Seconds within which Kafka must take a record."""

_PROMPT = {"linger_ms": 0, "request_timeout_ms": 5_000, "delivery_timeout_ms": int(PATIENCE * 1_000)}
_TICK_LASTS = 5.0
"""Seconds for which the newest tick is not asked for again."""


class Followed:
    """A topic that is read from its beginning, and then what is new each time."""

    def __init__(self, settings: Settings, topic: str) -> None:
        self._reader = clients.consumer(settings)
        self._topic = topic
        self._next: dict[int, int] = {}

    def new(self) -> Iterator[ConsumerRecord]:
        """The records that are new since the last call, in order within each partition."""
        ends = clients.end_offsets(self._reader, self._topic)
        for record in clients.stream(self._reader, self._topic, dict(self._next), ends):
            yield record
            self._next[record.partition] = record.offset + 1
        self._next = ends

    def at(self, partition: int, offset: int) -> ConsumerRecord | None:
        """The record at a place; None where it is not there any more."""
        ends = {place.partition: 0 for place in clients.partitions_of(self._reader, self._topic)} | {partition: offset + 1}
        return next(iter(clients.stream(self._reader, self._topic, {partition: offset}, ends)), None)

    def close(self) -> None:
        """Let the connection go."""
        self._reader.close()


class KafkaLog:
    """The keeper's log in Kafka; used with `with`."""

    def __init__(self, settings: Settings, log: str) -> None:
        self._settings, self._log = settings, log
        self._producer = clients.producer(settings, **_PROMPT)
        self._keys = Followed(settings, topic_name(log, KEYS))
        self._orders = Followed(settings, topic_name(log, FORGETS))
        self._sealed = Followed(settings, topic_name(log, SEALED))
        self._texts: dict[str, tuple[int, int, str]] = {}
        self._chain, self._read = list[bytes](), list[Stored]()
        self._tick: int | None = None
        self._asked = float("-inf")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for each in (self._keys, self._orders, self._sealed):
            each.close()
        self._producer.close(timeout=1)

    def write(self, topic: str, key: str, value: bytes | None) -> None:
        """Write a record and wait for Kafka; AwayError where it does not take it."""
        with _away():
            sent = self._producer.send(topic_name(self._log, topic), key=key.encode(), value=value)
            sent.get(PATIENCE)

    def chain(self) -> Iterable[bytes]:
        """The roots' events that are new in `<log>.keys`."""
        with _away():
            for record in self._keys.new():
                if record.value:
                    self._chain.append(record.value)
        chain, self._chain = self._chain, []
        return chain

    def orders(self) -> Iterable[Stored]:
        """What is new in `<log>.forgets`."""
        with _away():
            for each in self._orders.new():
                if each.value:
                    self._read.append(Stored(each.partition, each.offset, each.key, each.value))
        read, self._read = self._read, []
        return read

    def text(self, digest: str) -> bytes | None:
        """A record of `<log>.sealed`, read where it stands."""
        with _away():
            self._follow()
            place = self._texts.get(digest)
            record = self._sealed.at(*place[:2]) if place else None
            return record.value if record is not None and record.key == digest.encode() else None

    def texts(self) -> Iterable[tuple[str, str]]:
        """Digest and key of every text that stands."""
        with _away():
            self._follow()
            return [(digest, kid) for digest, (*_, kid) in self._texts.items()]

    def now(self) -> int | None:
        """The newest tick, at most 5 s old. Of the live log it is never ahead of this machine's clock: no grace ends early."""
        with _away():
            if time.monotonic() > self._asked + _TICK_LASTS:
                self._tick, self._asked = newest_tick(self._settings, self._log), time.monotonic()
        return min(self._tick, wall_time()) if self._tick is not None and self._log == LIVE else self._tick

    def _follow(self) -> None:
        for record in self._sealed.new():
            digest = (record.key or b"").decode("ascii", "replace")
            if record.value is None:
                self._texts.pop(digest, None)
                continue
            try:
                self._texts[digest] = record.partition, record.offset, record_of(record.value).kid
            except UnopenedError as error:
                clients.passed_over(record, str(error), "keeper")


@contextmanager
def _away() -> Iterator[None]:
    try:
        yield
    except KafkaError as error:
        raise AwayError(f"Kafka does not answer the keeper ({type(error).__name__}): it tries again") from error
    except Trouble as error:
        raise AwayError(str(error)) from error
