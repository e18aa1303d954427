"""How many hours a source marks in a year or a quarter."""

from itertools import pairwise
from typing import Any, Literal

import msgspec
from msgspec import Struct, field

from agents.core.alerts.state import Subject
from agents.core.judge import Finding
from agents.core.judges.parts.condition import Condition, ConditionParams
from agents.core.judges.parts.fields import Trigger, triggered
from agents.core.judges.parts.spans import span_of
from agents.core.judges.parts.standing import Standing
from agents.core.rules.rule import Binding
from agents.domains.environment.operation.marks import SetMark, noted
from agents.domains.environment.operation.payload import DeviceMark, WorkMark
from streams.messages import DAY, HOUR, NEVER

CalendarPeriod = Literal["year", "quarter"]


class MarkedHoursParams(ConditionParams, frozen=True, kw_only=True):
    """`marks`: what is counted; `over`: in which period of the calendar; `limit`: how many hours of one unit are allowed.

    `until`: the act of the authority that alone closes; without it the end of the period does.
    """

    marks: tuple[str, ...]
    over: CalendarPeriod
    limit: float
    until: Trigger | None = None


class CountedMarks(Standing):
    """The marks of a source, the end of the newest mark's period, and of the one on which the authority acted (ms)."""

    marks: list[SetMark] = field(default_factory=list)
    end: int = 0
    concluded: int = 0


class MarkedHours(Condition):
    """Opens when the marked hours of one unit in a period are above the limit, and closes with the period, or an act.

    A mark counts once it has an end, in the period in which it begins. The value is the hours of the unit with most.
    """

    Memory: type[Struct] | None = CountedMarks
    fresh = CountedMarks
    forgets = False

    def __init__(self, binding: Binding) -> None:
        self._params = msgspec.convert(binding.params, MarkedHoursParams)
        super().__init__(binding, self._params)
        self._until = None if self._params.until is None else triggered(binding, self._params.until)
        self.timed = True

    def read(self, subject: Subject, kind: str, data: Any, at: int) -> Finding | None:
        """Count the hours again with a mark, or take an act."""
        memory: CountedMarks = subject.memory.setdefault(self.key, CountedMarks())
        if self._until is not None and self._until(subject, kind, data):
            memory.concluded = memory.end
            return self.turn(subject, data, at, late=False, over=False, value=None, limit=None)
        if not isinstance(data, WorkMark | DeviceMark) or not noted(memory.marks, data, at):
            return None
        newest = max(each.since for each in memory.marks)
        begin, memory.end = period(self._params.over, newest + 1)
        counted = self._params.marks
        memory.marks = [each for each in memory.marks if each.until == NEVER or (each.since >= begin and each.mark in counted)]
        hours = self._hours(memory, begin)
        if self._until is not None and (hours <= self._params.limit or memory.concluded == memory.end):
            return None
        over, value = hours > self._params.limit, round(hours, 2)
        return self.turn(subject, data, at, late=False, over=over, value=value, limit=self._params.limit)

    def wake(self, subject: Subject, now: int) -> Finding | None:
        """The period is over, or a delay is."""
        memory: CountedMarks = subject.memory[self.key]
        if self._until is not None or not memory.open or memory.end > now:
            return super().wake(subject, now)
        return self.turn(subject, None, memory.end, late=False, over=False, value=None, limit=None)

    def due(self, subject: Subject) -> int:
        """The end of the period while the alert is open, or of a delay."""
        memory: CountedMarks | None = subject.memory.get(self.key)
        due = super().due(subject)
        ends = memory is not None and memory.open and self._until is None
        return min(due, memory.end) if memory is not None and ends else due

    def _hours(self, memory: CountedMarks, begin: int) -> float:
        of_unit: dict[str, int] = {}
        for each in memory.marks:
            if each.mark in self._params.marks and each.until != NEVER and begin <= each.since < memory.end:
                of_unit[each.unit] = of_unit.get(each.unit, 0) + max(0, min(each.until, memory.end) - each.since)
        return max(of_unit.values(), default=0) / HOUR


def period(over: CalendarPeriod, at: int) -> tuple[int, int]:
    """The year or quarter of China Standard Time, (start, end] in ms, that holds a moment.

    >>> from streams.messages import format_time, parse_time
    >>> [format_time(edge)[:10] for edge in period("quarter", parse_time("2026-05-02T00:00:00+08:00"))]
    ['2026-04-01', '2026-07-01']
    """
    first, after = span_of("year", at)
    if over == "year":
        return first, after
    months = [first]
    for _ in range(12):
        months.append(span_of("month", months[-1] + DAY)[1])
    return next(((begin, end) for begin, end in pairwise(months[::3]) if at <= end), (first, after))
