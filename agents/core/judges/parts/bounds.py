"""Where a limit comes from: the rule, the edition of the law at event time, or the subject's own permit."""

from typing import Literal

from agents.core.alerts.state import Subject
from agents.core.rules.rule import Binding, adcode_of, in_force
from streams.messages import NEVER

Given = float | Literal["law", "permit"]


class LimitSource:
    """One limit of a rule. `values` are all that it can have, or empty where only the subject knows.

    `fixed`: they are those of every subject, however it is registered.
    """

    def __init__(self, binding: Binding, given: Given, name: str, default: float | None = None) -> None:
        self._name = name
        self._default = default
        self._permit = given == "permit"
        self._spans: tuple[tuple[int, int, float], ...] = ()
        self._editions = tuple(edition for edition in binding.editions if name in edition.limits) if given == "law" else ()
        self._local = any(edition.adcode for edition in self._editions)
        if given == "law":
            self._spans = tuple((e.start, e.end, e.limits[name]) for e in self._editions)
            if not self._spans:
                raise ValueError(f'limit = "law", but no edition of the clause sets a limit for {name!r}')
        elif given != "permit":
            self._spans = ((-NEVER, NEVER, float(given)),)
        self.values = tuple(limit for _, _, limit in self._spans)
        self.fixed = type(self) is LimitSource and not (self._local or self._permit)

    def every(self, subject: Subject) -> tuple[float, ...]:
        """All limits that a subject can have as it is registered, at whatever time."""
        if self._local:
            adcode = adcode_of(subject.facts)
            return tuple(e.limits[self._name] for e in self._editions if adcode.startswith(e.adcode))
        if not self._permit:
            return self.values
        found = self.of(subject, 0)
        return () if found is None else (found,)

    def of(self, subject: Subject, at: int) -> float | None:
        """The limit for a subject at an event time (ms), or None where there is none."""
        if self._permit:
            facts = subject.facts
            return self._default if facts is None else facts.limits.get(self._name, self._default)
        if self._local:
            edition = in_force(self._editions, at, adcode_of(subject.facts))
            return None if edition is None else edition.limits[self._name]
        for start, end, limit in self._spans:
            if start <= at < end:
                return limit
        return None
