"""The fold of one partition: records in, in log order; alerts, audit entries and quality records out.

The worker and the replay run this very code, so what one does the other does. Everything that it knows comes from the
records themselves; `snapshot` and `restore` carry it over a restart without a difference.
"""

from collections.abc import Callable, Iterable
from functools import partial
from heapq import heappush
from zlib import crc32

import msgspec

from agents.core import intake
from agents.core.alerts.adopt import Books, no_books
from agents.core.alerts.control import adopted_by, take
from agents.core.alerts.coupling.matter import matter_of
from agents.core.alerts.decide import Output, apply_suppression, evaluate, fail_check, schedule_wakes
from agents.core.alerts.entry import Entry, Way
from agents.core.alerts.flawed import FlawedFacts
from agents.core.alerts.memory import LEAST_AT_HAND
from agents.core.alerts.state import Latest, Subject, pack
from agents.core.intake import FUTURE, Refused
from agents.core.rules.book import Book, Plan
from agents.core.rules.guard import Unjudged
from agents.core.signs.counts import Counts, NoCounts
from agents.core.trusted import no_verdict
from streams.messages import DecodeError, Event, decode_event
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
        self._entries, self._wakes, self._dirty, self._changed = memory.entries, memory.wakes, memory.dirty, memory.changed

    def run(  # noqa: C901, PLR0912, PLR0915 - the hot path in one piece: each call less is 3 % of the throughput
        self, records: Iterable[tuple[int, bytes | None, bytes | None]], decode: Callable[[bytes], Event] = decode_event
    ) -> list[Output]:
        """Judge records of (offset, key, value) in log order; bad input becomes quality records, never an error.

        Nearly every record is a measurement in order: for these no more is done than stands here. `decode`: what gives the
        event of a value, for who knows it already.
        """
        out: list[Output] = []
        entries, times, dirty, changed = self._entries, self._times, self._dirty, self._changed
        counted, count, awake = self.counts.reads, self.counts.take, self.memory.awake
        for offset, key, given in records:
            if offset < self.position:
                continue
            self.position = offset + 1
            value = given or b""
            try:
                if len(value) > MAX_RECORD:
                    raise Refused("too-big", f"{len(value)} bytes; at most {MAX_RECORD} are judged")
                event = decode(value)
                plan = self.plans.get(event.type) or take(self, event, offset, key, value, out)
                if plan is None:
                    continue
                at = times.get(event.time) or self.time(event.time)
                try:
                    data = plan.decode(event.data)
                except msgspec.DecodeError as error:
                    data, plan = self.mended(plan, event, error, at, offset, key, value, out)
                    if data is None:
                        continue
                entry = entries.get(event.subject)
                if entry is None:
                    entry = self._new(plan, event.subject, key)
                elif key != entry.key and self.keyed:
                    self.check_key(event.subject, key)
                now, subject, kept = self.now, entry.subject or self.memory.at_hand(entry, self.book), plan.slots
                if now is not None and not now - plan.allowance <= at <= now + FUTURE and not plan.registers:
                    intake.check_time(at, now, plan.allowance)
                way = entry.ways.get(plan.type)
                latest = subject.latest.get(plan.kind) if way is None else way[2]
                crc = crc32(event.data) if kept else 0
                if latest is not None and at <= latest.at and kept:
                    if (subject.id, plan.kind) in self.day.left:
                        fact = self._fact(plan, data, at, offset, value)
                        if self.completes(plan, entry, latest, fact, crc, event, out):
                            continue
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
                            if (slots := latest.slots) and len(slots) < plan.room:
                                slots += pack(latest.at, latest.crc)  # as `remember` does
                            else:
                                latest.remember(latest.at, latest.crc, kept)
                        if plan.compares:
                            latest.before, latest.before_at = before, latest.at
                        latest.at, latest.data, latest.crc = at, data, crc
                if way is None:
                    if plan.registers:
                        subject.facts = latest.data
                        entry.forget()
                        self.known_kind(plan, data, event, offset, value, out)
                    way = self._way(plan, entry, subject, latest)
                screen, numbers, _ = way
                asked = screen(data, at, subject, before, numbers)
                if asked or before is None or plan.registers:
                    due, made = subject.due, partial(self._fact, plan, data, at, offset, value)
                    if type(asked) is Unjudged:
                        asked = self.unjudged_fact(plan, asked, subject, event, offset, value, out)
                    if asked:
                        evaluate(self.book, subject, asked, plan.kind, data, at, made, out)
                    if before is None or plan.registers:
                        entry.timed = None
                        awaiting = self.memory.timed(entry, self.book) if plan.registers else plan.awaits.by(subject)
                        schedule_wakes(self.book, awaiting, subject, made, out)
                    if subject.held:
                        entry.ways = {}
                    if subject.due < due:
                        heappush(self._wakes, (subject.due, subject.id))
                if plan.beyond:
                    if plan.suppresses and subject.alerts:
                        due = subject.due
                        apply_suppression(subject, plan.suppresses, self._fact(plan, data, at, offset, value).cause(), out)
                        if subject.due < due:
                            heappush(self._wakes, (subject.due, subject.id))
                    if (
                        self.files
                        and plan.matter is not None
                        and (filed := matter_of(plan.matter, data, event, subject, offset))
                    ):
                        out.append(filed)
                if plan.type in counted:
                    count((plan.type, subject.id, subject.facts, data, at, offset, event.type != plan.type))
                if not entry.dirty:
                    entry.dirty = True
                    dirty.append(entry)
                if not entry.changed:
                    entry.changed = True
                    changed.append(entry)
            except (Refused, DecodeError, RecursionError) as error:
                self.refused, refused = offset, intake.refusal(error)
                self.count_refused(refused.reason, offset, key, value)
                self.refuse(refused, offset, value, out)
        if len(awake) > LEAST_AT_HAND:
            self.memory.relieve()
        self.counts.heard(out)
        return out

    def adopts(self, offset: int, key: bytes | None, value: bytes | None) -> str | None:
        """The rule book that this record, the next one, would have it judge by; None where it is no adoption, or not taken."""
        return adopted_by(self, offset, key, value or b"")

    def _new(self, plan: Plan, name: str, key: bytes | None) -> Entry:
        self.check_key(name, key)
        if not plan.registers:
            raise intake.unregistered()
        return self.memory.new(name)

    def _way(self, plan: Plan, entry: Entry, subject: Subject, latest: Latest) -> Way:
        """What is at hand of a subject for a type of event; kept until its registration or the rule book changes."""
        screen, numbers = plan.screens.of(subject)
        way = self.holding(screen, subject) if subject.held else screen, numbers, latest
        if not plan.registers:
            entry.ways[plan.type] = way
        return way
