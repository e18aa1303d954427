"""Stock judge `window`: a statistic of the values of a stretch of time."""

from bisect import bisect_right
from typing import Annotated, Any

from msgspec import Meta, Struct, field

from agents.core.alerts.state import Subject
from agents.core.duration import span
from agents.core.judge import Finding
from agents.core.judges.limit import BEYOND, LimitParams, is_valid
from agents.core.judges.parts.bounds import LimitSource
from agents.core.judges.parts.condition import Condition
from agents.core.judges.parts.standing import Standing
from agents.core.judges.parts.statistic import HITS, SUMS, Hit, Of, Sum, entry, statistic, summed
from agents.core.rules.guard import Guard, Has, all_of
from agents.core.rules.rule import Binding
from streams.messages import MINUTE

KEPT = 1_000
"""How many values of a window are remembered where the rule does not say how far they are apart."""

MOST = 10_000
"""The most values that a window may hold."""


class WindowParams(LimitParams, frozen=True, kw_only=True):
    """`of`: the statistic; `over`: how long the window is, or `day`, `week`, `month`, `year` (China Standard Time).

    `slot`: the time from one value to the next, which `time` needs and which bounds the memory; `at_least`: how many values a
    window needs to be judged; `hit`: what `count`, `share` and `time` count (default: every fact); `digits`: decimals to which
    the statistic is rounded. A window of the calendar is judged `settle` after its end, when late values have come; where
    `whole` is set, only if its first `slot` was seen: not the month in which a subject began to send.
    """

    of: Of
    over: str
    slot: str = ""
    at_least: Annotated[int, Meta(ge=0, le=MOST)] = 0
    hit: Hit = Hit()
    digits: Annotated[int, Meta(ge=0, le=9)] | None = None
    settle: str = "1h"
    whole: bool = False


class Values(Standing):
    """The event times (ms, in order) and values of the window that ends with the newest, and the condition.

    `hits`: the sum of values that are hits or none, which a float adds and subtracts without an error.
    """

    times: list[int] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    hits: float = 0.0


class Statistic(Condition):
    """What both kinds of windows share."""

    forgets = False

    def __init__(self, binding: Binding, params: WindowParams) -> None:
        down = params.direction in {"below", "at-or-below"}
        super().__init__(binding, params, BEYOND[params.direction], down=down)
        self._beyond = BEYOND[params.direction]
        self._entry = entry(binding, params.of, params.field or binding.item, params.hit)
        self._limit = LimitSource(binding, params.limit, binding.item or params.field, params.default)
        self._deadband = -params.deadband if down else params.deadband
        self._minutes = params.valid_minutes
        self._of = params.of
        self._slot = span(params.slot) if params.slot else MINUTE
        self._at_least = params.at_least
        self._digits = params.digits
        self._empties = params.of in SUMS
        if params.of == "time" and not params.slot:
            raise ValueError("`time` needs `slot`: the time that one value stands for")
        if any(tier.where or tier.field for tier in params.tiers):
            raise ValueError("a tier of a window looks at the statistic: it has no `where` and no `field`")

    def guard(self, kind: str) -> Guard:
        """Asked of facts that count and have a value."""
        path = self._measured(kind)
        counts = self._counting(kind)
        return counts if path is None else all_of(Has(path), counts)

    def _value(self, subject: Subject, data: Any) -> float | None:
        if self._minutes and not is_valid(data, self._minutes):
            return None
        return None if self._matches is not None and not self._matches(subject, data) else self._entry(subject, data)

    def _over(self, memory: Standing, limit: float, value: float) -> bool:
        return self._beyond(value, limit - self._deadband if memory.open else limit)


class Sliding(Statistic):
    """Opens when the statistic of the values in (t - `over`, t] is beyond the limit, where t is the newest value's time.

    It is judged with each newer value; a late one counts from then on. Counts, sums and times are judged again when time alone
    takes a value out of the window of an open alert.

    >>> from agents.core.judges.parts.example import example, values
    >>> from agents.core.judges.calendar_window import window
    >>> example(window, {"of": "mean", "over": "3s", "limit": 10, "at_least": 2}, *values(20, 10, 2, 1))
    ['1: stands 15.0', '2: stands 10.666666667', '3: over 4.333333333']
    """

    Memory: type[Struct] | None = Values

    def __init__(self, binding: Binding, params: WindowParams) -> None:
        super().__init__(binding, params)
        self._length = span(params.over)
        self._counts = params.of in HITS
        self._kept = self._length // self._slot + 1 if params.slot else KEPT
        if self._kept > MOST:
            raise ValueError(f"a window of {params.over} in slots of {params.slot} holds {self._kept} values; at most {MOST}")
        self.timed = self.timed or self._empties
        if self._empties and params.close_after > 1:
            raise ValueError(f"{params.of} ends as time passes: give `off_delay` instead of `close_after`")

    def read(self, subject: Subject, kind: str, data: Any, at: int) -> Finding | None:  # noqa: ARG002 - the contract
        """Add a value, and judge the window that ends with it."""
        value = self._value(subject, data)
        if value is None:
            return None
        memory: Values | None = subject.memory.get(self.key)
        if memory is None:
            memory = subject.memory[self.key] = Values()
        times = memory.times
        newest = not times or at >= times[-1]
        place = len(times) if newest else bisect_right(times, at)
        times.insert(place, at)
        memory.values.insert(place, value)
        if self._counts:
            memory.hits += value
        self._drop(memory, times[-1])
        return self._judge(subject, memory, at) if newest else None

    def wake(self, subject: Subject, now: int) -> Finding | None:
        """A delay or a tier's time is over, or a value has left the window."""
        memory: Values = subject.memory[self.key]
        if super().due(subject) <= now:
            return super().wake(subject, now)
        self._drop(memory, now)
        finding = self._judge(subject, memory, now, closing=True)
        return None if finding is None or finding.active else finding

    def due(self, subject: Subject) -> int:
        """When a delay is over, a tier is reached or a value leaves the window."""
        memory: Values | None = subject.memory.get(self.key)
        due = super().due(subject)
        if memory is None or not self._empties or not memory.open or not memory.times:
            return due
        return min(due, memory.times[0] + self._length)

    def _drop(self, memory: Values, now: int) -> None:
        times = memory.times
        if not times or (times[0] > now - self._length and len(times) <= self._kept):
            return
        gone = max(bisect_right(times, now - self._length), len(times) - self._kept)
        if self._counts:
            memory.hits -= sum(memory.values[:gone])
        del times[:gone]
        del memory.values[:gone]

    def _judge(self, subject: Subject, memory: Values, at: int, *, closing: bool = False) -> Finding | None:
        limit = self._limit.of(subject, at)
        if limit is None or (len(memory.values) < self._at_least and not closing):
            return None
        known = Sum(0, len(memory.values), memory.hits) if self._counts else summed(self._of, memory.values)
        value = statistic(self._of, known, self._slot, self._digits)
        if value is None:
            return None
        over = self._over(memory, limit, value)
        if not (over or memory.open):  # nearly always: `turn` would do no more
            memory.count = 0
            return None
        return self.turn(subject, None, at, late=False, over=over, value=value, limit=limit)
