"""Judge `usual`: a number far above what is usual for the subject itself."""

from math import sqrt
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from agents.core.alerts.state import Subject
from agents.core.judge import Finding
from agents.core.judges.parts.condition import Condition, ConditionParams, value_of
from agents.core.judges.parts.standing import Standing, older
from agents.core.rules.rule import Binding


class UsualParams(ConditionParams, frozen=True, kw_only=True):
    """Above the mean by more than `sigmas` standard deviations is unusual; `learn` values are needed before any is judged."""

    sigmas: Annotated[float, Meta(gt=0)]
    learn: Annotated[int, Meta(ge=2, le=10_000)]


class Learned(Standing):
    """Number, mean and sum of squared deviations of the usual values (Welford), and the condition."""

    n: int = 0
    mean: float = 0.0
    squares: float = 0.0


class Usual(Condition):
    """Opens above mean + `sigmas` deviations of the values before, closes with the next that is not; the bound is allowed.

    Unusual values are not learned. The deviation is that of the sample, and at least the square root of the mean (counts vary
    that much by themselves) and 1.
    """

    Memory: type[Struct] | None = Learned
    forgets = False

    def __init__(self, binding: Binding) -> None:
        params = msgspec.convert(binding.params, UsualParams)
        super().__init__(binding, params)
        self._value = value_of(binding, params)
        self._sigmas = params.sigmas
        self._learn = params.learn

    def read(self, subject: Subject, kind: str, data: Any, at: int) -> Finding | None:
        """Compare with the values before, then learn."""
        value = self._value(data)
        if value is None or older(subject, kind, at) or (self._matches and not self._matches(subject, data)):
            return None
        memory: Learned = subject.memory.get(self.key) or Learned()
        subject.memory[self.key] = memory
        limit = bound(memory, self._sigmas) if memory.n >= self._learn else None
        over = limit is not None and value > limit
        if not over:
            _learn(memory, value)
        if not (over or memory.open or memory.count):
            return None
        return self.turn(subject, data, at, late=False, over=over, value=value, limit=limit)


def bound(memory: Learned, sigmas: float) -> float:
    """The largest value that is usual.

    >>> bound(Learned(n=3, mean=4.0, squares=18.0), 5)
    19.0
    """
    deviation = sqrt(memory.squares / (memory.n - 1))
    return memory.mean + sigmas * max(deviation, sqrt(memory.mean), 1.0)


def _learn(memory: Learned, value: float) -> None:
    memory.n += 1
    away = value - memory.mean
    memory.mean += away / memory.n
    memory.squares += away * (value - memory.mean)
