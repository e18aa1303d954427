"""Records that a screen has read and not yet folded, and what they say."""

from collections.abc import Iterator
from typing import Any

from kafka.consumer.fetcher import ConsumerRecord
from msgspec import Struct

from screen.feed.fold import TAKEN
from screen.feed.slices.trails import Written
from screen.web.server_log import log_line
from streams.messages import Audit, DecodeError, decode
from streams.outputs import BY_TOPIC, OUTPUTS

TYPES: dict[str, Any] = {kind.topic: kind.message for kind in OUTPUTS if TAKEN.intersection(kind.types)}
"""The topics that are read, all of whose records a View takes, and what these are."""

STANDING = frozenset(topic for topic in TYPES if BY_TOPIC[topic].standing)
"""Topics whose newest record of a key says all that there is to say: an older one that still waits is not even decoded.

When 350 alerts join an incident at once, each of its revisions lists up to 500 members.
"""


class Waiting:
    """The records in the order in which they came; of a topic of STANDING the newest of each key alone."""

    def __init__(self) -> None:
        self._records: dict[tuple[object, ...], tuple[str, ConsumerRecord]] = {}

    def __len__(self) -> int:
        return len(self._records)

    def add(self, name: str, record: ConsumerRecord) -> None:
        """One more record of a topic of TYPES."""
        key = (name, record.key) if name in STANDING else (name, record.partition, record.offset)
        self._records.pop(key, None)
        self._records[key] = name, record

    def taken(self) -> Iterator[Struct]:
        """What they say; then none wait any more."""
        records, self._records = self._records, {}
        for name, record in records.values():
            if message := _message(name, record):
                yield message


def _message(name: str, record: ConsumerRecord) -> Struct | None:
    """The record's message; None for a tombstone, or for bytes that are none of ours, which stderr names."""
    if record.value is None:
        return None
    try:
        message: Struct = decode(record.value, TYPES[name])
    except DecodeError as error:
        log_line(f"{record.topic} {record.partition}/{record.offset} is left out: {error}")
        return None
    return Written(message, record.timestamp) if isinstance(message, Audit) else message
