"""The service that anchors: it reads a log's audit trails, keeps the head of each, and signs those that have moved.

It is no part of judging: it reads the wall clock, and a replay makes anchors of its own. One Kafka transaction writes one
anchor; the transactional id is the log's, so of two that anchor one log the older is fenced, and the chain has no fork.
"""

import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from hashlib import sha256
from typing import Any, Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from kafka import KafkaConsumer
from kafka.errors import KafkaError
from msgspec import UNSET

from agents.audit.anchors import ALERTS, Anchors, key_id, signed
from agents.audit.heads import Heads
from agents.audit.keys import Keys
from streams.command import Trouble
from streams.kafka import clients
from streams.messages import Anchor, Head, encode, format_time
from streams.outputs import TRAILS, OutputKind
from streams.settings import Settings
from streams.topics import topic_name

MAX_HEADS = 5_000
"""Heads that one anchor holds at most: some 600 kB, below a producer's usual limit of 1 MiB. More make several anchors."""

ACCEPTED = 30
"""Seconds that Kafka may take to accept an anchor."""

WHO = "audit"

AGAIN = 5.0
"""Seconds until the service tries again after Kafka was away; a choice."""


class Anchorer:
    """Anchors one log, from its newest anchor on; used with `closing`.

    What is no anchor of ours, or does not follow the one before, is told and passed over: it goes on from the newest good one.
    Trouble where no anchor bears our key, where the key that must sign next is not here, or where a trail's topic ends before
    what is anchored.
    """

    def __init__(self, settings: Settings, log: str, now: Callable[[], int]) -> None:
        """`now`: the wall clock in ms."""
        self._log = log
        self._now = now
        self._keys = Keys(settings.audit_keys, log)
        self._topic = topic_name(log, "anchors")
        self._producer = clients.producer(settings, transactional_id=self._topic)
        self._reader = clients.consumer(settings)
        try:
            clients.partitions_of(self._reader, self._topic)
            self._producer.init_transactions()  # from here on no older one can write
            anchors, self._key = self._continued()
        except BaseException:
            self.close()
            raise
        self._n, self._hash = anchors.n, anchors.hash
        self._trails = [Heads(kind, anchors) for kind in TRAILS]
        self._warned: set[tuple[str, str]] = set()

    def close(self) -> None:
        """Leave the broker."""
        self._producer.close(timeout=1)
        self._reader.close()

    def step(self) -> Iterator[Anchor]:
        """Read what is new of all trails and write an anchor where one has moved."""
        ends = [ends_of(self._reader, self._log, trail.kind) for trail in self._trails]
        for trail, end in zip(self._trails, ends, strict=True):
            self._check(trail, end)
        for trail, end in zip(self._trails, ends, strict=True):
            topic = topic_name(self._log, trail.kind.topic)
            for record in clients.stream(self._reader, topic, trail.offsets, end) if end else ():
                name, wrong = trail.take(record.value or b"")
                if wrong:
                    self._warn(trail, name, f"{record.topic}/{record.partition}/{record.offset}", wrong)
                trail.offsets[record.partition] = record.offset + 1
                if self._moved == MAX_HEADS:
                    yield self._write()
            trail.offsets = end
        if self._moved:
            yield self._write()

    def rotate(self) -> Anchor:
        """Hand the log on to a new key: an anchor that names it, signed by the old one, which is then gone."""
        following = self._keys.prepare()
        anchor = self._write(following.public_key().public_bytes_raw().hex())
        self._keys.adopt()
        self._key = following
        return anchor

    def end(self, named: str) -> Anchor:
        """The last anchor of this version: it names the key (hex) of those of the opened log."""
        return self._write(named)

    def _continued(self) -> tuple[Anchors, Ed25519PrivateKey]:
        """The chain so far and the key that signs next."""
        ends = clients.end_offsets(self._reader, self._topic)
        current, prepared = self._keys.current(), self._keys.prepared()
        if current is None:
            if self._any(ends):
                raise Trouble(
                    f"{self._topic} has anchors, but {self._keys.folder} has not the key of log {self._log!r}: put it back"
                )
            current = self._keys.begin()
        anchors = Anchors(self._keys.first(), self._log)
        strange = 0
        for record in clients.stream(self._reader, self._topic, {}, ends):
            for found in anchors.take(record.value or b""):
                strange += found.kind == "anchor-forged"
                clients.passed_over(record, f"{found.message}; run `agents audit verify --log {self._log}`", WHO)
        if strange and not anchors.n:
            raise Trouble(
                f"no anchor in {self._topic} bears our key: {self._keys.folder} has keys of another log: put ours back"
            )
        if prepared is not None and key_id(prepared.public_key()) == key_id(anchors.key):
            self._keys.adopt()  # a rotation was stopped between its anchor and the files
            current = prepared
        if key_id(current.public_key()) != key_id(anchors.key):
            raise Trouble(
                f"{self._keys.folder} has not the key {key_id(anchors.key)} that must sign the next anchor: put it back"
            )
        return anchors, current

    def _any(self, ends: Mapping[int, int]) -> bool:
        """Whether anything in the topic of anchors can be one."""
        return any(clients.read(record, Anchor, WHO) for record in clients.stream(self._reader, self._topic, {}, ends))

    def _check(self, trail: Heads, ends: Mapping[int, int]) -> None:
        """Trouble where a topic ends before what is anchored of it."""
        short = [f"{part}: {ends.get(part, 0)}" for part, offset in trail.offsets.items() if ends.get(part, 0) < offset]
        if short:
            topic = topic_name(self._log, trail.kind.topic)
            raise Trouble(f"{topic} ends before what is anchored ({', '.join(short)}): run `python -m agents audit verify`")

    def _warn(self, trail: Heads, name: str, place: str, wrong: str) -> None:
        """Say what is wrong with an entry, once of each trail."""
        what = (trail.kind.topic, name or place)
        if what not in self._warned:
            self._warned.add(what)
            say(f"{place}: {wrong}; run `python -m agents audit verify --log {self._log}`")

    @property
    def _moved(self) -> int:
        return sum(len(trail.moved) for trail in self._trails)

    def _write(self, following: str | None = None) -> Anchor:
        alerts, *others = (trail.covered() for trail in self._trails)
        unsigned = Anchor(
            log=self._log,
            n=self._n + 1,
            prev=self._hash,
            at=format_time(self._now()),
            offsets=alerts.offsets,
            alerts=alerts.things,
            entries=alerts.entries,
            heads=tuple(Head(head.id, head.n, head.hash) for head in alerts.heads),
            others=tuple(part for part in others if any(part.offsets)) or UNSET,
            key="",
            next_key=following,
        )
        anchor = signed(unsigned, self._key)
        value = encode(anchor)
        self._producer.begin_transaction()
        sent = self._producer.send(self._topic, value, partition=0)
        self._producer.commit_transaction()
        sent.get(ACCEPTED)
        self._n, self._hash = anchor.n, sha256(value).hexdigest()
        for trail in self._trails:
            trail.moved.clear()
        return anchor


def ends_of(reader: KafkaConsumer, log: str, kind: OutputKind) -> dict[int, int]:
    """Where each partition of a trail's topic ends; none where the log is older than this kind of trail."""
    topic = topic_name(log, kind.topic)
    there = kind.topic == ALERTS or reader.partitions_for_topic(topic)
    return clients.end_offsets(reader, topic) if there else {}


class AnchorService(Protocol):
    """What anchors a log, step by step."""

    def step(self) -> Iterator[Any]:
        """Anchor what is new."""

    def close(self) -> None:
        """Leave the broker."""


def follow(opened: Callable[[], AnchorService], every: float, stop: threading.Event, made: Callable[[Any], None]) -> None:
    """Anchor every so many seconds until `stop` is set; a broker that goes away, or another one that anchors, is waited for."""
    said = ""
    while not stop.is_set():
        try:
            with closing(opened()) as anchorer:
                while not stop.is_set():
                    for anchor in anchorer.step():
                        made(anchor)
                    said = ""
                    stop.wait(every)
        except (KafkaError, Trouble) as error:
            if str(error) != said:
                said = str(error)
                say(f"{said}; trying again")
            stop.wait(AGAIN)


def say(text: str) -> None:
    """A line for people."""
    sys.stderr.write(f"{WHO}: {text}\n")
    sys.stderr.flush()
