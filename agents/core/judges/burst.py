"""Stock judge `burst`: too many of something in a short time."""

from bisect import bisect_right, insort
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from agents.core.alerts.state import Subject
from agents.core.duration import span
from agents.core.judge import Finding
from agents.core.judges.parts.fields import Where, counting, matcher, reach
from agents.core.judges.parts.law import InForce
from agents.core.judges.parts.tiers import Tier, Tiers
from agents.core.rules.guard import NEVER_ASKED, Guard
from agents.core.rules.rule import Binding
from streams.messages import NEVER

KEYS = 256
"""How many values of `by` are counted for a subject; the one not seen for longest gives way."""

KEPT = 256
"""Up to what number is counted at least; it is more where the rule's own numbers are."""

Count = Annotated[int, Meta(ge=1, le=10_000)]


class BurstParams(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`count` facts that match `where` within `within` open; with `by`, a path, facts count for each of its values.

    A tier's `from` is a number of facts.
    """

    count: Count
    within: str
    by: str = ""
    where: Where = {}
    tiers: tuple[Tier, ...] = ()


class Counted(Struct, array_like=True):
    """Event times (ms, in order) by value of `by`; whether it is too many, since when, and the tiers last told."""

    times: dict[str, list[int]] = {}
    open: bool = False
    opened_at: int = 0
    held: list[int] = []


class Burst:
    """Opens at the `count`th fact in any stretch of time `within` long, and closes when it holds fewer again.

    A stretch does not hold its first moment: facts exactly `within` apart are not in one. The value is the greatest count, the
    limit `count`. People are told when it opens, when a tier is reached or left, and at each multiple of `count`. A fact out
    of order counts as if it had come in time, for the stretch that ends with the newest.

    >>> from agents.core.judges.parts.example import example
    >>> example(Burst, {"count": 2, "within": "5s", "by": "who"}, (0, {"who": "a"}), (2, {"who": "a"}), (5, None))
    ['2: stands 2', '5: over']
    """

    timed = idle = True
    Memory: type[Struct] | None = Counted

    def __init__(self, binding: Binding) -> None:
        self._make(binding, msgspec.convert(binding.params, BurstParams), binding.kinds)

    def _make(self, binding: Binding, params: BurstParams, kinds: tuple[str, ...]) -> None:
        self.key = binding.key
        self._binding, self._where = binding, params.where
        self._kinds = frozenset(kinds)
        self._count = params.count
        self._within = span(params.within)
        self._by = reach(binding, params.by, kinds) if params.by else None
        self._matches = matcher(binding, params.where, kinds)
        self._tiers = Tiers(binding, params.tiers, _more, down=False)
        self._once = False
        self._law = InForce(binding)
        self._kept = max([KEPT, params.count, *(int(tier.start or 0) for tier in params.tiers)])

    def guard(self, kind: str) -> Guard:
        """Asked of facts that count."""
        return counting(self._binding, self._where, kind) if kind in self._kinds else NEVER_ASKED

    def read(self, subject: Subject, kind: str, data: Any, at: int) -> Finding | None:
        """Count a fact that matches."""
        if kind not in self._kinds or (self._matches is not None and not self._matches(subject, data)):
            return None
        by = "" if self._by is None else self._by(subject, data)
        if by is None:
            return None
        if early := self._law.early(subject, at):
            return early
        memory: Counted | None = subject.memory.get(self.key)
        if memory is None:
            memory = subject.memory[self.key] = Counted()
        times = self._times(memory, str(by))
        if self._once and at in times:
            return None
        insort(times, at)
        if times[0] <= times[-1] - self._within:
            del times[: bisect_right(times, times[-1] - self._within)]
        if len(times) > self._kept:
            del times[: -self._kept]
        return self._judge(subject, memory, data, times) if len(times) >= self._count else None

    def wake(self, subject: Subject, now: int) -> Finding | None:
        """The stretch that ends now may hold fewer facts."""
        memory: Counted = subject.memory[self.key]
        if self._top(memory, now) >= self._count:
            return None
        memory.open, memory.held = False, []
        for by in [by for by, times in memory.times.items() if times[-1] <= now - self._within]:
            del memory.times[by]
        if not memory.times:
            del subject.memory[self.key]
        return Finding(active=False, opened_at=memory.opened_at)

    def due(self, subject: Subject) -> int:
        """When no stretch holds too many facts any more."""
        memory: Counted | None = subject.memory.get(self.key)
        if memory is None or not memory.open:
            return NEVER
        many = [times[-self._count] for times in memory.times.values() if len(times) >= self._count]
        return max(many, default=0) + self._within

    def _judge(self, subject: Subject, memory: Counted, data: Any, times: list[int]) -> Finding | None:
        top = self._top(memory, times[-1])
        held = self._tiers.reached(subject, data, top, self._count)
        if memory.open and held == memory.held and len(times) % self._count:
            return None
        if not memory.open:
            memory.open, memory.opened_at = True, times[0]
        memory.held = held
        severity = self._tiers.severity(held, 0)
        return Finding(
            active=True, opened_at=memory.opened_at, value=top, limit=self._count, severity=severity, tiers=tuple(held)
        )

    def _times(self, memory: Counted, by: str) -> list[int]:
        times = memory.times.get(by)
        if times is None:
            if len(memory.times) >= KEYS:
                del memory.times[min(memory.times, key=lambda each: memory.times[each][-1])]
            times = memory.times[by] = []
        return times

    def _top(self, memory: Counted, now: int) -> int:
        return max((len(times) - bisect_right(times, now - self._within) for times in memory.times.values()), default=0)


def _more(value: float, limit: float) -> bool:
    return value > limit
