"""Stock judge `differs`: two sources that should say the same."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from agents.core.alerts.state import Subject
from agents.core.duration import span
from agents.core.judge import Finding
from agents.core.judges.parts.condition import Condition, ConditionParams
from agents.core.judges.parts.fields import measured, numbers
from agents.core.judges.parts.standing import older
from agents.core.rules.guard import ALWAYS, Apart, Guard, Remembers, all_of, any_of
from agents.core.rules.rule import Binding

ROUNDED = 1e-8
"""Differences are rounded at 9 decimals: by less than this."""


class DiffersParams(ConditionParams, frozen=True, kw_only=True):
    """`field` (default: the item) and `other`: a field of the same fact, or `kind.field` of the newest fact of that kind.

    One of `tolerance` (in the value's unit) and `percent` (of the other value). Facts of two kinds are compared only where
    their event times are no further apart than `within`. `where` looks at facts of the rule's first kind.
    """

    other: str
    tolerance: Annotated[float, Meta(ge=0)] | None = None
    percent: Annotated[float, Meta(ge=0)] | None = None
    within: str = "1h"


class Differs(Condition):
    """Opens when they are further apart than the tolerance, which itself is allowed; closes when they are not.

    The value is the difference in the value's unit, or in percent; the limit the tolerance. Another value of 0 has no percent.

    >>> from agents.core.judges.parts.example import example
    >>> example(Differs, {"other": "twin", "tolerance": 0.5}, (0, {"value": 5, "twin": 5.5}), (1, {"value": 5, "twin": 5.6}))
    ['1: stands 0.6']
    """

    def __init__(self, binding: Binding) -> None:
        params = msgspec.convert(binding.params, DiffersParams)
        super().__init__(binding, params)
        if (params.tolerance is None) == (params.percent is None):
            raise ValueError("give one of `tolerance` and `percent`")
        self._kind, self._other_kind = binding.kinds[0], binding.kinds[0]
        path = params.other
        head, _, rest = params.other.partition(".")
        if rest and head in binding.kinds:
            self._other_kind, path = head, rest
        self._other_path = params.other
        self._value = numbers(binding, params.field or binding.item, [self._kind])
        self._other = numbers(binding, path, [self._other_kind])
        self._percent = params.tolerance is None
        self._limit = params.tolerance if params.tolerance is not None else params.percent or 0.0
        self._within = span(params.within)

    def guard(self, kind: str) -> Guard:
        """Asked while something is remembered, and where two values of one fact are further apart than a tolerance."""
        value = self._measured(kind)
        other = measured(self._binding, self._other_path, kind)
        if self._kind != self._other_kind or self._percent or value is None or other is None:
            return ALWAYS
        apart = Apart(value, other, self._limit - ROUNDED)
        return any_of(Remembers(), all_of(apart, self._counting(kind)))

    def read(self, subject: Subject, kind: str, data: Any, at: int) -> Finding | None:
        """Compare the newest of both kinds."""
        pair = (data, data)
        if self._kind != self._other_kind:
            one, other = subject.latest.get(self._kind), subject.latest.get(self._other_kind)
            if one is None or other is None or abs(one.at - other.at) > self._within:
                return None
            pair = (one.data, other.data)
        if self._matches is not None and not self._matches(subject, pair[0]):
            return None
        apart = self._apart(self._value(pair[0]), self._other(pair[1]))
        if apart is None:
            return None
        return self.turn(
            subject, pair[0], at, late=older(subject, kind, at), over=apart > self._limit, value=apart, limit=self._limit
        )

    def _apart(self, value: float | None, other: float | None) -> float | None:
        if value is None or other is None or (self._percent and other == 0):
            return None
        apart = round(abs(value - other), 9)
        return round(100 * apart / abs(other), 9) if self._percent else apart
