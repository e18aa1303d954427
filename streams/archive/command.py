"""`python -m streams archive`: every record of a log's events topics into Parquet, each exactly once, and its rule books.

The files are the position: one file holds the records of one partition from its first to its last offset, both in its
name, and comes to be by one rename. So a restart goes on behind the newest file, whenever the process was killed.
"""

import argparse
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError
from rich.console import Console
from rich.progress import Progress

from streams.archive import files, manifests
from streams.archive.files import Chunk
from streams.archive.keys import KeysReader
from streams.archive.manifests import Manifests
from streams.command import Trouble
from streams.kafka import clients
from streams.settings import Settings, load
from streams.signing.machine.keyfile import KeyFileError
from streams.signing.machine.part import Part, open_part
from streams.stopping import stop_event
from streams.topics import LIVE, input_topics, topic_name

read_archive = files.read_archive

MAX_ROWS = 50_000
MAX_BYTES = 32 << 20
"""A file is full at so many records or bytes of keys and values, which bounds the memory of writing and of reading."""

ROLL_SECONDS = 60.0
"""While a log is followed, a record waits at most so long in memory before it is in a file."""

PART = "archive"
"""The name of the part that signs the manifests, and so of its key's file."""

_POLL_MS = 500


class Archiver:
    """Reads the events topics of a log and keeps one open chunk for each partition."""

    def __init__(self, settings: Settings, log: str, out: Path, roll: float = ROLL_SECONDS) -> None:
        self._part = _part(settings, log)
        self._keys = KeysReader(settings, log, self._part.logid)
        self._manifests = Manifests(self._part, self._keys.trust)
        self.rows = 0
        self.files = 0
        self._out = out
        self._roll = roll
        self._chunks: dict[TopicPartition, Chunk] = {}
        files.clean(out)
        manifests.clean(out)
        self._reader = clients.consumer(settings, auto_offset_reset="none")
        self._places = [place for topic in input_topics(log) for place in clients.partitions_of(self._reader, topic)]
        self._books = clients.partitions_of(self._reader, topic_name(log, "books"))
        self._reader.assign([*self._places, *self._books])
        self._reader.seek_to_beginning(*self._books)
        self._next = _positions(self._reader, self._places, out)
        for place, offset in self._next.items():
            self._reader.seek(place, offset)

    def ends(self) -> dict[TopicPartition, int]:
        """Where the log ends now; the rule books are asked after the events, whose texts they are: these come first."""
        ends: dict[TopicPartition, int] = self._reader.end_offsets(self._places)
        ends |= self._reader.end_offsets(self._books)
        return ends

    def left(self, ends: dict[TopicPartition, int]) -> int:
        """How many offsets there are from the position to `ends`."""
        return sum(max(0, end - self._reader.position(place)) for place, end in ends.items())

    def step(self) -> int:
        """Take what the broker has now, write what is full or has waited long enough; how many records were taken."""
        batches = self._reader.poll(_POLL_MS)
        for place in self._books:
            for record in batches.pop(place, ()):
                files.write_book(self._out, record.key, record.value)
        for place, records in batches.items():
            chunk = self._chunks.get(place) or self._begun(place)
            for record in records:
                chunk.add(record.offset, record.timestamp, record.key, record.value)
                if chunk.rows >= MAX_ROWS or chunk.bytes >= MAX_BYTES:
                    self._write(place)
                    chunk = self._begun(place)
        self._write_old()
        return sum(map(len, batches.values()))

    def finish(self) -> None:
        """Write every open chunk."""
        for place in list(self._chunks):
            self._write(place)

    def close(self) -> None:
        """Leave the broker; open chunks are dropped, and read again at the next start."""
        self._reader.close()
        self._keys.close()
        self._part.close()

    def _begun(self, place: TopicPartition) -> Chunk:
        """A new chunk, in which an offset that is skipped before its first record counts as a hole too."""
        self._chunks[place] = Chunk(time.monotonic(), self._next[place])
        return self._chunks[place]

    def _write_old(self) -> None:
        now = time.monotonic()
        for place in [place for place, chunk in self._chunks.items() if now - chunk.began >= self._roll]:
            self._write(place)

    def _write(self, place: TopicPartition) -> None:
        chunk = self._chunks.pop(place)
        if chunk.rows:
            files.write(self._out, place.topic, place.partition, chunk, self._manifests.write)
            self._next[place] = chunk.offsets[-1] + 1
            self.rows += chunk.rows
            self.files += 1


def _part(settings: Settings, log: str) -> Part:
    try:
        return open_part(settings, log, PART)
    except KeyFileError as error:
        raise Trouble(str(error)) from None


def _positions(reader: KafkaConsumer, places: list[TopicPartition], out: Path) -> dict[TopicPartition, int]:
    """The next offset of each partition by the files; Trouble where the log cannot go on from there."""
    begin, end = reader.beginning_offsets(places), reader.end_offsets(places)
    positions: dict[TopicPartition, int] = {}
    for place in places:
        newest = files.newest_offset(out, place.topic, place.partition)
        position = begin[place] if newest is None else newest + 1
        if not begin[place] <= position <= end[place]:
            raise Trouble(
                f"the archive {out} stands at offset {position} of {place.topic}, partition {place.partition}, but the log has "
                f"{begin[place]} to {end[place]}: the log is another one, or its retention removed what was not archived yet. "
                "Move the archive away, or give another place with --out"
            )
        positions[place] = position
    return positions


def archive(settings: Settings, log: str, out: Path) -> tuple[int, int]:
    """Bring the archive up to the present end of a log: rows and files written. Trouble says what is in the way."""
    with files.locked(out), Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as progress:
        archiver = Archiver(settings, log, out)
        ends = archiver.ends()
        total = archiver.left(ends)
        task = progress.add_task("archive", total=total)
        while left := archiver.left(ends):
            progress.update(task, completed=total - left)
            archiver.step()
        archiver.finish()
        archiver.close()
        return archiver.rows, archiver.files


def follow(settings: Settings, log: str, out: Path, stop: threading.Event, roll: float = ROLL_SECONDS) -> tuple[int, int]:
    """Archive a log until `stop` is set; what is in memory is written then. Rows and files written."""
    with files.locked(out):
        archiver = Archiver(settings, log, out, roll)
        while not stop.is_set():
            archiver.step()
        archiver.finish()
        archiver.close()
        return archiver.rows, archiver.files


def main(arguments: list[str], check: Callable[[Settings, str], None]) -> int:
    """Run the archive; prints one JSON line at its end: rows, files, seconds, place. `check`: asked before it starts."""
    parser = argparse.ArgumentParser(prog="python -m streams archive", description=__doc__)
    parser.add_argument("--log", default=LIVE, help=f"the log to archive ({LIVE})")
    parser.add_argument("--out", type=Path, help="where to (ONESCREEN_DATA/archive/LOG)")
    parser.add_argument("--follow", action="store_true", help="go on until stopped")
    parser.add_argument(
        "--roll", type=float, default=ROLL_SECONDS, metavar="SECONDS", help="with --follow: a new file so often (60)"
    )
    options = parser.parse_args(arguments)
    settings = load()
    out = options.out or settings.data / "archive" / options.log
    began = time.monotonic()
    check(settings, options.log)
    try:
        if options.follow:
            rows, count = follow(settings, options.log, out, stop_event(), options.roll)
        else:
            rows, count = archive(settings, options.log, out)
    except KafkaError as error:
        raise Trouble(
            f"Kafka at {settings.bootstrap} stopped answering: {error}. A restart goes on where the files end"
        ) from error
    done = {"rows": rows, "files": count, "seconds": round(time.monotonic() - began, 3), "archive": str(out)}
    sys.stdout.write(msgspec.json.encode(done).decode() + "\n")
    return 0
