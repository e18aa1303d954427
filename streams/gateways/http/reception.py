"""What becomes of a request: what of it is kept, what is refused and why. No I/O: moments come in.

One event that is no good costs no other. What was refused is an event too (`streams.gateways.intake.refusals`).
"""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct, field

from streams.gateways.http.binding import Item, Unfit, item_of
from streams.gateways.http.seen import Seen, content_of, name_of
from streams.gateways.http.sources import HttpSource, fits
from streams.gateways.intake.refusals import Refusals
from streams.messages import RefusalReason, encode

FORBIDDEN = frozenset({"not-its-type", "not-its-subject", "not-its-source"})
"""Reasons of events that can be read, and that their sender has no right to send."""

RECORD = 1 << 20
"""Bytes of events in a record of the spool before the next one begins; 本系统默认 (a default of this system)."""


class RefusedItem(Struct, frozen=True, omit_defaults=True):
    """One event of a request that was refused, as its sender is told: its place from 0, its id where it has one, why."""

    index: int
    reason: RefusalReason
    detail: str
    id: str = ""


class Posted(Struct):
    """What was found in a request until now. `names` are those of new events, `coming` of those that another request brings."""

    sender: str
    source: HttpSource
    now: int
    number: int = 0
    known: int = 0
    events: list[bytes] = field(default_factory=list)
    names: list[tuple[bytes, bytes]] = field(default_factory=list)
    coming: list[bytes] = field(default_factory=list)
    refused: list[RefusedItem] = field(default_factory=list)
    told: list[bytes] = field(default_factory=list)

    @property
    def status(self) -> int:
        """The answer: 202 where anything was taken, or is read and was said otherwise before; 403 or 400 where nothing was."""
        reasons = {each.reason for each in self.refused}
        if self.events or self.known or "conflict" in reasons or not reasons:
            return 202
        return 403 if reasons <= FORBIDDEN else 400

    def answer(self) -> dict[str, Any]:
        """What the sender is told."""
        return {"accepted": len(self.events), "known": self.known, "refused": self.refused}


class HttpReception:
    """All senders of a gateway. `post` each event of a request; then it is `kept`, or `lost`."""

    def __init__(self, sources: Mapping[str, HttpSource], refusals: Refusals, seen: Seen) -> None:
        self._sources, self._refusals, self.seen = sources, refusals, seen
        self._first = min((source.domain for source in sources.values()), default="")

    def begun(self, sender: str, now: int) -> Posted:
        """A request of a sender begins at a moment (ms)."""
        return Posted(sender, self._sources[sender], now)

    def post(self, posted: Posted, raw: bytes) -> bytes:
        """One event of a request, as it came: its name where it is new, else nothing."""
        number, posted.number = posted.number, posted.number + 1
        item: Item | None = None
        try:
            item = item_of(raw)
            _check_rights(posted, item)
            return self._take(posted, item)
        except Unfit as error:
            id_ = item.event.id if item else ""
            posted.refused.append(RefusedItem(number, error.reason, error.message, id_))
            type_ = item.event.type if item else ""
            domain = type_.partition(".")[0] if type_ in posted.source.types else posted.source.domain
            posted.told += self._refusals.told(
                domain, posted.sender, error.reason, error.message, posted.now, raw=raw, type_=type_
            )
            return b""

    def refused(self, sender: str, reason: RefusalReason, message: str, now: int, raw: bytes = b"") -> list[bytes]:
        """What is to be kept of a whole request that was refused; of an unknown sender the first domain's owner is told."""
        domain = self._sources[sender].domain if sender in self._sources else self._first
        return self._refusals.told(domain, sender, reason, message, now, raw=raw)

    def kept(self, posted: Posted) -> None:
        """All that was new in it is on the disk."""
        for name, _ in posted.names:
            self.seen.keep(name, posted.now)

    def lost(self, posted: Posted) -> None:
        """Nothing that was new in it is kept: it may come again."""
        for name, _ in posted.names:
            self.seen.drop(name)

    def restore(self, label: bytes, now: int) -> None:
        """Know again what a record of the spool holds, by its label."""
        for name, content in msgspec.msgpack.decode(label, type=list[tuple[bytes, bytes]]):
            if self.seen.take(name, content, now) == "new":
                self.seen.keep(name, now)

    def _take(self, posted: Posted, item: Item) -> bytes:
        event = item.event
        if posted.source.natural:
            name = name_of("fact", posted.sender, event.type, event.subject, str(item.at), *item.fields)
        else:
            name = name_of("event", posted.sender, event.source, event.id)
        content = content_of(event.type.encode(), event.subject.encode(), str(item.at).encode(), item.data)
        match self.seen.take(name, content, posted.now):
            case "new":
                posted.events.append(encode(event))
                posted.names.append((name, content))
                return name
            case "same":
                posted.known += 1
            case "coming":
                posted.known += 1
                if all(name != own for own, _ in posted.names):
                    posted.coming.append(name)
            case "other":
                by = "this subject, quantity and time" if posted.source.natural else "this source and id"
                raise Unfit("conflict", f"an event with {by} came before and said something else; the first one stands")
        return b""


def records_of(posted: Posted, *, with_events: bool) -> list[tuple[list[bytes], bytes]]:
    """The records of a request for the spool: what was refused, and events with the label by which they are known again."""
    records: list[tuple[list[bytes], list[tuple[bytes, bytes]]]] = [([], [])]
    size = 0
    for event, name in zip(posted.events, posted.names, strict=True):
        if size > RECORD:
            records.append(([], []))
            size = 0
        records[-1][0].append(event)
        records[-1][1].append(name)
        size += len(event)
    found = [(events, msgspec.msgpack.encode(names)) for events, names in records if events and with_events]
    return [*found, *((posted.told[n : n + 500], b"") for n in range(0, len(posted.told), 500))]


def _check_rights(posted: Posted, item: Item) -> None:
    """Unfit where the sender has no right to such an event."""
    source, event = posted.source, item.event
    if event.type not in source.types:
        raise Unfit("not-its-type", "the type is none that this sender may send")
    if not fits(source.subjects, event.subject):
        raise Unfit("not-its-subject", "the subject is none that this sender may speak of")
    if not fits(source.sources or (posted.sender, f"{posted.sender}/*"), event.source):
        raise Unfit("not-its-source", "the source of the event is none of this sender's")
