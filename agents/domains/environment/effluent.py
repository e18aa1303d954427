"""Effluent: limits by the standard an outlet is under and by the water's temperature, the day weighted by its flow."""

from math import inf
from typing import Annotated, Any, cast

import msgspec
from msgspec import Meta, Struct, field

from agents.core.alerts.state import Subject
from agents.core.judge import Finding
from agents.core.judges.calendar_window import Calendar, Sums
from agents.core.judges.parts.bounds import LimitSource
from agents.core.judges.parts.condition import ConditionParams, value_of
from agents.core.judges.parts.fields import number, walk
from agents.core.judges.parts.spans import span_of
from agents.core.judges.parts.statistic import Sum, rounded
from agents.core.judges.window import WindowParams
from agents.core.rules.guard import ALWAYS, Above, Guard, Remembers, all_of, any_of
from agents.core.rules.rule import Binding
from agents.domains.environment.limits import COLD
from agents.domains.environment.measured import Measure, Measured
from agents.domains.environment.source_codes import NORMAL
from agents.domains.environment.source_payload import SourceData

FLOW, TEMPERATURE = "w00000", "w01010"

STOPPED = "F"
"""The mark of a source that stands still (HJ 212-2017 table 8)."""

HOURS = 24

Standards = tuple[str, ...]
"""Values of the trait `standard` of outlets that the law's limits bind, empty for those without it; none: every outlet."""


class OutletLimit(LimitSource):
    """The limit of an outlet: its permit's, else the law's if it is registered under it; in cold water that of `<item>.cold`.

    Where the water's temperature is not known the limit of cold water counts, which is the milder one.
    """

    def __init__(self, binding: Binding, standards: Standards) -> None:
        super().__init__(binding, "law", binding.item)
        cold = f"{binding.item}.cold"
        self._standards, self._own, self._own_cold = standards, binding.item, cold
        self._cold = LimitSource(binding, "law", cold) if any(cold in edition.limits for edition in binding.editions) else None

    def at(self, subject: Subject, at: int, temperature: float | None) -> float | None:
        """The limit for an outlet and a temperature (°C) at an event time (ms), or None where none is known."""
        cold = temperature is None or temperature <= COLD
        permit = {} if subject.facts is None else subject.facts.limits
        own = permit.get(self._own)
        if own is not None:
            return permit.get(self._own_cold, own) if cold else own
        if self._standards and str(walk(subject.facts, ["traits", "standard"]) or "") not in self._standards:
            return None
        found = self._cold.of(subject, at) if cold and self._cold is not None else None
        return self.of(subject, at) if found is None else found

    def least(self, subject: Subject) -> float:
        """The lowest limit that an outlet can have as it is registered."""
        permit = {} if subject.facts is None else subject.facts.limits
        own = [permit[name] for name in (self._own, self._own_cold) if name in permit]
        return min([*own, *self.every(subject)], default=inf)


class EffluentParams(ConditionParams, frozen=True, kw_only=True):
    """`standards`: which outlets the law's limits bind."""

    standards: Standards = ()


class Effluent(Measured):
    """Opens when an hour is above the outlet's limit at the water's temperature of that hour."""

    def __init__(self, binding: Binding) -> None:
        params = msgspec.convert(binding.params, EffluentParams)
        super().__init__(binding, params)
        self._value = value_of(binding, params)
        self._limit = OutletLimit(binding, params.standards)

    def guard(self, kind: str) -> Guard:
        """Asked while something is remembered, and of values above the lowest limit that the outlet can have."""
        path = self._measured(kind)
        if path is None:
            return ALWAYS
        return any_of(Remembers(), all_of(Above(path, self._limit.least), self._counting(kind)))

    def measure(self, subject: Subject, data: SourceData, at: int) -> Measure | None:
        """The hour against its limit."""
        value, limit = self._value(data), self._limit.at(subject, at, temperature_of(data))
        return None if value is None or limit is None else (value, limit, value > limit)


class DaySum(Sum):
    """What is known of an outlet's day: of its valid hours the sum of concentration by flow, the flow, and how many say it.

    `idle` are the hours in which nothing was discharged; `warm` is the sum of the temperatures told.
    """

    load: float = 0.0
    flow: float = 0.0
    flows: int = 0
    idle: int = 0
    warm: float = 0.0
    temperatures: int = 0

    def take(self, value: float | None, flow: float | None, temperature: float | None) -> None:
        """One hour more; `value` is None where it is not valid."""
        if temperature is not None:
            self.warm += temperature
            self.temperatures += 1
        if flow is not None and flow <= 0:
            self.idle += 1
        elif value is not None:
            self.add(value)
            if flow is not None:
                self.load += value * flow
                self.flow += flow
                self.flows += 1

    @property
    def mean(self) -> float | None:
        """The mean of the valid hours weighted by flow; the plain one where not all of them say their flow."""
        if not self.count:
            return None
        return self.load / self.flow if self.flows == self.count else self.total / self.count

    @property
    def temperature(self) -> float | None:
        """The day's mean temperature of the water (°C), or None where no hour told it."""
        return self.warm / self.temperatures if self.temperatures else None


class DaySums(Sums):
    """The same of an outlet's days."""

    sums: list[DaySum] = field(default_factory=list)  # type: ignore[assignment]  # a day's sum is more than any


class EffluentDayParams(WindowParams, frozen=True, kw_only=True):
    """`standards`: which outlets the law's limits bind; `share`: the share of the values due that must be valid."""

    standards: Standards = ()
    share: Annotated[float, Meta(ge=0, le=1)] = 0.75


class EffluentDay(Calendar):
    """Opens when the day's mean, weighted by flow, is above the outlet's limit at the day's mean temperature.

    Due is one value each `sample_hours` (trait, else 1) of the hours in which the outlet discharged. Hours of no flow are void;
    an hour marked stopped counts as one.
    """

    Memory: type[Struct] | None = DaySums
    gathers = DaySum

    def __init__(self, binding: Binding) -> None:
        params = msgspec.convert(binding.params, EffluentDayParams)
        super().__init__(binding, params)
        self._share, self._outlet, self._item = params.share, OutletLimit(binding, params.standards), binding.item

    def guard(self, kind: str) -> Guard:  # noqa: ARG002 - hours without a value count too
        """Always."""
        return ALWAYS

    def read(self, subject: Subject, kind: str, data: SourceData, at: int) -> Finding | None:  # noqa: ARG002 - the contract
        """Add an hour to its day."""
        factor = data.factors.get(self._item)
        if factor is None:
            return None
        memory: DaySums = subject.memory.setdefault(self.key, DaySums())
        begin, end = span_of("day", at)
        if end <= memory.judged:
            return None
        day = cast("DaySum", self._window(memory, begin, end))
        flow = 0.0 if factor.flag == STOPPED else flow_of(data)
        day.take(factor.avg if factor.flag in NORMAL else None, flow, temperature_of(data))
        return None

    def _judge(self, subject: Subject, memory: Any, window: Sum, at: int, *, whole: bool) -> Finding | None:  # noqa: ARG002
        day = cast("DaySum", window)
        limit, mean = self._outlet.at(subject, at, day.temperature), day.mean
        if limit is None or mean is None or day.count < self._share * (HOURS - day.idle) / period_of(subject):
            return None
        value = rounded(mean, self._digits)
        return self.turn(subject, None, at, late=False, over=self._over(memory, limit, value), value=value, limit=limit)


class ThinParams(WindowParams, frozen=True, kw_only=True):
    """`share`: the share of the values due that a day needs, instead of a `limit` in hours."""

    share: Annotated[float, Meta(ge=0, le=1)] = 0.0


class ThinDay(Calendar):
    """Like `window` for a day with too few valid hours; hours that are lawfully without one count as valid.

    Those are hours marked stopped, and hours in which an outlet discharged nothing.
    """

    def __init__(self, binding: Binding) -> None:
        params = msgspec.convert(binding.params, ThinParams)
        super().__init__(binding, params)
        self._item = binding.item
        if params.share:
            self._limit = DueLimit(binding, params.share)

    def guard(self, kind: str) -> Guard:  # noqa: ARG002 - hours without a value count too
        """Always."""
        return ALWAYS

    def _value(self, subject: Subject, data: SourceData) -> float | None:  # noqa: ARG002 - the contract
        factor = data.factors.get(self._item)
        if factor is None:
            return None
        void = factor.flag == STOPPED or flow_of(data) == 0
        return float(void or (factor.flag in NORMAL and factor.avg is not None))


class DueLimit(LimitSource):
    """How many values of a day are the given share of those due."""

    def __init__(self, binding: Binding, share: float) -> None:
        super().__init__(binding, share * HOURS, binding.item)
        self._due = share * HOURS

    def of(self, subject: Subject, at: int) -> float | None:  # noqa: ARG002 - the contract
        """One value is due each `sample_hours`."""
        return self._due / period_of(subject)


def flow_of(data: SourceData) -> float | None:
    """The flow of an hour: its sum, else its mean; None where the device tells none."""
    factor = data.factors.get(FLOW)
    if factor is None or factor.flag not in NORMAL:
        return None
    return factor.avg if factor.cou is None else factor.cou


def temperature_of(data: SourceData) -> float | None:
    """The temperature of the water in an hour (°C), where it is told."""
    factor = data.factors.get(TEMPERATURE)
    return None if factor is None or factor.flag not in NORMAL else factor.avg


def period_of(subject: Subject) -> float:
    """How many hours are between two samples of an outlet's analyser: the trait `sample_hours`, else 1."""
    return max(number(walk(subject.facts, ["traits", "sample_hours"])) or 1.0, 1.0)
