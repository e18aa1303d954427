"""What the keeper needs of a log, and the log of Kafka that gives it."""

from collections.abc import Iterable
from typing import Protocol

from msgspec import Struct

SEALED, LOOKS, KEYS = "sealed", "looks", "keys"
"""The topics, below the log's name, of sealed texts, of who opened which, and of the roots' events."""


class Stored(Struct, frozen=True, gc=False):
    """A record where it stands; `key` and `value` as Kafka has them. `offset` is that of its partition."""

    partition: int
    offset: int
    key: bytes | None
    value: bytes


class Log(Protocol):
    """One log. AwayError where Kafka gives no answer: then nothing is known to be written."""

    def write(self, topic: str, key: str, value: bytes | None) -> None:
        """Write a record, None for a tombstone, into a topic below the log's name; it returns when Kafka has it for good."""

    def chain(self) -> Iterable[bytes]:
        """The roots' events that are new since the last call, in their order."""

    def orders(self) -> Iterable[Stored]:
        """The records of `<log>.forgets` that are new since the last call, in order within each partition."""

    def text(self, digest: str) -> bytes | None:
        """The record of a sealed text; None where there is none any more."""

    def texts(self) -> Iterable[tuple[str, str]]:
        """Digest and key of every sealed text that stands."""

    def now(self) -> int | None:
        """The log's newest tick (ms); None before the first."""
