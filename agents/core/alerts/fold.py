"""The fold of one partition: records in, in log order; alerts, audit entries and quality records out.

The worker and the replay run this very code, so what one does the other does. Everything that it knows comes from the
records themselves; `snapshot` and `restore` carry it over a restart without a difference.
"""

from collections.abc import Iterable
from functools import partial
from heapq import heappush
from typing import Any
from zlib import crc32

import msgspec
from msgspec.structs import astuple, replace

from agents.core import intake
from agents.core.alerts.adopt import Books, no_books
from agents.core.alerts.control import take
from agents.core.alerts.decide import Fact, Output, apply_suppression, evaluate, fail_check, schedule_wakes
from agents.core.alerts.entry import Entry
from agents.core.alerts.partition import PartitionState
from agents.core.alerts.state import Latest, Subject
from agents.core.intake import Refused
from agents.core.mend import completed, left_out, mended
from agents.core.rules.book import Book, Plan, asking
from agents.core.rules.guard import Numbers, Screen, Unjudged
from streams.messages import DecodeError, Event, Registered, decode_event

MAX_RECORD = 65_536
"""Bytes of the largest record that is judged: what a subject remembers of it must fit into one message of its checkpoint."""

_DAILY = frozenset({"undeclared-field", intake.UNKNOWN_CODE, intake.NOTHING_TO_JUDGE})
"""What a source does with every fact, so that it is told once a day."""


class Fold(PartitionState):
    """The state of one partition of one events topic, and the one way to move it on.

    Records before `position` are skipped. `books` gives the rule books that the log adopts.
    """

    def __init__(self, book: Book, topic: str, partition: int, *, keyed: bool = True, books: Books = no_books) -> None:
        super().__init__(book, topic, partition, keyed=keyed, books=books)
        memory = self.memory  # what each fact needs is one look away
        self._entries, self._wakes, self._dirty, self._changed = memory.entries, memory.wakes, memory.dirty, memory.changed

    def run(self, records: Iterable[tuple[int, bytes | None, bytes | None]]) -> list[Output]:
        """Judge records of (offset, key, value) in log order; bad input becomes quality records, never an error."""
        out: list[Output] = []
        judge = self._record
        for offset, key, value in records:
            if offset >= self.position:
                self.position = offset + 1
                try:
                    judge(offset, key, value or b"", out)
                except (Refused, DecodeError, RecursionError) as error:
                    self.refuse(intake.refusal(error), offset, value or b"", out)
        return out

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
            take(self, event, offset, key, value, out)
            return
        at = self._times.get(event.time) or self.time(event.time)
        flaws: tuple[Refused, ...]
        brought: tuple[str, ...]
        flaws = brought = ()
        try:
            data = plan.decode(event.data)
        except msgspec.DecodeError as error:
            data, flaws = astuple(mended(event.data, plan.payload, error))
        name = event.subject
        entry = self._entries.get(name)
        if entry is None:
            entry = self._new(plan, name, key)
        elif self.keyed and key != entry.key:
            self.check_key(name, key)
        now, subject, kept = self.now, entry.subject or self.memory.at_hand(entry, self.book), plan.slots
        if now is not None and not plan.registers and not now - plan.allowance <= at <= now + intake.FUTURE:
            intake.check_time(at, now, plan.allowance)
        way = entry.ways.get(type_)
        latest = subject.latest.get(plan.kind) if way is None else way[2]
        crc = crc32(event.data) if kept else 0
        if latest is not None and at <= latest.at and kept:
            brought = latest.brought(at, crc, data) if latest.left_out and data is not None else ()
            if brought:
                whole, data, same = completed(latest.data, data, brought)
                if not same:
                    self.refuse(intake.conflict(plan.kind, at), offset, value, out)
            else:
                intake.check_slot(latest, plan.kind, at, crc)
        if flaws:
            self._flawed(plan, data, flaws, event, offset, value, out)
            if data is None:
                return
        if plan.check is not None:
            try:
                for row, field, message in plan.check(data, at):
                    self._inconsistent(intake.inconsistent(row, field, message), event, offset, value, out)
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
                latest.at, latest.data, latest.crc = at, whole if brought else data, crc
        if (flaws or brought) and at == latest.at:
            latest.left_out, latest.left_at = left_out(flaws, plan.payload), at
        if plan.registers:
            subject.facts = latest.data
            entry.forget()
            self._known_kind(plan, data, event, offset, value, out)
        if way is None:
            screen, numbers = plan.screens.of(subject)
            way = (self._holding(screen, subject) if subject.held else screen, numbers, latest)
            if not plan.registers:
                entry.ways[plan.type] = way  # not the event's own text of it, which each subject would keep
        whom, numbers, _ = way
        asked = whom(data, at, subject, before, numbers)
        if asked or before is None or plan.registers:
            due = subject.due
            if type(asked) is Unjudged:
                asked = self._unjudged(plan, asked, subject, event, offset, value, out)
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

        def told(fact: Any, at: int, subject: Subject, before: Any, numbers: Numbers) -> Any:
            asked = screen(fact, at, subject, before, numbers)
            found = asked.asked if isinstance(asked, Unjudged) else asked
            there = {bound.judge.key for bound, *_ in found}
            found = found + [asking(bound) for bound in bounds if bound.judge.key not in there]
            return replace(asked, asked=found) if isinstance(asked, Unjudged) else found

        return told

    def _flawed(
        self, plan: Plan, data: Any, flaws: tuple[Refused, ...], event: Event, offset: int, value: bytes, out: list[Output]
    ) -> None:
        """Tell of the fields that are left out of a fact; where nothing is left (`data` is None), nobody judges it."""
        for flaw in flaws:
            self._inconsistent(flaw, event, offset, value, out)
        if data is None:
            self.day.unjudged += 1
            message = f"of what {plan.kind} declares nothing has a value: nothing is judged"
            self.tell(Refused("nothing-to-judge", message, "$.data"), event, offset, value, out)

    def _inconsistent(self, found: Refused, event: Event, offset: int, value: bytes, out: list[Output]) -> None:
        """Tell of what is wrong with a fact that is judged: what its source sends all day is told once a day."""
        if found.reason in _DAILY:
            self.day.unjudged += found.reason == intake.NOTHING_TO_JUDGE
            self.tell(found, event, offset, value, out, found.message)
        else:
            self.refuse(found, offset, value, out)

    def _known_kind(self, plan: Plan, data: Registered, event: Event, offset: int, value: bytes, out: list[Output]) -> None:
        """Tell of a registration as a kind of subject that no rule and no domain knows."""
        if data.kind not in self.book.subjects[plan.domain]:
            message = f"no rule and no list of the domain knows a subject of the kind {data.kind!r}"
            self.tell(Refused("unknown-kind", message, "$.data.kind"), event, offset, value, out, data.kind)

    def _unjudged(
        self, plan: Plan, asked: Unjudged, subject: Subject, event: Event, offset: int, value: bytes, out: list[Output]
    ) -> list[Any]:
        """Count a fact of which no rule judges anything, tell of it, and give who is to be asked all the same."""
        kind = "" if subject.facts is None else subject.facts.kind
        if asked.reads:
            message = f"nothing that a rule reads of {plan.kind} about a {kind!r} has a value: {', '.join(asked.reads)}"
            refused = Refused("nothing-to-judge", message, "$.data")
        else:
            refused = Refused("no-rule", f"no rule reads {plan.kind} about a subject of the kind {kind!r}", "$.type")
        self.day.unjudged += 1
        self.tell(refused, event, offset, value, out, kind)
        return asked.asked

    def _new(self, plan: Plan, name: str, key: bytes | None) -> Entry:
        self.check_key(name, key)
        if not plan.registers:
            raise Refused("unregistered", f"no register knows the subject {name!r}", "$.subject")
        return self.memory.new(name)
