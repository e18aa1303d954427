"""The events of a log that measures are made of, and the rule books that it adopted: from an archive, or from Kafka."""

from collections.abc import Collection, Iterator
from pathlib import Path

from agents.rulebook.book_cache import BookCache
from agents.rulebook.effective_book import book_texts
from streams.archive.files import Record, partitions, read_books, read_partition
from streams.kafka import clients
from streams.settings import load
from streams.topics import events_topic, split_events_topic

Events = Iterator[tuple[str, int, str, Record]]
"""Topic, partition, the input's name (a domain, `orders`), and record; in order within each partition."""


def events(archive: Path | None, log: str, names: Collection[str]) -> Events:
    """The events of these inputs of an archive, else of a log."""
    return _of_archive(archive, names) if archive else _of_log(log, names)


def books_of(archive: Path | None, log: str) -> BookCache:
    """The rule books that a log adopted, as its archive or the log has them."""
    return BookCache(read_books(archive) if archive else book_texts(load(), log))


def _of_archive(path: Path, names: Collection[str]) -> Events:
    for topic, partition in partitions(path):
        if (name := split_events_topic(topic)[1]) in names:
            for records in read_partition(path, topic, partition):
                for record in records:
                    yield topic, partition, name, record


def _of_log(log: str, names: Collection[str]) -> Events:
    with clients.consumer(load()) as reader:
        for name in names:
            topic = events_topic(log, name)
            for each in clients.stream(reader, topic, {}, clients.end_offsets(reader, topic)):
                yield topic, each.partition, name, (each.offset, each.key, each.value)
