"""Brings what is told into `<log>.access` without anybody waiting for it: a bounded queue and one thread."""

import queue
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from kafka import KafkaProducer
from kafka.errors import KafkaError

from streams.command import Trouble
from streams.kafka import clients
from streams.messages import Access, encode
from streams.settings import Settings
from streams.topics import topic_name

MOST = 10_000
"""What waits for Kafka at most; beyond it the newest is not told, and that is said. 本系统默认 (a default of this system)."""

PAUSE = 5.0
"""Seconds after a failure until Kafka is tried again; 本系统默认."""

_PATIENCE_MS = 10_000


class Teller:
    """Takes what is told from any thread; `start` and `stop` belong to the application's life."""

    def __init__(self, settings: Settings, log: str) -> None:
        self._settings, self._topic = settings, topic_name(log, "access")
        self._waiting: queue.Queue[Access] = queue.Queue(MOST)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="access", daemon=True)
        self.lost = 0

    def tell(self, access: Access) -> None:
        """Take one; it never waits."""
        try:
            self._waiting.put_nowait(access)
        except queue.Full:
            self.lost += 1
            if self.lost & (self.lost - 1) == 0:
                _say(f"{self.lost} were not told: Kafka takes nothing")

    def write(self, access: Access) -> None:
        """Bring one now, and come back when Kafka has it; KafkaError or Trouble where it has not."""
        with self._producer() as producer:
            self._send(producer, access)

    def start(self) -> None:
        """Begin to bring it into the log."""
        self._thread.start()

    def stop(self) -> None:
        """Bring what waits, and end."""
        self._stop.set()
        self._thread.join(PAUSE)

    def _run(self) -> None:
        while (first := self._next()) is not None:
            try:
                self._bring(first)
            except (KafkaError, Trouble) as error:
                self.lost += 1
                _say(f"{error}; {self.lost} were not told")
                self._stop.wait(PAUSE)

    def _next(self) -> Access | None:
        """What waits longest; None at the end."""
        while True:
            with suppress(queue.Empty):
                return self._waiting.get(timeout=0.2)
            if self._stop.is_set():
                return None

    def _bring(self, first: Access) -> None:
        """Bring this one and what follows, until there is nothing for the end."""
        with self._producer() as producer:
            each: Access | None = first
            while each is not None:
                self._send(producer, each)
                each = self._next()

    def _send(self, producer: KafkaProducer, access: Access) -> None:
        producer.send(self._topic, encode(access), access.who.encode()).get(_PATIENCE_MS / 1_000)

    @contextmanager
    def _producer(self) -> Iterator[KafkaProducer]:
        limits = {"request_timeout_ms": _PATIENCE_MS, "delivery_timeout_ms": _PATIENCE_MS, "max_block_ms": _PATIENCE_MS}
        producer = clients.producer(self._settings, linger_ms=0, **limits)
        try:
            yield producer
        finally:
            producer.close(timeout=1)


def _say(text: str) -> None:
    sys.stderr.write(f"access: {text}\n")
    sys.stderr.flush()
