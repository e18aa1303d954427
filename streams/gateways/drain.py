"""From a gateway's spool into Kafka, in order: each event once, whatever is killed in between.

Each event carries in the Kafka header `mark` the id of the spool, the number of its record and its place in that. After a start
or a failure the newest records of the log are looked over, and what stands there of the records that were under way is not sent
again. They go in transactions under an id of the spool, so that nothing of a drain before comes after that look, however long a
network has held it back: Kafka refuses it. Records that are passed on are let go. An event that is none, or of no domain, which
no gateway writes, would stand in the way for ever: it is passed over and told.
"""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec
from kafka.errors import KafkaError

from streams.catalogue import domains
from streams.clock import wall_time
from streams.command import Trouble
from streams.gateways.sink import MARK, LogWriter
from streams.gateways.spool import Spool, Spooled
from streams.gateways.timeline import Arrival
from streams.kafka import clients
from streams.messages import MINUTE, DecodeError, decode_event
from streams.retention.topics import refuse_under_floor
from streams.settings import Settings
from streams.signing.machine.keyfile import KeyFileError
from streams.topics import events_topic, topic_name

AT_ONCE = 500
"""Records that are on their way to Kafka at a time; a default of this system. So many are looked for after a failure."""

IDLE = 0.05
"""Seconds until it is looked again whether something is there; 本系统默认."""

PAUSE = 1.0
"""Seconds after a failure until Kafka is tried again; 本系统默认."""

SLOW = 10.0
"""Seconds in which what is under way ends when its gateway does; 本系统默认."""

_MARGIN = MINUTE  # how far clocks of this machine and the broker may be apart


class Drain:
    """Passes on what a spool holds, until it is told to stop. `away`: why nothing is passed on just now, empty where it is."""

    def __init__(self, settings: Settings, log: str, part: str, spool: Spool) -> None:
        self._settings, self._log, self._part, self._spool = settings, log, part, spool
        self.away = ""

    def run(self, stop: threading.Event) -> None:
        """Pass on until `stop` is set; a Kafka that is away, or a disk that fails, is waited for."""
        while not stop.is_set():
            try:
                self._pass_on(stop)
            except (KafkaError, Trouble, KeyFileError, OSError) as error:
                if not self.away:
                    self._say(f"{error}; what comes stays in the spool meanwhile")
                self.away = str(error)
                stop.wait(PAUSE)

    @contextmanager
    def beside(self, stop: threading.Event) -> Iterator[None]:
        """Pass on in a thread of its own while the body runs; then `stop` is set, and what is under way ends."""
        passing = threading.Thread(target=self.run, args=(stop,), name="drain", daemon=True)
        passing.start()
        try:
            yield
        finally:
            stop.set()
            passing.join(SLOW)

    def _pass_on(self, stop: threading.Event) -> None:
        if not self._spool.passed.at:  # nothing has been sent before now
            self._spool.pass_on(0, wall_time())
        road = self._part.removeprefix("registrar-")
        refuse_under_floor(self._settings, self._log)
        name = self._settings.security.get("KAFKA_SASL_USERNAME", f"gateway-{road}")  # others' ids are not its own
        id_ = topic_name(self._log, f"{name}.{self._spool.id}")
        with LogWriter(self._settings, self._log, part=self._part, road=road, transactional=id_) as writer:
            standing = self._standing()
            while not stop.is_set():
                records = self._spool.read(self._spool.passed.number, AT_ONCE)
                for record in records:
                    for arrival in self._arrivals(record, standing):
                        writer.send(arrival)
                writer.flush()
                standing = frozenset()
                if self.away:
                    self._say("what is in the spool is passed on again")
                    self.away = ""
                if records:
                    self._spool.pass_on(records[-1].number, wall_time())
                else:
                    stop.wait(IDLE)

    def _arrivals(self, record: Spooled, standing: frozenset[bytes]) -> Iterator[Arrival]:
        """The events of a record that do not stand in the log."""
        for n, value in enumerate(unpacked(record.payload).events):
            mark = f"{self._spool.id}:{record.number}:{n}".encode()
            if mark in standing:
                continue
            try:
                event = decode_event(value)
            except DecodeError as error:
                self._say(f"record {record.number} of the spool holds what is no event, and is passed over: {error}")
                continue
            if (domain := event.type.partition(".")[0]) in domains():
                yield Arrival(wall_time(), domain, event.subject.encode(), value, mark)
            else:
                self._say(f"record {record.number} of the spool holds an event of no domain, and is passed over")

    def _standing(self) -> frozenset[bytes]:
        """The marks of records under way that stand in the log: those behind the last one that is known to be passed on.

        What a drain before had not ended is aborted by now, and is not among them. Another's open transaction is waited for, up
        to the end that the log has now: what stands behind it would be sent twice.
        """
        passed = self._spool.passed
        if self._spool.durable == passed.number:
            return frozenset()
        own, since = f"{self._spool.id}:".encode(), max(passed.at - _MARGIN, 0)
        topics = [events_topic(self._log, domain) for domain in domains()]
        with clients.consumer(self._settings, isolation_level="read_uncommitted") as reader:
            places = [place for topic in topics for place in clients.partitions_of(reader, topic)]
            ends = reader.end_offsets(places)
        with clients.consumer(self._settings) as reader:
            found = reader.offsets_for_times(dict.fromkeys(places, since))
            begin = {place: found[place].offset if found[place] else ends[place] for place in places}
            marks = (dict(record.headers).get(MARK, b"") for record in clients.records_between(reader, begin, ends))
            return frozenset(mark for mark in marks if mark.startswith(own) and _number(mark) > passed.number)

    def _say(self, text: str) -> None:
        sys.stderr.write(f"{self._part}: {text}\n")
        sys.stderr.flush()


def _number(mark: bytes) -> int:
    return int(mark.split(b":")[1])


class Packed(msgspec.Struct, array_like=True, frozen=True):
    """One record of the spool: events, and by what the gateway knows again after a kill that it has kept them."""

    events: list[bytes]
    label: bytes = b""


def packed(events: list[bytes], label: bytes = b"") -> bytes:
    """A record as it stands in the spool."""
    return msgspec.msgpack.encode(Packed(events, label))


def unpacked(payload: bytes) -> Packed:
    """A record as it was; msgspec.DecodeError where it is none."""
    return msgspec.msgpack.decode(payload, type=Packed)
