"""The fold of one partition: records in, in log order; alerts, audit entries and quality records out.

The worker and the replay run this very code, so what one does the other does. Everything that it knows comes from the
records themselves; `snapshot` and `restore` carry it over a restart without a difference.
"""

from collections.abc import Iterable
from functools import partial
from heapq import heappush
from zlib import crc32

import msgspec

from agents.core import intake
from agents.core.alerts.adopt import Books, no_books
from agents.core.alerts.control import adopted_by, take
from agents.core.alerts.coupling.matter import matter_of
from agents.core.alerts.decide import Output, apply_suppression, evaluate, fail_check, schedule_wakes
from agents.core.alerts.entry import Entry
from agents.core.alerts.flawed import FlawedFacts
from agents.core.alerts.state import Latest
from agents.core.intake import Refused
from agents.core.rules.book import Book, Plan
from agents.core.rules.guard import Unjudged
from agents.core.signs.counts import Counts, NoCounts
from agents.core.trusted import no_verdict
from streams.messages import DecodeError, decode_event
from streams.signing.keys import Verify

MAX_RECORD = 65_536
"""Bytes of the largest record that is judged: what a subject remembers of it must fit into one message of its checkpoint."""


class Fold(FlawedFacts):
    """The state of one partition of one events topic, and the one way to move it on.

    Records before `position` are skipped. `books` gives the rule books that the log adopts; `verify` says of signatures
    whether they hold; `files`: there are orders, so that matters are filed; `counts` is what counts facts for signs.
    """

    def __init__(
        self,
        book: Book,
        topic: str,
        partition: int,
        *,
        keyed: bool = True,
        books: Books = no_books,
        verify: Verify = no_verdict,
        files: bool = False,
        counts: Counts | None = None,
    ) -> None:
        super().__init__(book, topic, partition, keyed=keyed, books=books, verify=verify, counts=counts or NoCounts())
        self.files = files
        memory = self.memory  # what each fact needs is one look away
        self._counted = self.counts.reads
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
                    self.refused, refused = offset, intake.refusal(error)
                    self.count_refused(refused.reason, offset, key, value or b"")
                    self.refuse(refused, offset, value or b"", out)
        return out

    def adopts(self, offset: int, key: bytes | None, value: bytes | None) -> str | None:
        """The rule book that this record, the next one, would have it judge by; None where it is no adoption, or not taken."""
        return adopted_by(self, offset, key, value or b"")

    def _record(  # noqa: C901, PLR0912, PLR0915 - the hot path in one piece: each call less is 3 % of the throughput
        self, offset: int, key: bytes | None, value: bytes, out: list[Output], stated: Plan | None = None
    ) -> None:
        """Judge a record; Refused or DecodeError where it must not be. Nearly every record is a measurement: those come first.

        `stated`: what to do with a fact that was verified.
        """
        if len(value) > MAX_RECORD:
            raise Refused("too-big", f"{len(value)} bytes; at most {MAX_RECORD} are judged")
        event = decode_event(value)
        type_ = event.type
        plan = self.plans.get(type_, stated)
        if plan is None:
            if verified := take(self, event, offset, key, value, out):
                self._record(offset, key, value, out, verified)
            return
        at = self._times.get(event.time) or self.time(event.time)
        try:
            data = plan.decode(event.data)
        except msgspec.DecodeError as error:
            data, plan = self.mended(plan, event, error, at, offset, key, value, out)
            if data is None:
                return
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
            if (name, plan.kind) in self.day.left:
                fact = self._fact(plan, data, at, offset, value)
                if self.completes(plan, entry, latest, fact, crc, event, out):
                    return
            intake.check_slot(latest, plan.kind, at, crc)
        if plan.check is not None:
            try:
                for row, field, message in plan.check(data, at):
                    self.inconsistent(intake.inconsistent(row, field, message), event, offset, value, out)
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
            self.known_kind(plan, data, event, offset, value, out)
        if way is None:
            screen, numbers = plan.screens.of(subject)
            way = (self.holding(screen, subject) if subject.held else screen, numbers, latest)
            if not plan.registers:
                entry.ways[plan.type] = way  # not the event's own text of it, which each subject would keep
        whom, numbers, _ = way
        asked = whom(data, at, subject, before, numbers)
        if asked or before is None or plan.registers:
            due = subject.due
            if type(asked) is Unjudged:
                asked = self.unjudged_fact(plan, asked, subject, event, offset, value, out)
            if asked:
                evaluate(self.book, subject, asked, self._fact(plan, data, at, offset, value), out)
            if before is None or plan.registers:
                entry.timed = self.book.timed(plan.domain, subject)
                schedule_wakes(self.book, entry.timed, subject, partial(self._fact, plan, data, at, offset, value), out)
            if subject.held:
                entry.ways = {}
            if subject.due < due:
                heappush(self._wakes, (subject.due, name))
        if plan.beyond:
            if plan.suppresses and subject.alerts:
                due = subject.due
                apply_suppression(subject, plan.suppresses, self._fact(plan, data, at, offset, value).cause(), out)
                if subject.due < due:
                    heappush(self._wakes, (subject.due, name))
            if self.files and plan.matter is not None and (filed := matter_of(plan.matter, data, event, subject, offset)):
                out.append(filed)
        if plan.type in self._counted:
            self.counts.take(plan.type, name, subject.facts, data, at, offset, late=type_ != plan.type)
        if not entry.dirty:
            entry.dirty = True
            self._dirty.append(entry)
        if not entry.changed:
            entry.changed = True
            self._changed.append(entry)

    def _new(self, plan: Plan, name: str, key: bytes | None) -> Entry:
        self.check_key(name, key)
        if not plan.registers:
            raise intake.unregistered()
        return self.memory.new(name)
