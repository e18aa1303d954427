"""The temperature of a furnace by the marking rules: 5-minute means of (median upper + median middle section) / 2.

Source: 公告2019年第50号, as five programs of plants compute it. A device sends one value of each section (HJ 212 annex B:
i3331x, i3332x), the median of its thermocouples; the lower section (i3333x) and the air inlet (i3334x) do not count.
"""

from typing import Any

import msgspec
from msgspec import Struct, field

from agents.core.alerts.state import Subject
from agents.core.duration import span
from agents.core.judge import Finding
from agents.core.judges.parts.condition import Condition, ConditionParams
from agents.core.judges.parts.spans import span_of
from agents.core.judges.parts.standing import Standing, older
from agents.core.rules.rule import Binding
from agents.domains.environment.operation.marks import SetMark, noted, touched
from agents.domains.environment.source_codes import NORMAL
from agents.domains.environment.source_payload import SourceData
from streams.messages import MINUTE, NEVER

FIVE = 5 * MINUTE
"""A mean of the furnace's temperature covers so long (ms)."""

Mean = tuple[int, float]
"""The end (ms) of five minutes of the clock, and their mean in °C."""


class FurnaceParams(ConditionParams, frozen=True, kw_only=True):
    """`below`: °C that a mean must reach; `unless`: the marks under which a mean does not count.

    `times`: how many low means a day may have; `settle`: how long after a day its marks may still be set.
    """

    below: float
    unless: tuple[str, ...]
    times: int = 0
    settle: str = "12h"


class Means(Standing):
    """The marks, the five minutes that are going on (their end, sum and number of values), the end of those that are over.

    `low`: ends of low means that wait for their day to be judged, `judged` the end of the newest day that was (ms).
    """

    marks: list[SetMark] = field(default_factory=list)
    end: int = 0
    total: float = 0.0
    values: int = 0
    done: int = 0
    low: list[int] = field(default_factory=list)
    judged: int = 0


class FurnaceMeans(Condition):
    """Base: the means of one furnace, whose number is the last sign of the rule's item."""

    Memory: type[Struct] | None = Means
    fresh = Means
    forgets = False

    def __init__(self, binding: Binding) -> None:
        self._params = msgspec.convert(binding.params, FurnaceParams)
        super().__init__(binding, self._params)
        self._unit = binding.item[-1:]
        self._codes = f"i3331{self._unit}", f"i3332{self._unit}"

    def _take(self, subject: Subject, data: Any, at: int) -> list[Mean]:
        """Take a mark or a frame up; the means that are complete with it."""
        memory: Means = subject.memory.setdefault(self.key, Means())
        if not isinstance(data, SourceData):
            noted(memory.marks, data, at)
            return []
        upper, middle = (_temperature(data, code) for code in self._codes)
        end = -(-at // FIVE) * FIVE
        if upper is None or middle is None or end <= memory.done or (memory.values and end < memory.end):
            return []
        found = [_over(memory)] if memory.values and end > memory.end else []
        memory.end, memory.total, memory.values = end, memory.total + (upper + middle) / 2, memory.values + 1
        return [*found, _over(memory)] if at == end else found

    def _excused(self, memory: Means, end: int) -> bool:
        return touched(memory.marks, self._params.unless, end - FIVE, end, self._unit)


class FurnaceCold(FurnaceMeans):
    """Opens with a mean that is too low and not excused by a mark set by then; closes with the next one that is not so."""

    def read(self, subject: Subject, kind: str, data: Any, at: int) -> Finding | None:
        """Compare the newest mean that is complete."""
        means = self._take(subject, data, at)
        if not means:
            return None
        end, mean = means[-1]
        over = mean < self._params.below and not self._excused(subject.memory[self.key], end)
        late = older(subject, kind, at)
        return self.turn(subject, data, at, late=late, over=over, value=mean, limit=self._params.below)


class FurnaceColdDay(FurnaceMeans):
    """Opens when a day had more low means than `times` that no mark excuses; the next day that has fewer closes.

    A day is judged `settle` after its end, when its marks must be set.
    """

    def __init__(self, binding: Binding) -> None:
        super().__init__(binding)
        self._settle = span(self._params.settle)
        self.timed = True

    def read(self, subject: Subject, kind: str, data: Any, at: int) -> Finding | None:  # noqa: ARG002 - the contract
        """Keep the ends of low means."""
        low = [end for end, mean in self._take(subject, data, at) if mean < self._params.below]
        if low:
            memory: Means = subject.memory[self.key]
            memory.low += [end for end in low if end > memory.judged]
        return None

    def wake(self, subject: Subject, now: int) -> Finding | None:
        """A day's marks are set, or a delay is over."""
        memory: Means = subject.memory[self.key]
        day = self._day(memory)
        if day + self._settle > now:
            return super().wake(subject, now)
        if memory.values and memory.end <= day:
            end, mean = _over(memory)
            memory.low += [end] if mean < self._params.below else []
        low = [end for end in memory.low if end <= day and not self._excused(memory, end)]
        memory.low, memory.judged = [end for end in memory.low if end > day], day
        over = len(low) > self._params.times
        return self.turn(subject, None, day - 1, late=False, over=over, value=len(low), limit=self._params.times)

    def due(self, subject: Subject) -> int:
        """When the oldest day that waits is judged, or a delay is over."""
        memory: Means | None = subject.memory.get(self.key)
        if memory is None:
            return NEVER
        return min(super().due(subject), self._day(memory) + self._settle)

    def _day(self, memory: Means) -> int:
        """The end of the day that is judged next; while the alert is open, one without a low mean may be."""
        if memory.low:
            return span_of("day", memory.low[0])[1]
        return span_of("day", memory.judged + 1)[1] if memory.open else NEVER


def _over(memory: Means) -> Mean:
    """The five minutes that were going on are over."""
    mean = round(memory.total / memory.values, 9)
    memory.done, memory.total, memory.values = memory.end, 0.0, 0
    return memory.done, mean


def _temperature(data: SourceData, code: str) -> float | None:
    factor = data.factors.get(code)
    return None if factor is None or factor.flag not in NORMAL else factor.avg
