"""The standing watch of one log: Kafka on one side, `Watch` on the other.

What it tells is in Kafka before its position is noted: after a kill some records are looked at again, and a sign may be told
twice; none is missed. At its first start it begins with what comes from then on.
"""

import sys
import threading
from pathlib import Path

import msgspec
from kafka import TopicPartition
from kafka.errors import KafkaError
from msgspec import Struct

from streams.catalogue import domains
from streams.command import Trouble
from streams.gateways.sink import LogWriter
from streams.gateways.spool import write_whole
from streams.gateways.timeline import Arrival
from streams.kafka import clients
from streams.kafka.ticks import newest_ticks
from streams.messages import decode_event, parse_time
from streams.risk.telling import DOMAIN
from streams.risk.watch import Watch
from streams.settings import Settings
from streams.signing.machine.keyfile import KeyFileError
from streams.topics import events_topic, topic_name

PART = "registrar-risk"
"""The part with whose key it registers sources and accounts in an opened log."""

WATCHED = ("orders",)
"""What is watched beside the domains: in orders people write."""

ACCESS = "access"
"""The topic, below the log's name, in which parts tell who reads what."""

POLL_MS = 500
PAUSE = 1.0
"""Seconds after a failure until Kafka is tried again; 本系统默认 (a default of this system)."""


class WatchPosition(Struct, frozen=True):
    """How far each partition was looked at, by topic and number: `live.events.cyber/0`."""

    offsets: dict[str, int]


class RiskWatch:
    """Follows a log and tells what it sees; `file` has how far it is."""

    def __init__(self, settings: Settings, log: str, file: Path) -> None:
        self._settings, self._log, self._file = settings, log, file
        names = [*(name for name in domains() if name != DOMAIN), *WATCHED]
        self._topics = [*(events_topic(log, name) for name in names), topic_name(log, ACCESS)]
        self._watch = Watch(f"{settings.place:0<6}")
        self.told = 0

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

    def _follow(self, stop: threading.Event) -> None:
        ticks = [at for at in newest_ticks(self._settings, self._log).values() if at is not None]
        self._watch.now = max(ticks, default=None)
        with (
            clients.consumer(self._settings, auto_offset_reset="earliest") as reader,
            LogWriter(self._settings, self._log, part=PART) as writer,
        ):
            places = [place for topic in self._topics for place in clients.partitions_of(reader, topic)]
            reader.assign(places)
            known = self._known()
            ends = reader.end_offsets(places)
            for place in places:
                reader.seek(place, min(known.get(_name(place), ends[place]), ends[place]))
            _say(f"ready: watches {len(places)} partitions of {self._log}")
            self._note({_name(place): reader.position(place) for place in places})
            while not stop.is_set():
                if batches := reader.poll(POLL_MS):
                    for place, records in batches.items():
                        for record in records:
                            self._look(place, record.offset, record.value or b"", writer)
                    writer.flush()
                    self._note({_name(place): reader.position(place) for place in places})

    def _look(self, place: TopicPartition, offset: int, value: bytes, writer: LogWriter) -> None:
        look = self._watch.access if place.topic.endswith(f".{ACCESS}") else self._watch.event
        for told in look(value, f"{_name(place)}/{offset}"):
            event = decode_event(told)
            writer.send(Arrival(parse_time(event.time), DOMAIN, event.subject.encode(), told))
            self.told += 1

    def _known(self) -> dict[str, int]:
        try:
            return msgspec.json.decode(self._file.read_bytes(), type=WatchPosition).offsets
        except FileNotFoundError:
            return {}
        except (OSError, msgspec.DecodeError) as error:
            raise Trouble(f"{self._file} cannot be read ({error}): delete it, and the watch begins with what comes") from None

    def _note(self, offsets: dict[str, int]) -> None:
        write_whole(self._file, msgspec.json.encode(WatchPosition(offsets)))


def _name(place: TopicPartition) -> str:
    return f"{place.topic}/{place.partition}"


def _say(text: str) -> None:
    sys.stderr.write(f"risk: {text}\n")
    sys.stderr.flush()
