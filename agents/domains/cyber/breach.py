"""Judge `breach`: a source that got in after many failures."""

from bisect import bisect_left, bisect_right
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from agents.core.alerts.state import Subject
from agents.core.duration import span
from agents.core.judge import Finding
from agents.core.judges.parts.standing import Untimed
from agents.core.rules.guard import ALWAYS, Among, Guard, Keeps, any_of
from agents.core.rules.paths import Path
from agents.core.rules.rule import Binding
from agents.domains.cyber.payload import Login, Measure

SOURCES = 256
"""How many sources are remembered for a system; the one not seen for longest gives way."""


class BreachParams(Struct, frozen=True, forbid_unknown_fields=True):
    """A success of a source with at least `failures` failures in the time `within` before it opens."""

    failures: Annotated[int, Meta(ge=1, le=256)]
    within: str


class Attempts(Struct, array_like=True):
    """The newest failures (event times, ms, in order) by source; since when the breach stands; when access was last secured."""

    failed: dict[str, list[int]] = {}
    opened_at: int | None = None
    secured: int = 0


class Breach(Untimed):
    """Opens with such a success and closes when access is secured (`measure`).

    The value is the number of failures in [t - `within`, t) of the success at t, the limit `failures`. A success that is older
    than the last time access was secured opens nothing.

    | failures within | at the success | outcome |
    |---|---|---|
    | `failures` - 1 | | nothing |
    | `failures`, the first exactly `within` before | | opens |
    """

    Memory: type[Struct] | None = Attempts

    def __init__(self, binding: Binding) -> None:
        params = msgspec.convert(binding.params, BreachParams)
        self.key = binding.key
        self._count = params.failures
        self._within = span(params.within)

    def guard(self, kind: str) -> Guard:
        """Asked of failures, of successes of a source whose failures are remembered, and of measures."""
        if kind != "login":
            return ALWAYS
        return any_of(Among(Path("fact", ("outcome",)), ("failure",)), Keeps(("source",), "failed"))

    def read(self, subject: Subject, kind: str, data: Login | Measure, at: int) -> Finding | None:  # noqa: ARG002 - contract
        """Note a failure, look behind a success, end with the measure."""
        memory: Attempts | None = subject.memory.get(self.key)
        if memory is None:
            if isinstance(data, Login) and data.outcome != "failure":
                return None
            memory = subject.memory[self.key] = Attempts()
        if isinstance(data, Measure):
            return _secured(memory, data, at)
        if data.outcome == "failure":
            self._fail(memory, data.source, at)
            return None
        return self._success(memory, data.source, at)

    def _fail(self, memory: Attempts, source: str, at: int) -> None:
        times = memory.failed.pop(source, [])
        if not times and len(memory.failed) >= SOURCES:
            del memory.failed[next(iter(memory.failed))]
        times.insert(bisect_right(times, at), at)
        memory.failed[source] = times[-self._count * 4 :]

    def _success(self, memory: Attempts, source: str, at: int) -> Finding | None:
        times = memory.failed.get(source, [])
        count = bisect_left(times, at) - bisect_left(times, at - self._within)
        if count < self._count or at < memory.secured:
            return None
        if memory.opened_at is None:
            memory.opened_at = at
        return Finding(active=True, opened_at=memory.opened_at, value=count, limit=self._count)


def _secured(memory: Attempts, data: Measure, at: int) -> Finding | None:
    if data.what != "access-secured" or at < memory.secured:
        return None
    memory.secured, opened_at = at, memory.opened_at
    if opened_at is None or at < opened_at:
        return None
    memory.opened_at = None
    return Finding(active=False, opened_at=opened_at)
