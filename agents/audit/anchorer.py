"""The service that anchors: it reads a log's audit topic, keeps the head of each trail, and signs those that have moved.

It is no part of judging: it reads the wall clock, and a replay makes anchors of its own. One Kafka transaction writes one
anchor; the transactional id is the log's, so of two that anchor one log the older is fenced, and the chain has no fork.
"""

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from kafka.errors import KafkaError

from agents.audit.anchors import Anchors, key_id, signed
from agents.audit.keys import Keys
from streams.command import Trouble
from streams.kafka import clients
from streams.messages import GENESIS, Anchor, Audit, DecodeError, Head, decode, digest, encode, format_time
from streams.settings import Settings
from streams.topics import topic_name

MAX_HEADS = 5_000
"""Heads that one anchor holds at most: some 600 kB, below a producer's usual limit of 1 MiB. More make several anchors."""

ACCEPTED = 30
"""Seconds that Kafka may take to accept an anchor."""

AGAIN = 5.0
"""Seconds until the service tries again after Kafka was away; a choice."""


class Anchorer:
    """Anchors one log, from its newest anchor on; used with `closing`.

    Trouble where the anchors are not intact, where the key that must sign next is not here, or where the audit topic ends
    before what is anchored.
    """

    def __init__(self, settings: Settings, log: str, now: Callable[[], int]) -> None:
        """`now`: the wall clock in ms."""
        self._log = log
        self._now = now
        self._keys = Keys(settings.audit_keys, log)
        self._audit, self._topic = topic_name(log, "audit"), topic_name(log, "anchors")
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
        self._offsets = dict(enumerate(anchors.offsets))
        self._heads = {alert: (heads[-1][0], heads[-1][1]) for alert, heads in anchors.heads.items()}
        self._entries = sum(n for n, _ in self._heads.values())
        self._moved: set[str] = set()
        self._warned: set[str] = set()

    def close(self) -> None:
        """Leave the broker."""
        self._producer.close(timeout=1)
        self._reader.close()

    def step(self) -> Iterator[Anchor]:
        """Read what is new in the audit topic and write an anchor where a trail has moved."""
        ends = clients.end_offsets(self._reader, self._audit)
        short = [f"{part}: {end}" for part, end in ends.items() if end < self._offsets.get(part, 0)]
        if short:
            raise Trouble(
                f"{self._audit} ends before what is anchored ({', '.join(short)}): run `python -m agents audit verify`"
            )
        for record in clients.stream(self._reader, self._audit, self._offsets, ends):
            self._fold(record.value or b"", f"{record.topic}/{record.partition}/{record.offset}")
            self._offsets[record.partition] = record.offset + 1
            if len(self._moved) == MAX_HEADS:
                yield self._write()
        self._offsets = ends
        if self._moved:
            yield self._write()

    def rotate(self) -> Anchor:
        """Hand the log on to a new key: an anchor that names it, signed by the old one, which is then gone."""
        following = self._keys.prepare()
        anchor = self._write(following)
        self._keys.adopt()
        self._key = following
        return anchor

    def _continued(self) -> tuple[Anchors, Ed25519PrivateKey]:
        """The chain so far and the key that signs next."""
        ends = clients.end_offsets(self._reader, self._topic)
        current, prepared = self._keys.current(), self._keys.prepared()
        if current is None:
            if any(ends.values()):
                raise Trouble(
                    f"{self._topic} has anchors, but {self._keys.folder} has not the key of log {self._log!r}: put it back"
                )
            current = self._keys.begin()
        anchors = Anchors(self._keys.first(), self._log)
        for record in clients.stream(self._reader, self._topic, {}, ends):
            if anchors.take(record.value or b""):
                raise Trouble(
                    f"{self._topic} is not intact, or {self._keys.folder} has keys of another one: run `agents audit verify`"
                )
        if prepared is not None and key_id(prepared.public_key()) == key_id(anchors.key):
            self._keys.adopt()  # a rotation was stopped between its anchor and the files
            current = prepared
        if key_id(current.public_key()) != key_id(anchors.key):
            raise Trouble(
                f"{self._keys.folder} has not the key {key_id(anchors.key)} that must sign the next anchor: put it back"
            )
        return anchors, current

    def _fold(self, value: bytes, place: str) -> None:
        """Move a head where an entry follows it; an earlier one is a copy, anything else is told and not anchored."""
        try:
            entry = decode(value, Audit)
        except DecodeError as error:
            self._warn(place, f"no audit entry: {error}")
            return
        n, head = self._heads.get(entry.alert, (0, GENESIS))
        if entry.n <= n:
            return
        if entry.n == n + 1 and entry.prev == head and digest(entry) == entry.hash:
            self._heads[entry.alert] = (entry.n, entry.hash)
            self._moved.add(entry.alert)
            self._entries += 1
        else:
            self._warn(
                entry.alert, f"entry {entry.n} of alert {entry.alert} at {place} does not follow entry {n}: not anchored"
            )

    def _warn(self, what: str, message: str) -> None:
        if what not in self._warned:
            self._warned.add(what)
            say(f"{message}; run `python -m agents audit verify --log {self._log}`")

    def _write(self, following: Ed25519PrivateKey | None = None) -> Anchor:
        heads = tuple(Head(alert, *self._heads[alert]) for alert in sorted(self._moved))
        unsigned = Anchor(
            log=self._log,
            n=self._n + 1,
            prev=self._hash,
            at=format_time(self._now()),
            offsets=tuple(self._offsets.get(part, 0) for part in range(max(self._offsets, default=-1) + 1)),
            alerts=len(self._heads),
            entries=self._entries,
            heads=heads,
            key="",
            next_key=None if following is None else following.public_key().public_bytes_raw().hex(),
        )
        anchor = signed(unsigned, self._key)
        value = encode(anchor)
        self._producer.begin_transaction()
        sent = self._producer.send(self._topic, value, partition=0)
        self._producer.commit_transaction()
        sent.get(ACCEPTED)
        self._n, self._hash = anchor.n, sha256(value).hexdigest()
        self._moved.clear()
        return anchor


def follow(opened: Callable[[], Anchorer], every: float, stop: threading.Event, made: Callable[[Anchor], None]) -> None:
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
    sys.stderr.write(f"audit: {text}\n")
    sys.stderr.flush()
