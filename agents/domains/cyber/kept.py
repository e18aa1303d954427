"""Judge `kept`: months of logs, of a system that may be younger than the law asks."""

from datetime import date
from typing import Any

import msgspec

from agents.core.alerts.state import Subject
from agents.core.dates import moment
from agents.core.judge import Finding
from agents.core.judges.limit import LimitParams, LowLimit
from agents.core.judges.parts.standing import older
from agents.core.rules.rule import Binding
from streams.messages import day_of


class Kept(LowLimit):
    """`limit` below the law's months; where the register tells when the system `began`, all whole months since are enough."""

    def read(self, subject: Subject, kind: str, data: Any, at: int) -> Finding | None:
        """Compare, unless the logs go back to the beginning."""
        began = moment(subject.facts.traits.get("began")) if subject.facts else None
        if began is None or data.months < whole_months(day_of(began), day_of(at)):
            return super().read(subject, kind, data, at)
        return self.turn(subject, data, at, late=older(subject, kind, at), over=False, value=data.months, limit=None)


def kept(binding: Binding) -> Kept:
    """The judge `kept` of a rule."""
    return Kept(binding, msgspec.convert(binding.params, LimitParams))


def whole_months(since: date, to: date) -> int:
    """How many whole months lie between two days (民法典 202: to the corresponding day).

    >>> whole_months(date(2026, 1, 31), date(2026, 3, 30)), whole_months(date(2026, 1, 31), date(2026, 3, 31))
    (1, 2)
    """
    return (to.year - since.year) * 12 + to.month - since.month - (to.day < since.day)
