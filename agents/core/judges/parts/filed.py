"""Judge `filed` of several domains: a record that is due once in every day, week or month, of each kind that a unit uses."""

from typing import Any

import msgspec
from msgspec import Struct

from agents.core.alerts.state import Subject
from agents.core.duration import span
from agents.core.judge import Finding
from agents.core.judges.parts.fields import Where, matcher
from agents.core.judges.parts.spans import CalendarSpan, span_of
from agents.core.rules.rule import Binding
from streams.messages import DAY, NEVER


class FiledParams(Struct, frozen=True, forbid_unknown_fields=True):
    """A record whose `level` is this is due in each such span; it is missed `settle` after the span's end.

    `field`: where the record says of what it is; it is due for the rule's item where the unit's trait of that name is true.
    `where`: facts that do not equal it mean nothing.
    """

    level: CalendarSpan
    settle: str = "8h"
    field: str = "equipment"
    where: Where = {}


class FiledRecord(Struct, array_like=True):
    """Event time (ms) of the newest record, or of the registration before any; since when one is missed."""

    at: int
    opened_at: int | None = None


class Filed:
    """Opens when a span after that of the newest record is over without one, and closes with the next newer record.

    The first registration counts as a record, so that the first whole span after it is due. A unit that is registered without
    the item any more owes nothing. The value is how many days ago the newest one was. The span of a moment is [start, end) in
    China Standard Time.

    | record of Monday 09:00, next record | outcome with `level = "day"` |
    |---|---|
    | Tuesday 23:59:59.999 | nothing |
    | Wednesday 00:00 | missed since Wednesday 00:00, opens if it has not come by `settle` |
    """

    timed = idle = True
    Memory: type[Struct] | None = FiledRecord

    def __init__(self, binding: Binding) -> None:
        params = msgspec.convert(binding.params, FiledParams)
        self.key = binding.key
        self._item, self._field = binding.item, params.field
        self._level = params.level
        self._settle = span(params.settle)
        self._matches = matcher(binding, params.where, binding.kinds)

    def read(self, subject: Subject, kind: str, data: Any, at: int) -> Finding | None:
        """A record ends the waiting for it, unless it is older than what is known."""
        if self._matches is not None and not self._matches(subject, data):
            return None
        record: FiledRecord | None = subject.memory.get(self.key)
        if not self._owed(subject):
            subject.memory.pop(self.key, None)
            return _ended(record)
        counts = kind == "registered" or self._of(data)
        if record is None and counts:
            subject.memory[self.key] = FiledRecord(at)
        if record is None or not counts or kind == "registered" or at <= record.at:
            return None
        record.at = at
        ended = _ended(record)
        record.opened_at = None
        return ended

    def wake(self, subject: Subject, now: int) -> Finding | None:
        """A span is over without a record."""
        record: FiledRecord = subject.memory[self.key]
        record.opened_at = self._end(record)
        return Finding(active=True, opened_at=record.opened_at, value=(now - record.at) / DAY)

    def due(self, subject: Subject) -> int:
        """`settle` after the span in which the next record was due; NEVER once it is missed."""
        record: FiledRecord | None = subject.memory.get(self.key)
        return NEVER if record is None or record.opened_at is not None else self._end(record) + self._settle

    def _owed(self, subject: Subject) -> bool:
        """Whether the unit uses what the records are of."""
        return not self._item or (subject.facts is not None and subject.facts.traits.get(self._item) is True)

    def _of(self, data: Any) -> bool:
        """Whether a record is one of these."""
        return data.level == self._level and (not self._item or getattr(data, self._field) == self._item)

    def _end(self, record: FiledRecord) -> int:
        return span_of(self._level, span_of(self._level, record.at + 1)[1] + 1)[1]


def _ended(record: FiledRecord | None) -> Finding | None:
    """What ends the waiting for a record that is missed."""
    if record is None or record.opened_at is None:
        return None
    return Finding(active=False, opened_at=record.opened_at)
