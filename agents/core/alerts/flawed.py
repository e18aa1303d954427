"""Facts of which something is not as it should be, and facts that no rule judges: what is told, what is judged all the same.

Nothing here is on the way of a fact that is in order.
"""

from heapq import heappush
from typing import Any

import msgspec
from msgspec.structs import replace

from agents.core import intake
from agents.core.alerts.coupling.entered import plan_of_entered
from agents.core.alerts.decide import Fact, Output, apply_suppression, evaluate, fail_check
from agents.core.alerts.entry import Entry
from agents.core.alerts.partition import PartitionState
from agents.core.alerts.state import Latest, Subject
from agents.core.intake import FUTURE, Refused
from agents.core.mend import completed, good_of, left_out, mended
from agents.core.rules.book import Plan, asking
from agents.core.rules.guard import Numbers, Screen, Unjudged
from streams.messages import DecodeError, Event, Reason, Registered, decode_event
from streams.messages.services.entry import ENTERED

_CAME: frozenset[Reason] = frozenset({"late", "malformed-data", "out-of-range"})
"""Why a fact is refused that came all the same, for signs that ask how much of what was due came."""

_DAILY = frozenset({"undeclared-field", intake.UNKNOWN_CODE, intake.NOTHING_TO_JUDGE})
"""What a source does with every fact, so that it is told once a day."""


class FlawedFacts(PartitionState):
    """A partition that judges what is good of a fact, and tells of the rest."""

    def mended(
        self,
        plan: Plan,
        event: Event,
        error: msgspec.DecodeError,
        at: int,
        offset: int,
        key: bytes | None,
        value: bytes,
        out: list[Output],
    ) -> tuple[Any, Plan]:
        """What is good of a fact that its type refuses, and a plan whose check tells of the rest once the fact is accepted.

        None where nothing is left: that is told here, and nobody judges it.
        """
        found = mended(event.data, plan.payload, error)
        if found.data is None:
            self._nothing_left(plan, found.flaws, event, at, offset, key, value, out)
            return None, plan
        left = left_out(found.flaws, plan.payload)

        def check(data: Any, at: int) -> list[tuple[str, str, str]]:
            if left:
                self.day.leave(event.subject, plan.kind, at, left)
            for flaw in found.flaws:
                self.inconsistent(flaw, event, offset, value, out)
            return [] if plan.check is None else plan.check(data, at)

        return found.data, replace(plan, check=check)

    def count_refused(self, reason: Reason, offset: int, key: bytes | None, value: bytes) -> None:
        """Count for signs a fact that is refused, where it came all the same: late, or with nothing valid in it."""
        if reason not in _CAME or not self.counts.reads:
            return
        try:
            event = decode_event(value)
            plan, data, at = self._came(event)
            self.check_key(event.subject, key)
        except (Refused, DecodeError, RecursionError):
            return
        entry = self.memory.entries.get(event.subject)
        if plan is not None and entry is not None and plan.type in self.counts.reads and at <= (self.now or at) + FUTURE:
            facts = self.memory.looked_at(entry, self.book).facts
            late = reason == "late" or at < (self.now or at) - plan.allowance
            self.counts.take((plan.type, event.subject, facts, data, at, offset, late))

    def _came(self, event: Event) -> tuple[Plan | None, Any, int]:
        """The plan of a fact that came or was entered, what of its data is good, its time (ms); no plan for a registration."""
        at = self.time(event.time)
        if event.type == f"{self.domain}{ENTERED}":
            entered = plan_of_entered(event, self.book.plans, self.domain)
            return entered, entered.decode(event.data), at
        plan = self.book.plans.get(event.type)
        return (None, None, at) if plan is None or plan.registers else (plan, good_of(event.data, plan.payload), at)

    def completes(
        self, plan: Plan, entry: Entry, latest: Latest, fact: Fact, crc: int, event: Event, out: list[Output]
    ) -> bool:
        """Whether a second report of the newest fact's time brings what was bad in the first: only that is judged of it."""
        subject, at = self.memory.at_hand(entry, self.book), fact.at
        brought = self.day.brought(subject.id, plan.kind, at, fact.data) if at == latest.at and crc != latest.crc else ()
        if not brought:
            return False
        whole, part, same = completed(latest.data, fact.data, brought)
        if not same:
            self.refuse(intake.conflict(plan.kind, at), fact.offset, fact.value, out)
        self._check(plan, subject, replace(fact, data=whole), event, out)
        before, latest.data, latest.crc = latest.data, whole, crc
        due = subject.due
        screen, numbers = plan.screens.of(subject)
        asked = (self.holding(screen, subject) if subject.held else screen)(part, at, subject, before, numbers)
        judged = replace(fact, data=part)
        concerned = asked.asked if isinstance(asked, Unjudged) else asked
        evaluate(self.book, subject, concerned, plan.kind, part, at, lambda: judged, out)
        if plan.suppresses and subject.alerts:
            apply_suppression(subject, plan.suppresses, judged.cause(), out)
        if subject.held:
            entry.ways = {}
        if subject.due < due:
            heappush(self.memory.wakes, (subject.due, subject.id))
        self.memory.changed_now(entry)
        return True

    def _check(self, plan: Plan, subject: Subject, fact: Fact, event: Event, out: list[Output]) -> None:
        try:
            for row, field, message in plan.check(fact.data, fact.at) if plan.check else ():
                self.inconsistent(intake.inconsistent(row, field, message), event, fact.offset, fact.value, out)
        except Exception as error:  # noqa: BLE001 - whatever a rule raises
            fail_check(self.book, subject, fact, error, out)

    def _nothing_left(
        self,
        plan: Plan,
        flaws: tuple[Refused, ...],
        event: Event,
        at: int,
        offset: int,
        key: bytes | None,
        value: bytes,
        out: list[Output],
    ) -> None:
        """Tell of a fact without any declared value; Refused where it would be, were it in order."""
        self.check_key(event.subject, key)
        if event.subject not in self.memory.entries:
            raise intake.unregistered()
        intake.check_time(at, self.now, plan.allowance)
        self.count_refused("malformed-data", offset, key, value)
        for flaw in flaws:
            self.inconsistent(flaw, event, offset, value, out)
        message = f"of what {plan.kind} declares nothing has a value: nothing is judged"
        self.inconsistent(Refused(intake.NOTHING_TO_JUDGE, message, "$.data"), event, offset, value, out)

    def _fact(self, plan: Plan, data: Any, at: int, offset: int, value: bytes) -> Fact:
        now = at if self.now is None else self.now
        return Fact(plan.kind, data, at, self.topic, self.partition, offset, value, now, self.trusted.opened)

    def holding(self, screen: Screen, subject: Subject) -> Screen:
        """A screen of a subject with judges on hold: these must be told of every fact, whatever their guards say."""
        bounds = [bound for key in subject.held or () if (bound := self.book.bounds.get(key))]

        def told(fact: Any, at: int, subject: Subject, before: Any, numbers: Numbers) -> Any:
            asked = screen(fact, at, subject, before, numbers)
            found = asked.asked if isinstance(asked, Unjudged) else asked
            there = {key for _, key, *_ in found}
            found = (*found, *[asking(bound) for bound in bounds if bound.judge.key not in there])
            return replace(asked, asked=found) if isinstance(asked, Unjudged) else found

        return told

    def inconsistent(self, found: Refused, event: Event, offset: int, value: bytes, out: list[Output]) -> None:
        """Tell of what is wrong with a fact that is judged: what its source sends all day is told once a day."""
        if found.reason in _DAILY:
            self.day.unjudged += found.reason == intake.NOTHING_TO_JUDGE
            self.tell(found, event, offset, value, out, found.message)
        else:
            self.refuse(found, offset, value, out)

    def known_kind(self, plan: Plan, data: Registered, event: Event, offset: int, value: bytes, out: list[Output]) -> None:
        """Tell of a registration as a kind of subject that no rule and no domain knows."""
        if data.kind not in self.book.subjects[plan.domain]:
            message = "no rule and no list of the domain knows a subject of its kind"
            self.tell(Refused("unknown-kind", message, "$.data.kind"), event, offset, value, out, data.kind)

    def unjudged_fact(
        self, plan: Plan, asked: Unjudged, subject: Subject, event: Event, offset: int, value: bytes, out: list[Output]
    ) -> tuple[Any, ...]:
        """Count a fact of which no rule judges anything, tell of it, and give who is to be asked all the same."""
        kind = "" if subject.facts is None else subject.facts.kind
        of = f"of the kind {kind!r}" if kind in self.book.subjects[plan.domain] else "of an unknown kind"
        if asked.reads:
            message = f"nothing that a rule reads of {plan.kind} about a subject {of} has a value: {', '.join(asked.reads)}"
            refused = Refused("nothing-to-judge", message, "$.data")
        else:
            refused = Refused("no-rule", f"no rule reads {plan.kind} about a subject {of}", "$.type")
        self.day.unjudged += 1
        self.tell(refused, event, offset, value, out, kind)
        return asked.asked
