"""A condition of which a judge computes the value itself."""

from typing import Any

from agents.core.alerts.state import Subject
from agents.core.judge import Finding
from agents.core.judges.parts.condition import Condition
from agents.core.judges.parts.standing import older
from agents.core.rules.guard import Guard

Measure = tuple[float, float, bool]
"""A value, its limit, and whether it is beyond it."""


class Measured(Condition):
    """Base of judges that say what a fact measures: delays, tiers and `where` are those of every condition."""

    def guard(self, kind: str) -> Guard:
        """Asked of facts that count."""
        return self._counting(kind)

    def read(self, subject: Subject, kind: str, data: Any, at: int) -> Finding | None:
        """Measure, and let the value speak for or against the condition."""
        if self._matches is not None and not self._matches(subject, data):
            return None
        found = self.measure(subject, data, at)
        if found is None:
            return None
        value, limit, over = found
        return self.turn(subject, data, at, late=older(subject, kind, at), over=over, value=value, limit=limit)

    def measure(self, subject: Subject, data: Any, at: int) -> Measure | None:
        """What a fact measures, or None where it says nothing."""
        raise NotImplementedError
