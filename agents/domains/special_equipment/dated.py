"""Judges of days that run out: `awaited` is ended by an act until the next date, `each` goes by each accessory of a device."""

from typing import Any, Literal

import msgspec
from msgspec import Struct, structs

from agents.core.alerts.state import Subject
from agents.core.dates import validity
from agents.core.judge import Finding
from agents.core.judges.expiry import Expiry, Term
from agents.core.judges.parts.fields import Trigger, starting, triggered
from agents.core.judges.parts.legal import FIRST, LAST, ahead_of, period
from agents.core.rules.guard import Guard, any_of
from agents.core.rules.rule import Binding
from agents.domains.special_equipment.payload import Calibration
from streams.messages import DAY, NEVER

KEPT = 64
"""How many accessories are remembered for a device; the one whose date is oldest gives way."""


class Awaiting(Struct, frozen=True, kw_only=True):
    """`done`: the act that is awaited; it counts where it comes at most `earliest` before the end."""

    done: Trigger
    earliest: str


class Awaited(Expiry):
    """The stock judge `expiry`, which an act ends until the next date.

    | last day 30 September, act on | with `earliest = "2 calendar-months"` |
    |---|---|
    | 31 July 23:59:59.999 | does not count |
    | 1 August 00:00 | ends it |
    """

    def __init__(self, binding: Binding) -> None:
        awaiting = msgspec.convert(binding.params, Awaiting)
        rest = {name: each for name, each in binding.params.items() if name not in Awaiting.__struct_fields__}
        super().__init__(structs.replace(binding, params=rest))
        self._act, self._is_act = awaiting.done, triggered(binding, awaiting.done)
        self._earliest = period(awaiting.earliest)

    def guard(self, kind: str) -> Guard:
        """Asked of acts too."""
        return any_of(starting(self._binding, self._act, kind), super().guard(kind))

    def read(self, subject: Subject, kind: str, data: Any, at: int) -> Finding | None:
        """A fact with the date, or an act."""
        if not self._is_act(subject, kind, data):
            return super().read(subject, kind, data, at)
        memory: Term | None = subject.memory.get(self.key)
        if memory is None or at < ahead_of(memory.end, self._earliest, self._calendar):
            return None
        return self.done(memory)


class EachParams(Struct, frozen=True, forbid_unknown_fields=True):
    """`remind`: so many days before its last day begins an accessory's date is told."""

    remind: int


class Accessory(Struct, array_like=True):
    """The newest calibration of one accessory: when it was told, begin and end of its last day (ms), NEVER once it is off."""

    at: int
    last: int = NEVER
    end: int = NEVER


class Calibrated(Struct, array_like=True):
    """Accessories by their number; until when they are reckoned, what was last told, since when the alert stands."""

    known: dict[str, Accessory] = {}
    now: int = -NEVER
    told: list[int] = []
    opened_at: int = 0


class Each:
    """Opens when the calibration of an accessory runs out in `remind` days (blue), or has run out; closes when none does.

    Each accessory goes by its own newest record. The value is how many have run out, `due` the first end.
    """

    timed = idle = True
    Memory: type[Struct] | None = Calibrated

    def __init__(self, binding: Binding) -> None:
        self.key = binding.key
        self._remind = msgspec.convert(binding.params, EachParams).remind * DAY

    def read(self, subject: Subject, kind: str, data: Calibration, at: int) -> Finding | None:  # noqa: ARG002 - the contract
        """A calibration, or an accessory taken off."""
        memory: Calibrated = subject.memory.setdefault(self.key, Calibrated())
        before = memory.known.get(data.accessory)
        if before is not None and at < before.at:
            return None
        found = validity(data.until) if data.step == "calibrated" else None
        told = found is not None and found.last - self._remind >= FIRST and found.end <= LAST
        memory.known[data.accessory] = Accessory(at, found.last, found.end) if found and told else Accessory(at)
        if len(memory.known) > KEPT:
            del memory.known[min(memory.known, key=lambda name: memory.known[name].at)]
        return self._tell(memory, at)

    def wake(self, subject: Subject, now: int) -> Finding | None:
        """A date is near, or over."""
        return self._tell(subject.memory[self.key], now)

    def due(self, subject: Subject) -> int:
        """The next date that is near, or over."""
        memory: Calibrated | None = subject.memory.get(self.key)
        if memory is None:
            return NEVER
        moments = [moment for each in memory.known.values() for moment in self._steps(each)]
        return min((moment for moment in moments if moment > memory.now), default=NEVER)

    def _steps(self, each: Accessory) -> tuple[int, ...]:
        return () if each.end == NEVER else (each.last - self._remind, each.end)

    def _tell(self, memory: Calibrated, at: int) -> Finding | None:
        now = memory.now = max(memory.now, at)
        near = [each for each in memory.known.values() if any(step <= now for step in self._steps(each))]
        if not near:
            closing, memory.told = bool(memory.told), []
            return Finding(active=False, opened_at=memory.opened_at) if closing else None
        over, due = sum(each.end <= now for each in near), min(each.end for each in near)
        told = [over, due]
        if told == memory.told:
            return None
        if not memory.told:
            memory.opened_at = now
        memory.told = told
        severity: Literal["blue"] | None = None if over else "blue"
        return Finding(active=True, opened_at=memory.opened_at, value=over, severity=severity, due=due)
