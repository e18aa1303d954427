"""The day of an air station against the daily limits of GB 3095: the law of the day itself, of days with enough hours."""

from typing import Any

import msgspec
from msgspec import field

from agents.core.alerts.state import Subject
from agents.core.judge import Finding
from agents.core.judges.parts.bounds import LimitSource
from agents.core.judges.parts.condition import Condition, ConditionParams
from agents.core.judges.parts.standing import older
from agents.core.judges.parts.statistic import rounded
from agents.core.rules.rule import Binding
from agents.domains.environment.payload import AirDay


class AirDayParams(ConditionParams, frozen=True, kw_only=True):
    """`hours`: how many hourly means the mean of a day needs (0: the value stands for itself); `digits`: decimals by item."""

    hours: int = 0
    digits: dict[str, int] = field(default_factory=dict)


class DayMean(Condition):
    """Opens when a day's mean is above the law's limit of that day; at 00:00, the end by which it is named, the old law holds.

    Means are rounded as they are reported (GB/T 8170), to whole numbers where nothing else is said.
    """

    def __init__(self, binding: Binding) -> None:
        self._params = msgspec.convert(binding.params, AirDayParams)
        super().__init__(binding, self._params)
        self._item = binding.item
        self._digits = self._params.digits.get(binding.item, 0)
        self._limit = LimitSource(binding, "law", binding.item)

    def read(self, subject: Subject, kind: str, data: AirDay, at: int) -> Finding | None:
        """Compare."""
        value: Any = getattr(data, self._item)
        if value is None or data.hours.get(self._item, 0) < self._params.hours:
            return None
        day, mean = at - 1, rounded(value, self._digits)
        limit = self._limit.of(subject, day)
        if limit is None:
            return self._law.early(subject, day)
        return self.turn(subject, data, day, late=older(subject, kind, at), over=mean > limit, value=mean, limit=limit)
