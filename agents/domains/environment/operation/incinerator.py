"""Daily means of waste incinerators as 令10号 takes them: hours that its marks exempt are left out."""

from typing import Any

import msgspec
from msgspec import Struct, field

from agents.core.alerts.state import Subject
from agents.core.duration import span
from agents.core.judge import Finding
from agents.core.judges.parts.bounds import LimitSource
from agents.core.judges.parts.condition import Condition, ConditionParams
from agents.core.judges.parts.spans import span_of
from agents.core.judges.parts.standing import Standing
from agents.core.judges.parts.statistic import rounded
from agents.core.rules.rule import Binding
from agents.domains.environment.operation.marks import SetMark, noted, touched
from agents.domains.environment.source_codes import NORMAL
from agents.domains.environment.source_payload import SourceData
from streams.messages import HOUR, NEVER

DUST = "a34013"
KEPT = 72
"""How many hours wait for their day to be judged."""


class IncineratorParams(ConditionParams, frozen=True, kw_only=True):
    """`codes`: the factors; `at_least`: valid hours of a day; `digits`: decimals of the mean.

    `invalid`: marks of hours without a value; `exempt`: marks of hours that do not count, `dusty` of those that do not where
    the hour's dust is at most `dust` (mg/m³). `settle`: how long after a day its marks may still be set. `days`: how many days
    above a limit a month needs to open (only for the judge of months).
    """

    codes: tuple[str, ...]
    at_least: int
    invalid: tuple[str, ...]
    exempt: tuple[str, ...]
    dusty: tuple[str, ...]
    dust: float
    digits: int = 2
    settle: str = "12h"
    days: int = 0


class WaitingHours(Standing):
    """The marks; the hours that wait, by their end (ms): values by code and the dust; the end of the newest judged day.

    `above`: the ends of the days of the month that were above a limit.
    """

    marks: list[SetMark] = field(default_factory=list)
    hours: dict[int, dict[str, float]] = field(default_factory=dict)
    judged: int = 0
    above: list[int] = field(default_factory=list)


class IncineratorDay(Condition):
    """Opens when the mean of a day's hours that count is above the permit's `<item>.day`, else the law's limit."""

    Memory: type[Struct] | None = WaitingHours
    fresh = WaitingHours
    forgets = False

    def __init__(self, binding: Binding) -> None:
        self._params = msgspec.convert(binding.params, IncineratorParams)
        super().__init__(binding, self._params)
        codes = (binding.item,) if binding.item else self._params.codes
        self._limits = {code: DayLimit(binding, code) for code in codes}
        self._settle = span(self._params.settle)
        self.timed = True

    def read(self, subject: Subject, kind: str, data: Any, at: int) -> Finding | None:  # noqa: ARG002 - the contract
        """Take a mark up, or an hour whose day was not judged yet."""
        memory: WaitingHours = subject.memory.setdefault(self.key, WaitingHours())
        if not isinstance(data, SourceData):
            noted(memory.marks, data, at)
        elif at > memory.judged:
            values = {code: _converted(data, code) for code in dict.fromkeys((*self._limits, DUST))}
            memory.hours[at] = {code: value for code, value in values.items() if value is not None}
            while len(memory.hours) > KEPT:
                del memory.hours[min(memory.hours)]
        return None

    def wake(self, subject: Subject, now: int) -> Finding | None:
        """A day's marks are set, or a delay is over."""
        memory: WaitingHours = subject.memory[self.key]
        day = _next_day(memory)
        if day + self._settle > now:
            return super().wake(subject, now)
        means = self._means(memory, day)
        memory.hours = {end: values for end, values in memory.hours.items() if end > day}
        memory.judged = day
        return self._judge(subject, memory, means, day)

    def due(self, subject: Subject) -> int:
        """When the oldest day that waits is judged, or a delay is over."""
        memory: WaitingHours | None = subject.memory.get(self.key)
        return NEVER if memory is None else min(super().due(subject), _next_day(memory) + self._settle)

    def _judge(self, subject: Subject, memory: WaitingHours, means: dict[str, float], day: int) -> Finding | None:  # noqa: ARG002
        for code, mean in means.items():  # of one item
            limit = self._limits[code].of(subject, day - 1)
            if limit is not None:
                return self.turn(subject, None, day - 1, late=False, over=mean > limit, value=mean, limit=limit)
        return None

    def _means(self, memory: WaitingHours, day: int) -> dict[str, float]:
        """The means of the day by code, of those with enough hours that count."""
        counting = [values for end, values in memory.hours.items() if end <= day and not self._left_out(memory, end, values)]
        found = {}
        for code in self._limits:
            hours = [values[code] for values in counting if code in values]
            if hours and len(hours) >= self._params.at_least:
                found[code] = rounded(sum(hours) / len(hours), self._params.digits)
        return found

    def _left_out(self, memory: WaitingHours, end: int, values: dict[str, float]) -> bool:
        begin, names = end - HOUR, (*self._params.invalid, *self._params.exempt)
        clean = values.get(DUST, 0.0) <= self._params.dust
        return touched(memory.marks, names, begin, end) or (clean and touched(memory.marks, self._params.dusty, begin, end))


class IncineratorMonth(IncineratorDay):
    """Opens at the `days`th day of a month on which any factor was above its limit; the first judged day of another closes."""

    def _judge(self, subject: Subject, memory: WaitingHours, means: dict[str, float], day: int) -> Finding | None:
        limits = {code: self._limits[code].of(subject, day - 1) for code in means}
        month = span_of("month", day)[0]
        memory.above = [each for each in memory.above if each > month]
        if any(limit is not None and means[code] > limit for code, limit in limits.items()):
            memory.above.append(day)
        days = len(memory.above)
        return self.turn(
            subject, None, day - 1, late=False, over=days >= self._params.days, value=days, limit=self._params.days
        )


class DayLimit(LimitSource):
    """The limit of a day's mean: the permit's own `<item>.day`, else the law's."""

    def __init__(self, binding: Binding, code: str) -> None:
        super().__init__(binding, "law", code)
        self._own = LimitSource(binding, "permit", f"{code}.day")

    def of(self, subject: Subject, at: int) -> float | None:
        """The limit for a subject at an event time (ms)."""
        own = self._own.of(subject, at)
        return super().of(subject, at) if own is None else own


def _next_day(memory: WaitingHours) -> int:
    """The end of the oldest day that waits, or NEVER."""
    return span_of("day", min(memory.hours))[1] if memory.hours else NEVER


def _converted(data: SourceData, code: str) -> float | None:
    factor = data.factors.get(code)
    return None if factor is None or factor.flag not in NORMAL else factor.zs_avg
