"""The fold of one partition: records in, in log order; alerts, audit entries and quality records out.

The worker and the replay run this very code, so what one does the other does. Everything that it knows comes from the
records themselves; `snapshot` and `restore` carry it over a restart without a difference.
"""

import re
from collections.abc import Iterable
from heapq import heapify, heappop, heappush
from zlib import crc32

import msgspec
from msgspec import Struct

from agents.core import intake
from agents.core.alarm import Cause
from agents.core.book import Book, Plan
from agents.core.decide import Command, Fact, Output, Renewal, Wake, ask, await_all, decide
from agents.core.guard import Numbers, Screen
from agents.core.intake import Refused, Source
from agents.core.state import Latest, Subject
from agents.law.holidays import Notice
from streams.kafka.topics import split_events_topic
from streams.messages import (
    COMMAND,
    NEVER,
    NOTICE,
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
    """How far a partition has been judged: next offset, the newest tick (ms), and the notices of holidays that came."""

    offset: int
    now: int | None
    notices: tuple[Notice, ...] = ()


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
        self.notices: tuple[Notice, ...] = ()
        self.subjects: dict[str, Subject] = {}
        self._wakes: list[tuple[int, str]] = []
        self._dirty: set[str] = set()
        self._changed: dict[str, None] = {}
        self._times: dict[str, int] = {}
        self._ways = _ways(book)

    def run(self, records: Iterable[tuple[int, bytes | None, bytes | None]]) -> list[Output]:
        """Judge records of (offset, key, value) in log order; bad input becomes quality records, never an error."""
        out: list[Output] = []
        for offset, key, value in records:
            if offset >= self.position:
                self.position = offset + 1
                try:
                    self._record(offset, key, value or b"", out)
                except Refused as refused:
                    self._refuse(refused, offset, value or b"", out)
                except DecodeError as error:
                    self._refuse(Refused(error.reason, str(error), error.field), offset, value or b"", out)
                except RecursionError:
                    self._refuse(Refused("not-json", "nested too deep"), offset, value or b"", out)
        return out

    def snapshot(self) -> list[tuple[bytes, bytes | None]]:
        """Key and value of every subject changed since the last snapshot, and of the position, which is always last."""
        pack = msgspec.msgpack.encode
        items: list[tuple[bytes, bytes | None]] = [
            (name.encode("utf-8", "surrogatepass"), pack(self.subjects[name])) for name in sorted(self._dirty)
        ]
        self._dirty.clear()
        return [*items, (POSITION, pack(Position(self.position, self.now, self.notices)))]

    def restore(self, items: Iterable[tuple[bytes, bytes | None]]) -> None:
        """Take up the state that a checkpoint holds; later items win."""
        newest = dict(items)
        position = newest.pop(POSITION, None)
        if position is None:
            return
        held = msgspec.msgpack.decode(position, type=Position)
        self.position, self.now, self.notices = held.offset, held.now, held.notices
        for notice in held.notices:
            self.book = self.book.with_notice(notice)
        self._ways = _ways(self.book)
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

    def _record(  # noqa: C901, PLR0912, PLR0915 - the hot path in one piece: each call less is 3 % of the throughput
        self, offset: int, key: bytes | None, value: bytes, out: list[Output]
    ) -> None:
        """Judge a record; Refused or DecodeError where it must not be. Nearly every record is a fact: those come first."""
        if len(value) > MAX_RECORD:
            raise Refused("too-big", f"{len(value)} bytes; at most {MAX_RECORD} are judged")
        event = decode_event(value)
        way = self._ways.get(event.type)
        if way is None:
            self._other(event, offset, key, value, out)
            return
        plan, screens = way
        at = self._times.get(event.time) or self._time(event.time)
        try:
            data = plan.decode(event.data)
        except msgspec.DecodeError as error:
            raise _bad_data(error) from None
        name = event.subject
        if not name or len(name) > MAX_SUBJECT or (self.keyed and key != name.encode()):
            _refuse_key(name, key)
        subject = self.subjects.get(name)
        if subject is None:
            subject = self._new(plan, name)
        now, kind = self.now, plan.kind
        if now is not None and not plan.registers and not now - plan.allowance <= at <= now + intake.FUTURE:
            intake.check_time(at, now, plan.allowance)
        latest = subject.latest.get(kind)
        crc = crc32(event.data) if plan.slots else 0
        if latest is not None and at <= latest.at and plan.slots:
            intake.check_slot(latest, kind, at, crc)
        if plan.check is not None:
            for row, field, message in plan.check(data, at):
                self._refuse(Refused("inconsistent", message, field, row), offset, value, out)
        before = None
        if latest is None:
            latest = subject.latest[kind] = Latest(at, data, crc)
        else:
            before = latest.data
            if at < latest.at:
                latest.remember(at, crc, plan.slots)
            else:
                if at > latest.at:
                    latest.remember(latest.at, latest.crc, plan.slots)
                if plan.compares:
                    latest.before, latest.before_at = before, latest.at
                latest.at, latest.data, latest.crc = at, data, crc
        if plan.registers:
            subject.facts = latest.data
            for type_ in self.book.types[plan.domain]:
                self._ways[type_][1].pop(name, None)
        screen = screens.get(name)
        if screen is None:
            screen = screens[name] = plan.screens.of(subject)
        whom, numbers = screen
        asked = whom(data, at, subject, before, numbers)
        if asked or before is None or plan.registers:
            due = subject.due
            if asked:
                fact = Fact(kind, data, at, self.topic, self.partition, offset, value, at if now is None else now)
                ask(self.book, subject, asked, fact, out)
            if before is None or plan.registers:
                await_all(self.book, plan.domain, subject)
            if subject.due < due:
                heappush(self._wakes, (subject.due, name))
        self._dirty.add(name)
        self._changed[name] = None

    def _new(self, plan: Plan, name: str) -> Subject:
        if not plan.registers:
            raise Refused("unregistered", f"no register knows the subject {name!r}", "$.subject")
        subject = self.subjects[name] = Subject(name)
        return subject

    def _other(self, event: Event, offset: int, key: bytes | None, value: bytes, out: list[Output]) -> None:
        if event.type == TICK:
            self._tick(self._time(event.time), offset, value, out)
        elif event.type == NOTICE:
            self._notice(event, offset, value, out)
        elif event.type.startswith(COMMAND):
            self._command(event, offset, key, value, out)
        else:
            raise Refused("unknown-type", f"no kind of fact is called {event.type!r}", "$.type")

    def _command(self, event: Event, offset: int, key: bytes | None, value: bytes, out: list[Output]) -> None:
        at = self._time(event.time)
        try:
            act = msgspec.json.decode(event.data, type=Act)
        except msgspec.DecodeError as error:
            raise _bad_data(error) from None
        if not event.subject or len(event.subject) > MAX_SUBJECT or (self.keyed and key != event.subject.encode()):
            _refuse_key(event.subject, key)
        subject = self.subjects.get(event.subject)
        if subject is None or not subject.knows_alert(act.alert):
            raise Refused("unknown-alert", f"{event.subject!r} has no alert {act.alert!r}", "$.data.alert")
        cause = Cause(Place(self.topic, self.partition, offset), value, at, at if self.now is None else self.now)
        self._decide(subject, Command(event.type.removeprefix(COMMAND), intake.identity(event), act, cause), out)

    def _notice(self, event: Event, offset: int, value: bytes, out: list[Output]) -> None:
        """Take up the holidays of a notice and reckon every deadline anew; a second copy of a notice changes nothing."""
        at = self._time(event.time)
        try:
            notice = msgspec.json.decode(event.data, type=Notice)
        except msgspec.DecodeError as error:
            raise _bad_data(error) from None
        if notice in self.notices:
            return
        try:
            self.book = self.book.with_notice(notice)
        except ValueError as error:
            raise Refused("malformed-data", str(error), "$.data") from None
        self.notices = (*self.notices, notice)
        self._ways = _ways(self.book)
        cause = Cause(Place(self.topic, self.partition, offset), value, at, at if self.now is None else self.now)
        for name in sorted(name for name, subject in self.subjects.items() if self.book.reckons(subject)):
            self._decide(self.subjects[name], Renewal(self.domain, cause), out)

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

    def _decide(self, subject: Subject, event: Command | Wake | Renewal, out: list[Output]) -> None:
        due = subject.due
        decide(self.book, subject, event, out)
        if subject.due != due and subject.due < NEVER:
            heappush(self._wakes, (subject.due, subject.id))
        self._dirty.add(subject.id)

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

    def _refuse(self, refused: Refused, offset: int, value: bytes, out: list[Output]) -> None:
        type_, subject = _whose(value)
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


def _refuse_key(subject: str, key: bytes | None) -> None:
    """Refuse a fact or an act that names no subject, or another one than its record's key does."""
    if not subject:
        raise Refused("not-cloudevent", "a fact or an act needs a subject", "$.subject")
    if len(subject) > MAX_SUBJECT:
        raise Refused(
            "not-cloudevent", f"the subject has {len(subject)} characters, at most {MAX_SUBJECT} are allowed", "$.subject"
        )
    raise Refused("key-mismatch", f"the record's key {key!r} is not its subject {subject!r}", "$.subject")


def _whose(value: bytes) -> tuple[str, str]:
    """Type and subject of a record that was refused, as far as it is a CloudEvent."""
    try:
        event = decode_event(value)
    except (DecodeError, RecursionError):
        return "", ""
    return event.type, event.subject


def _ways(book: Book) -> dict[str, tuple[Plan, dict[str, tuple[Screen, Numbers]]]]:
    """By type of event: what to do with it, and the screens of the subjects that are known so far."""
    return {type_: (plan, {}) for type_, plan in book.plans.items()}


def _bad_data(error: msgspec.DecodeError) -> Refused:
    bad = invalid("malformed-data", error, "$.data")
    return Refused("out-of-range" if _OUTSIDE.match(str(error)) else "malformed-data", str(bad), bad.field)
