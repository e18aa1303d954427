"""The fold of one partition: records in, in log order; alerts, audit entries and quality records out.

The worker and the replay run this very code, so what one does the other does. Everything that it knows comes from the
records themselves; `snapshot` and `restore` carry it over a restart without a difference.
"""

import re
from collections.abc import Iterable
from heapq import heapify, heappop, heappush

import msgspec
from msgspec import Struct

from agents.core import intake
from agents.core.alarm import Cause
from agents.core.book import Book, Plan
from agents.core.decide import Command, Fact, Output, Wake, decide
from agents.core.intake import Refused, Source
from agents.core.state import Subject
from streams.kafka.topics import split_events_topic
from streams.messages import (
    COMMAND,
    NEVER,
    TICK,
    Act,
    DecodeError,
    Event,
    Place,
    SubjectStatus,
    decode_event,
    format_time,
    invalid,
    parse_time,
)

POSITION = b""
"""The checkpoint key of a partition's position; subjects are never empty."""

MAX_RECORD = 65_536
"""Bytes of the largest record that is judged: what a subject remembers of it must fit into one message of its checkpoint."""

MAX_SUBJECT = 200
"""Characters of the longest subject."""

_TIMES_KEPT = 4_096
_OUTSIDE = re.compile(r"(Expected `(int|float)` [<>]=|(Integer|Number|Float) (value )?out of range)")


class Position(Struct, frozen=True):
    """How far a partition has been judged: next offset, and the newest tick (ms)."""

    offset: int
    now: int | None


class Fold:
    """The state of one partition of one events topic, and the one way to move it on.

    `position` is the next offset to judge; records before it are skipped. `keyed`: the record's key must be its subject
    (it is not where the records come from a plain file).
    """

    def __init__(self, book: Book, topic: str, partition: int, *, keyed: bool = True) -> None:
        self.book = book
        self.topic = topic
        self.partition = partition
        self.keyed = keyed
        self.log, self.domain = split_events_topic(topic)
        self.position = 0
        self.now: int | None = None
        self.subjects: dict[str, Subject] = {}
        self._wakes: list[tuple[int, str]] = []
        self._dirty: set[str] = set()
        self._changed: dict[str, None] = {}
        self._times: dict[str, int] = {}

    def run(self, records: Iterable[tuple[int, bytes | None, bytes | None]]) -> list[Output]:
        """Judge records of (offset, key, value) in log order; bad input becomes quality records, never an error."""
        out: list[Output] = []
        for offset, key, value in records:
            if offset >= self.position:
                self.position = offset + 1
                self._record(offset, key, value or b"", out)
        return out

    def snapshot(self) -> list[tuple[bytes, bytes | None]]:
        """Key and value of every subject changed since the last snapshot, and of the position, which is always last."""
        pack = msgspec.msgpack.encode
        items: list[tuple[bytes, bytes | None]] = [
            (name.encode("utf-8", "surrogatepass"), pack(self.subjects[name])) for name in sorted(self._dirty)
        ]
        self._dirty.clear()
        return [*items, (POSITION, pack(Position(self.position, self.now)))]

    def restore(self, items: Iterable[tuple[bytes, bytes | None]]) -> None:
        """Take up the state that a checkpoint holds; later items win."""
        newest = dict(items)
        position = newest.pop(POSITION, None)
        if position is None:
            return
        self.position, self.now = _unpack(position)
        for value in newest.values():
            if value is not None:
                subject = self.book.subject(self.domain, value)
                self.subjects[subject.id] = subject
        self._wakes = [(subject.due, subject.id) for subject in self.subjects.values() if subject.due < NEVER]
        heapify(self._wakes)
        self._changed = dict.fromkeys(self.subjects)

    def statuses(self, limit: int) -> list[SubjectStatus]:
        """The newest values of at most `limit` subjects that changed and were not told yet, longest waiting first."""
        names = [name for name, _ in zip(self._changed, range(limit), strict=False)]
        for name in names:
            del self._changed[name]
        return [status for name in names if (status := self._status(self.subjects[name]))]

    def _record(self, offset: int, key: bytes | None, value: bytes, out: list[Output]) -> None:
        event: Event | None = None
        try:
            if len(value) > MAX_RECORD:
                raise Refused("too-big", f"{len(value)} bytes; at most {MAX_RECORD} are judged")
            event = decode_event(value)
            self._event(event, offset, key, value, out)
        except DecodeError as error:
            self._refuse(Refused(error.reason, str(error), error.field), event, offset, value, out)
        except Refused as refused:
            self._refuse(refused, event, offset, value, out)
        except RecursionError:
            self._refuse(Refused("not-json", "nested too deep"), event, offset, value, out)

    def _event(self, event: Event, offset: int, key: bytes | None, value: bytes, out: list[Output]) -> None:
        plan = self.book.plans.get(event.type)
        if plan is not None:
            self._fact(plan, event, offset, key, value, out)
        elif event.type == TICK:
            self._tick(self._time(event.time), offset, value, out)
        elif event.type.startswith(COMMAND):
            self._command(event, offset, key, value, out)
        else:
            raise Refused("unknown-type", f"no kind of fact is called {event.type!r}", "$.type")

    def _fact(self, plan: Plan, event: Event, offset: int, key: bytes | None, value: bytes, out: list[Output]) -> None:
        at = self._time(event.time)
        try:
            data = plan.decode(event.data)
        except msgspec.DecodeError as error:
            raise _bad_data(error) from None
        self._check_key(event.subject, key)
        subject = self.subjects.get(event.subject)
        if subject is None:
            if not plan.registers:
                raise Refused("unregistered", f"no register knows the subject {event.subject!r}", "$.subject")
            subject = self.subjects[event.subject] = Subject(event.subject)
        now = self.now
        if not plan.registers:
            intake.check_time(at, now, plan.allowance)
        intake.check_slot(subject, plan.kind, at, bytes(event.data), plan.slots)
        cause = Cause(Place(self.topic, self.partition, offset), value, at, at if now is None else now)
        if plan.check is not None:
            for row, field, message in plan.check(data, at):
                self._refuse(Refused("inconsistent", message, field, row), event, offset, value, out)
        self._decide(subject, Fact(plan, data, cause), out)
        self._changed[subject.id] = None

    def _command(self, event: Event, offset: int, key: bytes | None, value: bytes, out: list[Output]) -> None:
        at = self._time(event.time)
        try:
            act = msgspec.json.decode(event.data, type=Act)
        except msgspec.DecodeError as error:
            raise _bad_data(error) from None
        self._check_key(event.subject, key)
        subject = self.subjects.get(event.subject)
        if subject is None or not subject.knows_alert(act.alert):
            raise Refused("unknown-alert", f"{event.subject!r} has no alert {act.alert!r}", "$.data.alert")
        cause = Cause(Place(self.topic, self.partition, offset), value, at, at if self.now is None else self.now)
        self._decide(subject, Command(event.type.removeprefix(COMMAND), intake.identity(event), act, cause), out)

    def _tick(self, now: int, offset: int, value: bytes, out: list[Output]) -> None:
        if self.now is not None and now <= self.now:
            return
        self.now = now
        wakes = self._wakes
        while wakes and wakes[0][0] <= now:
            due, name = heappop(wakes)
            subject = self.subjects[name]
            if subject.due == due:
                cause = Cause(Place(self.topic, self.partition, offset), value, now, now)
                subject.due = NEVER
                self._decide(subject, Wake(self.domain, cause), out)

    def _decide(self, subject: Subject, event: Fact | Command | Wake, out: list[Output]) -> None:
        due = subject.due
        _, outputs = decide(self.book, subject, event)
        if outputs:
            out += outputs
        if subject.due != due and subject.due < NEVER:
            heappush(self._wakes, (subject.due, subject.id))
        self._dirty.add(subject.id)

    def _check_key(self, subject: str, key: bytes | None) -> None:
        if not subject:
            raise Refused("not-cloudevent", "a fact or an act needs a subject", "$.subject")
        if len(subject) > MAX_SUBJECT:
            raise Refused(
                "not-cloudevent", f"the subject has {len(subject)} characters, at most {MAX_SUBJECT} are allowed", "$.subject"
            )
        if self.keyed and key != subject.encode():
            raise Refused("key-mismatch", f"the record's key {key!r} is not its subject {subject!r}", "$.subject")

    def _time(self, text: str) -> int:
        known = self._times.get(text)
        if known is not None:
            return known
        try:
            at = parse_time(text)
        except (ValueError, OverflowError) as error:
            raise Refused("bad-time", str(error), "$.time") from None
        if len(self._times) >= _TIMES_KEPT:
            self._times.clear()
        self._times[text] = at
        return at

    def _refuse(self, refused: Refused, event: Event | None, offset: int, value: bytes, out: list[Output]) -> None:
        type_, subject = (event.type, event.subject) if event else ("", "")
        source = Source(Place(self.topic, self.partition, offset), value, self.book.owner(type_), type_, subject)
        out.append(intake.record(refused, source, self.log, self.domain, self.now))

    def _status(self, subject: Subject) -> SubjectStatus | None:
        facts = subject.facts
        if facts is None:
            return None
        at, values = self.book.status(self.domain, subject)
        return SubjectStatus(
            subject=subject.id,
            domain=self.domain,
            kind=facts.kind,
            name=facts.name,
            adcode=facts.adcode,
            lon=facts.lon,
            lat=facts.lat,
            at=format_time(at),
            values=values,
        )


def _unpack(value: bytes) -> tuple[int, int | None]:
    position = msgspec.msgpack.decode(value, type=Position)
    return position.offset, position.now


def _bad_data(error: msgspec.DecodeError) -> Refused:
    bad = invalid("malformed-data", error, "$.data")
    return Refused("out-of-range" if _OUTSIDE.match(str(error)) else "malformed-data", str(bad), bad.field)
