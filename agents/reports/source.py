"""Where a report is made from: an archive, or a log that still has its beginning; both are judged anew up to a time."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import Protocol

from kafka import TopicPartition
from msgspec import Struct, json

from agents.basis import whole_basis
from agents.measures.book.read import MeasureBook
from agents.offline.reading import Reading, ReadPlace, RefusedError, Tell
from agents.rulebook.book_cache import BookCache
from agents.rulebook.effective_book import book_texts
from agents.signs.book.read import sign_book
from agents.stages import STAGES, Basis, kind_of, stage_of
from streams.archive.files import Record, count, partitions, read_books, read_partition
from streams.command import Trouble
from streams.kafka import clients
from streams.messages import NEVER, format_time
from streams.orders.kinds import kinds
from streams.outputs import Output
from streams.settings import Settings
from streams.topics import events_topic, inputs, split_events_topic

ALL: frozenset[type] = frozenset(type_ for kind in STAGES for type_ in kind.outputs)
"""The types of all that judging gives."""


class ReportSource(Protocol):
    """What a report is made from. `books`: the texts of the rule books that the log has adopted, by hash."""

    @property
    def books(self) -> Mapping[str, bytes]:
        """Those texts."""

    @property
    def total(self) -> int:
        """How many records there are."""

    def places(self) -> list[ReadPlace]:
        """The partitions that have records, in order."""

    def records(self, place: ReadPlace) -> Iterable[Record]:
        """All records of one of them, in order."""


class ArchiveSource:
    """An archive; Trouble where there is none."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.books: Mapping[str, bytes] = read_books(path)
        self.total = count(path)

    def places(self) -> list[ReadPlace]:
        """The partitions that have records, in order."""
        return partitions(self._path)

    def records(self, place: ReadPlace) -> Iterable[Record]:
        """All records of one of them, in order."""
        return chain.from_iterable(read_partition(self._path, *place))


class LogSource:
    """A log in Kafka; RefusedError where a partition has lost its beginning: then only an archive has the past."""

    def __init__(self, settings: Settings, log: str) -> None:
        self._settings = settings
        self.books: Mapping[str, bytes] = book_texts(settings, log)
        self._ends: dict[ReadPlace, int] = {}
        with clients.consumer(settings) as reader:
            for name in inputs():
                places = clients.partitions_of(reader, events_topic(log, name))
                begins = reader.beginning_offsets(places)
                for place, end in reader.end_offsets(places).items():
                    if begins[place] and end > begins[place]:
                        raise RefusedError(
                            f"{place.topic}/{place.partition} 的起始部分已不在 Kafka（始于 {begins[place]}）：请用归档生成",
                            f"{place.topic}/{place.partition} has lost its beginning (it starts at offset {begins[place]}): "
                            "make the report from the archive, --archive DIR",
                        )
                    if end > begins[place]:
                        self._ends[place.topic, place.partition] = end
        if not self._ends:
            raise Trouble(f"log {log!r} has no events")
        self.total = sum(self._ends.values())

    def places(self) -> list[ReadPlace]:
        """The partitions that have records, in order."""
        return sorted(self._ends)

    def records(self, place: ReadPlace) -> Iterator[Record]:
        """All records of one of them, in order."""
        at = TopicPartition(*place)
        with clients.consumer(self._settings) as reader:
            for record in clients.records_between(reader, {at: 0}, {at: self._ends[place]}):
                yield record.offset, record.key, record.value


class PartitionRead(Struct, frozen=True):
    """What was read of a partition: first and last offset, the rule book at the end, and facts that came in the period."""

    topic: str
    partition: int
    first: int
    last: int
    book: str
    facts: int

    @property
    def input(self) -> str:
        """The domain, or the other input, that it is of."""
        return split_events_topic(self.topic)[1]


class ReadOrigin(Struct, frozen=True):
    """What a report rests on. `began` (ms): the first moment of the log.

    `reached` (ms): up to when there is anything in every partition, at most the end asked for. `files`: the rule book of the
    files; `grouping`, `orders`, `measures` and `signs`: digests of the rules of incidents, of the kinds of orders, of the books
    of measures and of signs.
    """

    log: str
    began: int
    reached: int
    partitions: tuple[PartitionRead, ...]
    files: str
    grouping: str
    orders: str
    measures: str
    signs: str

    @property
    def facts(self) -> int:
        """Records that came in the period, ticks aside."""
        return sum(each.facts for each in self.partitions)


def read_source(
    source: ReportSource,
    take: Callable[[Output], None],
    book: MeasureBook,
    begin: int,
    end: int,
    tell: Tell,
    gives: frozenset[type] = ALL,
) -> ReadOrigin:
    """Judge all that was written before `end` (ms), hand on what comes of it, and say what was read.

    `gives`: read what makes outputs of these types alone. Facts of the period are those that came from `begin` on.
    RefusedError where there are several logs.
    """
    basis = whole_basis(BookCache(source.books))
    reading = Reading(end, source.total, tell, share=0.9)
    read, logs, began, newest = list[PartitionRead](), set[str](), NEVER, 0
    for place in source.places():
        logs.add(split_events_topic(place[0])[0])
        if gives.isdisjoint(kind_of(place[0]).outputs) or (stage := stage_of(basis, *place)) is None:
            continue
        first = last = facts = -1
        for now, records in reading.moments(place, source.records(place)):
            if first < 0:
                first, facts = records[0][0], 0
            last, began = records[-1][0], min(began, NEVER if now is None else now)
            facts += len(records) - 1 if now is not None and now >= begin else 0
            for output in stage.run(records):
                take(output)
        if first >= 0:
            newest = max(newest, stage.now or 0)
            read.append(PartitionRead(*place, first, last, stage.adopted or "", facts))
    if len(logs) != 1:
        found = "、".join(sorted(logs)) or "—"
        raise RefusedError(
            f"应只有一个日志，却有：{found}", f"one log is needed, there are: {', '.join(sorted(logs)) or 'none'}"
        )
    reached = reading.reached if end < NEVER else newest
    return ReadOrigin(logs.pop(), began, reached, tuple(read), basis.book.text.hash, *_digests(basis, book))


def check_reached(origin: ReadOrigin, begin: int, end: int) -> None:
    """RefusedError where a period is not over in the log, or the log has nothing of it."""
    reached = format_time(origin.reached)
    if origin.reached < end:
        raise RefusedError(
            f"日志 {origin.log} 只到 {reached}，所选时段到 {format_time(end)} 才结束：请选已经结束的时段",
            f"log {origin.log!r} reaches to {reached}, the period ends at {format_time(end)}: choose one that is over, "
            "or let the archive catch up",
        )
    if not origin.facts:
        raise RefusedError(
            f"日志 {origin.log} 自 {format_time(begin)} 起的时段内没有数据：请选有数据的时段",
            f"log {origin.log!r} has no data in the period from {format_time(begin)}: choose one that it has",
        )


def _digests(basis: Basis, book: MeasureBook) -> tuple[str, str, str, str]:
    grouping = basis.grouping.version if basis.grouping else ""
    versions = {name: kind.version for name, kind in sorted(kinds().items())}
    return grouping, _digest(versions), _digest([book.measures, book.conditions]), _digest(sign_book())


def _digest(value: object) -> str:
    return sha256(json.encode(value, order="deterministic")).hexdigest()[:32]
