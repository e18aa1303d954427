"""Limits that depend on the subject: its own permit before the law, the water's temperature, the length of the month."""

import msgspec
from msgspec import structs

from agents.core.alerts.state import Subject
from agents.core.judge import Finding
from agents.core.judges.calendar_window import Calendar
from agents.core.judges.limit import Limit, LimitParams
from agents.core.judges.parts.bounds import LimitSource
from agents.core.judges.parts.fields import walk
from agents.core.judges.parts.spans import span_of
from agents.core.judges.window import Sliding, Values, WindowParams
from agents.core.rules.rule import Binding
from streams.messages import DAY

COLD = 12.0
"""Water at or below so many °C has the other ammonia limit (GB 18918-2002 table 1, the number in brackets)."""


class OwnLimit(LimitSource):
    """The limit of the subject's own permit, else that of the law; in cold water the law's `<item>.cold` where it has one."""

    def __init__(self, binding: Binding) -> None:
        super().__init__(binding, "law", binding.item)
        self.values = ()
        self._own = LimitSource(binding, "permit", binding.item)
        cold = f"{binding.item}.cold"
        self._cold = LimitSource(binding, "law", cold) if any(cold in edition.limits for edition in binding.editions) else None

    def every(self, subject: Subject) -> tuple[float, ...]:
        """The permit's limit, else all that the law sets, for cold water too."""
        law = tuple(limit for _, _, limit in self._spans)
        return self._own.every(subject) or (law + self._cold.every(subject) if self._cold is not None else law)

    def of(self, subject: Subject, at: int) -> float | None:
        """The limit for a subject at an event time (ms)."""
        own = self._own.of(subject, at)
        if own is not None:
            return own
        return self._cold.of(subject, at) if self._cold is not None and is_cold(subject) else super().of(subject, at)


class Emission(Limit):
    """Like `limit`, against the permit, else the law."""

    def __init__(self, binding: Binding) -> None:
        super().__init__(binding, msgspec.convert(binding.params, LimitParams))
        self._limit, self._safe = OwnLimit(binding), float("-inf")


class EmissionDay(Calendar):
    """Like `window` over a day, against the permit, else the law."""

    def __init__(self, binding: Binding) -> None:
        super().__init__(binding, msgspec.convert(binding.params, WindowParams))
        self._limit = OwnLimit(binding)


class Narrow(Sliding):
    """Like `window`, against the registered limit `<item>.range`: the smallest range of a day that is believed."""

    def __init__(self, binding: Binding) -> None:
        super().__init__(binding, msgspec.convert(binding.params, WindowParams))
        self._limit = LimitSource(binding, "permit", f"{binding.item}.range")


class RunningMean(Sliding):
    """Like `window` for a mean above a limit of the law, at little cost while every value is allowed: then their mean is."""

    def __init__(self, binding: Binding) -> None:
        super().__init__(binding, msgspec.convert(binding.params, WindowParams))
        self._calm = min(self._limit.values)

    def _judge(self, subject: Subject, memory: Values, at: int, *, closing: bool = False) -> Finding | None:
        if not (memory.open or memory.count) and max(memory.values, default=0.0) <= self._calm:
            return None
        return super()._judge(subject, memory, at, closing=closing)


class ValidDays(Calendar):
    """Like `window` over a month, against the law's `month`, in February its `february`."""

    def __init__(self, binding: Binding) -> None:
        params = msgspec.convert(binding.params, WindowParams)
        super().__init__(binding, structs.replace(params, limit=0.0))
        self._limit = MonthLimit(binding)


class MonthLimit(LimitSource):
    """The law's limit of a month, by its length."""

    def __init__(self, binding: Binding) -> None:
        super().__init__(binding, "law", "month")
        self._february = LimitSource(binding, "law", "february")

    def of(self, subject: Subject, at: int) -> float | None:
        """The limit of the month that holds a moment (ms)."""
        first, after = span_of("month", at)
        return self._february.of(subject, at) if after - first < 30 * DAY else super().of(subject, at)


def is_cold(subject: Subject) -> bool:
    """Whether the newest hour of a discharge says that its water is cold."""
    newest = subject.latest.get("source_hour")
    temperature = None if newest is None else walk(newest.data, ["factors", "w01010", "avg"])
    return temperature is not None and temperature <= COLD
