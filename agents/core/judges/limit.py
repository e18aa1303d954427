"""Stock judge `limit`: a value beyond a limit of the law, of the subject's permit or of the rule."""

from math import inf, nextafter
from operator import ge, gt, le, lt
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from agents.core.alerts.state import Subject
from agents.core.judge import Finding
from agents.core.judges.parts.bounds import Given, LimitSource
from agents.core.judges.parts.condition import Condition, ConditionParams, value_of
from agents.core.judges.parts.standing import older
from agents.core.judges.parts.tiers import Beyond
from agents.core.rules.guard import ALWAYS, Above, Below, Guard, Remembers, all_of, any_of
from agents.core.rules.rule import Binding

Direction = Literal["above", "at-or-above", "below", "at-or-below"]

BEYOND: dict[Direction, Beyond] = {"above": gt, "at-or-above": ge, "below": lt, "at-or-below": le}
"""Whether a value is beyond a limit."""


class LimitParams(ConditionParams, frozen=True, kw_only=True):
    """`limit`: a number; `law`, what the clause's edition at event time sets for the item; or `permit`, the subject's own.

    `permit` reads the registered limit of the item, and `default` where there is none. `direction`: which side is forbidden;
    the limit itself is allowed in `above` and `below`. An open alert closes only at or within limit ∓ `deadband`. Readings
    that say they rest on fewer than `valid_minutes` sampling minutes are not judged. `one_series`: the rule's kinds are one
    series, so that a reading is late where a newer one of any of them is known.
    """

    limit: Given = "law"
    default: float | None = None
    direction: Direction = "above"
    deadband: Annotated[float, Meta(ge=0)] = 0.0
    valid_minutes: Annotated[int, Meta(ge=0, le=60)] = 0
    one_series: bool = False


class Limit(Condition):
    """Opens when the value is above the limit (or at it, for `at-or-above`), closes when it is back past the deadband.

    >>> from agents.core.judges.parts.example import example, values
    >>> example(limit, {"limit": 100, "deadband": 3}, *values(100, 101, 98, 97))
    ['1: stands 101', '2: stands 98', '3: over 97']
    """

    def __init__(self, binding: Binding, params: LimitParams) -> None:
        down = params.direction in {"below", "at-or-below"}
        super().__init__(binding, params, BEYOND[params.direction], down=down)
        self._beyond = BEYOND[params.direction]
        self._value = value_of(binding, params)
        self._limit = LimitSource(binding, params.limit, binding.item or params.field, params.default)
        self._deadband = -params.deadband if down else params.deadband
        self._minutes = params.valid_minutes
        self._direction = params.direction
        self.series = binding.kinds if params.one_series else ()
        self._safe = _safe(self._limit.values, params.direction)

    @property
    def single(self) -> bool:
        """Whether one reading decides it."""
        return not self._patient and not self.timed

    def guard(self, kind: str) -> Guard:
        """Asked while something is remembered, and of values beyond the lowest limit that the subject can have."""
        path = self._measured(kind)
        if path is None:
            return ALWAYS
        edge = self._safe if self._limit.fixed else self._edge
        beyond = (Below if self._direction in {"below", "at-or-below"} else Above)(path, edge)
        return any_of(Remembers(), all_of(beyond, self._counting(kind)))

    def _edge(self, subject: Subject) -> float:
        """The value from which on a limit of the subject can forbid; beyond every number where it has none."""
        limits, direction = self._limit.every(subject), self._direction
        if not limits:
            return inf if direction in {"above", "at-or-above"} else -inf
        return _safe(limits, direction)

    def read(self, subject: Subject, kind: str, data: Any, at: int) -> Finding | None:
        """Compare; a value on the safe side of all limits costs one comparison."""
        value = self._value(data)
        if value is None or (value <= self._safe and self.key not in subject.memory):
            return None
        return self._judge(subject, kind, data, at, value)

    def _judge(self, subject: Subject, kind: str, data: Any, at: int, value: float) -> Finding | None:
        limit = self._limit.of(subject, at)
        if not is_valid(data, self._minutes):
            return None
        if limit is None:
            counts = self._matches is None or self._matches(subject, data)
            return self._law.early(subject, at) if counts else None
        memory = subject.memory.get(self.key)
        over = self._beyond(value, limit - self._deadband if memory is not None and memory.open else limit)
        if (not over and memory is None) or (self._matches is not None and not self._matches(subject, data)):
            return None
        late = any(older(subject, each, at) for each in self.series or (kind,))
        return self.turn(subject, data, at, late=late, over=over, value=value, limit=limit)


class LowLimit(Limit):
    """The same where low values are forbidden."""

    def read(self, subject: Subject, kind: str, data: Any, at: int) -> Finding | None:
        """Compare; a value on the safe side of all limits costs one comparison."""
        value = self._value(data)
        if value is None or (value >= self._safe and self.key not in subject.memory):
            return None
        return self._judge(subject, kind, data, at, value)


def limit(binding: Binding) -> Limit:
    """The judge `limit` of a rule."""
    params = msgspec.convert(binding.params, LimitParams)
    return LowLimit(binding, params) if params.direction in {"below", "at-or-below"} else Limit(binding, params)


def is_valid(data: Any, minutes: int) -> bool:
    """Whether a reading rests on so many sampling minutes, or does not say."""
    if not minutes:
        return True
    sampled = getattr(data, "minutes", None)
    return sampled is None or sampled >= minutes


def _safe(limits: tuple[float, ...], direction: Direction) -> float:
    """The value up to (or, for low limits, from) which nothing is forbidden by any of the limits, if they are known."""
    match direction:
        case "above":
            return min(limits, default=-inf)
        case "at-or-above":
            return nextafter(min(limits, default=-inf), -inf)
        case "below":
            return max(limits, default=inf)
        case "at-or-below":
            return nextafter(max(limits, default=inf), inf)
