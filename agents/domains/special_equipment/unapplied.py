"""Judge `unapplied`: the periodic inspection has not been asked for in time."""

from contextlib import suppress
from typing import Any

from agents.core.alerts.state import Subject
from agents.core.judge import Finding
from agents.core.judges.expiry import Expiry, Term
from agents.core.judges.parts.legal import ahead_of
from agents.core.judges.parts.timelines import Step
from agents.core.rules.guard import ALWAYS, Guard
from streams.messages import DAY

EARLIEST = 180 * DAY
"""How long before the end of validity an application is for this term (default)."""


class Unapplied(Expiry):
    """The stock judge `expiry` of the registered validity, which an application for inspection ends until the next date.

    A reminder by a period of the law is counted back from the end of the last day: 届满前一个月 of 31 August is the beginning
    of 1 August.

    | a month before the end of the last day | an application | outcome with `remind = ["1 calendar-month"]` |
    |---|---|---|
    | not yet | | nothing |
    | at that moment | none | opens |
    | later | comes | closes |
    """

    def guard(self, kind: str) -> Guard:
        """Asked of steps of an inspection too."""
        return ALWAYS if kind == "inspection_step" else super().guard(kind)

    def read(self, subject: Subject, kind: str, data: Any, at: int) -> Finding | None:
        """A registration with a date, or a step of an inspection."""
        if kind != "inspection_step":
            return super().read(subject, kind, data, at)
        memory: Term | None = subject.memory.get(self.key)
        if memory is None or data.step == "failed" or at < memory.last - EARLIEST:
            return None
        return self.done(memory)

    def _steps(self, memory: Term) -> list[Step]:
        steps: list[Step] = [(memory.end + (memory.end == memory.last), None)]
        with suppress(ValueError):  # the calendar cannot tell: the end alone is judged
            for each, severity in self._remind:
                until = memory.last if each.limit is None else memory.end
                steps.append((ahead_of(until, each, self._calendar), severity))
        return sorted(steps, key=lambda step: step[0])
