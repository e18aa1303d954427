"""Limits that depend on the subject: its own permit before the law, the water's temperature, its size, the month's length."""

from math import inf
from typing import Any

import msgspec
from msgspec import structs

from agents.core.alerts.state import Subject
from agents.core.judge import Finding
from agents.core.judges.calendar_window import Calendar
from agents.core.judges.limit import Limit, LimitParams
from agents.core.judges.parts.bounds import LimitSource
from agents.core.judges.parts.fields import measured, walk
from agents.core.judges.parts.spans import span_of
from agents.core.judges.parts.standing import older
from agents.core.judges.window import Sliding, Values, WindowParams
from agents.core.rules.guard import ALWAYS, Above, Guard, Remembers, all_of, any_of
from agents.core.rules.rule import Binding
from agents.domains.environment.source_payload import Factor
from streams.messages import DAY, HOUR, Registered

COLD = 12.0
"""Water at or below so many °C has the other ammonia limit (GB 18918-2002 table 1, the number in brackets)."""

AS_MEASURED = frozenset({"a24088"})
"""Factors whose standards have no reference oxygen, whatever the source burns."""

HOURS = ("air_hour", "air_backfill")
"""The kinds of a station's hours: as they come, and sent afterwards."""

CST = 8 * HOUR


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


def mean_of(item: str, factor: Factor, facts: Registered | None) -> float | None:
    """The mean of a factor that a standard of waste gas judges: converted to reference oxygen, else as measured where none is.

    HJ 212-2017 D.2.3: without a reference oxygen in the standard nothing is converted, and devices send no converted mean.
    """
    return factor.avg if factor.zs_avg is None and (item in AS_MEASURED or not is_converted(facts)) else factor.zs_avg


class Concentration:
    """The mean of a rule's item that counts."""

    def __init__(self, binding: Binding) -> None:
        self._item = binding.item

    def of(self, subject: Subject, data: Any) -> float | None:
        """The mean of a fact, in the unit of its factor."""
        factor: Factor | None = data.factors.get(self._item)
        return None if factor is None else mean_of(self._item, factor, subject.facts)


class PermitHour(Limit):
    """Like `limit` against the permit, of the mean that the standard judges."""

    def __init__(self, binding: Binding) -> None:
        super().__init__(binding, msgspec.convert(binding.params, LimitParams))
        self._mean = Concentration(binding)

    def guard(self, kind: str) -> Guard:
        """Asked while something is remembered, and of either mean above the limit."""
        converted, plain = self._measured(kind), measured(self._binding, "factors.{item}.avg", kind)
        if converted is None or plain is None:
            return ALWAYS
        beyond = any_of(Above(converted, self._edge), Above(plain, self._edge))
        return any_of(Remembers(), all_of(beyond, self._counting(kind)))

    def read(self, subject: Subject, kind: str, data: Any, at: int) -> Finding | None:
        """Compare the mean that counts."""
        value = self._mean.of(subject, data)
        return None if value is None else self._judge(subject, kind, data, at, value)


class PermitDay(Calendar):
    """Like `window` over a day against the permit's `<item>.day`, else its `<item>`, of the mean that the standard judges."""

    def __init__(self, binding: Binding) -> None:
        super().__init__(binding, msgspec.convert(binding.params, WindowParams))
        self._mean = Concentration(binding)
        self._limit = DayPermit(binding)

    def guard(self, kind: str) -> Guard:
        """Asked of facts that count."""
        return self._counting(kind)

    def _value(self, subject: Subject, data: Any) -> float | None:
        counts = self._matches is None or self._matches(subject, data)
        return self._mean.of(subject, data) if counts else None


class DayPermit(LimitSource):
    """The permit's limit of a day, `<item>.day`; without one its limit of the hour, which no day may exceed either."""

    def __init__(self, binding: Binding) -> None:
        super().__init__(binding, "permit", binding.item)
        self._day = LimitSource(binding, "permit", f"{binding.item}.day")

    def of(self, subject: Subject, at: int) -> float | None:
        """The limit for a subject."""
        day = self._day.of(subject, at)
        return super().of(subject, at) if day is None else day


class Fume(Limit):
    """Like `limit` against the law, by the kitchen's size."""

    def __init__(self, binding: Binding) -> None:
        super().__init__(binding, msgspec.convert(binding.params, LimitParams))
        self._limit, self._safe = SizedLimit(binding), -inf


class SizedLimit(LimitSource):
    """The law's `<item>.<size>` for subjects with the trait `size`, where an edition has it; else its `<item>`."""

    def __init__(self, binding: Binding) -> None:
        super().__init__(binding, "law", binding.item)
        self.values = ()
        start = f"{binding.item}."
        names = {name for edition in binding.editions for name in edition.limits if name.startswith(start)}
        self._sizes = {name.removeprefix(start): LimitSource(binding, "law", name) for name in names}

    def every(self, subject: Subject) -> tuple[float, ...]:
        """All that the law sets, for its size too."""
        law = tuple(limit for _, _, limit in self._spans)
        sized = self._sizes.get(str(walk(subject.facts, ["traits", "size"])))
        return law if sized is None else law + sized.every(subject)

    def of(self, subject: Subject, at: int) -> float | None:
        """The limit for a subject at an event time (ms)."""
        sized = self._sizes.get(str(walk(subject.facts, ["traits", "size"])))
        found = None if sized is None else sized.of(subject, at)
        return super().of(subject, at) if found is None else found


class Narrow(Sliding):
    """Like `window`, against the registered limit `<item>.range`: the smallest range of a day that is believed."""

    def __init__(self, binding: Binding) -> None:
        super().__init__(binding, msgspec.convert(binding.params, WindowParams))
        self._limit = LimitSource(binding, "permit", f"{binding.item}.range")


class RunningParams(WindowParams, frozen=True, kw_only=True):
    """`within_day`: only windows that lie within one day of China Standard Time are judged."""

    within_day: bool = False


class RunningMean(Sliding):
    """Like `window` for a mean above a limit of the law, at little cost while every value is allowed: then their mean is."""

    def __init__(self, binding: Binding) -> None:
        params = msgspec.convert(binding.params, RunningParams)
        super().__init__(binding, params)
        self._calm = min(self._limit.values)
        self._within_day = params.within_day

    def _judge(self, subject: Subject, memory: Values, at: int, *, closing: bool = False) -> Finding | None:
        if self._within_day and 0 < (at + CST) % DAY < self._length:
            return None
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


def is_behind(subject: Subject, at: int) -> bool:
    """Whether a newer hour of the station is known, by itself or sent afterwards."""
    return any(older(subject, kind, at) for kind in HOURS)


def is_cold(subject: Subject) -> bool:
    """Whether the newest hour of a discharge says that its water is cold."""
    newest = subject.latest.get("source_hour")
    temperature = None if newest is None else walk(newest.data, ["factors", "w01010", "avg"])
    return temperature is not None and temperature <= COLD


def is_converted(facts: Registered | None) -> bool:
    """Whether a source's standard has a reference oxygen: that of every furnace has, that of another source if registered."""
    return facts is None or facts.kind != "air_source" or "o2_reference" in facts.traits
