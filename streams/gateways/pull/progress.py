"""Rows into the spool: what they say and how far they led stand in one record of it, so that a kill leaves both or neither.

The newest step is noted beside the spool after each record; the one step that a kill may have kept from that is found in the
spool's last record.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any, Protocol

import msgspec
from msgspec import Struct

from streams.command import Trouble
from streams.gateways.drain import packed, unpacked
from streams.gateways.foreign.engine import Mapped, Origin, take_document
from streams.gateways.foreign.mapping import Foreign
from streams.gateways.intake.refusals import Refusals, Trace
from streams.gateways.pull.watermark import Mark, ReadState, ReadStep, Watermark, encoded
from streams.gateways.spool import LARGEST_RECORD, Spool, write_whole
from streams.messages import RefusalReason

Row = Mapping[str, Any]
Events = Callable[[Row, int], list[bytes]]
"""What makes the events of a row that was read at a moment (ms)."""

LARGEST_ROW = LARGEST_RECORD // 4
"""Bytes of a row that is read; 本系统默认 (a default of this system). A larger one is refused."""

REASONS: dict[str, RefusalReason] = {"no-mapping": "not-mapped", "no-time": "bad-time"}
"""The reason of a refusal that the engine has other words for; for all others it is bad-data."""


class Away(Exception):  # noqa: N818 - what it says
    """The other system does not answer, or not as it should; the next time it may, `after` so many ms at the earliest."""

    def __init__(self, message: str, after: int = 0) -> None:
        super().__init__(message)
        self.after = after


class Resumable(Protocol):
    """How far a source has been read: rows given, and met again."""

    rows: int
    known: int

    def resume(self, step: ReadStep) -> None:
        """Take up a step that the spool has and that may not have been noted; a step of another source is left."""


class Reader(Protocol):
    """What reads one source on."""

    name: str
    every: int

    @property
    def progress(self) -> "Resumable":
        """How far it has come."""

    def read(self, now: int, stopped: Callable[[], bool]) -> None:
        """Read on until nothing new is there; Away, Trouble, SpoolFull or OSError where that cannot be."""

    def close(self) -> None:
        """End the session with the other system."""


class ReadProgress:
    """How far a source of this name has been read; `overlap` as of `Watermark`. `rows`: given, `known`: met again."""

    def __init__(self, name: str, overlap: int, spool: Spool, events: Events) -> None:
        self._spool, self._events = spool, events
        self._path = spool.folder / f"{name}.read"
        self._watermark = Watermark(name, overlap, _noted(self._path))
        self.rows = self.known = 0

    @property
    def begin(self) -> Mark | None:
        """The watermark from which on to read; None: from the first row that there is."""
        return self._watermark.begin

    def resume(self, step: ReadStep) -> None:
        """Take up a step that the spool has and that may not have been noted; a step of another source is left."""
        self._watermark.take(step)
        self._note()

    @property
    def mark(self) -> Mark | None:
        """The newest watermark."""
        return self._watermark.mark

    def reach(self, mark: Mark) -> None:
        """All rows up to this watermark have been taken."""
        self._watermark.take(self._watermark.step([], mark))
        self._note()

    def take(self, rows: Sequence[tuple[Mark, Row]], now: int, *, ordered: bool = True) -> None:
        """Let a page of rows with their watermarks be durable, those that are new; `ordered` rows move the watermark on."""
        for part in _parts(rows):
            new = self._watermark.new(part)
            events = [event for row in new for event in self._events(row, now)]
            step = self._watermark.step(part, part[-1][0] if ordered else None)
            if events:
                self._spool.append(in_records(events, step))
            self._watermark.take(step)
            if new:
                self._note()
            self.rows += len(new)
            self.known += len(part) - len(new)

    def _note(self) -> None:
        write_whole(self._path, msgspec.msgpack.encode(self._watermark.state))


def in_records(events: Sequence[bytes], step: ReadStep) -> list[bytes]:
    """Events as records of the spool, each with room for more, and the step beside the last of them."""
    parts: list[list[bytes]] = [[]]
    size = 0
    for event in events:
        if size + len(event) > LARGEST_RECORD // 2 and parts[-1]:
            parts.append([])
            size = 0
        parts[-1].append(event)
        size += len(event)
    return [*(packed(part) for part in parts[:-1]), packed(parts[-1], msgspec.msgpack.encode(step))]


def newest_step(spool: Spool) -> ReadStep | None:
    """The step of a spool's newest record, which may not have been noted; None where it has none."""
    records = spool.read(max(spool.durable - 1, 0), 1)
    label = unpacked(records[0].payload).label if records else b""
    return msgspec.msgpack.decode(label, type=ReadStep) if label else None


class Making(Struct, frozen=True):
    """What the sources of a gateway have in common: how it tells of refusals, and the districts with a shape."""

    refusals: Refusals
    areas: Mapping[str, Any] = {}

    def origin(self, source: str, topic: str, now: int = 0) -> Origin:
        """Whence the rows of a source come."""
        return Origin(source=source, now=now, topic=topic, areas=self.areas)

    def events(self, source: str, topic: str, mappings: tuple[Foreign, ...]) -> Events:
        """What makes events of the rows of a source."""
        return by_mappings(mappings, self.origin(source, topic), self.refusals)


def by_mappings(mappings: tuple[Foreign, ...], origin: Origin, refusals: Refusals) -> Events:
    """What makes events of a row by mappings; a row, or a field, of which none can be made is told by an event too."""
    domain = next(each.domain for each in mappings if each.domain)

    def events(row: Row, now: int) -> list[bytes]:
        raw = encoded(row)
        trace = Trace(len(raw), sha256(raw).hexdigest())
        if len(raw) > LARGEST_ROW:
            message = f"a row of {len(raw)} bytes; at most {LARGEST_ROW} are read"
            return refusals.told(domain, origin.source, "too-big", message, now, trace=trace)
        made: list[bytes] = []
        for each in take_document(mappings, row, msgspec.structs.replace(origin, now=now)):
            if isinstance(each, Mapped):
                made += each.events
            else:
                told = msgspec.structs.replace(trace, head=each.head)
                reason, message = REASONS.get(each.reason, "bad-data"), f"{each.where}: {each.message}"
                made += refusals.told(each.domain or domain, origin.source, reason, message, now, trace=told)
        return made

    return events


def _parts(rows: Sequence[tuple[Mark, Row]]) -> Iterable[Sequence[tuple[Mark, Row]]]:
    """The rows in parts of which each has room in a record, whatever its events add."""
    part: list[tuple[Mark, Row]] = []
    size = 0
    for mark, row in rows:
        length = min(len(encoded(row)), LARGEST_ROW)
        if part and size + length > LARGEST_ROW:
            yield part
            part, size = [], 0
        part.append((mark, row))
        size += length
    if part:
        yield part


def _noted(path: Any) -> ReadState:
    try:
        return msgspec.msgpack.decode(path.read_bytes(), type=ReadState)
    except FileNotFoundError:
        return ReadState()
    except (msgspec.DecodeError, OSError) as error:
        raise Trouble(f"{path} cannot be read ({error}): restore it, or move it away, and all is read anew") from None
