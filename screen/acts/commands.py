"""The only producer of the screen: a person's act becomes a record in the log, and the log alone says what came of it."""

import threading
from contextlib import suppress
from hashlib import blake2s

from kafka import KafkaProducer
from kafka.errors import KafkaError

from screen.web.json_response import RefusedError
from streams.command import Trouble
from streams.handover import Record
from streams.kafka import clients
from streams.messages import (
    COMMAND,
    Act,
    Actor,
    Alert,
    Incident,
    JobCommand,
    Place,
    Regroup,
    decode_event,
    encode,
    event_bytes,
    format_time,
)
from streams.outputs import target
from streams.settings import Settings
from streams.topics import topic_name

SOURCE = "screen"

PATIENCE_MS = 4_000
"""How long Kafka may take to accept an act before the person is told that it was not."""

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


def command_bytes(alert: Alert, verb: str, act: Act, key: str, now: int) -> bytes:
    """The CloudEvent of an act at the log's time `now` (ms)."""
    return event_bytes(
        type=COMMAND + verb,
        source=SOURCE,
        id=command_id(verb, act, key),
        time=format_time(now),
        subject=alert.subject,
        region=alert.adcode,
        data=act,
    )


def taking_id(handover: str, person: Actor, key: str) -> str:
    """BLAKE2s-128 (hex) of one press to take a note over, as `command_id`."""
    return blake2s(encode([handover, person.id, key]), digest_size=16).hexdigest()


def regroup_bytes(incident: Incident, verb: str, act: Regroup, now: int) -> bytes:
    """The CloudEvent of an act on an incident at the log's time `now` (ms); at one revision of it the same act is one."""
    parts = encode([verb, incident.rev, act.incident, act.others, act.alerts, act.actor.id])
    return event_bytes(
        type=COMMAND + verb,
        source=SOURCE,
        id=blake2s(parts, digest_size=16).hexdigest(),
        time=format_time(now),
        subject=incident.city,
        region=incident.city,
        data=act,
    )


class Commands:
    """Writes acts. Blocking and thread-safe; a producer that failed is replaced at the next act."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._producer: KafkaProducer | None = None
        self._lock = threading.Lock()
        self._places: dict[str, Place] = {}

    def place(self, name: str) -> Place | None:
        """Where the press of this id stands in the log, where it was sent before and is remembered."""
        return self._places.get(name)

    def act(self, alert: Alert, verb: str, act: Act, key: str, now: int) -> Place:
        """Write the act and return its place in the log, or that of its first copy; NotAcceptedError where Kafka is away."""
        value = command_bytes(alert, verb, act, key, now)
        return self._once(command_id(verb, act, key), alert.place.topic, alert.subject, value)

    def regroup(self, incident: Incident, verb: str, act: Regroup, now: int) -> Place:
        """Write an act on an incident; else as `act`."""
        value = regroup_bytes(incident, verb, act, now)
        return self._once(decode_event(value).id, incident.place.topic, incident.city, value)

    def handover(self, log: str, record: Record, name: str) -> Place:
        """Write a note, or that one is taken over, under its department; `name` is the id of the press; else as `act`."""
        topic, key = target(record)
        return self._once(name, topic_name(log, topic), key, encode(record))

    def job(self, log: str, command: JobCommand, name: str) -> Place:
        """Write what a person asks for, or takes back, under its job's id; `name` is the id of the press; else as `act`."""
        return self._once(name, topic_name(log, "jobs"), command.id, encode(command))

    def _once(self, name: str, topic: str, key: str, value: bytes) -> Place:
        with self._lock:
            if name not in self._places:
                self._places[name] = self._write(topic, key.encode(), value)
                while len(self._places) > REMEMBERED:
                    del self._places[next(iter(self._places))]
            return self._places[name]

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
