"""What becomes of a request: what of it is kept, what is refused and why. No I/O: moments come in.

One event that is no good costs no other. What was refused is an event too (`streams.gateways.intake.refusals`).
"""

from collections.abc import Mapping
from hashlib import sha256
from types import MappingProxyType
from typing import Any, NamedTuple

import msgspec
from msgspec import Struct, field

from streams.gateways.foreign.engine import Mapped, Outcome, Refused
from streams.gateways.foreign.redact import head_of
from streams.gateways.http.sources import HttpSource
from streams.gateways.intake.cloudevent import Unfit, item_of
from streams.gateways.intake.refusals import MAX_MESSAGE, Refusals, Trace, fits
from streams.gateways.intake.registered import with_note
from streams.gateways.intake.seen import Seen, content_of, name_of
from streams.messages import RefusalReason, encode

FORBIDDEN = frozenset({"not-its-type", "not-its-subject", "not-its-source"})
"""Reasons of events that can be read, and that their sender has no right to send."""

RECORD = 1 << 20
"""Bytes of events in a record of the spool before the next one begins; 本系统默认 (a default of this system)."""


class Found(NamedTuple):
    """An event that can be read: what it is known by, its data in one form, and what goes into the log."""

    type: str
    subject: str
    source: str
    id: str
    at: int
    data: bytes
    fields: tuple[str, ...]
    events: list[bytes]


class RefusedItem(Struct, frozen=True, omit_defaults=True):
    """One event of a request that was refused, as its sender is told: its place from 0, its id where it has one, why."""

    index: int
    reason: RefusalReason
    detail: str
    id: str = ""


class Posted(Struct):
    """What was found in a request until now. `names` (`own`) are of its new events, `coming` of another request's."""

    sender: str
    source: HttpSource
    now: int
    number: int = 0
    known: int = 0
    events: list[list[bytes]] = field(default_factory=list)
    names: list[tuple[bytes, bytes]] = field(default_factory=list)
    own: set[bytes] = field(default_factory=set)
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
    """All senders of a gateway. `post` each event of a request; then it is `kept`, or `lost`.

    `areas`: districts with a shape, by which the positions of registrations are checked.
    """

    def __init__(
        self, sources: Mapping[str, HttpSource], refusals: Refusals, seen: Seen, areas: Mapping[str, Any] = MappingProxyType({})
    ) -> None:
        self._refusals, self.seen, self.areas = refusals, seen, areas
        self.adopt(sources)

    def adopt(self, sources: Mapping[str, HttpSource]) -> None:
        """These are the senders from now on."""
        self._domains = {name: source.domain for name, source in sources.items()}
        self._first = min(self._domains.values(), default="")

    def begun(self, sender: str, source: HttpSource, now: int) -> Posted:
        """A request of a sender begins at a moment (ms)."""
        return Posted(sender, source, now)

    def post(self, posted: Posted, part: bytes | Outcome) -> bytes:
        """One event of a request, as it came or as a mapping made it: its name where it is new, else nothing."""
        number, posted.number = posted.number, posted.number + 1
        found: Found | None = None
        try:
            found = _foreign(part, posted.sender) if isinstance(part, Mapped | Refused) else _native(part, self.areas)
            _check_rights(posted, found)
            return self._take(posted, found)
        except Unfit as error:
            self._refuse(posted, number, part, found, error)
        except Exception as error:  # noqa: BLE001 - whatever one event brings up must not cost those beside it
            self._refuse(posted, number, part, found, Unfit("unreadable", f"{type(error).__name__} while it was read"))
        return b""

    def _refuse(self, posted: Posted, number: int, part: bytes | Outcome, found: Found | None, error: Unfit) -> None:
        posted.refused.append(RefusedItem(number, error.reason, error.message, found.id if found else ""))
        type_ = found.type if found else ""
        domain = type_.partition(".")[0] if type_ in posted.source.types else posted.source.domain
        trace = Trace(part.size, head=part.head) if isinstance(part, Refused) else _trace(part)
        told = self._refusals.told(domain, posted.sender, error.reason, error.message, posted.now, trace=trace, type_=type_)
        posted.told += told

    def refused(self, sender: str, reason: RefusalReason, message: str, now: int, raw: bytes = b"") -> list[bytes]:
        """What is to be kept of a whole request that was refused; of an unknown sender the first domain's owner is told."""
        domain = self._domains.get(sender, self._first)
        return self._refusals.told(domain, sender, reason, message, now, trace=_trace(raw) if raw else Trace())

    def kept(self, posted: Posted) -> None:
        """All that was new in it is on the disk."""
        for name, _ in posted.names:
            self.seen.keep(name, posted.now)

    def lost(self, posted: Posted) -> None:
        """Nothing that was new in it is kept: it may come again."""
        for name, _ in posted.names:
            self.seen.drop(name)

    def _take(self, posted: Posted, found: Found) -> bytes:
        if posted.source.natural:
            name = name_of("fact", posted.sender, found.type, found.subject, str(found.at), *found.fields)
        else:
            name = name_of("event", posted.sender, found.source, found.id)
        content = content_of(found.type.encode(), found.subject.encode(), str(found.at).encode(), found.data)
        match self.seen.take(name, content, posted.now):
            case "new":
                posted.events.append(found.events)
                posted.names.append((name, content))
                posted.own.add(name)
                return name
            case "same":
                posted.known += 1
            case "coming":
                posted.known += 1
                if name not in posted.own:
                    posted.coming.append(name)
            case "other":
                by = "this subject, quantity and time" if posted.source.natural else "this source and id"
                raise Unfit("conflict", f"an event with {by} came before and said something else; the first one stands")
        return b""


def records_of(posted: Posted, *, with_events: bool) -> list[tuple[list[bytes], bytes]]:
    """The records of a request for the spool: what was refused, and events with the label by which they are known again."""
    records: list[tuple[list[bytes], list[tuple[bytes, bytes]]]] = [([], [])]
    size = 0
    for events, name in zip(posted.events, posted.names, strict=True):
        if size > RECORD:
            records.append(([], []))
            size = 0
        records[-1][0].extend(events)
        records[-1][1].append(name)
        size += sum(map(len, events))
    found = [(events, msgspec.msgpack.encode(names)) for events, names in records if events and with_events]
    return [*found, *((posted.told[n : n + 500], b"") for n in range(0, len(posted.told), 500))]


def _native(raw: bytes, areas: Mapping[str, Any]) -> Found:
    item = item_of(raw)
    event = item.event
    events = with_note(encode(event), event.type, areas)
    return Found(event.type, event.subject, event.source, event.id, item.at, item.data, item.fields, events)


def _foreign(outcome: Outcome, sender: str) -> Found:
    """What a mapping made; Unfit where it made nothing of it."""
    if isinstance(outcome, Refused):
        raise Unfit(outcome.told_as, f"{outcome.where[:200]}: {outcome.message}"[:MAX_MESSAGE])
    item = item_of(outcome.value)
    return Found(outcome.type, outcome.subject, sender, outcome.id, outcome.at, item.data, item.fields, outcome.events)


def _trace(part: bytes | Mapped) -> Trace:
    raw = part.value if isinstance(part, Mapped) else part
    return Trace(len(raw), sha256(raw).hexdigest(), head_of(raw))


def _check_rights(posted: Posted, found: Found) -> None:
    """Unfit where the sender has no right to such an event."""
    source = posted.source
    if found.type not in source.types:
        raise Unfit("not-its-type", "the type is none that this sender may send")
    if not fits(source.subjects, found.subject):
        raise Unfit("not-its-subject", "the subject is none that this sender may speak of")
    if not fits(source.sources or (posted.sender, f"{posted.sender}/*"), found.source):
        raise Unfit("not-its-source", "the source of the event is none of this sender's")
