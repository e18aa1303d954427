"""Stock judge `expiry`: a permit, certificate or period that runs out."""

from typing import Any

import msgspec
from msgspec import Struct

from agents.core.alerts.state import Subject
from agents.core.dates import validity
from agents.core.judge import Finding
from agents.core.judges.duty import SOME_YEARS, Level, Remind, passed, reminders
from agents.core.judges.parts.fields import Where, counting, matcher, reach
from agents.core.judges.parts.law import InForce
from agents.core.judges.parts.legal import FIRST, LAST, ahead_of, end_of, period
from agents.core.judges.parts.timelines import Step
from agents.core.rules.guard import NEVER_ASKED, Guard
from agents.core.rules.rule import Binding
from streams.messages import DAY, NEVER


class ExpiryParams(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`until`: a path to the date (its day is the last valid one) or time, in facts of `kind` (default: the rule's first).

    A register's date is `facts.traits.valid_until` in `kind = "registered"`. `remind`: how long before the last day begins (a
    text, or `{ before, severity }`) the alert opens, blue where nothing else is said. `levels`: escalation after the end.
    """

    until: str
    kind: str = ""
    where: Where = {}
    remind: tuple[str | Remind, ...] = ("60d", "30d", "15d", "7d", "0d")
    levels: tuple[Level, ...] = ()


class Term(Struct, array_like=True):
    """The newest date told (at `at`): its last day and its end (ms); how many steps are over, the next, and the alert."""

    at: int
    last: int
    end: int
    stage: int
    next: int
    open: bool = False
    opened_at: int = 0


class Expiry:
    """Opens with the first reminder, takes the rule's severity when the date is over, closes with a later date.

    The value is how many days are left, `due` the end. The newest fact counts, whatever its date; one without a date ends it.

    >>> from agents.core.judges.parts.example import example
    >>> example(Expiry, {"until": "until", "remind": ["1d"]}, (0, {"until": "1970-01-02"}), (0, None), (2 * 86_400, None))
    ['0: stands blue 1.6666666666666667', '172800: stands -0.3333333333333333']
    """

    timed = idle = True
    Memory: type[Struct] | None = Term

    def __init__(self, binding: Binding) -> None:
        params = msgspec.convert(binding.params, ExpiryParams)
        self.key = binding.key
        self._binding, self._where = binding, params.where
        self._kind = params.kind or binding.kinds[0]
        self._until = reach(binding, params.until, [self._kind])
        self._matches = matcher(binding, params.where, [self._kind])
        self._remind = reminders(params.remind)
        self._levels = [(period(each.after), each.severity) for each in params.levels]
        self._calendar = binding.calendar
        self._law = InForce(binding)
        for each, _ in self._remind:  # a limit that cannot be counted back is refused with the rule
            ahead_of(self._calendar.first + SOME_YEARS, each, self._calendar)

    def guard(self, kind: str) -> Guard:
        """Asked of facts that carry the date."""
        return counting(self._binding, self._where, kind) if kind == self._kind else NEVER_ASKED

    def read(self, subject: Subject, kind: str, data: Any, at: int) -> Finding | None:
        """A fact with a date."""
        if kind != self._kind or (self._matches is not None and not self._matches(subject, data)):
            return None
        memory: Term | None = subject.memory.get(self.key)
        if memory is not None and at < memory.at:
            return None
        found = validity(self._until(subject, data))
        if found is None or not FIRST <= found.last <= found.end <= LAST:
            return self._end(subject, memory)
        if memory is None:
            memory = subject.memory[self.key] = Term(at, found.last, found.end, 0, 0)
        elif (found.last, found.end) == (memory.last, memory.end):
            memory.at = at
            return None
        memory.at, memory.last, memory.end = at, found.last, found.end
        return self._renewed(memory)

    def done(self, memory: Term) -> Finding | None:
        """What the date asks for has been done: nothing more is said of it until the next one."""
        memory.next = NEVER
        if not memory.open:
            return None
        memory.open = False
        return Finding(active=False, opened_at=memory.opened_at, due=memory.end)

    def wake(self, subject: Subject, now: int) -> Finding | None:
        """A reminder, the end or a level is reached."""
        memory: Term = subject.memory[self.key]
        if not memory.open and (early := self._law.early(subject, now)):
            memory.next = self._law.since(subject)
            return early
        steps = self._steps(memory)
        memory.stage, memory.next = passed(steps, now)
        if not memory.stage:
            return None
        if not memory.open:
            memory.open, memory.opened_at = True, max(steps[memory.stage - 1][0], self._law.since(subject))
        return self._finding(memory, steps, now)

    def renew(self, subject: Subject, now: int) -> Finding | None:
        """The calendar has changed: the steps are reckoned anew."""
        memory: Term | None = subject.memory.get(self.key)
        if memory is None or (memory.next == NEVER and not memory.open):
            return None
        steps = self._steps(memory)
        memory.stage, memory.next = passed(steps, now)
        if not memory.open:
            memory.next = now if memory.stage else memory.next
            return None
        if memory.stage:
            return self._finding(memory, steps, now)
        memory.open = False
        return Finding(active=False, opened_at=memory.opened_at, due=memory.end)

    def due(self, subject: Subject) -> int:
        """The next step."""
        memory: Term | None = subject.memory.get(self.key)
        return NEVER if memory is None else memory.next

    def _renewed(self, memory: Term) -> Finding | None:
        """Another date: an open alert closes where even its first reminder is still to come, else it is told the new date."""
        steps = self._steps(memory)
        if not memory.open:
            memory.stage, memory.next = 0, steps[0][0]
            return None
        memory.stage, memory.next = passed(steps, memory.at)
        if memory.stage:
            return self._finding(memory, steps, memory.at)
        memory.open = False
        return Finding(active=False, opened_at=memory.opened_at, due=memory.end)

    def _steps(self, memory: Term) -> list[Step]:
        steps: list[Step] = [(memory.end + (memory.end == memory.last), None)]
        try:
            steps += [(ahead_of(memory.last, each, self._calendar), severity) for each, severity in self._remind]
            steps += [(end_of(memory.end, each, self._calendar)[0] + 1, severity) for each, severity in self._levels]
        except ValueError:  # the calendar cannot tell: the end alone is judged
            pass
        return sorted(steps, key=_at)

    def _finding(self, memory: Term, steps: list[Step], now: int) -> Finding:
        return Finding(
            active=True,
            opened_at=memory.opened_at,
            value=(memory.end - now) / DAY,
            severity=steps[memory.stage - 1][1],
            due=memory.end,
        )

    def _end(self, subject: Subject, memory: Term | None) -> Finding | None:
        if memory is None:
            return None
        del subject.memory[self.key]
        return Finding(active=False, opened_at=memory.opened_at) if memory.open else None


def _at(step: Step) -> int:
    return step[0]
