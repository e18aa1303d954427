"""The notifier of one log: Kafka and channels on one side, `Outbox` on the other. All that can be decided is decided there.

Each step is in Kafka before the next: planned, sent, in the audit trail, done. Between a channel's yes and the record of it
there is no transaction: whoever is killed just there sends once more.
"""

import sys
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from hashlib import blake2s
from typing import Protocol, Self

from kafka import TopicPartition
from kafka.consumer.fetcher import ConsumerRecord

from agents.core.alerts.alarm import NOTIFY
from agents.notifications import text
from agents.notifications.outbox import Outbox, key
from agents.notifications.plan import Ways
from streams.catalogue import stated
from streams.kafka import clients
from streams.messages import (
    COMMAND,
    SECOND,
    Act,
    Actor,
    Alert,
    Health,
    Heartbeat,
    Name,
    Notification,
    Registered,
    Status,
    Told,
    decode_event,
    encode,
    event_bytes,
    format_time,
    parse_time,
)
from streams.outputs import target
from streams.settings import Settings
from streams.signing.machine.part import open_part
from streams.topics import events_topic, input_topics, topic_name

NOTIFIER = Actor(id="notifier", name="通知服务", role="notifier")
SOURCE = PART = "notifier"
"""The source of what it writes, and the part with whose key it signs that."""

DOMAIN = "service"
"""The domain that judges whether channels work (rule `notice-channel-dead`)."""

SUBJECT = "notice.channel."
"""How the subject of a channel begins."""

ACCEPTED = 10.0
"""Seconds that Kafka may take to accept a record."""

POLL_MS = 200
WHO = "notify"
LOOK = SECOND
"""How often (ms) deadlines and what is too old are looked for."""

Clock = Callable[[], int]
"""Wall clock in ms since 1970."""


class Sends(Protocol):
    """What sends."""

    def size(self, name: str) -> int:
        """Bytes of one message of a channel."""

    def send(self, name: str, title: str, body: str) -> bool:
        """Whether a channel took it."""


def wall() -> int:
    """The wall clock."""
    return int(time.time() * SECOND)


def command_bytes(notification: Notification, at: int) -> bytes:
    """The command that says in the log what came of a notification, at the log's time (ms); a second copy is the same."""
    each = notification
    parts = "\x1f".join((*map(str, key(each)), each.delivery))
    if each.delivery == "sent":
        many = f" in a digest of {each.batch}" if each.batch > 1 else ""
        what = f"{each.kind}: sent to {each.channel}{many}"
    else:
        what = f"{each.kind}: given up for {each.channel}"
    tries = "" if each.attempts == 1 else f", {each.attempts} attempts"
    return event_bytes(
        type=COMMAND + NOTIFY,
        source=SOURCE,
        id=blake2s(parts.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest(),
        time=format_time(at),
        subject=each.subject,
        data=Act(alert=each.alert, occurrence=each.occurrence, actor=NOTIFIER, reason=what + tries),
    )


def health_bytes(health: Health, waiting: int, *, new: bool) -> list[bytes]:
    """The fact of how a channel is, after its registration where it is `new`."""
    subject, at = f"{SUBJECT}{health.channel}", format_time(health.at)
    facts = Registered(
        kind="notice_channel",
        name=Name(f"通知渠道 {health.channel}", f"Notice channel {health.channel}"),
        adcode="",
    )
    told: dict[str, object] = {"failures": health.failures, "waiting": waiting}
    registration, kind = f"{DOMAIN}.registered", f"{DOMAIN}.notice_channel"
    registered = event_bytes(type=registration, source=SOURCE, id=f"{subject}/r", time=at, subject=subject, data=facts)
    fact = event_bytes(type=kind, source=SOURCE, id=f"{subject}/{health.at}", time=at, subject=subject, data=told)
    return [registered, fact] if new else [fact]


class Notifier:
    """Follows a log and sends; used with `with`. KafkaError where Kafka refuses, or another notifier has taken over.

    Opening it ends any other notifier of the log: Kafka's transactions fence it.
    """

    def __init__(self, settings: Settings, log: str, ways: Ways, sender: Sends, clock: Clock = wall) -> None:
        self._settings, self._log, self._sender, self._clock = settings, log, sender, clock
        self._notices = topic_name(log, "notices")
        self._memory = clients.producer(settings, transactional_id=f"{self._notices}.writer")
        self._events = clients.producer(settings)
        self._reader = clients.consumer(settings)
        self._memory.init_transactions()
        remembered: list[Told | Health] = clients.newest_messages(settings, self._notices, Told | Health, WHO)  # type: ignore[arg-type]
        self._outbox = Outbox(ways, remembered)
        self._first = not remembered
        self._now: dict[tuple[str, int], int] = {}
        self._sending: dict[str, tuple[list[Notification], Future[bool]]] = {}
        self._pool = ThreadPoolExecutor(max(1, len(ways.routes.channels)))
        self._channels = tuple(ways.routes.channels)
        self._looked = 0
        self._part = open_part(settings, log, PART)
        self._inputs = {
            topic: {place.partition for place in clients.partitions_of(self._reader, topic)} for topic in input_topics(log)
        }
        self._home = len(self._inputs[events_topic(log, DOMAIN)])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._part.close()
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._reader.close()
        self._events.close()
        self._memory.close()

    def run(self, stopped: Callable[[], bool]) -> None:
        """Catch up, then follow the log until told to stop; what is being sent then is still recorded."""
        self._catch_up()
        _say(f"ready: follows {self._log}, channels {', '.join(self._channels)}")
        while not stopped():
            self._step()
        self._collect(wait=True)
        self._file()

    def _step(self) -> None:
        for records in self._reader.poll(POLL_MS).values():
            self._remember([told for record in records if (told := self._read(record))])
        now = self._clock()
        if now >= self._looked + LOOK:
            self._looked = now
            self._remember([*self._outbox.passed(self._now, now), *self._outbox.abandoned(now, self._sending)])
        self._collect()
        self._file()
        self._tell_health()
        for channel in self._channels:
            if channel not in self._sending:
                self._send(channel)

    def _catch_up(self) -> None:
        """Plan for all that happened while nobody looked; at the first start of all only for what stands now."""
        alerts, status = topic_name(self._log, "alerts"), topic_name(self._log, "status")
        records = clients.read_topic(self._settings, alerts)
        at = self._clock()
        revisions = [alert for record in records if (alert := self._alert(record))]
        if self._first:
            revisions = list({alert.id: alert for alert in sorted(revisions, key=lambda each: (each.rev, each.audit))}.values())
        self._remember([told for alert in revisions if (told := self._outbox.revised(alert, at))])
        partitions = clients.partitions_of(self._reader, alerts)
        self._reader.assign([*partitions, *clients.partitions_of(self._reader, status)])
        self._reader.seek_to_beginning(*partitions)
        for record in records:
            self._reader.seek(TopicPartition(alerts, record.partition), record.offset + 1)
        self._reader.seek_to_end(*clients.partitions_of(self._reader, status))

    def _read(self, record: ConsumerRecord) -> Told | None:
        if record.topic.endswith(".status"):
            heartbeat = _heartbeat(record)
            if heartbeat is not None and heartbeat.now is not None:
                self._now[heartbeat.domain, heartbeat.partition] = parse_time(heartbeat.now)
            return None
        alert = self._alert(record)
        return None if alert is None else self._outbox.revised(alert, self._clock())

    def _alert(self, record: ConsumerRecord) -> Alert | None:
        """A record's alert, if its own trail can be told of it: its place is one of the log's."""
        alert = clients.read(record, Alert, WHO)
        if alert is None or alert.place.partition in self._inputs.get(alert.place.topic, ()):
            return alert
        clients.passed_over(record, "its place is none of this log's inputs", WHO)
        return None

    def _send(self, channel: str) -> None:
        """Begin to send what may go to a channel now, if anything."""
        batch = self._outbox.take(channel, self._clock())
        if not batch:
            return
        title, body = batch[0].title, batch[0].body
        if len(batch) > 1:
            count, *digest = text.digest(batch, self._sender.size(channel))
            batch = batch[:count]
            if count > 1:
                title, body = digest
        self._sending[channel] = batch, self._pool.submit(self._sender.send, channel, title, body)

    def _collect(self, *, wait: bool = False) -> None:
        """Record what came of what was sent."""
        for channel, (batch, answer) in list(self._sending.items()):
            if wait or answer.done():
                delivered = answer.result()
                del self._sending[channel]
                if not delivered:
                    _say(f"channel {channel}: not delivered, {self._outbox.paces[channel].failures + 1} in a row")
                self._remember(self._outbox.tried(batch, self._clock(), delivered=delivered))

    def _file(self) -> None:
        """Say in the log what was sent or given up, then remember that it is said."""
        done = self._outbox.unfiled()
        if not done:
            return
        told = [
            self._events.send(
                each.place.topic,
                self._part.value(
                    command_bytes(each, self._time(each.place.topic.partition(".events.")[2], each.place.partition)),
                    each.place.topic.removeprefix(f"{self._log}."),
                ),
                each.subject.encode(),
                partition=each.place.partition,
            )
            for each in done
        ]
        for sent in told:
            sent.get(ACCEPTED)
        self._remember(self._outbox.filed(done))

    def _tell_health(self) -> None:
        """Tell the log of a channel's failures in a row, and of their end, once its time is known."""
        for channel in self._channels:
            failures, known = self._outbox.paces[channel].failures, self._outbox.health.get(channel)
            if failures == (known.failures if known else 0):
                continue
            key_ = f"{SUBJECT}{channel}".encode()
            partition = clients.partition_of(key_, self._home)
            at = max(self._time(DOMAIN, partition), known.at + 1 if known else 0)
            health = Health(channel=channel, failures=failures, at=at)
            for value in health_bytes(health, self._outbox.waiting(channel), new=known is None):
                if stated(decode_event(value).type):
                    value = self._part.value(value, f"events.{DOMAIN}")  # noqa: PLW2901 - the same, signed
                self._events.send(events_topic(self._log, DOMAIN), value, key_, partition=partition).get(ACCEPTED)
            self._outbox.health[channel] = health
            self._remember([health])

    def _time(self, domain: str, partition: int) -> int:
        """The log's time there as its worker tells it; the wall clock's where no worker has told it."""
        return self._now.get((domain, partition), self._clock())

    def _remember(self, records: Iterable[Told | Health]) -> None:
        """Write records to the topic of notices, all or none."""
        newest = {target(record)[1]: record for record in records}
        if not newest:
            return
        self._memory.begin_transaction()
        written = [self._memory.send(self._notices, encode(record), name.encode()) for name, record in newest.items()]
        self._memory.commit_transaction()
        for one in written:
            one.get(ACCEPTED)


def _heartbeat(record: ConsumerRecord) -> Heartbeat | None:
    status: Status | None = clients.read(record, Status, WHO)  # type: ignore[arg-type]
    return status if isinstance(status, Heartbeat) else None


def _say(what: str) -> None:
    sys.stderr.write(f"{WHO}: {what}\n")
    sys.stderr.flush()
