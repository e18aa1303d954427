"""The duty to publish air quality in time (HJ 633-2026 5.2): each hour, each day, and the forecast."""

from typing import Literal

import msgspec
from msgspec import Struct

from agents.core.alerts.state import Subject
from agents.core.dates import moment
from agents.core.duration import span
from agents.core.judge import Finding
from agents.core.rules.rule import Binding
from agents.domains.environment.payload import Publication
from streams.messages import HOUR, NEVER


class PublicationParams(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`report`: which one; `every`: how far its periods are apart; `within`: how long after a period's end it may come."""

    report: Literal["real-time", "daily", "forecast"]
    every: str
    within: str


class Publishing(Struct, array_like=True):
    """The end (ms) of the newest period published, and since when the next one is late."""

    covers: int
    late_since: int | None = None


class PublicationDuty:
    """Opens when the next report is late, closes with the report of a later period that came in time or ends the delay.

    The value is how many hours have passed since the end of the oldest period that is not published, the limit how many
    may. Counted from the first report; a report that says no time is left to the domain's check.
    """

    timed = idle = True
    Memory: type[Struct] | None = Publishing

    def __init__(self, binding: Binding) -> None:
        params = msgspec.convert(binding.params, PublicationParams)
        self.key = binding.key
        self._report = params.report
        self._every = span(params.every)
        self._within = span(params.within)

    def read(self, subject: Subject, kind: str, data: Publication, at: int) -> Finding | None:  # noqa: ARG002 - the contract
        """A report was published."""
        covers = moment(data.covers)
        if data.report != self._report or covers is None:
            return None
        memory: Publishing | None = subject.memory.get(self.key)
        if memory is None:
            subject.memory[self.key] = Publishing(covers)
            return None
        if covers <= memory.covers:
            return None
        memory.covers = covers
        if memory.late_since is None or at > self._deadline(memory):
            return None
        opened_at, memory.late_since = memory.late_since, None
        return Finding(active=False, opened_at=opened_at)

    def wake(self, subject: Subject, now: int) -> Finding | None:
        """The next report is late."""
        memory: Publishing = subject.memory[self.key]
        memory.late_since = self._deadline(memory)
        value, limit = (now - memory.covers - self._every) / HOUR, self._within / HOUR
        return Finding(active=True, opened_at=memory.late_since, value=value, limit=limit)

    def due(self, subject: Subject) -> int:
        """The first moment after the next report's deadline; NEVER while it is late already."""
        memory: Publishing | None = subject.memory.get(self.key)
        return NEVER if memory is None or memory.late_since is not None else self._deadline(memory) + 1

    def _deadline(self, memory: Publishing) -> int:
        return memory.covers + self._every + self._within
