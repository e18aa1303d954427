"""Stock judge `band`: a value outside a range."""

from math import inf
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from agents.core.alerts.state import Subject
from agents.core.judge import Finding
from agents.core.judges.limit import is_valid
from agents.core.judges.parts.bounds import Given, LimitSource
from agents.core.judges.parts.condition import Condition, ConditionParams, value_of
from agents.core.judges.parts.standing import older
from agents.core.rules.guard import ALWAYS, NEVER_ASKED, Above, Below, Guard, Remembers, all_of, any_of
from agents.core.rules.rule import Binding


class BandParams(ConditionParams, frozen=True, kw_only=True):
    """`low` and `high`, one of them at least: numbers, or `law` or `permit` for the limits `<item>.low` and `<item>.high`.

    The bounds themselves are inside. An open alert closes only at or within the bounds drawn in by `deadband`. A tier's `from`
    is how far outside the value is; it has no `over`.
    """

    low: Given | None = None
    high: Given | None = None
    deadband: Annotated[float, Meta(ge=0)] = 0.0
    valid_minutes: Annotated[int, Meta(ge=0, le=60)] = 0


class Band(Condition):
    """Opens when the value is outside, closes when it is inside again; the limit told is the bound that it crossed.

    >>> from agents.core.judges.parts.example import example, values
    >>> example(Band, {"low": 6, "high": 9}, *values(6, 9, 9.1, 7))
    ['2: stands 9.1', '3: over 7']
    """

    def __init__(self, binding: Binding) -> None:
        params = msgspec.convert(binding.params, BandParams)
        super().__init__(binding, params)
        if any(tier.over is not None for tier in params.tiers):
            raise ValueError("a tier of a band has no `over`: give `from`, how far outside the value is")
        if params.low is None and params.high is None:
            raise ValueError("give `low` or `high` or both")
        name = binding.item or params.field
        self._value = value_of(binding, params)
        self._low = None if params.low is None else LimitSource(binding, params.low, f"{name}.low")
        self._high = None if params.high is None else LimitSource(binding, params.high, f"{name}.high")
        self._deadband = params.deadband
        self._minutes = params.valid_minutes
        self._safe_low = -inf if self._low is None else max(self._low.values, default=inf)
        self._safe_high = inf if self._high is None else min(self._high.values, default=-inf)

    @property
    def single(self) -> bool:
        """Whether one reading decides it."""
        return not self._patient and not self.timed

    def guard(self, kind: str) -> Guard:
        """Asked while something is remembered, and of values outside the narrowest bounds that the subject can have."""
        path = self._measured(kind)
        if path is None:
            return ALWAYS
        low = NEVER_ASKED if self._low is None else Below(path, self._safe_low if self._low.fixed else self._lowest)
        high = NEVER_ASKED if self._high is None else Above(path, self._safe_high if self._high.fixed else self._highest)
        outside = any_of(low, high)
        return any_of(Remembers(), all_of(outside, self._counting(kind)))

    def _lowest(self, subject: Subject) -> float:
        return -inf if self._low is None else max(self._low.every(subject), default=-inf)

    def _highest(self, subject: Subject) -> float:
        return inf if self._high is None else min(self._high.every(subject), default=inf)

    def read(self, subject: Subject, kind: str, data: Any, at: int) -> Finding | None:
        """Compare; a value within all bounds of all editions costs one comparison."""
        value = self._value(data)
        if value is None or (self._safe_low <= value <= self._safe_high and self.key not in subject.memory):
            return None
        low, high = _of(self._low, subject, at), _of(self._high, subject, at)
        if (low is None and high is None) or not is_valid(data, self._minutes):
            return None
        memory = subject.memory.get(self.key)
        within = self._deadband if memory is not None and memory.open else 0.0
        under = low is not None and value < low + within
        over = under or (high is not None and value > high - within)
        if (not over and memory is None) or (self._matches is not None and not self._matches(subject, data)):
            return None
        limit = low if under or high is None else high
        return self.turn(subject, data, at, late=older(subject, kind, at), over=over, value=value, limit=limit)

    def _reached(self, subject: Subject, data: Any, value: float | None, limit: float | None) -> list[int]:
        apart = None if value is None or limit is None else abs(value - limit)
        return self._tiers.reached(subject, data, apart, None)


def _of(bound: LimitSource | None, subject: Subject, at: int) -> float | None:
    return None if bound is None else bound.of(subject, at)
