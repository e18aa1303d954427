"""Judge `filed`: a record that is due once in every day, week or month."""

from typing import Any

import msgspec
from msgspec import Struct

from agents.core.alerts.state import Subject
from agents.core.duration import span
from agents.core.judge import Finding
from agents.core.judges.parts.spans import CalendarSpan, span_of
from agents.core.rules.rule import Binding
from streams.messages import DAY, NEVER


class FiledParams(Struct, frozen=True, forbid_unknown_fields=True):
    """A record whose `level` is this is due in each such span; it is missed `settle` after the span's end."""

    level: CalendarSpan
    settle: str = "8h"


class FiledRecord(Struct, array_like=True):
    """Event time (ms) of the newest record, or of the registration before any; since when one is missed."""

    at: int
    opened_at: int | None = None


class Filed:
    """Opens when a span after that of the newest record is over without one, and closes with the next newer record.

    The first registration counts as a record, so that the first whole span after it is due. The value is how many days ago the
    newest one was. The span of a moment is [start, end) in China Standard Time.

    | record of Monday 09:00, next record | outcome with `level = "day"` |
    |---|---|
    | Tuesday 23:59:59.999 | nothing |
    | Wednesday 00:00 | missed since Wednesday 00:00, opens if it has not come by `settle` |
    """

    timed = True
    Memory: type[Struct] | None = FiledRecord

    def __init__(self, binding: Binding) -> None:
        params = msgspec.convert(binding.params, FiledParams)
        self.key = binding.key
        self._level = params.level
        self._settle = span(params.settle)

    def read(self, subject: Subject, kind: str, data: Any, at: int) -> Finding | None:
        """A record ends the waiting for it, unless it is older than what is known."""
        record: FiledRecord | None = subject.memory.get(self.key)
        counts = kind == "registered" or data.level == self._level
        if record is None and counts:
            subject.memory[self.key] = FiledRecord(at)
        if record is None or not counts or kind == "registered" or at <= record.at:
            return None
        record.at = at
        if record.opened_at is None:
            return None
        opened_at, record.opened_at = record.opened_at, None
        return Finding(active=False, opened_at=opened_at)

    def wake(self, subject: Subject, now: int) -> Finding | None:
        """A span is over without a record."""
        record: FiledRecord = subject.memory[self.key]
        record.opened_at = self._end(record)
        return Finding(active=True, opened_at=record.opened_at, value=(now - record.at) / DAY)

    def due(self, subject: Subject) -> int:
        """`settle` after the span in which the next record was due; NEVER once it is missed."""
        record: FiledRecord | None = subject.memory.get(self.key)
        return NEVER if record is None or record.opened_at is not None else self._end(record) + self._settle

    def _end(self, record: FiledRecord) -> int:
        return span_of(self._level, span_of(self._level, record.at + 1)[1] + 1)[1]
