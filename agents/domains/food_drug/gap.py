"""The record that must come soon: while a store is out of range, or while a vehicle is under way."""

import msgspec
from msgspec import Struct

from agents.core.alerts.state import Subject
from agents.core.duration import span
from agents.core.judge import Finding
from agents.core.rules.guard import ALWAYS, Above, Below, Guard, Remembers, any_of
from agents.core.rules.rule import Binding
from agents.domains.food_drug.payload import DrugClimate, FoodClimate, Trip
from streams.messages import MINUTE, NEVER

ANYTHING = (-273.15, 1_000.0)
"""The range (°C) of a store that has none: nothing is colder, no probe of a store tells more."""


class GapParams(Struct, frozen=True, forbid_unknown_fields=True):
    """`after`: the longest interval between records; `ranges`: lowest and highest °C by registered kind.

    `humid`: the same in % of relative humidity. With `ranges` only a record out of range, by any probe, waits for the next
    one; without it every record does.
    """

    after: str
    ranges: dict[str, tuple[float, float]] = {}
    humid: dict[str, tuple[float, float]] = {}


class NextRecord(Struct, array_like=True):
    """Event time (ms) of the newest record that waits for the next; since when (ms) that one is overdue."""

    at: int
    opened_at: int | None = None


class Gap:
    """Opens when the next record is overdue, and closes with it; the end of a trip ends the waiting.

    The value is the length of the gap in minutes. A fact older than the newest of its kind means nothing.
    """

    timed = idle = True
    hears = True
    Memory: type[Struct] | None = NextRecord

    def __init__(self, binding: Binding) -> None:
        params = msgspec.convert(binding.params, GapParams)
        self.key = binding.key
        self._after = span(params.after)
        self._ranges, self._humid = params.ranges, params.humid

    def guard(self, kind: str) -> Guard:
        """Asked while a record waits for the next, and of records that begin to wait."""
        probes = {"drug_climate": ("temperature", "temperature_2"), "food_climate": ("temperature",)}.get(kind)
        if not self._ranges or probes is None:
            return ALWAYS
        outside = [side for probe in probes for side in (Below((probe,), self._low), Above((probe,), self._high))]
        if self._humid and kind == "drug_climate":
            humid = ("humidity", "humidity_2")
            outside += [side for probe in humid for side in (Below((probe,), self._dry), Above((probe,), self._wet))]
        return any_of(Remembers(), *outside)

    def read(self, subject: Subject, kind: str, data: DrugClimate | FoodClimate | Trip, at: int) -> Finding | None:
        """A record ends the gap and may wait for the next."""
        last: NextRecord | None = subject.memory.get(self.key)
        if at < subject.latest[kind].at or (last is not None and at < last.at):
            return None
        opened_at = None if last is None else last.opened_at
        if self._waits(subject, data):
            if last is None:
                subject.memory[self.key] = NextRecord(at)
            else:
                last.at, last.opened_at = at, None
        elif last is not None:
            del subject.memory[self.key]
        return None if opened_at is None else Finding(active=False, opened_at=opened_at)

    def wake(self, subject: Subject, now: int) -> Finding | None:
        """The next record is overdue."""
        last: NextRecord = subject.memory[self.key]
        last.opened_at = last.at + self._after
        value, limit = (now - last.at) / MINUTE, self._after / MINUTE
        return Finding(active=True, opened_at=last.opened_at, value=value, limit=limit)

    def due(self, subject: Subject) -> int:
        """The first moment after the longest interval; NEVER while nothing waits, or once it is overdue."""
        last: NextRecord | None = subject.memory.get(self.key)
        return NEVER if last is None or last.opened_at is not None else last.at + self._after + 1

    def _low(self, subject: Subject) -> float:
        return self._ranges.get(subject.facts.kind if subject.facts else "", ANYTHING)[0]

    def _high(self, subject: Subject) -> float:
        return self._ranges.get(subject.facts.kind if subject.facts else "", ANYTHING)[1]

    def _dry(self, subject: Subject) -> float:
        return self._humid.get(subject.facts.kind if subject.facts else "", ANYTHING)[0]

    def _wet(self, subject: Subject) -> float:
        return self._humid.get(subject.facts.kind if subject.facts else "", ANYTHING)[1]

    def _waits(self, subject: Subject, data: DrugClimate | FoodClimate | Trip) -> bool:
        if isinstance(data, Trip):
            return data.step == "began"
        if not self._ranges:
            return True
        probes = (data.temperature, data.temperature_2 if isinstance(data, DrugClimate) else None)
        humid = (data.humidity, data.humidity_2) if isinstance(data, DrugClimate) else (None, None)
        return _outside((self._low(subject), self._high(subject)), probes) or _outside(
            (self._dry(subject), self._wet(subject)), humid
        )


def _outside(bounds: tuple[float, float], probes: tuple[float | None, float | None]) -> bool:
    low, high = bounds
    return any(value is not None and not low <= value <= high for value in probes)
