"""`python -m agents judge FILE|ARCHIVE`: events in, alerts, audit entries and quality records out; no Kafka, no clock.

A JSON-lines file (or `-`) holds CloudEvents in log order, ticks among them; an archive is what `python -m streams archive`
wrote, with the rule books that its log adopted. Each output is one line `{"topic": …, "key": …, "value": …}`, its value the
very bytes that the worker writes to Kafka.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from agents.core.book import Book
from agents.core.decide import Output, target
from agents.core.fold import Fold
from agents.lint import sound_book
from agents.shelf import Shelf
from streams.archive import read_batches, read_books
from streams.catalogue import domains
from streams.command import Trouble
from streams.kafka.topics import events_topic
from streams.messages import ADOPTED, COMMAND, NOTICE, TICK, Act, encode

FILE_LOG = "file"
"""The log's name of events that come from a plain file: one partition, the offset is the line (from 0)."""


class _Head(msgspec.Struct):
    type: str = ""
    subject: str = ""
    data: msgspec.Raw = msgspec.Raw(b"null")


_head = msgspec.json.Decoder(_Head)
_act = msgspec.json.Decoder(Act)


class FileFolds:
    """`folds` of events that come from a plain file: each domain has one of its own, by its name.

    Ticks, notices and adoptions are everybody's; an act is its whose subject has the alert. A file has no rule books beside it.
    """

    def __init__(self, book: Book) -> None:
        self.folds = {name: Fold(book, events_topic(FILE_LOG, name), 0, keyed=False) for name in domains()}

    def take(self, offset: int, line: bytes) -> Iterator[Output]:
        """Judge one line."""
        record = [(offset, None, line.rstrip(b"\r\n"))]
        head = _read(line)
        if head.type in {TICK, NOTICE, ADOPTED}:
            for fold in self.folds.values():
                yield from fold.run(record)
        elif head.type.startswith(COMMAND):
            yield from self._acted(head).run(record)
        else:
            yield from self.folds.get(head.type.partition(".")[0], self._first).run(record)

    @property
    def _first(self) -> Fold:
        return next(iter(self.folds.values()))

    def _acted(self, head: _Head) -> Fold:
        try:
            act = _act.decode(head.data)
        except msgspec.DecodeError:
            return self._first
        return next((fold for fold in self.folds.values() if fold.has(head.subject, act)), self._first)


def judge_lines(book: Book, lines: Iterable[bytes]) -> Iterator[Output]:
    """Judge CloudEvents, one a line."""
    folds = FileFolds(book)
    for offset, line in enumerate(lines):
        yield from folds.take(offset, line)


def judge_archive(book: Book, path: Path) -> Iterator[Output]:
    """Judge an archive, one partition after the other, with the rule books that its log has adopted."""
    books = Shelf(read_books(path))
    fold: Fold | None = None
    for topic, partition, records in read_batches(path):
        if fold is None or (fold.topic, fold.partition) != (topic, partition):
            fold = Fold(book, topic, partition, books=books)
        yield from fold.run(records)


def _read(line: bytes) -> _Head:
    try:
        return _head.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _Head()


def main(argv: list[str]) -> int:
    """Entry of the command; exit 0."""
    parser = argparse.ArgumentParser(prog="python -m agents judge", description=__doc__)
    parser.add_argument(
        "source", metavar="FILE|ARCHIVE", help="JSON lines of CloudEvents, - for standard input, or an archive folder"
    )
    parser.add_argument("--only", choices=("alerts", "audit", "quality", "quarantine"), help="print only these")
    options = parser.parse_args(argv)
    counts: Counter[str] = Counter()
    write = sys.stdout.buffer.write
    for output in _judged(sound_book(), options.source):
        topic, key = target(output)
        counts[topic] += 1
        if options.only in (None, topic):
            write(encode({"topic": topic, "key": key, "value": output}) + b"\n")
    sys.stdout.buffer.flush()
    sys.stderr.write(
        f"{counts['alerts']} alert revisions, {counts['audit']} audit entries, {counts['quality']} quality records\n"
    )
    if counts["quarantine"]:
        sys.stderr.write(f"judge: rules raised exceptions: {counts['quarantine']} quarantine records (--only quarantine)\n")
    return 0


def _judged(book: Book, source: str) -> Iterator[Output]:
    if source == "-":
        yield from judge_lines(book, sys.stdin.buffer)
        return
    path = Path(source)
    if not path.exists():
        raise Trouble(f"there is no file or archive {source!r}")
    if path.is_dir() or path.suffix == ".parquet":
        yield from judge_archive(book, path)
        return
    with path.open("rb") as lines:
        yield from judge_lines(book, lines)
