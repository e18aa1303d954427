"""A person's act becomes a record in the log, and the log alone says what came of it. The only producer of people's acts."""

import threading
from collections.abc import Callable
from contextlib import suppress
from hashlib import blake2s
from typing import IO, Protocol

from kafka import KafkaProducer
from kafka.errors import KafkaError

from screen.acts.entry_decision import EntryRecords, EntryWriter, decide
from screen.acts.order_about import UNKNOWN, About
from screen.acts.order_press import BY_ITSELF, OrderPress
from screen.web.json_response import RefusedError
from streams.command import Trouble
from streams.entry.log import EntryLog
from streams.handover import Record
from streams.kafka import clients
from streams.messages import (
    COMMAND,
    Act,
    Actor,
    Alert,
    Incident,
    JobCommand,
    OrderAct,
    Place,
    Regroup,
    encode,
    event_bytes,
    format_time,
)
from streams.messages.services.appraisal import Objection, ObjectionAnswer
from streams.messages.services.catalogue import SharingStep
from streams.messages.services.entry import EntryDecision, EntryDraft, decision_name
from streams.orders.texts import check_texts
from streams.originals.folder import folder_of, keep_plain, pieces_of
from streams.outputs import target
from streams.settings import Settings
from streams.topics import topic_name

SOURCE = "screen"

ORDERS = "events.orders"
"""The topic, below the log's name, of what people do to orders."""

PATIENCE_MS = 4_000
"""How long Kafka may take to accept an act before the person is told that it was not."""

Noted = Record | SharingStep | EntryDraft | Objection | ObjectionAnswer
"""What people write beside the stages, jobs apart."""

REMEMBERED = 1_000
"""Acts whose place is remembered, so that a second press is answered with the place of the first."""


class NotAcceptedError(RefusedError):
    """Kafka did not take the act: it is not in the log, and the person must be told so (503)."""

    def __init__(self, why: str) -> None:
        super().__init__(503, why)


def command_id(verb: str, act: Act, key: str) -> str:
    """BLAKE2s-128 (hex): one press, whose `key` its page has drawn by lot, is one command, however often it is sent."""
    parts = "\x1f".join((act.alert, str(act.occurrence), verb, act.actor.id, key))
    return blake2s(parts.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def command_bytes(subject: str, region: str, verb: str, act: Act, key: str, now: int) -> bytes:
    """The CloudEvent of an act on an alert of this subject in this district, at the log's time `now` (ms)."""
    return event_bytes(
        type=COMMAND + verb,
        source=SOURCE,
        id=command_id(verb, act, key),
        time=format_time(now),
        subject=subject,
        region=region,
        data=act,
    )


def taking_id(handover: str, person: Actor, key: str) -> str:
    """BLAKE2s-128 (hex) of one press to take a note over, as `command_id`."""
    return blake2s(encode([handover, person.id, key]), digest_size=16).hexdigest()


def regroup_id(rev: int, verb: str, act: Regroup) -> str:
    """BLAKE2s-128 (hex): at one revision of an incident the same act of a person is one."""
    return blake2s(encode([verb, rev, act.incident, act.others, act.alerts, act.actor.id]), digest_size=16).hexdigest()


def regroup_bytes(city: str, rev: int, verb: str, act: Regroup, now: int) -> bytes:
    """The CloudEvent of an act on an incident of this city at its revision `rev`, at the log's time `now` (ms)."""
    return event_bytes(
        type=COMMAND + verb,
        source=SOURCE,
        id=regroup_id(rev, verb, act),
        time=format_time(now),
        subject=city,
        region=city,
        data=act,
    )


def order_id(press: OrderPress) -> str:
    """BLAKE2s-128 (hex) of one press on an order, as `command_id`."""
    parts = [press.act.order, press.verb, press.act.actor.id, press.key]
    return blake2s(encode(parts), digest_size=16).hexdigest()


def order_bytes(region: str, press: OrderPress, now: int) -> bytes:
    """The CloudEvent of an act on an order whose place lies in this district, at the log's time `now` (ms)."""
    return event_bytes(
        type=COMMAND + press.right,
        source=SOURCE,
        id=order_id(press),
        time=format_time(now),
        subject=press.act.order,
        region=region,
        data=press.act,
    )


def check_file(press: OrderPress, file: IO[bytes] | None) -> None:
    """RefusedError where an act names a file and does not come with it, or comes with one that it does not name."""
    named = press.act.file if isinstance(press.act, OrderAct) else None
    if (named is None) != (file is None) or (named is not None and named.text is not None):
        raise RefusedError(422, BY_ITSELF)


class Places:
    """Where acts stand in the log, by the id of the press; the newest are remembered."""

    def __init__(self) -> None:
        self._places: dict[str, Place] = {}

    def get(self, name: str) -> Place | None:
        """The place of this press, where it is remembered."""
        return self._places.get(name)

    def keep(self, name: str, place: Place) -> Place:
        """Remember where a press stands."""
        self._places[name] = place
        while len(self._places) > REMEMBERED:
            del self._places[next(iter(self._places))]
        return place


class Commands(Protocol):
    """What the routes give the acts of people to. `session` is the secret of the person's session, which a signer asks for.

    Each gives the act's place in the log, or that of its first copy; NotAcceptedError where it is not in the log. Blocking and
    thread-safe.
    """

    def place(self, name: str, /) -> Place | None:
        """Where the press of this id stands in the log, where it was sent before and is remembered."""

    def act(self, alert: Alert, verb: str, act: Act, key: str, now: int, session: str, /) -> Place:
        """Write an act on an alert at the log's time `now` (ms)."""

    def regroup(self, incident: Incident, verb: str, act: Regroup, now: int, session: str, /) -> Place:
        """Write an act on an incident."""

    def record(self, log: str, record: Noted, name: str, session: str, /) -> Place:
        """Write a note, that one is taken over, or a step of a request to share; `name` is the id of the press."""

    def decide(self, log: str, decision: EntryDecision, region: str, session: str, /) -> Place:
        """Write what is decided on a draft, as `entry_decision.decide`; `region`: the district of the fact's subject."""

    def job(self, log: str, command: JobCommand, name: str, session: str, /) -> Place:
        """Write what a person asks for, or takes back, under its job's id; `name` is the id of the press."""

    def order(
        self,
        log: str,
        region: str,
        press: OrderPress,
        now: int,
        session: str,
        about: About = UNKNOWN,
        file: IO[bytes] | None = None,
        /,
    ) -> Place:
        """Write an act on an order, or that one is issued, under its id.

        `about`: what is known of the order, by which its texts are sealed. `file`: the bytes of the act's file, which are
        durable before the act is written.
        """

    def close(self) -> None:
        """Let go of the connection."""


class OwnCommands:
    """`Commands` that this very process writes, as they are: into a log that was never opened."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._log = ActLog(settings)
        self._entries: Callable[[str], EntryRecords] = lambda log: EntryLog(settings, log)

    def place(self, name: str) -> Place | None:
        """As `Commands`."""
        return self._log.place(name)

    def act(self, alert: Alert, verb: str, act: Act, key: str, now: int, _session: str) -> Place:
        """As `Commands`."""
        value = command_bytes(alert.subject, alert.adcode, verb, act, key, now)
        return self._log.once(command_id(verb, act, key), alert.place.topic, alert.subject, lambda: value)

    def regroup(self, incident: Incident, verb: str, act: Regroup, now: int, _session: str) -> Place:
        """As `Commands`."""
        value = regroup_bytes(incident.city, incident.rev, verb, act, now)
        return self._log.once(regroup_id(incident.rev, verb, act), incident.place.topic, incident.city, lambda: value)

    def record(self, log: str, record: Noted, name: str, _session: str) -> Place:
        """As `Commands`."""
        return self._noted(log, record, name)

    def decide(self, log: str, decision: EntryDecision, region: str, _session: str) -> Place:
        """As `Commands`."""

        def decided(_draft: EntryDraft, record: EntryDecision) -> Place:
            return self._noted(log, record, decision_name(record))

        return decide(self._entries(log), EntryWriter(self._log, log, region, decided), decision)

    def job(self, log: str, command: JobCommand, name: str, _session: str) -> Place:
        """As `Commands`."""
        return self._log.once(name, topic_name(log, "jobs"), command.id, lambda: encode(command))

    def _noted(self, log: str, record: Noted | EntryDecision, name: str) -> Place:
        topic, key = target(record)
        return self._log.once(name, topic_name(log, topic), key, lambda: encode(record))

    def order(
        self,
        log: str,
        region: str,
        press: OrderPress,
        now: int,
        _session: str,
        _about: About = UNKNOWN,
        file: IO[bytes] | None = None,
    ) -> Place:
        """As `Commands`. Nothing is sealed; a text that names a 密级 is refused here too, a file kept as it is, mode 600."""
        check_file(press, file)
        try:
            check_texts(press.act)
            if file is not None and isinstance(press.act, OrderAct) and press.act.file is not None:
                file.seek(0)
                keep_plain(folder_of(self._settings, log), press.act.file.digest, pieces_of(file))
        except ValueError as error:
            raise RefusedError(422, str(error)) from None
        except OSError as error:
            raise NotAcceptedError(f"the file is not kept, so nothing is written: {error.strerror}") from error
        topic = topic_name(log, ORDERS)
        return self._log.once(order_id(press), topic, press.act.order, lambda: order_bytes(region, press, now))

    def close(self) -> None:
        """As `Commands`."""
        self._log.close()


class ActLog:
    """Writes acts into Kafka, each once. Blocking and thread-safe; a producer that failed is replaced at the next act."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._producer: KafkaProducer | None = None
        self._lock = threading.Lock()
        self._places = Places()

    def place(self, name: str) -> Place | None:
        """Where the press of this id stands in the log, where it is remembered."""
        return self._places.get(name)

    def once(self, name: str, topic: str, key: str, value: Callable[[], bytes]) -> Place:
        """The place of a press of this id, which is written where it was not yet; `value` makes what is written then."""
        with self._lock:
            return self._places.get(name) or self._places.keep(name, self._write(topic, key.encode(), value()))

    def close(self) -> None:
        """Let go of the connection."""
        producer, self._producer = self._producer, None
        if producer is not None:
            with suppress(KafkaError):
                producer.close(timeout=1)

    def _write(self, topic: str, key: bytes, value: bytes) -> Place:
        try:
            producer = self._connected()
            partition = clients.partition_of(key, len(producer.partitions_for(topic)))
            written = producer.send(topic, value, key, partition=partition).get(PATIENCE_MS / 1000)
        except (KafkaError, Trouble) as error:
            self.close()
            raise NotAcceptedError(str(error)) from error
        return Place(written.topic, written.partition, written.offset)

    def _connected(self) -> KafkaProducer:
        if self._producer is None:
            limits = {"request_timeout_ms": PATIENCE_MS, "delivery_timeout_ms": PATIENCE_MS, "max_block_ms": PATIENCE_MS}
            self._producer = clients.producer(self._settings, bootstrap_timeout_ms=PATIENCE_MS, **limits, linger_ms=0)
        return self._producer
