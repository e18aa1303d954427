"""The fold of one partition: records in, in log order; alerts, audit entries and quality records out.

The worker and the replay run this very code, so what one does the other does. Everything that it knows comes from the
records themselves; `snapshot` and `restore` carry it over a restart without a difference.
"""

import re
from collections import deque
from collections.abc import Iterable, Mapping
from functools import partial
from heapq import heapify, heappop, heappush
from operator import attrgetter
from typing import Any
from zlib import crc32

import msgspec
from msgspec import Struct

from agents.core import intake
from agents.core.alerts.adopt import Books, Switch, no_books, switch, switched
from agents.core.alerts.alarm import Cause
from agents.core.alerts.decide import (
    Command,
    Fact,
    Output,
    Renewal,
    Wake,
    apply_suppression,
    decide,
    evaluate,
    fail_check,
    schedule_wakes,
)
from agents.core.alerts.entry import Entry, Evictions, evicted
from agents.core.alerts.retry import holds, retry
from agents.core.alerts.state import Latest, Subject
from agents.core.intake import Refused, Source
from agents.core.rules.book import Book, BookError, Plan, asking
from agents.core.rules.guard import Numbers, Screen
from streams.calendar.holidays import Notice
from streams.messages import (
    ADOPTED,
    COMMAND,
    NEVER,
    NOTICE,
    TICK,
    Act,
    Adoption,
    DecodeError,
    Event,
    Place,
    SubjectStatus,
    decode_event,
    format_time,
    invalid,
)
from streams.topics import split_events_topic

POSITION = b""
"""The checkpoint key of a partition's position; subjects are never empty."""

MAX_RECORD = 65_536
"""Bytes of the largest record that is judged: what a subject remembers of it must fit into one message of its checkpoint."""

MAX_SUBJECT = 200
"""Characters of the longest subject."""

_TIMES_KEPT = 4_096
_OUTSIDE = re.compile(r"(Expected `(int|float)` [<>]=|(Integer|Number|Float) (value )?out of range)")


class Position(Struct, frozen=True):
    """How far a partition has been judged: next offset, the newest tick (ms), and the notices of holidays that came.

    `adopted`: the hash of the rule book that the log has told it to judge by, None while that is the one it began with.
    """

    offset: int
    now: int | None
    notices: tuple[Notice, ...] = ()
    adopted: str | None = None


def position_of(items: Mapping[bytes, bytes | None]) -> Position | None:
    """The position in what a checkpoint holds; None where nothing was saved yet."""
    position = items.get(POSITION)
    return None if position is None else msgspec.msgpack.decode(position, type=Position)


class Fold:
    """The state of one partition of one events topic, and the one way to move it on.

    `position` is the next offset to judge; records before it are skipped. `keyed`: the record's key must be its subject
    (it is not where the records come from a plain file). `books` gives the rule books that the log adopts.
    """

    def __init__(self, book: Book, topic: str, partition: int, *, keyed: bool = True, books: Books = no_books) -> None:
        self.book = book
        self.adopted: str | None = None
        self._books = books
        self.topic = topic
        self.partition = partition
        self.keyed = keyed
        self.log, self.domain = split_events_topic(topic)
        self.position = 0
        self.now: int | None = None
        self.notices: tuple[Notice, ...] = ()
        self._entries: dict[str, Entry] = {}
        self._wakes: list[tuple[int, str]] = []
        self._dirty: list[Entry] = []
        self._loaded: list[Entry] = []
        self._evictions = Evictions()
        self._changed: deque[Entry] = deque()
        self._times: dict[str, int] = {}

    @property
    def known(self) -> int:
        """How many subjects are remembered."""
        return len(self._entries)

    @property
    def subjects(self) -> dict[str, Subject]:
        """What is remembered, by subject; put together for whoever asks."""
        return {name: self._looked_at(entry) for name, entry in self._entries.items()}

    @property
    def evicted(self) -> int:
        """How many subjects are at rest."""
        return sum(entry.subject is None for entry in self._entries.values())

    def has(self, subject: str, act: Act) -> bool:
        """Whether a subject has the alert that an act names, or the alarm (`rule` or `rule/item`) of this domain."""
        entry = self._entries.get(subject)
        if entry is None:
            return False
        known = self._looked_at(entry)
        if act.alert:
            return known.knows_alert(act.alert)
        bound = self.book.bounds.get(act.alarm)
        return bound is not None and bound.rule.domain == self.domain and bound.concerns(known)

    def run(self, records: Iterable[tuple[int, bytes | None, bytes | None]]) -> list[Output]:
        """Judge records of (offset, key, value) in log order; bad input becomes quality records, never an error."""
        out: list[Output] = []
        judge = self._record
        for offset, key, value in records:
            if offset >= self.position:
                self.position = offset + 1
                try:
                    judge(offset, key, value or b"", out)
                except Refused as refused:
                    self._refuse(refused, offset, value or b"", out)
                except DecodeError as error:
                    self._refuse(Refused(error.reason, str(error), error.field), offset, value or b"", out)
                except RecursionError:
                    self._refuse(Refused("not-json", "nested too deep"), offset, value or b"", out)
        return out

    def snapshot(self) -> list[tuple[bytes, bytes | None]]:
        """Key and value of every subject changed since the last snapshot, and of the position, which is always last."""
        items: list[tuple[bytes, bytes | None]] = []
        changed, self._dirty = self._dirty, []
        for entry in sorted(changed, key=attrgetter("key")):
            entry.dirty = False
            items.append((entry.key, entry.saved()))
        loaded, self._loaded = self._loaded, []
        self._evictions.after([*changed, *loaded])
        return [*items, (POSITION, msgspec.msgpack.encode(Position(self.position, self.now, self.notices, self.adopted)))]

    def restore(self, items: Iterable[tuple[bytes, bytes | None]]) -> None:
        """Take up the state that a checkpoint holds; later items win. BookError where its rule book cannot be used."""
        newest = dict(items)
        held = position_of(newest)
        if held is None:
            return
        del newest[POSITION]
        self.position, self.now, self.notices, self.adopted = held.offset, held.now, held.notices, held.adopted
        if held.adopted is not None:
            self.book = self._books(held.adopted)
        for notice in held.notices:
            self.book = self.book.with_notice(notice)
        for key, value in newest.items():
            if value is not None:
                self._entries[key.decode("utf-8", "surrogatepass")] = evicted(key, value)
        self._schedule_once()
        for entry in self._entries.values():
            entry.changed = True
            self._changed.append(entry)

    def statuses(self, limit: int) -> list[SubjectStatus]:
        """The newest values of at most `limit` subjects that changed and were not told yet, longest waiting first."""
        told = []
        while self._changed and limit > 0:
            entry = self._changed.popleft()
            entry.changed = False
            limit -= 1
            if status := self._status(self._looked_at(entry)):
                told.append(status)
        return told

    def _record(  # noqa: C901, PLR0912, PLR0915 - the hot path in one piece: each call less is 3 % of the throughput
        self, offset: int, key: bytes | None, value: bytes, out: list[Output]
    ) -> None:
        """Judge a record; Refused or DecodeError where it must not be. Nearly every record is a fact: those come first."""
        if len(value) > MAX_RECORD:
            raise Refused("too-big", f"{len(value)} bytes; at most {MAX_RECORD} are judged")
        event = decode_event(value)
        type_ = event.type
        plan = self.book.plans.get(type_)
        if plan is None:
            self._other(event, offset, key, value, out)
            return
        at = self._times.get(event.time) or self._time(event.time)
        try:
            data = plan.decode(event.data)
        except msgspec.DecodeError as error:
            raise _bad_data(error) from None
        name = event.subject
        entry = self._entries.get(name)
        if entry is None:
            entry = self._new(plan, name, key)
        elif self.keyed and key != entry.key:
            self._check_key(name, key)
        now, subject, kept = self.now, entry.subject or self._at_hand(entry), plan.slots
        if now is not None and not plan.registers and not now - plan.allowance <= at <= now + intake.FUTURE:
            intake.check_time(at, now, plan.allowance)
        way = entry.ways.get(type_)
        latest = subject.latest.get(plan.kind) if way is None else way[2]
        crc = crc32(event.data) if kept else 0
        if latest is not None and at <= latest.at and kept:
            intake.check_slot(latest, plan.kind, at, crc)
        if plan.check is not None:
            try:
                for row, field, message in plan.check(data, at):
                    self._refuse(Refused("inconsistent", message, field, row), offset, value, out)
            except Exception as error:  # noqa: BLE001 - whatever a rule raises
                fail_check(self.book, subject, self._fact(plan, data, at, offset, value), error, out)
        before = None
        if latest is None:
            latest = subject.latest[plan.kind] = Latest(at, data, crc)
        else:
            before = latest.data
            if at < latest.at:
                latest.remember(at, crc, kept)
            else:
                if at > latest.at and kept > 1:
                    latest.remember(latest.at, latest.crc, kept)
                if plan.compares:
                    latest.before, latest.before_at = before, latest.at
                latest.at, latest.data, latest.crc = at, data, crc
        if plan.registers:
            subject.facts = latest.data
            entry.forget()
        if way is None:
            screen, numbers = plan.screens.of(subject)
            way = (self._holding(screen, subject) if subject.held else screen, numbers, latest)
            if not plan.registers:
                entry.ways[plan.type] = way  # not the event's own text of it, which each subject would keep
        whom, numbers, _ = way
        asked = whom(data, at, subject, before, numbers)
        if asked or before is None or plan.registers:
            due = subject.due
            if asked:
                evaluate(self.book, subject, asked, self._fact(plan, data, at, offset, value), out)
            if before is None or plan.registers:
                entry.timed = self.book.timed(plan.domain, subject)
                schedule_wakes(self.book, entry.timed, subject, partial(self._fact, plan, data, at, offset, value), out)
            if subject.held:
                entry.ways = {}
            if subject.due < due:
                heappush(self._wakes, (subject.due, name))
        if plan.suppresses and subject.alerts:
            due = subject.due
            apply_suppression(subject, plan.suppresses, self._fact(plan, data, at, offset, value).cause(), out)
            if subject.due < due:
                heappush(self._wakes, (subject.due, name))
        if not entry.dirty:
            entry.dirty = True
            self._dirty.append(entry)
        if not entry.changed:
            entry.changed = True
            self._changed.append(entry)

    def _fact(self, plan: Plan, data: Any, at: int, offset: int, value: bytes) -> Fact:
        now = at if self.now is None else self.now
        return Fact(plan.kind, data, at, self.topic, self.partition, offset, value, now)

    def _holding(self, screen: Screen, subject: Subject) -> Screen:
        """A screen of a subject with judges on hold: these must be told of every fact, whatever their guards say."""
        bounds = [bound for key in subject.held or () if (bound := self.book.bounds.get(key))]

        def told(fact: Any, at: int, subject: Subject, before: Any, numbers: Numbers) -> list[Any]:
            asked = screen(fact, at, subject, before, numbers)
            there = {bound.judge.key for bound, *_ in asked}
            return asked + [asking(bound) for bound in bounds if bound.judge.key not in there]

        return told

    def _new(self, plan: Plan, name: str, key: bytes | None) -> Entry:
        self._check_key(name, key)
        if not plan.registers:
            raise Refused("unregistered", f"no register knows the subject {name!r}", "$.subject")
        entry = self._entries[name] = Entry(name.encode("utf-8", "surrogatepass"))
        entry.load(Subject(name))
        return entry

    def _at_hand(self, entry: Entry) -> Subject:
        """The subject of an entry, from now on at hand."""
        if entry.subject is None:
            entry.load(self._looked_at(entry))
            self._loaded.append(entry)
        return self._looked_at(entry)

    def _looked_at(self, entry: Entry) -> Subject:
        """The subject of an entry, for a look: one at rest stays so."""
        return entry.subject or self.book.subject(self.domain, entry.packed)

    def _other(self, event: Event, offset: int, key: bytes | None, value: bytes, out: list[Output]) -> None:
        if event.type == TICK:
            self._tick(self._time(event.time), offset, value, out)
        elif event.type == NOTICE:
            self._notice(event, offset, value, out)
        elif event.type == ADOPTED:
            self._adopt(event, offset, key, value, out)
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
        self._check_key(event.subject, key)
        entry = self._entries.get(event.subject)
        if entry is None or not self.has(event.subject, act):
            name, named = ("alert", act.alert) if act.alert else ("alarm", act.alarm)
            raise Refused("unknown-alert", f"{event.subject!r} has no {name} {named!r}", f"$.data.{name}")
        cause = Cause(Place(self.topic, self.partition, offset), value, at, at if self.now is None else self.now)
        self._decide(entry, Command(event.type.removeprefix(COMMAND), intake.identity(event), act, cause), out)

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
        for entry in self._entries.values():
            entry.forget()
        cause = Cause(Place(self.topic, self.partition, offset), value, at, at if self.now is None else self.now)
        for name in sorted(name for name, entry in self._entries.items() if self.book.reckons(self._looked_at(entry))):
            self._decide(self._entries[name], Renewal(cause), out)

    def _adopt(self, event: Event, offset: int, key: bytes | None, value: bytes, out: list[Output]) -> None:
        """Judge by another rule book from here on; where it cannot be used, or is the same, by this one."""
        at = self._time(event.time)
        if self.keyed and key is not None:
            raise Refused("key-mismatch", f"a rule book is adopted by a whole partition: its record has no key, not {key!r}")
        try:
            adoption = msgspec.json.decode(event.data, type=Adoption)
        except msgspec.DecodeError as error:
            raise _bad_data(error) from None
        if adoption.book == self.adopted:
            return
        try:
            book = self._books(adoption.book)
        except BookError as error:
            raise Refused("unusable-book", str(error), "$.data.book") from None
        for notice in self.notices:
            book = book.with_notice(notice)
        cause = Cause(Place(self.topic, self.partition, offset), value, at, at if self.now is None else self.now)
        to = switched(self.book, book, adoption, cause)
        concerned = sorted(name for name, entry in self._entries.items() if to.concerns(self._looked_at(entry), self.domain))
        for name in concerned:
            self._at_hand(self._entries[name])  # by the book that judged it: the other one does not know all that it holds
        self.book, self.adopted = book, adoption.book
        for entry in self._entries.values():
            entry.forget()
        for name in concerned:
            self._decide(self._entries[name], to, out)

    def _tick(self, now: int, offset: int, value: bytes, out: list[Output]) -> None:
        if self.now is not None and now <= self.now:
            return
        self.now = now
        if len(self._wakes) > 2 * len(self._entries):
            self._schedule_once()
        wakes, wake = self._wakes, Wake(Cause(Place(self.topic, self.partition, offset), value, now, now))
        while wakes and wakes[0][0] <= now:
            due, name = heappop(wakes)
            entry = self._entries[name]
            if entry.wakes() == due:
                self._at_hand(entry).due = NEVER
                self._decide(entry, wake, out)

    def _schedule_once(self) -> None:
        """Await each subject once: each time it is to wake sooner and then later again leaves one more entry of the later."""
        self._wakes = [(due, name) for name, entry in self._entries.items() if (due := entry.wakes()) < NEVER]
        heapify(self._wakes)

    def _decide(self, entry: Entry, event: Command | Wake | Renewal | Switch, out: list[Output]) -> None:
        subject = self._at_hand(entry)
        due, held = subject.due, subject.held
        if entry.timed is None:
            entry.timed = self.book.timed(self.domain, subject)
        key = holds(subject, event) if isinstance(event, Command) else None
        if isinstance(event, Switch):
            switch(subject, entry.timed, event, out)
        elif key is None:
            decide(self.book, subject, entry.timed, event, out)
        elif isinstance(event, Command):
            retry(self.book, subject, key, event, out)
        if held or subject.held:
            entry.ways = {}
        if subject.due != due and subject.due < NEVER:
            heappush(self._wakes, (subject.due, subject.id))
        if not entry.dirty:
            entry.dirty = True
            self._dirty.append(entry)

    def _check_key(self, subject: str, key: bytes | None) -> None:
        """Refuse a fact or an act that names no subject, or another one than its record's key does."""
        if not subject:
            raise Refused("not-cloudevent", "a fact or an act needs a subject", "$.subject")
        if len(subject) > MAX_SUBJECT:
            raise Refused(
                "not-cloudevent", f"the subject has {len(subject)} characters, at most {MAX_SUBJECT} are allowed", "$.subject"
            )
        if self.keyed and key != subject.encode():
            shown = repr(key[:MAX_SUBJECT]) if key else "(none)"
            raise Refused("key-mismatch", f"the record's key {shown} is not its subject {subject!r}", "$.subject")

    def _time(self, text: str) -> int:
        known = self._times.get(text)
        if known is not None:
            return known
        at = intake.time_of(text)
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


def _whose(value: bytes) -> tuple[str, str]:
    """Type and subject of a record that was refused, as far as it is a CloudEvent."""
    try:
        event = decode_event(value)
    except (DecodeError, RecursionError):
        return "", ""
    return event.type, event.subject


def _bad_data(error: msgspec.DecodeError) -> Refused:
    bad = invalid("malformed-data", error, "$.data")
    return Refused("out-of-range" if _OUTSIDE.match(str(error)) else "malformed-data", str(bad), bad.field)
