"""Where a limit comes from: the rule, the edition of the law at event time, or the subject's own permit."""

from typing import Literal

from agents.core.alerts.state import Subject
from agents.core.rules.rule import Binding
from streams.messages import NEVER

Given = float | Literal["law", "permit"]


class LimitSource:
    """One limit of a rule. `values` are all that it can have, or empty where only the subject knows."""

    def __init__(self, binding: Binding, given: Given, name: str, default: float | None = None) -> None:
        self._name = name
        self._default = default
        self._permit = given == "permit"
        self._spans: tuple[tuple[int, int, float], ...] = ()
        if given == "law":
            self._spans = tuple((e.start, e.end, e.limits[name]) for e in binding.editions if name in e.limits)
            if not self._spans:
                raise ValueError(f'limit = "law", but no edition of the clause sets a limit for {name!r}')
        elif given != "permit":
            self._spans = ((-NEVER, NEVER, float(given)),)
        self.values = tuple(limit for _, _, limit in self._spans)

    def every(self, subject: Subject) -> tuple[float, ...]:
        """All limits that a subject can have as it is registered, at whatever time."""
        if not self._permit:
            return self.values
        found = self.of(subject, 0)
        return () if found is None else (found,)

    def of(self, subject: Subject, at: int) -> float | None:
        """The limit for a subject at an event time (ms), or None where there is none."""
        if self._permit:
            facts = subject.facts
            return self._default if facts is None else facts.limits.get(self._name, self._default)
        for start, end, limit in self._spans:
            if start <= at < end:
                return limit
        return None
