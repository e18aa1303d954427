"""Judge `untried`: passengers are carried on a day without that day's trial run and check."""

from typing import Any

import msgspec
from msgspec import Struct

from agents.core.alerts.state import Subject
from agents.core.duration import span
from agents.core.judge import Finding
from agents.core.rules.rule import Binding
from streams.calendar.working_time import midnight
from streams.messages import DAY, NEVER


class UntriedParams(Struct, frozen=True, forbid_unknown_fields=True):
    """`settle`: how long after the first passengers a record of an earlier trial may still come."""

    settle: str


class TrialDay(Struct, array_like=True):
    """The newest day with facts: its midnight, the first passengers, the first full trial, since when an alert stands (ms)."""

    day: int = -NEVER
    used: int = NEVER
    tried: int = NEVER
    opened_at: int | None = None


class Untried:
    """Opens `settle` after the first passengers of a day who had no full trial before them, and closes 24 hours after them.

    A trial that was made later that day ends nothing; the record of one before the passengers that comes late does. Facts of an
    earlier day than the newest mean nothing.

    | first passengers at 09:00, trial at | with `settle = "1h"` |
    |---|---|
    | 09:00 | nothing |
    | 09:00:00.001 | opens at 10:00 |
    """

    timed = idle = True
    Memory: type[Struct] | None = TrialDay

    def __init__(self, binding: Binding) -> None:
        self.key = binding.key
        self._settle = span(msgspec.convert(binding.params, UntriedParams).settle)

    def read(self, subject: Subject, kind: str, data: Any, at: int) -> Finding | None:
        """A trial, or passengers."""
        trial = kind == "day_trial"
        if not (data.ran and data.checked and data.confirmed if trial else data.running and data.carrying):
            return None
        memory: TrialDay = subject.memory.setdefault(self.key, TrialDay())
        day, closing = midnight(at), None
        if day > memory.day:
            closing = self._close(memory)
            memory.day, memory.used, memory.tried = day, NEVER, NEVER
        if day < memory.day:
            return None
        if trial:
            memory.tried = min(memory.tried, at)
        else:
            memory.used = min(memory.used, at)
        return closing or (None if memory.tried > memory.used else self._close(memory))

    def wake(self, subject: Subject, now: int) -> Finding | None:  # noqa: ARG002 - the contract of a judge
        """Nobody told of a trial, or the day is over."""
        memory: TrialDay = subject.memory[self.key]
        if memory.opened_at is not None:
            memory.tried = -NEVER
            return self._close(memory)
        memory.opened_at = memory.used
        return Finding(active=True, opened_at=memory.used)

    def due(self, subject: Subject) -> int:
        """When the record is missed, or the alert is over."""
        memory: TrialDay | None = subject.memory.get(self.key)
        if memory is None or memory.used == NEVER or memory.tried <= memory.used:
            return NEVER
        return memory.used + (self._settle if memory.opened_at is None else DAY)

    def _close(self, memory: TrialDay) -> Finding | None:
        opened_at, memory.opened_at = memory.opened_at, None
        return None if opened_at is None else Finding(active=False, opened_at=opened_at)
