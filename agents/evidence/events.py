"""The events of a log for a case: the records of its places, and an alert judged again; from Kafka or from an archive."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from kafka import KafkaConsumer, TopicPartition

from agents.rulebook.book_cache import BookCache
from agents.rulebook.lint import sound_book
from agents.stages import Basis, fold_of
from streams.archive.files import Record, partitions, read_books, read_partition
from streams.kafka import clients
from streams.messages import Alert, Place, encode
from streams.settings import Settings
from streams.topics import topic_name

_BATCH = 4_096


class KafkaEvents:
    """Those that stand in Kafka."""

    def __init__(self, settings: Settings, log: str, reader: KafkaConsumer) -> None:
        """`reader` is used as long as this is."""
        self._reader = reader
        texts = clients.newest_values(settings, topic_name(log, "books"))
        self.books = {key.decode("utf-8", "replace"): text for key, text in texts.items() if key and text}

    def first(self, of: Place) -> int:
        """The offset at which a place's partition begins."""
        place = TopicPartition(of.topic, of.partition)
        begin: int = self._reader.beginning_offsets([place])[place]
        return begin

    def until(self, last: Place) -> Iterator[list[Record]]:
        """The records of a partition from its beginning to a place, that one included, in batches."""
        place = TopicPartition(last.topic, last.partition)
        found: list[Record] = []
        for record in clients.records_between(self._reader, {place: self.first(last)}, {place: last.offset + 1}):
            found.append((record.offset, record.key, record.value))
            if len(found) == _BATCH:
                yield found
                found = []
        yield found

    def keyed(self, of: Place, key: str) -> Iterator[tuple[Place, bytes]]:
        """The records of a key that stand in a place's partition."""
        place, wanted = TopicPartition(of.topic, of.partition), key.encode()
        end = self._reader.end_offsets([place])[place]
        for record in clients.records_between(self._reader, {place: self.first(of)}, {place: end}):
            if record.key == wanted and record.value is not None:
                yield Place(of.topic, of.partition, record.offset), record.value

    def at(self, places: Iterable[Place]) -> Mapping[Place, bytes]:
        """The records of some places that are still there."""
        found: dict[Place, bytes] = {}
        for place in places:
            of = TopicPartition(place.topic, place.partition)
            end = self._reader.end_offsets([of])[of]
            if not self.first(place) <= place.offset < end:
                continue
            for record in clients.records_between(self._reader, {of: place.offset}, {of: place.offset + 1}):
                found[place] = record.value or b""
        return found


class ArchivedEvents:
    """Those that stand in an archive."""

    def __init__(self, path: Path) -> None:
        partitions(path)  # Trouble where there is none
        self._path = path
        self.books = read_books(path)

    def first(self, of: Place) -> int:
        """The offset at which a place's partition begins; 0 where it is not there."""
        batch = next(read_partition(self._path, of.topic, of.partition), [])
        return batch[0][0] if batch else 0

    def until(self, last: Place) -> Iterator[list[Record]]:
        """The records of a partition from its beginning to a place, that one included, in batches."""
        for records in read_partition(self._path, last.topic, last.partition):
            yield [record for record in records if record[0] <= last.offset]
            if records[-1][0] >= last.offset:
                return

    def keyed(self, of: Place, key: str) -> Iterator[tuple[Place, bytes]]:
        """The records of a key that stand in a place's partition."""
        wanted = key.encode()
        for records in read_partition(self._path, of.topic, of.partition):
            for offset, known, value in records:
                if known == wanted and value is not None:
                    yield Place(of.topic, of.partition, offset), value

    def at(self, places: Iterable[Place]) -> Mapping[Place, bytes]:
        """The records of some places that are still there."""
        wanted: dict[tuple[str, int], set[int]] = {}
        for place in places:
            wanted.setdefault((place.topic, place.partition), set()).add(place.offset)
        return {
            Place(topic, partition, offset): value or b""
            for (topic, partition), offsets in wanted.items()
            for records in read_partition(self._path, topic, partition)
            for offset, _, value in records
            if offset in offsets
        }


Events = KafkaEvents | ArchivedEvents


def judged_again(events: Events, alert: str, last: Place) -> Iterator[bytes]:
    """The revisions of an alert, as judging its partition again gives them; none where its beginning is gone."""
    if events.first(last):
        return
    fold = fold_of(Basis(sound_book(), books=BookCache(events.books)), last.topic, last.partition)
    for records in events.until(last):
        for output in fold.run(records):
            if isinstance(output, Alert) and output.id == alert:
                yield encode(output)
