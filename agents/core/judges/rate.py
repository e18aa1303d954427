"""Stock judge `rate`: a value that changes too fast."""

from typing import Any, Literal

import msgspec
from msgspec import Struct

from agents.core.alerts.state import Subject
from agents.core.duration import span
from agents.core.judge import Finding
from agents.core.judges.limit import BEYOND, LimitParams, is_valid
from agents.core.judges.parts.bounds import LimitSource
from agents.core.judges.parts.condition import Condition, value_of
from agents.core.judges.parts.standing import Standing
from agents.core.rules.rule import Binding


class RateParams(LimitParams, frozen=True, kw_only=True):
    """`per`: the time to which the change is related; `of`: which change, all of them positive numbers.

    `change` is up or down, `rise` and `fall` are in one direction (a rise is a negative fall).
    """

    per: str
    of: Literal["change", "rise", "fall"] = "change"


class Pace(Standing):
    """The newest value and its event time (ms), and the condition."""

    previous: float = 0.0
    previous_at: int = 0


class Rate(Condition):
    """Opens when the change from one valid reading to the next newer one, per time, is beyond the limit.

    The value is that rate. Readings at the same time, or older than the newest, are left out.

    >>> from agents.core.judges.parts.example import example, values
    >>> example(Rate, {"per": "1s", "limit": 3}, *values(1, 4, 8, 8))
    ['2: stands 4.0', '3: over 0.0']
    """

    Memory: type[Struct] | None = Pace
    forgets = False

    def __init__(self, binding: Binding) -> None:
        params = msgspec.convert(binding.params, RateParams)
        down = params.direction in {"below", "at-or-below"}
        super().__init__(binding, params, BEYOND[params.direction], down=down)
        self._beyond = BEYOND[params.direction]
        self._value = value_of(binding, params)
        self._limit = LimitSource(binding, params.limit, binding.item or params.field, params.default)
        self._deadband = -params.deadband if down else params.deadband
        self._minutes = params.valid_minutes
        self._per = span(params.per)
        self._of = params.of

    def read(self, subject: Subject, kind: str, data: Any, at: int) -> Finding | None:  # noqa: ARG002 - the contract of a judge
        """Relate the change since the previous reading to the time that it took."""
        value = self._value(data)
        matches = self._matches is None or self._matches(subject, data)
        return self._pace(subject, data, at, value) if matches and value is not None and is_valid(data, self._minutes) else None

    def _pace(self, subject: Subject, data: Any, at: int, value: float) -> Finding | None:
        memory: Pace | None = subject.memory.get(self.key)
        if memory is None:
            subject.memory[self.key] = Pace(previous=value, previous_at=at)
            return None
        if at <= memory.previous_at:
            return None
        rate = self._signed(value - memory.previous) * self._per / (at - memory.previous_at)
        memory.previous, memory.previous_at = value, at
        limit = self._limit.of(subject, at)
        if limit is None:
            return None
        over = self._beyond(rate, limit - self._deadband if memory.open else limit)
        if not (over or memory.open or memory.count):
            return None
        return self.turn(subject, data, at, late=False, over=over, value=rate, limit=limit)

    def _signed(self, change: float) -> float:
        if self._of == "change":
            return abs(change)
        return change if self._of == "rise" else -change
