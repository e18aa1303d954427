"""A source that runs where it says, or is told, that it does not: by its flow and its emissions."""

from typing import Any

import msgspec
from msgspec import Struct, field

from agents.core.alerts.state import Subject
from agents.core.duration import span
from agents.core.judge import Finding
from agents.core.judges.parts.condition import Condition, ConditionParams
from agents.core.judges.parts.fields import Trigger, triggered
from agents.core.judges.parts.standing import Standing, older
from agents.core.rules.guard import ALWAYS, Guard, Remembers
from agents.core.rules.rule import Binding
from agents.domains.environment.operation.marks import SetMark, noted, within
from agents.domains.environment.operation.payload import ResponseOrder, WorkMark
from agents.domains.environment.source_codes import NORMAL
from agents.domains.environment.source_payload import SourceData
from streams.messages import HOUR, NEVER

KEPT = 48
"""How many hours in which a source ran wait for a mark: marks are set by noon of the next day."""


class SignsParams(ConditionParams, frozen=True, kw_only=True):
    """`signs`: by code of a factor the mean above which an hour shows that the source runs."""

    signs: dict[str, float]


class MarkedStoppedParams(SignsParams, frozen=True, kw_only=True):
    """`marks`: those that say that it does not run; `until`: the act of the authority that ends the matter."""

    marks: tuple[str, ...]
    until: Trigger


class Ran(Standing):
    """The marks, and the ends (ms) of hours in which the source ran."""

    marks: list[SetMark] = field(default_factory=list)
    hours: list[int] = field(default_factory=list)


class MarkedStopped(Condition):
    """Opens when a whole hour that is marked as stopped shows that the source ran; only the authority's act closes.

    The value is the number of such hours.
    """

    Memory: type[Struct] | None = Ran
    fresh = Ran
    forgets = False

    def __init__(self, binding: Binding) -> None:
        self._params = msgspec.convert(binding.params, MarkedStoppedParams)
        super().__init__(binding, self._params)
        self._until = triggered(binding, self._params.until)

    def read(self, subject: Subject, kind: str, data: Any, at: int) -> Finding | None:
        """Hold hours and marks against each other, whichever comes later."""
        memory: Ran = subject.memory.setdefault(self.key, Ran())
        if self._until(subject, kind, data):
            memory.hours = [end for end in memory.hours if end > at]
            return self.turn(subject, data, at, late=False, over=False, value=None, limit=None)
        if isinstance(data, WorkMark):
            noted(memory.marks, data, at)
        elif isinstance(data, SourceData) and ran(data, self._params.signs) and at not in memory.hours:
            memory.hours = sorted([*memory.hours, at])[-KEPT:]
        else:
            return None
        if not memory.marks:
            return None
        false = sum(within(memory.marks, self._params.marks, end - HOUR, end) for end in memory.hours)
        if not false or (memory.open and false == memory.value):
            return None
        return self.turn(subject, data, at, late=False, over=True, value=false, limit=0)


class OrderedParams(SignsParams, frozen=True, kw_only=True):
    """`measures`: the orders that forbid it to run; `grace`: how long it may take to stop."""

    measures: tuple[str, ...]
    grace: str


class Ordered(Standing):
    """The orders by response: from when to when (ms) they stand."""

    orders: dict[str, tuple[int, int]] = field(default_factory=dict)


class RunsAgainstOrder(Condition):
    """Opens with an hour that shows that the source runs though it was ordered to stop; closes with one that does not.

    The lifting of the order closes it too. The value is the hours since the order.
    """

    Memory: type[Struct] | None = Ordered
    fresh = Ordered
    forgets = False

    def __init__(self, binding: Binding) -> None:
        self._params = msgspec.convert(binding.params, OrderedParams)
        super().__init__(binding, self._params)
        self._grace = span(self._params.grace)

    def guard(self, kind: str) -> Guard:
        """Asked of orders, and of hours once there was one."""
        return ALWAYS if kind == "response_order" else Remembers()

    def read(self, subject: Subject, kind: str, data: Any, at: int) -> Finding | None:
        """An order, its end, or an hour."""
        if isinstance(data, ResponseOrder):
            return self._order(subject, subject.memory.setdefault(self.key, Ordered()), data, at)
        memory: Ordered | None = subject.memory.get(self.key)
        if memory is None:
            return None
        begun = [since for since, until in memory.orders.values() if since + self._grace + HOUR <= at <= until]
        if not begun and not memory.open:
            return None
        over, late = bool(begun) and ran(data, self._params.signs), older(subject, kind, at)
        hours = (at - min(begun)) / HOUR if begun else 0.0
        return self.turn(subject, data, at, late=late, over=over, value=hours, limit=self._grace / HOUR)

    def _order(self, subject: Subject, memory: Ordered, data: ResponseOrder, at: int) -> Finding | None:
        if data.measure not in self._params.measures:
            return None
        since, until = memory.orders.get(data.response, (at, NEVER))
        memory.orders[data.response] = (at, until) if data.step == "ordered" else (min(since, at), at)
        while len(memory.orders) > KEPT:
            del memory.orders[next(iter(memory.orders))]
        if any(until == NEVER for _, until in memory.orders.values()):
            return None
        return self.turn(subject, data, at, late=False, over=False, value=None, limit=None)


def ran(data: SourceData, signs: dict[str, float]) -> bool:
    """Whether an hour shows that its source runs.

    >>> from agents.domains.environment.source_payload import Factor
    >>> ran(SourceData(factors={"a21002": Factor(avg=20, flag="N")}), {"a21002": 10})
    True
    """
    for code, sign in signs.items():
        factor = data.factors.get(code)
        if factor is not None and factor.flag in NORMAL and factor.avg is not None and factor.avg > sign:
            return True
    return False
