"""Judge `week`: the share of visits in seven days that found no page."""

from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from agents.core.alerts.state import Subject
from agents.core.judge import Finding
from agents.core.judges.parts.bounds import LimitSource
from agents.core.judges.parts.condition import Condition, ConditionParams
from agents.core.judges.parts.standing import Standing
from agents.core.rules.rule import Binding
from agents.domains.cyber.payload import SiteDay
from streams.messages import DAY, HOUR

WEEK = 7
"""Days of a week of visits."""


class WeekParams(ConditionParams, frozen=True, kw_only=True):
    """`visits`: how many a day needs to count."""

    visits: Annotated[int, Meta(ge=1)]


class Days(Standing):
    """Visits and failures by day (number of its last moment, China Standard Time), and the condition."""

    days: dict[int, tuple[int, int]] = msgspec.field(default_factory=dict)


class Week(Condition):
    """Opens when seven days in a row have enough visits and the share of failures (percent) is at or above the law's limit.

    Fewer days, or a day with too few visits, say nothing. A late day counts from the next on; the last report of a day counts.
    """

    Memory: type[Struct] | None = Days
    forgets = False

    def __init__(self, binding: Binding) -> None:
        params = msgspec.convert(binding.params, WeekParams)
        super().__init__(binding, params)
        self._visits = params.visits
        self._limit = LimitSource(binding, "law", "failed")

    def read(self, subject: Subject, kind: str, data: SiteDay, at: int) -> Finding | None:  # noqa: ARG002 - contract
        """Add a day, and judge the week that ends with it."""
        memory: Days = subject.memory.get(self.key) or Days()
        subject.memory[self.key] = memory
        today = (at - 1 + 8 * HOUR) // DAY
        if data.visits >= self._visits:
            memory.days[today] = (data.visits, data.failed)
        newest = max(memory.days, default=today)
        memory.days = {day: told for day, told in memory.days.items() if day > newest - WEEK}
        limit = self._limit.of(subject, at)
        if today != newest or len(memory.days) < WEEK or limit is None:
            return None
        visits, failed = (sum(each) for each in zip(*memory.days.values(), strict=True))
        share = 100 * failed / visits
        return self.turn(subject, data, at, late=False, over=share >= limit, value=share, limit=limit)
