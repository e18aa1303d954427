"""The standing watch of one log: Kafka on one side, `Watch` and what tells of the directory on the other.

What it tells is in Kafka before its position is noted, with all that it had told by then: after a kill some records are looked
at again, and what was told of them is read back from the log, so that each sign stands there once and none is missed. At its
first start it begins with what comes from then on. What people do to the directory and to share data, which Kafka keeps for
ever, it reads from the beginning.
"""

import sys
import threading
from contextlib import suppress
from pathlib import Path

import msgspec
from kafka import KafkaConsumer, TopicPartition
from kafka.consumer.fetcher import ConsumerRecord
from kafka.errors import KafkaError
from msgspec import Struct

from streams.catalogue import domains
from streams.command import Trouble
from streams.gateways.sink import LogWriter
from streams.gateways.spool import write_whole
from streams.gateways.timeline import Arrival
from streams.kafka import clients
from streams.kafka.ticks import newest_ticks
from streams.kafka.verified import desk_reader
from streams.messages import DecodeError, decode_event, parse_time
from streams.messages.services.catalogue import CatalogueStep, DirectoryRecord, SharingStep
from streams.places import calendar
from streams.risk.telling import DOMAIN, ToldSoFar
from streams.risk.watch import PART as SOURCE
from streams.risk.watch import Watch
from streams.settings import Settings
from streams.sharing.facts import REQUEST, SharingFacts
from streams.sharing.once import Once
from streams.sharing.version_facts import VERSION, VersionFacts
from streams.signing.machine.keyfile import KeyFileError
from streams.topics import events_topic, topic_name

PART = "registrar-risk"
"""The part with whose key it registers sources and accounts in an opened log."""

WATCHED = ("orders",)
"""What is watched beside the domains: in orders people write."""

ACCESS, DIRECTORY = "access", "catalogue"
"""The topics, below the log's name, in which parts tell who reads what, and people say what they do to the directory."""

POLL_MS = 500
PAUSE = 1.0
"""Seconds after a failure until Kafka is tried again; 本系统默认 (a default of this system)."""


class WatchPosition(Struct, frozen=True):
    """How far each partition was looked at, by topic and number: `live.events.cyber/0`; and what the watch knew by then.

    `now`: the log's time (ms); `told`: what it had told; `ends`: the ends of the partitions into which it tells.
    """

    offsets: dict[str, int]
    now: int | None = None
    told: ToldSoFar | None = None
    ends: dict[str, int] = {}


class RiskWatch:
    """Follows a log and tells what it sees; `file` has how far it is."""

    def __init__(self, settings: Settings, log: str, file: Path) -> None:
        self._settings, self._log, self._file = settings, log, file
        names = [*(name for name in domains() if name != DOMAIN), *WATCHED]
        self._directory = topic_name(log, DIRECTORY)
        self._topics = [*(events_topic(log, name) for name in names), topic_name(log, ACCESS), self._directory]
        self._region = f"{settings.place:0<6}"
        self._begin()
        self.told, self._noted = 0, -1
        self._ends: dict[str, int] = {}

    def run(self, stop: threading.Event) -> None:
        """Follow until `stop` is set; a Kafka that is away is waited for."""
        away = False
        while not stop.is_set():
            try:
                self._follow(stop)
            except (KafkaError, Trouble, KeyFileError) as error:
                if not away:
                    _say(f"{error}; nothing is looked at meanwhile")
                away = True
                stop.wait(PAUSE)

    def _begin(self) -> None:
        self._watch = Watch(self._region)
        self._once = Once(SOURCE, self._region)
        self._sharing = SharingFacts(self._once, calendar.load())
        self._versions = VersionFacts(self._once, calendar.load())
        self._since = 0

    def _follow(self, stop: threading.Event) -> None:
        self._begin()
        self._desk = desk_reader(self._settings, self._log, SOURCE)
        with (
            clients.consumer(self._settings, auto_offset_reset="earliest") as reader,
            LogWriter(self._settings, self._log, part=PART) as writer,
        ):
            known = self._known()
            self._take_up(known, reader)
            places = [place for topic in self._topics for place in clients.partitions_of(reader, topic)]
            reader.assign(places)
            ends = reader.end_offsets(places)
            for place in places:
                new = 0 if place.topic == self._directory else ends[place]
                reader.seek(place, min(known.offsets.get(_name(place), new), ends[place]))
            _say(f"ready: watches {len(places)} partitions of {self._log}")
            self._note(reader, places)
            while not stop.is_set():
                if batches := reader.poll(POLL_MS):
                    for record in (each for records in batches.values() for each in records):
                        self._tell(self._look(record), writer)
                    self._tell(self._sharing.passed(self._watch.now or 0), writer)
                    writer.flush()
                    self._note(reader, places)

    def _take_up(self, known: WatchPosition, reader: KafkaConsumer) -> None:
        """Know again what was told by the noted position, and after it, as the log has it."""
        ticks = [at for at in newest_ticks(self._settings, self._log).values() if at is not None]
        self._since = max(ticks, default=0)
        if known.told is None:
            self._watch.now = max(ticks, default=None)
            return
        self._read_again(known, reader)
        self._watch.now = known.now
        self._watch.telling.restore(known.told)
        places = self._told_places(reader)
        ends = reader.end_offsets(places)
        begin = {place: min(known.ends.get(_name(place), ends[place]), ends[place]) for place in places}
        for record in clients.records_between(reader, begin, ends):
            with suppress(DecodeError):
                event = decode_event(record.value or b"")
                if event.source == SOURCE:
                    once = event.subject.startswith((REQUEST, VERSION))
                    (self._once if once else self._watch.telling).again(event)

    def _read_again(self, known: WatchPosition, reader: KafkaConsumer) -> None:
        """Know versions and requests as they stood at the noted position; all of that was told."""
        places = clients.partitions_of(reader, self._directory)
        end = {place: min(known.offsets.get(_name(place), 0), end) for place, end in reader.end_offsets(places).items()}
        for record in clients.records_between(reader, dict.fromkeys(places, 0), end):
            self._done(record)
        self._sharing.passed(known.now or 0)

    def _told_places(self, reader: KafkaConsumer) -> list[TopicPartition]:
        return clients.partitions_of(reader, events_topic(self._log, DOMAIN))

    def _look(self, record: ConsumerRecord) -> list[bytes]:
        if record.topic == self._directory:
            return self._done(record)
        mark = f"{_name(TopicPartition(record.topic, record.partition))}/{record.offset}"
        look = self._watch.access if record.topic.endswith(f".{ACCESS}") else self._watch.event
        return look(record.value or b"", mark)

    def _tell(self, told: list[bytes], writer: LogWriter) -> None:
        """Write events; in an opened log they are signed as of the log's time: that of their own may be long ago."""
        for each in told:
            event = decode_event(each)
            now = self._watch.now or parse_time(event.time)
            writer.send(Arrival(max(self._since, now), DOMAIN, event.subject.encode(), each))
            self.told += 1

    def _done(self, record: ConsumerRecord) -> list[bytes]:
        """What is told of a step of a version or of sharing; in an opened log of what its keys have signed alone."""
        match self._desk.read(record, DirectoryRecord):
            case SharingStep() as step:
                return self._sharing.step(step)
            case CatalogueStep() as step:
                return self._versions.step(step)
        return []

    def _known(self) -> WatchPosition:
        try:
            return msgspec.json.decode(self._file.read_bytes(), type=WatchPosition)
        except FileNotFoundError:
            return WatchPosition({})
        except (OSError, msgspec.DecodeError) as error:
            raise Trouble(f"{self._file} cannot be read ({error}): delete it, and the watch begins with what comes") from None

    def _note(self, reader: KafkaConsumer, places: list[TopicPartition]) -> None:
        if self._noted != self.told:
            self._ends = {_name(place): end for place, end in reader.end_offsets(self._told_places(reader)).items()}
            self._noted = self.told
        offsets = {_name(place): reader.position(place) for place in places}
        position = WatchPosition(offsets, self._watch.now, self._watch.telling.state(), self._ends)
        write_whole(self._file, msgspec.json.encode(position))


def _name(place: TopicPartition) -> str:
    return f"{place.topic}/{place.partition}"


def _say(text: str) -> None:
    sys.stderr.write(f"risk: {text}\n")
    sys.stderr.flush()
