"""Stock judge `sequence`: one thing that follows another too soon."""

from typing import Any

import msgspec
from msgspec import Struct

from agents.core.alerts.state import Subject
from agents.core.duration import span
from agents.core.judge import Finding
from agents.core.judges.parts.fields import Trigger, reach, starting, triggered
from agents.core.rules.guard import Guard, any_of
from agents.core.rules.rule import Binding
from streams.messages import HOUR, NEVER

KEPT = 256
"""How many facts of each side are remembered for a subject; the oldest give way."""


class SequenceParams(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`then` after `first` and at most `within` later opens; with `by`, a path in both, only where its values are equal.

    It closes so long after the newest such `then` as `lasts` says (default: `within`).
    """

    first: Trigger
    then: Trigger
    within: str
    by: str = ""
    lasts: str = ""


class Followed(Struct, array_like=True):
    """The newest facts of both sides (value of `by`, event time in ms), and the newest `then` that followed."""

    firsts: list[tuple[str, int]] = []
    thens: list[tuple[str, int]] = []
    open: bool = False
    opened_at: int = 0
    at: int = 0


class Sequence:
    """Opens when `then` follows; in what order the two arrive does not matter, their event times do.

    Facts of one event time do not follow each other. `opened_at` is the time of the newest `first` before it, the value the
    hours between them, the limit `within` in hours.

    >>> from agents.core.judges.parts.example import example
    >>> params = {"first": {"kind": "bad"}, "then": {"kind": "good"}, "within": "18s"}
    >>> example(Sequence, params, (0, {"kind": "bad"}), (9, {"kind": "good"}), (27, None))
    ['9: stands 0.0025', '27: over']
    """

    timed = idle = True
    Memory: type[Struct] | None = Followed

    def __init__(self, binding: Binding) -> None:
        params = msgspec.convert(binding.params, SequenceParams)
        self.key = binding.key
        self._binding, self._params = binding, params
        self._first = triggered(binding, params.first)
        self._then = triggered(binding, params.then)
        self._within = span(params.within)
        self._lasts = span(params.lasts) if params.lasts else self._within
        self._by = reach(binding, params.by, [params.first.kind, params.then.kind]) if params.by else None

    def guard(self, kind: str) -> Guard:
        """Asked of facts of either side."""
        return any_of(*[starting(self._binding, each, kind) for each in (self._params.first, self._params.then)])

    def read(self, subject: Subject, kind: str, data: Any, at: int) -> Finding | None:
        """Note a fact of either side, and look for its other."""
        is_first, is_then = self._first(subject, kind, data), self._then(subject, kind, data)
        if not (is_first or is_then):
            return None
        by = "" if self._by is None else str(self._by(subject, data))
        memory: Followed = subject.memory.setdefault(self.key, Followed())
        pairs = []
        if is_then:
            pairs += [(first, at) for key, first in memory.firsts if key == by and 0 < at - first <= self._within]
            memory.thens = self._noted(memory.thens, by, at)
        if is_first:
            pairs += [(at, then) for key, then in memory.thens if key == by and 0 < then - at <= self._within]
            memory.firsts = self._noted(memory.firsts, by, at)
        return self._open(memory, *max(pairs)) if pairs else None

    def wake(self, subject: Subject, now: int) -> Finding | None:  # noqa: ARG002 - the contract of a judge
        """It has lasted long enough."""
        memory: Followed = subject.memory[self.key]
        memory.open = False
        return Finding(active=False, opened_at=memory.opened_at)

    def due(self, subject: Subject) -> int:
        """When it has lasted long enough."""
        memory: Followed | None = subject.memory.get(self.key)
        return memory.at + self._lasts if memory is not None and memory.open else NEVER

    def _open(self, memory: Followed, first: int, then: int) -> Finding:
        memory.at = max(memory.at, then) if memory.open else then
        if not memory.open:
            memory.open, memory.opened_at = True, first
        hours = (then - first) / HOUR
        return Finding(active=True, opened_at=memory.opened_at, value=hours, limit=self._within / HOUR)

    def _noted(self, times: list[tuple[str, int]], by: str, at: int) -> list[tuple[str, int]]:
        newest = max(at, times[-1][1]) if times else at
        kept = [each for each in [*times, (by, at)] if each[1] >= newest - self._within]
        return sorted(kept, key=_at)[-KEPT:]


def _at(noted: tuple[str, int]) -> int:
    return noted[1]
