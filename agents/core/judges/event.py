"""Stock judge `event`: something that must not happen, or not last."""

from typing import Any

import msgspec
from msgspec import Struct

from agents.core.alerts.state import Subject
from agents.core.dates import ends
from agents.core.duration import span
from agents.core.judge import Finding
from agents.core.judges.parts.condition import Condition, ConditionParams
from agents.core.judges.parts.fields import Trigger, numbers, reach, starting, triggered, worded
from agents.core.judges.parts.standing import Standing, older
from agents.core.rules.guard import ALWAYS, NEVER_ASKED, Ended, Guard, Remembers, Since, all_of, any_of
from agents.core.rules.rule import Binding
from streams.messages import NEVER


class EventParams(ConditionParams, frozen=True, kw_only=True):
    """`where`: the facts that open. `until`: the fact that closes; `lasts`: it closes by itself so long after the newest one.

    Without both, a newer fact of the same kind that does not match closes. `past`: a path to a date
    (`facts.traits.valid_until`): only facts after it match. `field`: the number told as the alert's value.
    """

    until: Trigger | None = None
    lasts: str = ""
    past: str = ""


class Happened(Standing):
    """`newest`: event time (ms) of the newest fact that opened or closed."""

    newest: int = 0


class Event(Condition):
    """Opens with a fact that matches, after the delays if there are any.

    With `until` or `lasts`, facts that do not match mean nothing; a fact older than what closed the alert does not open it.

    >>> from agents.core.judges.parts.example import example
    >>> example(Event, {"where": {"power": "lost"}, "on_delay": "5s"}, (0, {"power": "lost"}), (5, None), (9, {"power": "on"}))
    ['5: stands', '9: over']
    """

    Memory: type[Struct] | None = Happened
    fresh = Happened

    def __init__(self, binding: Binding) -> None:
        params = msgspec.convert(binding.params, EventParams)
        super().__init__(binding, params)
        self._kinds = frozenset(binding.kinds)
        self._closing, self._ends_at = params.until, params.past
        self._until = None if params.until is None else triggered(binding, params.until)
        self._lasts = span(params.lasts) if params.lasts else 0
        self._past = reach(binding, params.past) if params.past else None
        self._value = numbers(binding, params.field) if params.field else None
        self._state = self._until is None and not self._lasts
        self.forgets = self._until is None
        self.timed = self.timed or self._lasts > 0

    def guard(self, kind: str) -> Guard:
        """Asked of facts that open or close; where any other fact closes, also while something is remembered."""
        closes = NEVER_ASKED if self._closing is None else starting(self._binding, self._closing, kind)
        if kind not in self._kinds:
            return closes
        opens = all_of(self._counting(kind), self._over(kind))
        return any_of(opens, closes, Remembers() if self._state else NEVER_ASKED)

    def _over(self, kind: str) -> Guard:
        """The guard of facts after the date, where there is one."""
        if self._ends_at.startswith("facts."):
            return Since(self._registered_end)
        names = worded(self._binding, self._ends_at, kind) if self._ends_at else None
        return ALWAYS if names is None else Ended(names)

    def _registered_end(self, subject: Subject) -> int:
        end = None if self._past is None else ends(self._past(subject, None))
        return NEVER if end is None else end

    def read(self, subject: Subject, kind: str, data: Any, at: int) -> Finding | None:
        """A fact that opens, or one that closes."""
        if self._until is not None and self._until(subject, kind, data):
            return self._end(subject, data, at)
        if kind not in self._kinds:
            return None
        over = (self._matches is None or self._matches(subject, data)) and self._is_past(subject, data, at)
        memory: Happened | None = subject.memory.get(self.key)
        if not over and (memory is None or not self._state):
            return None
        if memory is not None and not self._state and at < memory.newest:
            return None
        value = None if self._value is None else self._value(data)
        late = self._state and older(subject, kind, at)
        finding = self.turn(subject, data, at, late=late, over=over, value=value, limit=None)
        return self._noted(subject, at, finding)

    def wake(self, subject: Subject, now: int) -> Finding | None:
        """A delay or a tier's time is over, or it has lasted long enough."""
        memory: Happened = subject.memory[self.key]
        if self._lasts and memory.open and now >= memory.newest + self._lasts:
            memory.open, memory.count = False, 0
            self._keep(subject, memory)
            return Finding(active=False, opened_at=memory.opened_at, value=memory.value)
        return super().wake(subject, now)

    def due(self, subject: Subject) -> int:
        """When a delay, a tier's time or the whole is over."""
        memory: Happened | None = subject.memory.get(self.key)
        due = super().due(subject)
        if memory is None or not memory.open or not self._lasts:
            return due
        return min(due, memory.newest + self._lasts)

    def _end(self, subject: Subject, data: Any, at: int) -> Finding | None:
        memory: Happened | None = subject.memory.get(self.key)
        if memory is None:
            subject.memory[self.key] = Happened(newest=at)
            return None
        if at < memory.newest:
            return None
        memory.newest = at
        return self.turn(subject, data, at, late=False, over=False, value=None, limit=None)

    def _noted(self, subject: Subject, at: int, finding: Finding | None) -> Finding | None:
        memory: Happened | None = subject.memory.get(self.key)
        if memory is not None:
            memory.newest = max(memory.newest, at)
        return finding

    def _is_past(self, subject: Subject, data: Any, at: int) -> bool:
        if self._past is None:
            return True
        end = ends(self._past(subject, data))
        return end is not None and at >= end
