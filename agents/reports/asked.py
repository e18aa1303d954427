"""What a report is asked of: a day or a month of the whole place or of a unit, an order, an alert. Pure."""

import calendar
import re
from datetime import date, timedelta
from typing import Literal

from msgspec import Struct

from agents.offline.reading import RefusedError
from agents.offline.telling import Language
from streams.messages import begin_of
from streams.messages.rights import Role
from streams.organs.unit import Unit, Units

Span = Literal["day", "month"]


class ReportPeriod(Struct, frozen=True):
    """A day or a month of China Standard Time, `[begin, end)` in ms. `name`: `2026-03-05` or `2026-03`."""

    span: Span
    name: str
    begin: int
    end: int

    @property
    def month(self) -> str:
        """The month that it is in."""
        return self.name[:7]

    @property
    def days(self) -> tuple[date, date]:
        """Its first day, and the first after it."""
        first = date.fromisoformat(self.name if self.span == "day" else f"{self.name}-01")
        return first, first + timedelta(days=1 if self.span == "day" else calendar.monthrange(first.year, first.month)[1])


class ReportAsked(Struct, frozen=True, kw_only=True):
    """One report: of a period, and if `unit` is given of that body alone; or of one `order` or `alert`.

    `role`: for whom it is made: what is marked is masked as for him.
    """

    period: ReportPeriod | None = None
    unit: str = ""
    order: str = ""
    alert: str = ""
    lang: Language = "zh"
    role: Role = "viewer"

    @property
    def name(self) -> str:
        """What its files are called."""
        what = self.period.name if self.period else self.order or self.alert
        return "-".join(filter(None, ("report", what, self.unit, self.lang)))


def period_of(span: Span, name: str) -> ReportPeriod:
    """The period of a name; RefusedError where it is none.

    >>> period_of("month", "2026-02").days[1].isoformat()
    '2026-03-01'
    """
    form = r"\d{4}-\d{2}-\d{2}" if span == "day" else r"\d{4}-\d{2}"
    try:
        if not re.fullmatch(form, name, re.ASCII):
            raise ValueError(name)
        made = ReportPeriod(span, name, 0, 0)
        first, last = made.days
        begin, end = begin_of(first), begin_of(last)
    except (ValueError, OverflowError):
        example = "2026-03-05" if span == "day" else "2026-03"
        words = {"day": "日期", "month": "月份"}
        raise RefusedError(
            f"{name!r} 不是{words[span]}，应写作 {example}", f"{name!r} is no {span}: write it as {example}"
        ) from None
    return ReportPeriod(span, name, begin, end)


def period_asked(day: str, month: str) -> ReportPeriod | None:
    """The period of a day, else of a month, as one names it; None where neither is named."""
    if day:
        return period_of("day", day)
    return period_of("month", month) if month else None


def unit_of(units: Units, name: str, period: ReportPeriod) -> Unit:
    """The body of an id; RefusedError where there is none, or it did not exist throughout the period."""
    unit = units.get(name)
    if unit is None:
        raise RefusedError(f"没有单位 {name!r}（本地共 {len(units)} 个）", f"there is no unit {name!r} here")
    first, after = period.days
    if unit.until is not None and unit.until <= first:
        raise RefusedError(
            f"单位 {name} 自 {unit.until} 起不再存在，其职责由 {unit.successor or '—'} 承接：请改报该单位",
            f"unit {name} is no more since {unit.until}: its duties are with {unit.successor or 'nobody named'}, ask of that",
        )
    if unit.until is not None and unit.until < after:
        raise RefusedError(
            f"单位 {name} 在时段内（{unit.until}）并入 {unit.successor or '—'}：请按日报告至前一日，此后报告承接单位",
            f"unit {name} was merged into {unit.successor or 'nobody named'} within the period, on {unit.until}: "
            "ask day by day up to the day before, and of the successor from then on",
        )
    if unit.since is not None and first < unit.since:
        raise RefusedError(
            f"单位 {name} 自 {unit.since} 起才存在：请选其后的时段",
            f"unit {name} exists since {unit.since} only: choose a period after that",
        )
    return unit
