"""What one connection after the other has delivered and nobody has answered yet, and its numbers; of three threads one lock."""

import threading
import time
from collections import deque
from collections.abc import Callable

from streams.gateways.mqtt.message import Published

UNPROMISED = 10_000
"""Messages of QoS 0 that wait at most; beyond them they are dropped and told. 本系统默认 (a default of this system)."""


class UnderWay:
    """Messages from their receipt to their acknowledgement, in this order; those of a connection that ends come again.

    `connections`: how many there have been; `received`, `acknowledged`: messages, those that came again counted again;
    `unpromised`, `dropped`: those of QoS 0 that came, and that there was no room for.
    """

    def __init__(self) -> None:
        self._lock = threading.Condition()
        self._waiting: deque[Published] = deque()
        self._unanswered: deque[float] = deque()
        self._connection = self.connections = 0
        self._since = time.monotonic()
        self.received = self.acknowledged = self.unpromised = self.dropped = 0

    def begin(self) -> None:
        """A connection has begun."""
        with self._lock:
            self.connections += 1
            self._connection = self.connections
            self._clear()

    def give_up(self) -> None:
        """Take nothing more on this connection: what waits, and what still comes, is let go, for it comes again in order."""
        with self._lock:
            if self._connection:
                self._since = time.monotonic()
            self._connection = 0
            self._clear()

    def again(self) -> None:
        """A new connection is tried: how long there is none counts from now."""
        self._since = time.monotonic()

    def come(self, topic: str, payload: bytes, content_type: str, properties: dict[str, str], mid: int) -> None:
        """A message was delivered; `mid` 0: of QoS 0, which nobody acknowledges."""
        with self._lock:
            if self._connection == 0:
                return
            self.received += 1
            if mid:
                self._unanswered.append(time.monotonic())
            else:
                self.unpromised += 1
                if len(self._waiting) >= UNPROMISED:
                    self.dropped += 1
                    return
            self._waiting.append(
                Published(
                    topic=topic,
                    payload=payload,
                    content_type=content_type,
                    properties=properties,
                    mid=mid,
                    connection=self._connection,
                )
            )
            self._lock.notify()

    def next(self, most: int, seconds: float) -> list[Published]:
        """Messages in the order of their receipt, as soon as there are some."""
        with self._lock:
            if not self._waiting:
                self._lock.wait(seconds)
            return [self._waiting.popleft() for _ in range(min(most, len(self._waiting)))]

    def answer(self, messages: list[Published], acknowledge: Callable[[int], object]) -> None:
        """Acknowledge messages in this order; those of a connection that is no more will come again."""
        with self._lock:
            for message in messages:
                if message.mid and message.connection == self._connection:
                    acknowledge(message.mid)
                    self.acknowledged += 1
                    self._unanswered.popleft()

    def away(self) -> float:
        """For how many seconds there has been no connection; 0 where there is one."""
        with self._lock:
            return 0.0 if self._connection else time.monotonic() - self._since

    def unanswered(self) -> tuple[int, float]:
        """How many messages of this connection are not acknowledged, and for how many seconds the oldest has been there."""
        with self._lock:
            oldest = time.monotonic() - self._unanswered[0] if self._unanswered else 0.0
            return len(self._unanswered), oldest

    def _clear(self) -> None:
        self._waiting.clear()
        self._unanswered.clear()
