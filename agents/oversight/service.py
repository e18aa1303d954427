"""The oversight service of one log: Kafka on one side, the page's questions on the other.

It reads revisions of orders, their trails, the time that the workers of orders tell and the facts that measures count, from
where its snapshot ends, and writes nothing into the log. Until it has read all that there was at its start it tells no figure,
but those of its snapshot.
"""

import sys
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any

from kafka import KafkaConsumer, TopicPartition
from kafka.consumer.fetcher import ConsumerRecord
from kafka.errors import KafkaError
from msgspec import DecodeError
from msgspec.json import Decoder, Encoder

from agents.measures.book.read import measure_book
from agents.measures.facts.judged import ORDERS as STAGE
from agents.measures.index.read import index_book
from agents.measures.index.spec import IndexRow, read_text
from agents.oversight import snapshot
from agents.oversight.books import OversightBooks
from agents.oversight.facts import FollowedFacts
from agents.oversight.metrics import OversightMetrics
from agents.oversight.questions import Questions, digest_of
from agents.oversight.snapshot import FORM, SnapshotHead, SnapshotWriting, UnusableError
from streams.appraisal.log import TOPIC as APPRAISAL
from streams.appraisal.log import adopted_bytes
from streams.command import Trouble
from streams.kafka import clients
from streams.kafka.verified import DeskReader, desk_reader
from streams.messages import Heartbeat, Order, OrderAudit, OrderLine, Status, Text
from streams.messages.services.appraisal import AppraisalRecord, IndexStep, Objection, ObjectionAnswer
from streams.outputs import BY_TYPE
from streams.oversight.wire import NotTold, OversightAnswer, OversightAsked
from streams.places.appraisal import appraisal
from streams.places.organs import units
from streams.settings import Settings
from streams.signing.machine.part import pinned
from streams.topics import topic_name

ORDERS, TRAIL, STATUS = BY_TYPE[Order].topic, BY_TYPE[OrderAudit].topic, BY_TYPE[Heartbeat].topic
FORMS: dict[str, Any] = {ORDERS: Order | OrderLine, TRAIL: OrderAudit, STATUS: Status}
"""The topics that are read, below the log's name, and what their records are."""

POLL_MS = 500
PAUSE = 1.0
"""Seconds after a failure until Kafka is tried again; 本系统默认 (a default of this system)."""

QUIET = 10.0
"""Seconds without a record after which Kafka is asked whether it is there; 本系统默认."""

EVERY = 300.0
"""Seconds between two snapshots; 本系统默认: so much is read again after a kill."""

STEP = 0.1
"""Seconds for which a snapshot is written between two looks at the log."""

WHO = "oversight"

_asked: Decoder[OversightAsked] = Decoder(OversightAsked)
_encode = Encoder().encode


class OversightService:
    """Keeps the books of a log; `file` is their snapshot. `lock`: whoever has it may use the books."""

    def __init__(self, settings: Settings, log: str, file: Path) -> None:
        self._settings, self._log, self._file = settings, log, file
        self._book, self._units, self._appraisal, self._indexes = measure_book(), units(), appraisal(), _indexes()
        self._identity = pinned(settings, log)
        self.lock = threading.Lock()
        self.away = ""
        self._offsets: dict[str, int] = {}
        self._ends: dict[TopicPartition, int] = {}
        self._written = 0.0
        self._writing: SnapshotWriting | None = None
        self._facts: FollowedFacts | None = None
        self._begin(self._new())
        self.metrics = OversightMetrics(lambda: self.books, lambda: self._questions.behind, lambda: self.away)

    def run(self, stop: threading.Event) -> None:
        """Follow the log until `stop` is set; a Kafka that is away is waited for. At the end the books are on disk."""
        self._take_up()
        while not stop.is_set():
            try:
                self._follow(stop)
            except (KafkaError, Trouble) as error:
                if not self.away:
                    say(f"{error}; figures stay as they are meanwhile")
                self.away = str(error)
                stop.wait(PAUSE)
        if self.books.true:
            self._give_up()
            self._write()

    def answered(self, _uid: int, line: bytes, _more: IO[bytes]) -> Iterator[bytes]:
        """The answer to a line, as a line."""
        yield _encode(self._answer(line)) + b"\n"

    def _answer(self, line: bytes) -> OversightAnswer:
        try:
            asked = _asked.decode(line)
        except (DecodeError, UnicodeDecodeError) as error:
            return NotTold(kind="malformed", words=Text(f"问题的形式不对：{error}", f"no question: {error}"))
        began = time.monotonic()
        try:
            with self.lock:
                return self._questions.answer(asked)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with one question, the next one is answered
            say(f"{type(asked).__name__} cannot be answered: {type(error).__name__}: {error}")
            return NotTold(kind="broken", words=Text("监督服务出错：见其日志", "the oversight service has failed: see its log"))
        finally:
            self.metrics.answered(str(type(asked).__struct_config__.tag), time.monotonic() - began)

    def _new(self) -> OversightBooks:
        return OversightBooks(self._book, self._appraisal.office)

    def _begin(self, books: OversightBooks) -> None:
        self.books = books
        ranked = {name: each.basis for name, each in self._appraisal.ranking.items()}
        self._questions = Questions(self._log, books, self._units, self._indexes, ranked)

    def _take_up(self) -> None:
        """Begin with the snapshot; one that cannot be used is told, and the log is read from its beginning."""
        try:
            found = snapshot.read(self._file, self._log, self._identity, digest_of(self._book))
        except UnusableError as error:
            say(f"{error}: the books are made anew from the log")
            return
        if found is not None:
            head, state, facts = found
            self.books.restore(state, facts)
            self._offsets = dict(head.offsets)
            say(f"begins with {len(facts)} orders of {self._file}")

    def _follow(self, stop: threading.Event) -> None:
        with clients.consumer(self._settings) as reader:
            self._settle(reader)
            desk = desk_reader(self._settings, self._log, WHO)
            ready, heard = False, time.monotonic()
            while not stop.is_set():
                batches = reader.poll(0 if self._writing else POLL_MS)
                if batches:
                    heard = time.monotonic()
                elif time.monotonic() - heard > QUIET:
                    self._ends, heard = reader.end_offsets(list(self._ends), clients.CONNECT_MS), time.monotonic()
                self.away = ""
                said = self._said(desk, batches)
                with self.lock:
                    if said:
                        self.books.say(said)
                    self._take(batches)
                    self._offsets = {_name(place): reader.position(place) for place in self._ends}
                    self._questions.behind = self._behind(reader)
                if said:
                    self._read_texts()
                if not ready and all(self._offsets[_name(place)] >= end for place, end in self._ends.items()):
                    ready = True
                    self._ready()
                if self._writing or (self.books.true and time.monotonic() - self._written > EVERY):
                    self._write(STEP)

    def _settle(self, reader: KafkaConsumer) -> None:
        """Take up each partition where it was left; a log that is not the one that was read is read anew."""
        if self._facts is None:
            self._facts = FollowedFacts(self._settings, self._log, self._book)
        topics = (*(topic_name(self._log, name) for name in (*FORMS, APPRAISAL)), *self._facts.topics)
        places = [place for topic in topics for place in clients.partitions_of(reader, topic)]
        reader.assign(places)
        begins, self._ends = reader.beginning_offsets(places), reader.end_offsets(places)
        if beyond := [place for place in places if self._offsets.get(_name(place), 0) > self._ends[place]]:
            say(f"{_name(beyond[0])} ends before what was read of it: the books are made anew from the log")
            self._offsets = {}
            self._give_up()
            with self.lock:
                self._begin(self._new())
        if why := self._facts.begin(self.books):
            say(f"{why}: the facts are read again from their beginning")
            self.books.true = False
            self._offsets = {name: n for name, n in self._offsets.items() if name.partition("/")[0] not in self._facts.topics}
        for place in places:
            known = 0 if _below(place) == APPRAISAL else self._offsets.get(_name(place), 0)
            reader.seek(place, max(known, begins[place]))
        self._written = time.monotonic()

    def _behind(self, reader: KafkaConsumer) -> int:
        """How many records Kafka has, as far as it has said, that are not read."""
        ends = {place: max(end, reader.highwater(place) or 0) for place, end in self._ends.items()}
        return sum(max(0, end - self._offsets[_name(place)]) for place, end in ends.items())

    def _take(self, batches: dict[TopicPartition, list[ConsumerRecord]]) -> None:
        for place, records in batches.items():
            if self._facts and place.topic in self._facts.topics:
                self._facts.take(self.books, records, WHO)
                continue
            form = FORMS.get(_below(place))
            for record in records:
                message = None if form is None else clients.read(record, form, WHO)
                if isinstance(message, Order | OrderLine | OrderAudit):
                    self._take_one(message, record)
                elif isinstance(message, Heartbeat) and message.domain == STAGE:
                    self.books.heard(message)
        self.books.told(self.books.judged)

    def _said(self, desk: DeskReader, batches: dict[TopicPartition, list[ConsumerRecord]]) -> list[AppraisalRecord]:
        """What people have written of figures: in an opened log only what its keys have signed."""
        there = (record for place, records in batches.items() if _below(place) == APPRAISAL for record in records)
        found = (desk.read(record, AppraisalRecord) for record in there)
        return [each for each in found if isinstance(each, IndexStep | Objection | ObjectionAnswer)]

    def _read_texts(self) -> None:
        """The texts of indexes that were adopted; one that the log does not have is told once it is asked for."""
        for each in self.books.said.untold:
            try:
                text = read_text(adopted_bytes(self._settings, self._log, each))
            except (Trouble, ValueError) as error:
                say(str(error))
                continue
            with self.lock:
                self.books.said.texts[each.digest] = text

    def _take_one(self, message: Order | OrderLine | OrderAudit, record: ConsumerRecord) -> None:
        try:
            self.books.take(message)
        except Exception as error:  # noqa: BLE001 - anybody may have written it: one record must not stop the others
            clients.passed_over(record, f"it cannot be counted: {type(error).__name__}: {error}", WHO)

    def _ready(self) -> None:
        """All that there was has been read: figures are true from now on."""
        if not self.books.true:
            with self.lock:
                self.books.forget()
                self.books.true = True
            self._write()
        say(f"ready: {len(self.books.ledger.columns.rows)} cases of {len(self.books.ledger.facts)} orders of {self._log}")

    def _write(self, seconds: float = float("inf")) -> None:
        """Write of the snapshot for so long; a disk that does not take it is told, and tried again later.

        Books change in this thread alone, so nothing but an answer goes on beside it.
        """
        self._written = time.monotonic()
        try:
            if self._writing is None:
                head = SnapshotHead(FORM, self._log, self._identity, digest_of(self._book), dict(self._offsets))
                self._writing = SnapshotWriting(self._file, head, self.books)
            if self._writing.step(seconds):
                self._writing = None
        except OSError as error:
            say(f"{self._file} cannot be written: {error.strerror}; after a kill more of the log is read again")
            self._give_up()

    def _give_up(self) -> None:
        """A snapshot that was begun is none."""
        if self._writing is not None:
            self._writing.give_up()
            self._writing = None


def _indexes() -> Mapping[str, IndexRow]:
    """The indexes of the place's files; a fault in one stops no figure."""
    try:
        return index_book()
    except Trouble as trouble:
        say(f"{trouble}; no index is scored by its file")
        return {}


def _below(place: TopicPartition) -> str:
    """The name of a topic below the log's."""
    name: str = place.topic.partition(".")[2]
    return name


def _name(place: TopicPartition) -> str:
    return f"{place.topic}/{place.partition}"


def say(text: str) -> None:
    """Tell whoever runs it."""
    sys.stderr.write(f"{WHO}: {text}\n")
    sys.stderr.flush()
