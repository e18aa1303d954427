"""Judge `connected`: the share of calls answered in 24 hours in a row (GB/T 33358: 连续24小时呼叫接通率)."""

import msgspec
from msgspec import Struct

from agents.core.alerts.state import Subject
from agents.core.judge import Finding
from agents.core.judges.parts.bounds import LimitSource
from agents.core.judges.parts.condition import Condition, ConditionParams
from agents.core.judges.parts.standing import Standing
from agents.core.rules.rule import Binding
from agents.domains.service.payload import Calls
from streams.messages import HOUR

HOURS = 24
"""Hours of the window."""


class CallHours(Standing):
    """Calls and how many of them were answered by hour (number of its last moment), and the condition."""

    hours: dict[int, tuple[int, float]] = msgspec.field(default_factory=dict)


class Connected(Condition):
    """Opens when of 24 hours in a row, all of them told, a smaller share of the calls was answered than the limit (percent).

    An hour without a number of calls is not told. A late hour counts from the next on; the last report of an hour counts.
    """

    Memory: type[Struct] | None = CallHours
    forgets = False

    def __init__(self, binding: Binding) -> None:
        super().__init__(binding, msgspec.convert(binding.params, ConditionParams))
        self._limit = LimitSource(binding, "law", "answered")

    def read(self, subject: Subject, kind: str, data: Calls, at: int) -> Finding | None:  # noqa: ARG002 - contract
        """Add an hour, and judge the 24 that end with it."""
        if data.calls is None:
            return None
        memory: CallHours = subject.memory.get(self.key) or CallHours()
        subject.memory[self.key] = memory
        this = (at - 1) // HOUR
        memory.hours[this] = (data.calls, data.calls * data.answered)
        newest = max(memory.hours)
        memory.hours = {hour: told for hour, told in memory.hours.items() if hour > newest - HOURS}
        limit = self._limit.of(subject, at)
        calls = sum(told[0] for told in memory.hours.values())
        if this != newest or len(memory.hours) < HOURS or limit is None or not calls:
            return None
        share = sum(told[1] for told in memory.hours.values()) / calls
        return self.turn(subject, data, at, late=False, over=share < limit, value=share, limit=limit)
