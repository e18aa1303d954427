"""What stands until the act on the same batch, sample, case or record is told: no other one's act closes it."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import replace

from agents.core.alerts.state import Subject
from agents.core.duration import span
from agents.core.judge import Finding
from agents.core.judges.parts.fields import Trigger, Where, counting, matcher, numbers, reach, starting, triggered
from agents.core.judges.parts.law import InForce
from agents.core.judges.parts.standing import note_newest
from agents.core.rules.guard import NEVER_ASKED, Guard, any_of
from agents.core.rules.rule import Binding
from agents.domains.food_drug.faults import FAULTS
from streams.messages import NEVER

KEPT = 256
"""How many open matters, and answers that came before them, are remembered for a subject."""


class Settling(Trigger, frozen=True, kw_only=True):
    """An act that ends the matter of the same `by`, a path, where it differs from the rule's."""

    by: str = ""


class PairedParams(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Facts that match `where` open a matter of their `by`, a path; each of `until` ends the matter of its own `by`.

    `fault`: which fault of the domain (`late`, `early`, `fine`) such a fact must show, with `with`, its parameters; where
    `cures`, a newer fact of the same `by` without it ends the matter. `field`: the number told as the value, where no fault
    tells it. `count`: how many matters must be open within `lasts`; without `lasts` a matter never ends by itself.
    """

    by: str
    until: tuple[Settling, ...]
    where: Where = {}
    field: str = ""
    fault: str = ""
    given: dict[str, Any] = msgspec.field(name="with", default_factory=dict)
    cures: bool = False
    count: Annotated[int, Meta(ge=1)] = 1
    lasts: str = ""


class Matters(Struct, array_like=True):
    """Event time (ms) by whose it is: of what is open, and of the newest answers; since when the alert stands, or None."""

    waiting: dict[str, int] = {}
    answers: dict[str, int] = {}
    opened_at: int | None = None


class Paired:
    """Opens with a matter, and closes when none is left: a later lawful act on something else undoes no offence.

    The value is that of the newest fact, or with `count` how many are open.
    """

    Memory: type[Struct] | None = Matters

    def __init__(self, binding: Binding) -> None:
        params = msgspec.convert(binding.params, PairedParams)
        self.key, self.timed = binding.key, bool(params.lasts)
        self._binding, self._params = binding, params
        self._kinds = frozenset(binding.kinds)
        self._matches = matcher(binding, params.where)
        self._by = reach(binding, params.by)
        self._until = [(triggered(binding, each), reach(binding, each.by or params.by, [each.kind])) for each in params.until]
        self._value = numbers(binding, params.field) if params.field else None
        self._fault = FAULTS[params.fault](replace(binding, params=params.given)) if params.fault else None
        self._lasts = span(params.lasts) if params.lasts else NEVER
        self._law = InForce(binding)

    def guard(self, kind: str) -> Guard:
        """Asked of facts that open or end a matter."""
        opens = counting(self._binding, self._params.where, kind) if kind in self._kinds else NEVER_ASKED
        return any_of(opens, *[starting(self._binding, each, kind) for each in self._params.until])

    def read(self, subject: Subject, kind: str, data: Any, at: int) -> Finding | None:
        """A fact that ends a matter, or one that opens one."""
        ended = [str(by(subject, data)) for told, by in self._until if told(subject, kind, data)]
        if ended:
            return self._end(subject, ended[0], at)
        if kind not in self._kinds or (self._matches is not None and not self._matches(subject, data)):
            return None
        by, value, limit = str(self._by(subject, data)), None if self._value is None else self._value(data), None
        if self._fault is not None:
            measured = self._fault.measure(data, at)
            if measured is None or not measured[2]:
                return self._end(subject, by, at) if measured is not None and self._params.cures else None
            value, limit, _ = measured
        return self._open(subject, by, at, value, limit)

    def wake(self, subject: Subject, now: int) -> Finding | None:
        """Matters have grown old."""
        memory: Matters = subject.memory[self.key]
        self._forget(memory, now)
        return self._closed(subject, memory)

    def due(self, subject: Subject) -> int:
        """When too few matters are left within the time."""
        memory: Matters | None = subject.memory.get(self.key)
        if memory is None or memory.opened_at is None or self._lasts == NEVER:
            return NEVER
        return sorted(memory.waiting.values())[-self._params.count] + self._lasts

    def _open(self, subject: Subject, by: str, at: int, value: float | None, limit: float | None) -> Finding | None:
        if early := self._law.early(subject, at):
            return early
        memory: Matters = subject.memory.get(self.key) or Matters()
        if memory.answers.get(by, -NEVER) >= at or (by not in memory.waiting and len(memory.waiting) >= KEPT):
            return None
        subject.memory[self.key] = memory
        memory.waiting.setdefault(by, at)
        self._forget(memory, max(memory.waiting.values()))
        if len(memory.waiting) < self._params.count:
            return None
        if memory.opened_at is None:
            memory.opened_at = min(memory.waiting.values())
        if self._params.count > 1:
            value, limit = len(memory.waiting), self._params.count
        return Finding(active=True, opened_at=memory.opened_at, value=value, limit=limit)

    def _end(self, subject: Subject, by: str, at: int) -> Finding | None:
        memory: Matters = subject.memory.setdefault(self.key, Matters())
        note_newest(memory.answers, by, at, KEPT)
        if memory.waiting.get(by, NEVER) > at:
            return None
        del memory.waiting[by]
        return self._closed(subject, memory)

    def _forget(self, memory: Matters, now: int) -> None:
        for by in [by for by, at in memory.waiting.items() if at + self._lasts <= now]:
            del memory.waiting[by]

    def _closed(self, subject: Subject, memory: Matters) -> Finding | None:
        opened_at = memory.opened_at
        if opened_at is None or len(memory.waiting) >= self._params.count:
            return None
        memory.opened_at = None
        if not memory.waiting and not memory.answers:
            del subject.memory[self.key]
        return Finding(active=False, opened_at=opened_at)
