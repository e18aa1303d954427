"""Records that a screen has read and not yet folded, and what they say."""

from collections.abc import Callable, Iterator
from typing import Any

from kafka.consumer.fetcher import ConsumerRecord
from msgspec import Struct

from screen.feed.believed.beyond import Revised
from screen.feed.believed.proofs import Proofs
from screen.feed.believed.sealed import Revision, Trailed
from screen.feed.fold import TAKEN
from screen.feed.slices.trails import Written
from streams.kafka.verified import DeskReader
from streams.messages import (
    DAY,
    Audit,
    DecodeError,
    Handover,
    Heartbeat,
    JobStatus,
    Seal,
    Takeover,
    decode,
    parse_time,
)
from streams.messages.services.appraisal import Objection
from streams.messages.services.catalogue import CatalogueStep
from streams.messages.services.entry import EntryDraft
from streams.outputs import BY_TOPIC, BY_TYPE, OUTPUTS, TRAIL_OF
from streams.signing.chain import revision_digest
from streams.signing.proofs.reading import KEYS
from streams.topics import input_topics, inputs

TYPES: dict[str, Any] = {kind.topic: kind.message for kind in OUTPUTS if TAKEN.intersection(kind.types)}
"""The topics that are read, all of whose records a View takes, and what these are."""

PEOPLES = frozenset(BY_TYPE[each].topic for each in (Handover, CatalogueStep, EntryDraft, Objection))
"""The topics of notes of shifts, the directory, entries by hand, objections: people sign there where the log was opened."""

STANDING = frozenset(topic for topic in TYPES if BY_TOPIC[topic].standing)
"""Topics whose newest record of a key says all that there is to say: an older one that still waits is not even decoded.

When 350 alerts join an incident at once, each of its revisions lists up to 500 members.
"""

REVISED = frozenset(BY_TYPE[type_].topic for type_ in TRAIL_OF)
"""Topics of what has a trail, whose revisions the workers of an opened log seal."""


class Waiting:
    """The records in the order in which they came; of a topic of STANDING the newest of each key alone.

    `at`: the place of the one that was taken last. `left_out` is told place and reason of what is none of ours. `desk` reads
    what people write (PEOPLES), which in an opened log they sign; without it it stands unsigned.
    """

    def __init__(
        self, left_out: Callable[[str, str], None], desk: DeskReader | None = None, proofs: Proofs | None = None
    ) -> None:
        """`proofs`: whose seals are believed, where the log was opened."""
        self.at = ""
        self._proofs = proofs or Proofs()
        self._left_out = left_out
        self._desk = desk
        self._records: dict[tuple[object, ...], tuple[str, ConsumerRecord]] = {}

    def __len__(self) -> int:
        return len(self._records)

    def add(self, name: str, record: ConsumerRecord) -> None:
        """One more record of a topic of TYPES."""
        alone = name in STANDING and not (self._proofs.logid and name in REVISED)  # a false one must not hide a true one
        key = (name, record.key) if alone else (name, record.partition, record.offset)
        self._records.pop(key, None)
        self._records[key] = name, record

    def taken(self) -> Iterator[Struct]:
        """What they say, that of keys first: an end counts for all that was read with it; then none wait any more."""
        records, self._records = self._records, {}
        for name, record in sorted(records.values(), key=lambda each: each[0] != KEYS):
            self.at = f"{record.topic}/{record.partition}/{record.offset}"
            if message := self._message(name, record):
                yield message

    def _message(self, name: str, record: ConsumerRecord) -> Struct | None:
        """The record's message; None for a tombstone, or for what is none of ours."""
        if record.value is None:
            return None
        if name == KEYS:
            self._proofs.learn(record.timestamp, record.value)
            return None
        try:
            message = self._decoded(name, record)
        except DecodeError as error:
            self._left_out(self.at, f"{error} {error.field}".rstrip())
            return None
        why = _misplaced(message, record)
        if isinstance(message, Seal):
            why = self._proofs.fault(message, record.timestamp)
        if why:
            self._left_out(self.at, why)
            return None
        if isinstance(message, Trailed) and self._proofs.logid:
            return Revision(message, revision_digest(self._proofs.hash, record.value))
        return Written(message, record.timestamp) if isinstance(message, Audit) else message

    def _decoded(self, name: str, record: ConsumerRecord) -> Struct:
        if self._desk is not None and name in PEOPLES:
            return self._desk.decoded(record, TYPES[name])
        message: Struct = decode(record.value, TYPES[name])
        return message


def _misplaced(message: Struct, record: ConsumerRecord) -> str:
    """Why a message cannot stand here, or an empty text.

    A pulse of another partition, a revision of no input of this log; a note of a shift, or a job, of a day that had not come
    by Kafka's stamp of the record: it would stand before all true ones for good.
    """
    if isinstance(message, Heartbeat):
        ours = message.domain in inputs() and message.partition == record.partition
        return "" if ours else "a pulse of no partition that stands here"
    if isinstance(message, Revised):
        log, _, _ = record.topic.partition(".")
        return "" if message.place.topic in input_topics(log) else "a revision of no input of this log"
    at = message.asked_at if isinstance(message, JobStatus) else message.at if isinstance(message, Handover | Takeover) else ""
    return "of a day that has not come" if at and parse_time(at) > record.timestamp + DAY else ""
