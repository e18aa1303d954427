"""The range of temperature on the label of what a store holds, as it is registered; without one that of the law."""

from math import inf
from typing import Any

from agents.core.alerts.state import Subject
from agents.core.judges.band import Band
from agents.core.judges.parts.bounds import LimitSource
from agents.core.rules.rule import Binding


class Own:
    """A bound of the registration (`limits`, `<item>.low` or `<item>.high`), else the law's."""

    values: tuple[float, ...] = ()
    fixed = False

    def __init__(self, law: LimitSource, name: str) -> None:
        self._law, self._name = law, name

    def every(self, subject: Subject) -> tuple[float, ...]:
        """All bounds that a subject can have as it is registered."""
        own = self._registered(subject)
        return self._law.every(subject) if own is None else (own,)

    def of(self, subject: Subject, at: int) -> float | None:
        """The bound at an event time (ms)."""
        own = self._registered(subject)
        return self._law.of(subject, at) if own is None else own

    def _registered(self, subject: Subject) -> float | None:
        return None if subject.facts is None else subject.facts.limits.get(self._name)


class Labelled(Band):
    """The stock judge `band` with `low` and `high` of the law: a label goes before it (GSP 83)."""

    _low: Any
    _high: Any

    def __init__(self, binding: Binding) -> None:
        super().__init__(binding)
        self._low, self._high = Own(self._low, f"{binding.item}.low"), Own(self._high, f"{binding.item}.high")
        self._safe_low, self._safe_high = inf, -inf
