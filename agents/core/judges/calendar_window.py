"""The judge `window` over days, weeks, months and years."""

from typing import Any, get_args

import msgspec
from msgspec import Struct, field

from agents.core.alerts.state import Subject
from agents.core.duration import span
from agents.core.judge import Finding, Judge
from agents.core.judges.parts.spans import CalendarSpan, span_of
from agents.core.judges.parts.standing import Standing
from agents.core.judges.parts.statistic import GROWING, Sum, statistic
from agents.core.judges.window import Sliding, Statistic, WindowParams
from agents.core.rules.rule import Binding
from streams.messages import NEVER

KEPT = 4
"""How many windows that have not been judged yet are remembered."""


class Sums(Standing):
    """The windows that have not been judged yet, oldest first, the end (ms) of the newest one that was, and the condition."""

    sums: list[Sum] = field(default_factory=list)
    judged: int = -NEVER


class SeenSums(Sums):
    """The same of a rule that judges whole windows only; `since`: the time of the first fact (ms)."""

    since: int = -NEVER


class Calendar(Statistic):
    """Opens when the statistic of a whole day (week, month, year) is beyond the limit, closes with one that is not.

    A window holds (start, end] and is judged `settle` after its end, by the law of its last moment; values for a window that
    was judged are left out. What more values can only raise also opens as soon as it is above the limit. A window without any
    fact has a count, sum and time of 0 and closes; it has no mean and no share, and changes nothing.

    >>> from agents.core.judges.parts.example import example, values
    >>> example(window, {"of": "count", "over": "day", "limit": 2}, *values(0, 0, 0, 0), (2 * 86_400, None))
    ['2: stands 3.0', '3: stands 4.0']
    """

    Memory: type[Struct] | None = Sums

    gathers: type[Sum] = Sum
    """What a window's values are gathered in."""

    def __init__(self, binding: Binding, params: WindowParams) -> None:
        super().__init__(binding, params)
        self._name: CalendarSpan = msgspec.convert(params.over, CalendarSpan)
        self._settle = span(params.settle)
        self._early = params.of in GROWING and params.direction in {"above", "at-or-above"} and not self._patient
        self.timed = True
        self._whole = params.whole
        if params.whole:
            self.Memory = SeenSums

    def read(self, subject: Subject, kind: str, data: Any, at: int) -> Finding | None:  # noqa: ARG002 - the contract
        """Add a value to its window."""
        value = self._value(subject, data)
        if value is None:
            return None
        memory: Sums | None = subject.memory.get(self.key)
        if memory is None:
            memory = subject.memory[self.key] = SeenSums(since=at) if self._whole else Sums()
        window = memory.sums[-1] if memory.sums else None
        if window is None or not window.begin < at <= window.end:
            begin, end = span_of(self._name, at)
            if end <= memory.judged:
                return None
            window = self._window(memory, begin, end)
        window.add(value)
        if not self._early or window is not memory.sums[-1]:
            return None
        return self._judge(subject, memory, window, at, whole=False)

    def wake(self, subject: Subject, now: int) -> Finding | None:
        """A window is complete, or a delay or a tier's time is over."""
        memory: Sums = subject.memory[self.key]
        end = self._next(memory)
        if end + self._settle > now:
            return super().wake(subject, now)
        window = memory.sums.pop(0) if memory.sums and memory.sums[0].end == end else self.gathers(end)
        memory.judged = end
        return self._judge(subject, memory, window, end - 1, whole=True)

    def due(self, subject: Subject) -> int:
        """When a window is complete, a delay is over or a tier is reached."""
        memory: Sums | None = subject.memory.get(self.key)
        if memory is None:
            return NEVER
        due = self._next(memory) + self._settle
        return min(super().due(subject), due) if memory.open or memory.count else due

    def _next(self, memory: Sums) -> int:
        """The end of the window that is judged next; while the alert is open, one without facts may be."""
        first = memory.sums[0].end if memory.sums else NEVER
        if not (self._empties and memory.open) or memory.judged == -NEVER:
            return first
        return min(first, span_of(self._name, memory.judged + 1)[1])

    def _window(self, memory: Sums, begin: int, end: int) -> Sum:
        for window in memory.sums:
            if window.end == end:
                return window
        window = self.gathers(end, begin=begin)
        memory.sums = sorted([*memory.sums, window], key=_end)[-KEPT:]
        return window

    def _judge(self, subject: Subject, memory: Sums, window: Sum, at: int, *, whole: bool) -> Finding | None:
        if isinstance(memory, SeenSums) and memory.since > span_of(self._name, window.end)[0] + self._slot:
            return None
        limit = self._limit.of(subject, at)
        value = statistic(self._of, window, self._slot, self._digits)
        if limit is None or value is None or window.count < self._at_least:
            return None
        over = self._over(memory, limit, value)
        told = memory.open and value == memory.value and self._early
        if (over and told) or not (over or whole):
            return None
        return self.turn(subject, None, at, late=False, over=over, value=value, limit=limit)


def window(binding: Binding) -> Judge:
    """The judge `window` of a rule."""
    params = msgspec.convert(binding.params, WindowParams)
    return Calendar(binding, params) if params.over in get_args(CalendarSpan) else Sliding(binding, params)


def _end(window: Sum) -> int:
    return window.end
