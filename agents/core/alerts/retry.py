"""A person's `retry`: what a judge on hold has not judged is judged in its order, by the rules in force now.

The judge sees a subject as it was when it raised, and what it heard since then comes after. Time passes for it as the held
facts say: it is woken at the very moments that it asked for. Alerts are revised by the retry's record; their evidence are the
records that were held. What raises again stays held, with all that follows it.
"""

from typing import Any

import msgspec
from msgspec import structs

from agents.core import intake, mend
from agents.core.alerts import alarm, quarantine
from agents.core.alerts.alarm import Cause
from agents.core.alerts.coupling.entered import fact_in
from agents.core.alerts.decide import Command, Output, apply_finding, keep, knows, past_of, remember, schedule_wake
from agents.core.alerts.state import REGISTRATION, Held, Hold, Subject, followed
from agents.core.intake import Source
from agents.core.judge import Finding
from agents.core.rules.book import Book, Plan
from agents.core.rules.bound import Bound
from agents.core.rules.rule import ALERT
from streams.messages import TICK, Alert, Place, decode, decode_event

MAX_WAKES = 10_000
"""How often a judge is woken between two held facts; what is due after that waits for the ticks."""


def holds(subject: Subject, command: Command) -> str | None:
    """The key of the judge on hold whose oversight alert a retry names, or None: then it is an act like any other."""
    if command.verb != alarm.RETRY or not subject.held:
        return None
    return next((key for key, hold in subject.held.items() if hold.record.id == command.act.alert), None)


def retry(book: Book, subject: Subject, key: str, command: Command, out: list[Output]) -> None:
    """Judge what is held for a judge; a second copy of the command changes nothing."""
    acts = past_of(subject).acts
    if knows(acts, command.id) or subject.held is None:
        return
    remember(acts, command)
    cause, hold = command.cause, subject.held[key]
    domain = hold.record.domain
    telling = book.oversight(domain, key)
    changed, entry, allowed = alarm.retried(subject.alerts[telling.judge.key], command.act, cause)
    keep(subject, telling.judge.key, changed)
    out += [changed, entry]
    if not allowed:
        return
    bound = book.bounds.get(key)
    if key.startswith(quarantine.CHECK):
        done = _check(book, domain, hold, cause, out)
    else:
        done = bound is None or _Again(book, subject, bound, hold, cause, out).judge()
    if not done:
        out.append(quarantine.revised(hold, cause.place.offset))
        return
    left = {name: each for name, each in subject.held.items() if name != key}
    subject.held = left or None
    if bound is not None:
        schedule_wake(book, subject, bound, cause, out)
        if subject.held and key in subject.held:
            return
    out.append(
        structs.replace(quarantine.said(hold.record), rev=cause.place.offset, state="judged", waiting=0, passed=hold.passed)
    )
    apply_finding(book, subject, telling, Finding(active=False), cause, out)


class _Again:
    """One judge at one subject as it was; `hold` moves on with each fact that is judged."""

    def __init__(self, book: Book, subject: Subject, bound: Bound, hold: Hold, cause: Cause, out: list[Output]) -> None:
        self._book = book
        self._subject = subject
        self._bound = bound
        self._hold = hold
        self._cause = cause
        self._out = out
        self._memory: bytes | None = None
        key = bound.judge.key
        memory = {key: subject.memory[key]} if key in subject.memory else {}
        self._then = Subject(subject.id, facts=hold.facts, latest=hold.latest, memory=memory)

    def judge(self) -> bool:
        """Judge all that is held; False where the judge raised again: from there on it is held as before."""
        hold, cause = self._hold, self._cause
        seen = Held(TICK, cause.at, cause.value, cause.place, "", cause.now)
        time = seen
        try:
            while hold.events:
                seen = hold.events[0]
                if seen.place != hold.known:
                    self._pass(seen.now)
                self._read(seen)
                hold.since = seen.now
                hold.size -= len(hold.events.pop(0).data)
            seen = time
            self._pass(cause.now)
        except Exception as error:  # noqa: BLE001 - whatever a rule raises
            quarantine.put_back(self._then, self._bound, self._memory)
            hold.record = quarantine.described(hold.record, seen, error, cause)
            return False
        finally:
            self._remember()
        return True

    def _read(self, seen: Held) -> None:
        data: Any
        if seen.kind.startswith(ALERT):
            data = decode(seen.data, Alert)
        else:
            data = _data(self._book.plans[f"{self._hold.record.domain}.{seen.kind}"], fact_in(decode_event(seen.data)))
            self._follow(seen, data)
        if seen.kind in self._bound.kinds and self._bound.concerns(self._then):
            self._memory = quarantine.kept(self._then, self._bound)
            self._found(self._bound.judge.read(self._then, seen.kind, data, seen.at), seen.at, (seen.place, seen.sha256))
            self._memory = None

    def _follow(self, seen: Held, data: Any) -> None:
        if seen.place == self._hold.known:
            return
        then = self._then
        then.latest[seen.kind] = followed(then.latest.get(seen.kind), seen.at, data)
        if seen.kind == REGISTRATION:
            self._hold.facts = then.facts = then.latest[seen.kind].data
        self._hold.known = seen.place

    def _pass(self, now: int) -> None:
        """Wake the judge at each moment that it asks for, up to `now`."""
        judge, then = self._bound.judge, self._then
        for _ in range(MAX_WAKES if judge.timed else 0):
            due = judge.due(then)
            if due > now:
                break
            since = self._hold.since = max(due, self._hold.since)
            self._memory = quarantine.kept(then, self._bound)
            self._found(judge.wake(then, since), since, None)
            self._memory = None

    def _found(self, finding: Finding | None, at: int, origin: tuple[Place, str] | None) -> None:
        if finding is not None:
            cause = structs.replace(self._cause, at=at, origin=origin)
            apply_finding(self._book, self._subject, self._bound, finding, cause, self._out)

    def _remember(self) -> None:
        key = self._bound.judge.key
        if key in self._then.memory:
            self._subject.memory[key] = self._then.memory[key]
        else:
            self._subject.memory.pop(key, None)


def _check(book: Book, domain: str, hold: Hold, cause: Cause, out: list[Output]) -> bool:
    """Let a domain's check see the facts that are held for it; those at which it raises again are held still."""
    left = []
    for seen in hold.events:
        plan = book.plans[f"{domain}.{seen.kind}"]
        event = decode_event(seen.data)
        source = Source(seen.place, len(seen.data), plan.owner, event.type, event.subject)
        try:
            for row, field, message in plan.check(_data(plan, fact_in(event)), seen.at) if plan.check else ():
                refused = intake.inconsistent(row, field, message)
                out.append(intake.record(refused, source, hold.record.log, domain, seen.now))
        except Exception as error:  # noqa: BLE001 - whatever a rule raises
            left.append(seen)
            hold.record = quarantine.described(hold.record, seen, error, cause)
    hold.events = left
    hold.size = sum(len(seen.data) for seen in left)
    return not left


def _data(plan: Plan, raw: msgspec.Raw) -> Any:
    """The data of a fact as it was judged: what was good of it."""
    return mend.read(raw, plan.payload, plan.decode)
