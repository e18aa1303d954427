"""What becomes of a message: the events that are kept of it, or what is told of it. No I/O: moments come in.

A message that is delivered again, after a reconnect or a kill, is known by the ids of its events and kept once. One whose id
was used for something else is refused: the first stands.
"""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import msgspec
from msgspec import Struct, field
from paho.mqtt.client import topic_matches_sub

from streams.gateways.drain import packed
from streams.gateways.foreign.engine import Mapped, Origin, Refused, take
from streams.gateways.foreign.redact import head_of
from streams.gateways.intake.cloudevent import LARGEST_EVENT, Unfit, item_of
from streams.gateways.intake.refusals import Refusals, Trace, fits
from streams.gateways.intake.registered import with_note
from streams.gateways.intake.seen import Seen, content_of, name_of
from streams.gateways.mqtt.message import Published, event_of
from streams.gateways.mqtt.register import Subscribed
from streams.messages import RefusalReason, decode_event, encode

LONGEST = 200
"""Characters of a place in a document that are told."""

RECORD = 16
"""Events of one record of the spool: the largest that are judged have 64 KiB, the largest record 4 MiB."""


class Received(Struct):
    """What is to be kept of a message: events with their notes, the names by which they are known again, what is told of it."""

    events: list[list[bytes]] = field(default_factory=list)
    names: list[tuple[bytes, bytes]] = field(default_factory=list)
    told: list[bytes] = field(default_factory=list)
    known: int = 0

    @property
    def payloads(self) -> list[bytes]:
        """The records for the spool, each of some events; none where all of it is known or not worth telling."""
        records: list[bytes] = []
        for begin in range(0, len(self.events), RECORD):
            some, names = self.events[begin : begin + RECORD], self.names[begin : begin + RECORD]
            records.append(packed([event for events in some for event in events], msgspec.msgpack.encode(names)))
        return [*records, *(packed(self.told[n : n + RECORD]) for n in range(0, len(self.told), RECORD))]


class MqttReception:
    """All sources of a gateway. `take` a message; then it is `kept`, or `lost`. `counts`: events, known ones, refusals."""

    def __init__(self, sources: Mapping[str, Subscribed], refusals: Refusals, seen: Seen, areas: Mapping[str, Any]) -> None:
        self._sources, self._refusals, self.seen, self._areas = sources, refusals, seen, areas
        self.counts = {"events": 0, "known": 0, "refused": 0}

    def adopt(self, sources: Mapping[str, Subscribed]) -> None:
        """These are the sources of all messages from now on."""
        self._sources = sources

    def take(self, message: Published, now: int) -> Received:
        """What a message says at a moment (ms)."""
        received = Received()
        try:
            self._take(received, message, now)
        except Exception as error:  # noqa: BLE001 - whatever one message brings up must not stop those behind it
            self.lost(received)
            received = Received()
            self._refuse(received, "", "unreadable", f"{type(error).__name__} while it was read", message, now)
        self.counts["events"] += len(received.names)
        self.counts["known"] += received.known
        return received

    def _take(self, received: Received, message: Published, now: int) -> None:
        sources = self._sources
        name = next((name for name, each in sources.items() if topic_matches_sub(each.filter, message.topic)), "")
        if not name:
            self._refuse(received, "", "not-mapped", "its topic is of no source of the register", message, now)
        elif self._sources[name].mappings:
            self._by_mappings(received, name, message, now)
        else:
            self._cloudevent(received, name, message, now)

    def told(self, reason: RefusalReason, message: str, now: int) -> Received:
        """What is to be kept of something that concerns no single message, such as messages that the broker dropped."""
        received = Received()
        self._refuse(received, "", reason, message, Published(topic="", payload=b""), now)
        return received

    def kept(self, received: Received, now: int) -> None:
        """It is on the disk."""
        for name, _ in received.names:
            self.seen.keep(name, now)

    def lost(self, received: Received) -> None:
        """It could not be kept: it will be delivered again."""
        for name, _ in received.names:
            self.seen.drop(name)

    def _by_mappings(self, received: Received, name: str, message: Published, now: int) -> None:
        source = self._sources[name]
        origin = Origin(source=name, now=now, topic=message.topic, areas=self._areas)
        for outcome in take(source.mappings, message.payload, message.content_type, origin):
            if isinstance(outcome, Refused):
                why = f"{outcome.where[:LONGEST]}: {outcome.reason}, {outcome.message}"
                self._refuse(received, name, outcome.told_as, why, message, now, outcome.domain)
            else:
                self._taken(received, name, outcome, message, now)

    def _taken(self, received: Received, name: str, mapped: Mapped, message: Published, now: int) -> None:
        if not fits(self._sources[name].subjects, mapped.subject):
            why = "the subject is none that this source may speak of"
            self._refuse(received, name, "not-its-subject", why, message, now, mapped.domain, mapped.type)
            return
        data = bytes(decode_event(mapped.value).data)
        content = content_of(mapped.type.encode(), mapped.subject.encode(), str(mapped.at).encode(), data)
        if len(mapped.value) > LARGEST_EVENT:
            self._refuse(received, name, "too-big", f"{mapped.where}: {len(mapped.value)} bytes", message, now, mapped.domain)
        elif self._new(received, name, name_of("event", name, name, mapped.id), content, message, now):
            received.events.append(mapped.events)

    def _cloudevent(self, received: Received, name: str, message: Published, now: int) -> None:
        source = self._sources[name]
        try:
            item = item_of(event_of(message))
            if item.event.type not in source.types:
                raise Unfit("not-its-type", "the type is none that this source may send")
            if not fits(source.subjects, item.event.subject):
                raise Unfit("not-its-subject", "the subject is none that this source may speak of")
        except Unfit as error:
            self._refuse(received, name, error.reason, error.message, message, now)
            return
        event = item.event
        content = content_of(event.type.encode(), event.subject.encode(), str(item.at).encode(), item.data)
        if self._new(received, name, name_of("event", name, event.source, event.id), content, message, now):
            received.events.append(with_note(encode(event), event.type, self._areas))

    def _new(self, received: Received, source: str, name: bytes, content: bytes, message: Published, now: int) -> bool:
        """Whether an event is new; one whose name says something else is refused."""
        known = self.seen.take(name, content, now)
        if known == "new":
            received.names.append((name, content))
        elif known == "other":
            why = "an event with this source and id came before and said something else; the first one stands"
            self._refuse(received, source, "conflict", why, message, now)
        else:
            received.known += 1
        return known == "new"

    def _refuse(
        self,
        received: Received,
        source: str,
        reason: RefusalReason,
        why: str,
        message: Published,
        now: int,
        domain: str = "",
        type_: str = "",
    ) -> None:
        self.counts["refused"] += 1
        owner = domain or (self._sources[source] if source else next(iter(self._sources.values()))).domain
        payload = message.payload
        trace = Trace(len(payload), sha256(payload).hexdigest() if payload else "", head_of(payload))
        received.told += self._refusals.told(owner, source, reason, why, now, trace=trace, type_=type_)
