"""`python -m agents judge FILE|ARCHIVE`: events in, alerts, audit entries and quality records out; no Kafka, no clock.

A JSON-lines file (or `-`) holds CloudEvents in log order, ticks among them; an archive is what `python -m streams archive`
wrote, with the rule books that its log adopted. Incidents are folded from the alerts of a file as they come, and from what
their own input holds in an archive. Each output is one line `{"topic": …, "key": …, "value": …}`, its value the very bytes that
the worker writes to Kafka.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from agents.core.alerts.fold import Fold
from agents.core.incidents.fold import Incidents
from agents.core.incidents.grouping import Grouping
from agents.core.rules.book import Book
from agents.core.stage import Output, Stage, revisions, target
from agents.rulebook.book_cache import BookCache
from agents.rulebook.grouping import sound_grouping
from agents.rulebook.lint import sound_book
from streams.archive.files import partitions, read_books, read_partition
from streams.catalogue import domains
from streams.command import Trouble
from streams.messages import ADOPTED, COMMAND, INCIDENT_RIGHTS, NOTICE, TICK, Act, encode
from streams.topics import INCIDENTS, events_topic, split_events_topic

PRINTED = ("alerts", "audit", "quality", "quarantine", "incidents", "incident-audit", "floods")
"""What is printed: the topics into which a worker writes."""

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


class FileIncidents:
    """The incidents of the alerts of a plain file, in the order of its lines, with its ticks and its acts on incidents."""

    def __init__(self, grouping: Grouping) -> None:
        self._incidents = Incidents(grouping, events_topic(FILE_LOG, INCIDENTS), 0, keyed=False)

    def acted(self, line: bytes) -> bool:
        """Whether a line is an act on an incident."""
        return _read(line).type in {COMMAND + verb for verb in INCIDENT_RIGHTS}

    def take(self, line: bytes) -> Iterator[Output]:
        """Fold a line that concerns incidents."""
        if self.acted(line) or _read(line).type == TICK:
            yield from self._run(line.rstrip(b"\r\n"))

    def follow(self, outputs: Iterable[Output]) -> Iterator[Output]:
        """Fold what became of alerts."""
        for _, value in revisions(outputs):
            yield from self._run(value)

    def _run(self, value: bytes) -> Iterable[Output]:
        return self._incidents.run([(self._incidents.position, None, value)])


def judge_lines(book: Book, lines: Iterable[bytes], grouping: Grouping | None = None) -> Iterator[Output]:
    """Judge CloudEvents, one a line; their incidents too where there are grouping rules."""
    folds = FileFolds(book)
    incidents = None if grouping is None else FileIncidents(grouping)
    for offset, line in enumerate(lines):
        if incidents is None:
            yield from folds.take(offset, line)
            continue
        outputs = [] if incidents.acted(line) else list(folds.take(offset, line))
        yield from outputs
        yield from incidents.take(line)
        yield from incidents.follow(outputs)


def judge_archive(book: Book, path: Path, grouping: Grouping | None = None) -> Iterator[Output]:
    """Judge an archive, one partition after the other, with the rule books that its log adopted; incidents as `judge_lines`."""
    books = BookCache(read_books(path))
    for topic, partition in partitions(path):
        if stage := stage_of(book, topic, partition, books, grouping):
            for records in read_partition(path, topic, partition):
                yield from stage.run(records)


def stage_of(book: Book, topic: str, partition: int, books: BookCache, grouping: Grouping | None) -> Stage | None:
    """What judges a partition from its beginning; None for one of incidents where there are no grouping rules."""
    if split_events_topic(topic)[1] != INCIDENTS:
        return Fold(book, topic, partition, books=books)
    return None if grouping is None else Incidents(grouping, topic, partition)


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
    parser.add_argument("--only", choices=PRINTED, help="print only these")
    options = parser.parse_args(argv)
    counts: Counter[str] = Counter()
    write = sys.stdout.buffer.write
    book = sound_book()
    for output in _judged(book, sound_grouping(book.rules), options.source):
        topic, key = target(output)
        counts[topic] += 1
        if options.only in (None, topic):
            write(encode({"topic": topic, "key": key, "value": output}) + b"\n")
    sys.stdout.buffer.flush()
    sys.stderr.write(
        f"{counts['alerts']} alert revisions, {counts['audit']} audit entries, {counts['quality']} quality records, "
        f"{counts['incidents']} incident revisions\n"
    )
    if counts["quarantine"]:
        sys.stderr.write(f"judge: rules raised exceptions: {counts['quarantine']} quarantine records (--only quarantine)\n")
    return 0


def _judged(book: Book, grouping: Grouping, source: str) -> Iterator[Output]:
    if source == "-":
        yield from judge_lines(book, sys.stdin.buffer, grouping)
        return
    path = Path(source)
    if not path.exists():
        raise Trouble(f"there is no file or archive {source!r}")
    if path.is_dir() or path.suffix == ".parquet":
        yield from judge_archive(book, path, grouping)
        return
    with path.open("rb") as lines:
        yield from judge_lines(book, lines, grouping)
