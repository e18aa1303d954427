"""Faults that one fact shows by itself: too late, thrown away too early, a fine out of range, a signal in counted reports."""

from calendar import monthrange
from collections.abc import Callable
from datetime import date
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from agents.core.alerts.state import Subject
from agents.core.dates import moment, validity
from agents.core.judge import Finding
from agents.core.judges.parts.condition import Condition, ConditionParams
from agents.core.judges.parts.legal import end_of, period
from agents.core.judges.parts.standing import older
from agents.core.rules.rule import Binding
from agents.domains.food_drug.payload import AdrTable, Disposal, Penalty, RecheckApplication
from streams.messages import DAY, HOUR

SMALL_GOODS = 10_000
"""食品安全法 124: below this value (yuan) the fine is 50,000 to 100,000 yuan, from it on 10 to 20 times the value."""


class LateParams(ConditionParams, frozen=True, kw_only=True):
    """`within`: the time limit (`7 statutory-working-days`), counted from the fact's own `received`."""

    within: str


class EarlyParams(ConditionParams, frozen=True, kw_only=True):
    """`months`: how many months something is kept from its `since` on; with `through` the last day is kept to its end too.

    With `shelf` what spoils sooner (`expires`) is kept to the end of its shelf life.
    """

    months: Annotated[int, Meta(ge=1)]
    through: bool = False
    shelf: bool = False


class FineParams(ConditionParams, frozen=True, kw_only=True):
    """`low` and `high`: a range in yuan whatever the goods are worth; without them that of 食品安全法 124."""

    low: Annotated[float, Meta(ge=0)] | None = None
    high: Annotated[float, Meta(ge=0)] | None = None


class Fault(Condition):
    """Opens with a fact at fault, closes with a newer fact that `where` counts too and that has none.

    `measure` gives a fact's value, its limit and whether it is at fault, or None where the fact cannot be judged.
    """

    def read(self, subject: Subject, kind: str, data: Any, at: int) -> Finding | None:
        """Measure one fact."""
        if self._matches is not None and not self._matches(subject, data):
            return None
        measured = self.measure(data, at)
        if measured is None:
            return None
        value, limit, over = measured
        return self.turn(subject, data, at, late=older(subject, kind, at), over=over, value=value, limit=limit)

    def measure(self, data: Any, at: int) -> tuple[float, float, bool] | None:
        """Value, limit, at fault."""
        raise NotImplementedError


class Late(Fault):
    """An application that comes after its time: hours since the conclusion was received, and hours that there were."""

    def __init__(self, binding: Binding) -> None:
        params = msgspec.convert(binding.params, LateParams)
        super().__init__(binding, params)
        self._within = period(params.within)
        self._calendar = binding.calendar

    def measure(self, data: RecheckApplication, at: int) -> tuple[float, float, bool] | None:
        """An application at the very deadline is in time; days that the calendar does not know are not guessed."""
        received = moment(data.received)
        if received is None or received > at:
            return None
        try:
            due, _ = end_of(received, self._within, self._calendar)
        except ValueError:
            return None
        return (at - received) / HOUR, (due - received) / HOUR, at > due


class Early(Fault):
    """Something thrown away before its time: days it was kept, and days it must be kept; the day reached is enough.

    With `through` it is not: a period of months ends with its last day, at 24:00 (民法典 202, 203).
    """

    def __init__(self, binding: Binding) -> None:
        params = msgspec.convert(binding.params, EarlyParams)
        super().__init__(binding, params)
        self._months, self._shelf, self._through = params.months, params.shelf, params.through

    def measure(self, data: Disposal, at: int) -> tuple[float, float, bool] | None:
        """Whole days of China Standard Time; before `since`, as within a shelf life, nothing is kept long enough yet."""
        since = moment(data.since)
        if since is None:
            return None
        first = date.fromisoformat(data.since)
        try:
            last = months_after(first, self._months)
        except ValueError:  # beyond the year 9999
            return None
        expires = validity(data.expires) if self._shelf and data.expires is not None else None
        if expires is not None:
            last = min(last, date.fromisoformat(data.expires or ""))
        needed = max(0, (last - first).days) + self._through
        kept = max(0, (at - since) // DAY)
        return float(kept), float(needed), kept < needed


class Fine(Fault):
    """A fine below or above the range of 食品安全法 124 for the value of the goods, or a set one; both ends are within."""

    def __init__(self, binding: Binding) -> None:
        params = msgspec.convert(binding.params, FineParams)
        super().__init__(binding, params)
        self._range = None if params.low is None or params.high is None else (params.low, params.high)

    def measure(self, data: Penalty, at: int) -> tuple[float, float, bool] | None:  # noqa: ARG002 - the same for all faults
        """The limit is the end of the range that was crossed, or the lower one."""
        goods = data.goods_value
        low, high = self._range or ((50_000.0, 100_000.0) if goods < SMALL_GOODS else (10 * goods, 20 * goods))
        return data.fine, high if data.fine > high else low, not low <= data.fine <= high


class Signal(Fault):
    """A drug and reaction reported together out of proportion: 3 reports, PRR 2 and chi-square 4 or more (Evans 2001)."""

    def __init__(self, binding: Binding) -> None:
        super().__init__(binding, msgspec.convert(binding.params, ConditionParams))

    def measure(self, data: AdrTable, at: int) -> tuple[float, float, bool] | None:  # noqa: ARG002 - the same for all faults
        """The value is the PRR."""
        both, drug = data.both, data.both + data.drug_only
        if not (drug and data.reaction_only):
            return None
        prr = both * (data.reaction_only + data.neither) / (drug * data.reaction_only)
        return round(prr, 6), 2.0, both >= 3 and prr >= 2 and chi_square(data) >= 4


def chi_square(table: AdrTable) -> float:
    """Chi-square of the four counts with Yates' correction; 0 where a row or a column is empty.

    >>> round(chi_square(AdrTable(drug="d", reaction="r", both=10, drug_only=90, reaction_only=100, neither=9800)), 3)
    65.514
    """
    a, b, c, d = table.both, table.drug_only, table.reaction_only, table.neither
    margins = (a + b) * (c + d) * (a + c) * (b + d)
    n = a + b + c + d
    return n * max(0.0, abs(a * d - b * c) - n / 2) ** 2 / margins if margins else 0.0


def months_after(day: date, months: int) -> date:
    """The corresponding day so many months later, or that month's last day where there is none (民法典 202).

    >>> months_after(date(2026, 8, 31), 6), months_after(date(2026, 1, 15), 24)
    (datetime.date(2027, 2, 28), datetime.date(2028, 1, 15))
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


FAULTS: dict[str, Callable[[Binding], Fault]] = {"early": Early, "fine": Fine, "late": Late}
"""Faults that stand until their own case is answered, as `paired` names them."""
