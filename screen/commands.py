"""The only producer of the screen: a person's act becomes a command in the log, and the log alone says what came of it."""

import threading
from contextlib import suppress
from hashlib import blake2s

from kafka import KafkaProducer
from kafka.errors import KafkaError

from streams.command import Trouble
from streams.kafka import clients
from streams.messages import COMMAND, Act, Alert, Place, event_bytes, format_time
from streams.settings import Settings

SOURCE = "screen"

PATIENCE_MS = 4_000
"""How long Kafka may take to accept an act before the person is told that it was not."""

REMEMBERED = 1_000
"""Acts whose place is remembered, so that a second press is answered with the place of the first."""


class NotAcceptedError(Exception):
    """Kafka did not take the act: it is not in the log, and the person must be told so."""


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


class Commands:
    """Writes acts. Blocking and thread-safe; a producer that failed is replaced at the next act."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._producer: KafkaProducer | None = None
        self._lock = threading.Lock()
        self._places: dict[str, Place] = {}

    def place(self, verb: str, act: Act, key: str) -> Place | None:
        """Where this press stands in the log, where it was sent before and is remembered."""
        return self._places.get(command_id(verb, act, key))

    def act(self, alert: Alert, verb: str, act: Act, key: str, now: int) -> Place:
        """Write the act and return its place in the log, or that of its first copy; NotAcceptedError where Kafka is away."""
        name = command_id(verb, act, key)
        value = command_bytes(alert, verb, act, key, now)
        with self._lock:
            if name not in self._places:
                self._places[name] = self._write(alert, value)
                while len(self._places) > REMEMBERED:
                    del self._places[next(iter(self._places))]
            return self._places[name]

    def close(self) -> None:
        """Let go of the connection."""
        producer, self._producer = self._producer, None
        if producer is not None:
            with suppress(KafkaError):
                producer.close(timeout=1)

    def _write(self, alert: Alert, value: bytes) -> Place:
        topic, subject = alert.place.topic, alert.subject.encode()
        try:
            producer = self._connected()
            partition = clients.partition_of(subject, len(producer.partitions_for(topic)))
            written = producer.send(topic, value, subject, partition=partition).get(PATIENCE_MS / 1000)
        except (KafkaError, Trouble) as error:
            self.close()
            raise NotAcceptedError(str(error)) from error
        return Place(written.topic, written.partition, written.offset)

    def _connected(self) -> KafkaProducer:
        if self._producer is None:
            limits = {"request_timeout_ms": PATIENCE_MS, "delivery_timeout_ms": PATIENCE_MS, "max_block_ms": PATIENCE_MS}
            self._producer = clients.producer(self._settings, bootstrap_timeout_ms=PATIENCE_MS, **limits, linger_ms=0)
        return self._producer
