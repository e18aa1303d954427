"""The golden corpus as it is stored, how it is judged, and how two lists of outputs are compared.

Every file in `data/` that ends in `.xz` is MessagePack in xz; the structs below say what it holds. `grouping.toml` and
`holidays.toml` are copies of the committed files of the day on which the corpus was built, so that later edits do not matter;
the rules, clauses and departments stand in the log's own rule books.
"""

import lzma
import re
import tomllib
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from agents.core.alerts.fold import Fold
from agents.core.incidents.fold import Incidents
from agents.core.incidents.grouping import Grouping, GroupingFile, compiled
from agents.core.rules.book import Book, BookError
from agents.core.stage import Stage
from agents.rulebook.book_cache import read_text
from agents.rulebook.load import ground
from streams.calendar.holidays import build
from streams.calendar.holidays import read as read_holidays
from streams.catalogue import domains
from streams.messages import encode
from streams.outputs import Output, target
from streams.topics import split_events_topic

T = TypeVar("T")

DATA = Path(__file__).parent / "data"
GROUPING, HOLIDAYS = DATA / "grouping.toml", DATA / "holidays.toml"

Record = tuple[int, bytes | None, bytes | None]
"""Offset, key and value."""

Item = tuple[bytes, bytes | None]
"""Key and value of one record of a checkpoint topic; None for a value takes the key out."""

_FRAMES = re.compile(rb'  File \\"[^"]*\\", line \d+, in [^\\]*\\n')
_CONTEXT = 60  # bytes shown on each side of a difference


class Part(Struct, frozen=True, array_like=True):
    """One partition of an input topic: key and value of each of its records, from offset 0."""

    topic: str
    partition: int
    values: list[tuple[bytes | None, bytes | None]]

    @property
    def records(self) -> list[Record]:
        """Its records with their offsets."""
        return [(offset, key, value) for offset, (key, value) in enumerate(self.values)]


class GoldenRecord(Struct, frozen=True, array_like=True):
    """One output: topic below the log's name, key, and the bytes that go to Kafka.

    The frames of a traceback are left out of quarantine records: they name files and lines of our code.
    """

    topic: str
    key: str
    value: bytes


class GoldenOutputs(Struct, frozen=True, array_like=True):
    """What came out of one partition, in order, with the offset of the record that each output comes from.

    `statuses` are the newest values of all its subjects at the end, in order of subject.
    """

    topic: str
    partition: int
    causes: list[int]
    outputs: list[GoldenRecord]
    statuses: list[bytes]

    def since(self, offset: int) -> list[GoldenRecord]:
        """What the records from an offset on gave."""
        return self.outputs[bisect_left(self.causes, offset) :]


class Cut(Struct, frozen=True, array_like=True):
    """A checkpoint of one partition: all that its compacted topic holds at the cut, judged up to before `offset`."""

    name: str
    topic: str
    partition: int
    offset: int
    items: list[Item]


@cache
def log() -> list[Part]:
    """The golden log, all partitions."""
    return load("log", list[Part])


@cache
def said() -> dict[tuple[str, int], GoldenOutputs]:
    """The golden outputs, by topic and partition of their input."""
    return {(each.topic, each.partition): each for each in load("outputs", list[GoldenOutputs])}


@cache
def cuts() -> list[Cut]:
    """The golden checkpoints."""
    return load("checkpoints", list[Cut])


@cache
def texts() -> dict[str, bytes]:
    """The log's rule books as its topic `books` holds them, by hash."""
    return load("books", dict[str, bytes])


@cache
def grouping() -> Grouping:
    """The grouping rules by which the incidents were judged."""
    return grouping_of(next(iter(texts().values())))


def grouping_of(text: bytes) -> Grouping:
    """The grouping rules of the corpus, with the departments of a rule book."""
    file = msgspec.convert(tomllib.loads(GROUPING.read_text("utf-8")), GroupingFile)
    return compiled(file, read_text(text).departments)


def book_of(text: bytes, *, empty: bool = False) -> Book:
    """The rule book of a text with the corpus's holidays; without any rules where it is to be `empty`."""
    read = read_text(text)
    rules = {domain: {} if empty else read.rules.get(domain, {}) for domain in domains()}
    known = read_holidays(HOLIDAYS)
    return Book(rules, read.clauses, read.departments, replace(ground(), holidays=known, calendar=build(known)))


@cache
def book(hash_: str) -> Book:
    """The compiled rule book of a hash; BookError where the log has none. It is what the folds take as their `books`."""
    if hash_ not in texts():
        raise BookError(f"no rule book {hash_!r}")
    return book_of(texts()[hash_])


@cache
def nothing() -> Book:
    """A book without rules, by which a log is judged until it adopts one."""
    return book_of(next(iter(texts().values())), empty=True)


def stage(topic: str, partition: int) -> Stage:
    """What judges a partition from its beginning: by no rules at all until its log adopts a book."""
    if split_events_topic(topic)[1] == "incidents":
        return Incidents(grouping(), topic, partition)
    return Fold(nothing(), topic, partition, books=book)


def judged(by: Stage, records: Sequence[Record], sizes: Iterable[int] = (), *, saves: bool = False) -> list[Output]:
    """What a stage makes of records: of all at once, or in batches of these sizes, with a snapshot after each if it `saves`."""
    out: list[Output] = []
    start = 0
    for size in sizes:
        out += by.run(records[start : start + size])
        start += size
        if saves:
            by.snapshot()
        if start >= len(records):
            break
    out += by.run(records[start:])
    return out


def written(output: Output) -> GoldenRecord:
    """An output as the corpus has it."""
    topic, key = target(output)
    value = encode(output)
    return GoldenRecord(topic, key, _FRAMES.sub(b"", value) if topic == "quarantine" else value)


def statuses(by: Stage) -> list[bytes]:
    """The newest values of all subjects that changed and were not told yet, in order of subject."""
    told = sorted(by.statuses(1_000_000), key=lambda each: each.subject)
    return [encode(each) for each in told]


def difference(where: str, wanted: Sequence[GoldenRecord], found: Iterable[Output]) -> str:
    """In words how outputs differ from those of the corpus, or an empty text; `where` names the partition."""
    have = [written(output) for output in found]
    for index, (golden, now) in enumerate(zip(wanted, have, strict=False)):
        if golden != now:
            return "\n".join([f"{where}: output {index} of {len(wanted)} differs", *_told(golden, now)])
    if len(wanted) == len(have):
        return ""
    index = min(len(wanted), len(have))
    which, one = ("is missing", wanted[index]) if len(wanted) > len(have) else ("is too much", have[index])
    head = f"{where}: {len(have)} outputs instead of {len(wanted)}; output {index} {which}: {_named(one)}"
    return f"{head}\n  {_readable(one.value[: 4 * _CONTEXT])}…"


def _told(golden: GoldenRecord, now: GoldenRecord) -> Iterator[str]:
    sides = (("golden", golden), ("now", now))
    yield from (f"  {what:6} {_named(one)}" for what, one in sides)
    if golden.value != now.value:
        pairs = zip(golden.value, now.value, strict=False)
        at = next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(golden.value), len(now.value)))
        yield f"  first difference at byte {at}:"
        part = slice(max(0, at - _CONTEXT), at + _CONTEXT)
        yield from (f"  {what:6} …{_readable(one.value[part])}…" for what, one in sides)


def _named(one: GoldenRecord) -> str:
    return f"topic {one.topic}, key {one.key}, {len(one.value)} bytes"


def _readable(value: bytes) -> str:
    return value.decode("utf-8", "replace")


def load(name: str, type_: type[T]) -> T:
    """What a file of the corpus holds."""
    return msgspec.msgpack.decode(lzma.decompress((DATA / f"{name}.xz").read_bytes()), type=type_)


def store(name: str, what: Any) -> int:
    """Write a file of the corpus, the same bytes for the same content; its size."""
    filters = [{"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME, "dict_size": 1 << 26}]
    packed = lzma.compress(msgspec.msgpack.encode(what), lzma.FORMAT_XZ, lzma.CHECK_CRC32, filters=filters)
    (DATA / f"{name}.xz").write_bytes(packed)
    return len(packed)
