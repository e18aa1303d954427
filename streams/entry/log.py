"""The entries by hand of a log and their facts, read: in an opened log only what its keys have signed."""

from collections.abc import Iterable
from typing import NamedTuple

from kafka import KafkaConsumer, TopicPartition
from kafka.consumer.fetcher import ConsumerRecord

from streams.entry.drafts import fact_id, topic_of_fact
from streams.kafka import clients
from streams.kafka.verified import desk_reader
from streams.messages import Place
from streams.messages.services.entry import EntryDecision, EntryDraft, EntryRecord
from streams.settings import Settings
from streams.topics import topic_name


class Stamped(NamedTuple):
    """A record of an entry, when Kafka got it (ms), and where it stands."""

    record: EntryRecord
    at: int
    place: Place


Span = tuple[int, int]
"""From one time (ms, of the broker) up to another."""


class EntryLog:
    """Reads entries of a log, each time anew. Trouble or KafkaError where Kafka does not answer."""

    def __init__(self, settings: Settings, log: str) -> None:
        self._settings, self._log = settings, log

    def records(self, entry: str) -> list[Stamped]:
        """The records of an entry in the log's order."""
        reader = desk_reader(self._settings, self._log, "entries")
        found = []
        with clients.consumer(self._settings) as consumer:
            where = _partition(consumer, topic_name(self._log, "entries"), entry)
            for record in clients.records_between(consumer, {where: 0}, consumer.end_offsets([where])):
                said = reader.read(record, EntryRecord) if record.key == entry.encode() else None
                if isinstance(said, EntryDraft | EntryDecision) and said.entry == entry:
                    found.append(Stamped(said, record.timestamp, _place(record)))
        return found

    def fact(self, draft: EntryDraft, spans: Iterable[Span]) -> Place | None:
        """Where the fact of a draft stands, of those that Kafka got within these times; None where there is none."""
        reader = desk_reader(self._settings, self._log, "entries")
        name = fact_id(draft.entry)
        with clients.consumer(self._settings) as consumer:
            where = _partition(consumer, topic_name(self._log, topic_of_fact(draft)), draft.subject)
            end = consumer.end_offsets([where])[where]
            for since, until in spans:
                first, last = (consumer.offsets_for_times({where: at})[where] for at in (since, until))
                begins, ends = ({where: at.offset if at else end} for at in (first, last))
                for record in clients.records_between(consumer, begins, ends):
                    if name.encode() in (record.value or b"") and reader.event_id(record) == name:
                        return _place(record)
        return None


def _partition(consumer: KafkaConsumer, topic: str, key: str) -> TopicPartition:
    """The partition of a topic in which a key stands."""
    return TopicPartition(topic, clients.partition_of(key.encode(), len(clients.partitions_of(consumer, topic))))


def _place(record: ConsumerRecord) -> Place:
    return Place(record.topic, record.partition, record.offset)
