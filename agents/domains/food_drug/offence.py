"""Judge `offence`: something that was done wrong, of which only the authority's settling the same matter is the end."""

from operator import ge, le
from typing import Any

import msgspec
from msgspec import Struct

from agents.core.alerts.state import Subject
from agents.core.judge import Finding
from agents.core.judges.parts.fields import Trigger, Where, counting, matcher, numbers, reach, starting, triggered
from agents.core.judges.parts.law import InForce
from agents.core.judges.parts.standing import Untimed, note_newest
from agents.core.rules.guard import NEVER_ASKED, Guard, any_of
from agents.core.rules.rule import Binding

KEPT = 256
"""How many matters are remembered of a subject, open or settled; the oldest gives way."""


class OffenceParams(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`where`: the facts that are an offence, where their `field` is below `least` or above `most`; without these all are.

    `by`: the path that names the matter, in these facts and in those of `until`, which settle it.
    """

    by: str
    until: Trigger
    where: Where = {}
    field: str = ""
    least: float | None = None
    most: float | None = None


class OpenMatters(Struct, array_like=True):
    """The matters that are open, and those that are settled: the newest event time (ms) of each, by its name."""

    open: dict[str, int] = {}
    settled: dict[str, int] = {}
    opened_at: int = 0
    value: float | None = None


class Offence(Untimed):
    """Opens with an offence, closes once all matters are settled: a later lawful act is no excuse.

    The value is that of the newest offence, or the number of open matters where no field is compared.
    """

    Memory: type[Struct] | None = OpenMatters

    def __init__(self, binding: Binding) -> None:
        params = msgspec.convert(binding.params, OffenceParams)
        self.key = binding.key
        self._binding, self._params, self._kinds = binding, params, frozenset(binding.kinds)
        self._matches, self._law = matcher(binding, params.where), InForce(binding)
        self._value = numbers(binding, params.field) if params.field else None
        self._ends = triggered(binding, params.until)
        self._by, self._until_by = reach(binding, params.by), reach(binding, params.by, [params.until.kind])

    def guard(self, kind: str) -> Guard:
        """Asked of facts that may be an offence, and of those that settle one."""
        opens = counting(self._binding, self._params.where, kind) if kind in self._kinds else NEVER_ASKED
        return any_of(opens, starting(self._binding, self._params.until, kind))

    def read(self, subject: Subject, kind: str, data: Any, at: int) -> Finding | None:
        """Settle a matter, or take up an offence that was not settled since."""
        if self._ends(subject, kind, data):
            return self._settle(subject, str(self._until_by(subject, data)), at)
        if kind not in self._kinds or (self._matches is not None and not self._matches(subject, data)):
            return None
        value = None if self._value is None else self._value(data)
        if self._value is not None and not self._wrong(value):
            return None
        memory: OpenMatters = subject.memory.get(self.key) or OpenMatters()
        by = str(self._by(subject, data))
        if memory.settled.get(by, at - 1) >= at:
            return None
        if early := self._law.early(subject, at):
            return early
        if not memory.open:
            memory.opened_at = at
        note_newest(memory.open, by, at, KEPT)
        memory.value = value
        subject.memory[self.key] = memory
        return self._stands(memory)

    def _settle(self, subject: Subject, by: str, at: int) -> Finding | None:
        memory: OpenMatters = subject.memory.setdefault(self.key, OpenMatters())
        note_newest(memory.settled, by, at, KEPT)
        if memory.open.get(by, at + 1) > at:
            return None
        del memory.open[by]
        return self._stands(memory) if memory.open else Finding(active=False, opened_at=memory.opened_at)

    def _stands(self, memory: OpenMatters) -> Finding:
        value = len(memory.open) if self._value is None else memory.value
        limit = self._params.least if self._params.most is None else self._params.most
        return Finding(active=True, opened_at=memory.opened_at, value=value, limit=limit)

    def _wrong(self, value: float | None) -> bool:
        least, most = self._params.least, self._params.most
        return value is not None and not ((least is None or ge(value, least)) and (most is None or le(value, most)))
