"""The time limit (时限) of a duty, and the deadline that it gives from a moment on.

Clocks run from the moment itself: urgent and natural hours and natural days without a pause, working hours and working days
(a day's sessions each) in working time alone. That is how city management counts a case (DeadlineCalculator and
TimeLimitTypeEnum of zhcg2026/smart_cityguard, GB/T 30428.8 practice). Workday hours stand still on days off alone
(非工作日时间可顺延).

Periods of the law run by whole days: the day of the event is not counted (民法典 201), and a last day that is a day off is
the next working day instead (203 §1). `civil` ones end at 24:00 of their last day (203 §2), by days, working days (holidays
left out: 行政许可法 82, 行政处罚法 85), months or years (to the corresponding day, 202). `statutory` ones end at close of
business: for what can be done in office hours alone (203 §2). `calendar` ones end at 24:00 and move for no holiday: what is
to be done 每日 or by 日历日, and emergencies.

A Friday 15:00 event with 1 working day is due Monday 15:00 by the clock, Monday 18:00 at the office and Monday 24:00 by law.
"""

from collections.abc import Sequence
from typing import Literal, get_args

from msgspec import Struct

from streams.calendar import periods
from streams.calendar.periods import Pause
from streams.calendar.working_time import Calendar, midnight
from streams.messages import DAY, HOUR, Text

Kind = Literal[
    "urgent-hours",
    "natural-hours",
    "natural-days",
    "workday-hours",
    "working-hours",
    "working-days",
    "statutory-days",
    "statutory-working-days",
    "civil-days",
    "civil-working-days",
    "civil-months",
    "civil-years",
    "calendar-days",
    "calendar-months",
]
"""How a limit runs: six clocks, then the periods of the law."""

_CONTINUOUS: dict[Kind, int] = {"urgent-hours": HOUR, "natural-hours": HOUR, "natural-days": DAY}
_WORKING: frozenset[Kind] = frozenset({"working-hours", "working-days"})

_YEAR = 12
"""Months."""


class Period(Struct, frozen=True):
    """How a period runs: by days, working days or `months`; whether its end moves off days off, and is at closing time."""

    working: bool = False
    months: int = 0
    moves: bool = True
    closes: bool = False


_PERIODS: dict[Kind, Period] = {
    "statutory-days": Period(closes=True),
    "statutory-working-days": Period(working=True, closes=True),
    "civil-days": Period(),
    "civil-working-days": Period(working=True),
    "civil-months": Period(months=1),
    "civil-years": Period(months=_YEAR),
    "calendar-days": Period(moves=False),
    "calendar-months": Period(months=1, moves=False),
}

_TITLES: dict[Kind, Text] = {
    "urgent-hours": Text("{}紧急工作时", "{} urgent hour{s}"),
    "natural-hours": Text("{}小时", "{} hour{s}"),
    "natural-days": Text("{}自然日", "{} natural day{s}"),
    "workday-hours": Text("{}小时（非工作日不计）", "{} hour{s} of working days"),
    "working-hours": Text("{}工作时", "{} working hour{s}"),
    "working-days": Text("{}工作日", "{} working day{s}"),
    "statutory-days": Text("{}日（法定期间）", "{} day{s} by law"),
    "statutory-working-days": Text("{}个工作日（法定期间）", "{} working day{s} by law"),
    "civil-days": Text("{}日", "{} day{s}"),
    "civil-working-days": Text("{}个工作日", "{} working day{s}"),
    "civil-months": Text("{}个月", "{} month{s}"),
    "civil-years": Text("{}年", "{} year{s}"),
    "calendar-days": Text("{}日（节假日不顺延）", "{} day{s}, holidays or not"),
    "calendar-months": Text("{}个月（节假日不顺延）", "{} month{s}, holidays or not"),
}


class TimeLimit(Struct, frozen=True):
    """So many (1 or more) of one kind of hour, day, month or year."""

    amount: int
    kind: Kind

    def title(self) -> Text:
        """The limit in words.

        >>> parse_limit("4 working-hours").title()
        Text(zh='4工作时', en='4 working hours')
        """
        words, plural = _TITLES[self.kind], "" if self.amount == 1 else "s"
        return Text(words.zh.format(self.amount), words.en.format(self.amount, s=plural))


class Deadline(Struct, frozen=True):
    """A computed moment in ms; provisional where a year without the State Council's notice had a part in it."""

    at: int
    provisional: bool


def parse_limit(text: str) -> TimeLimit:
    """The limit that a rule states as amount and kind; after 1 the kind may drop its s. ValueError says what to write.

    >>> parse_limit("7 statutory-working-days")
    TimeLimit(amount=7, kind='statutory-working-days')
    >>> parse_limit("1 working-day").kind
    'working-days'
    """
    amount, _, word = text.partition(" ")
    for kind in get_args(Kind):
        if word == kind or (amount == "1" and f"{word}s" == kind):
            return TimeLimit(_amount(amount, text), kind)
    raise ValueError(f"time limit {text!r} has no known kind: write an amount, a space and one of {', '.join(get_args(Kind))}")


def by_days(limit: TimeLimit) -> bool:
    """Whether a limit that nothing pauses ends at one moment for every start of a day, whatever its hour."""
    return limit.kind in _PERIODS


def deadline(start: int, limit: TimeLimit, calendar: Calendar, pauses: Sequence[Pause] = ()) -> Deadline:
    """When a limit that begins at `start` (ms) ends; an act at that very moment is in time.

    `pauses`: what is not counted in it. OutOfCalendarError where the limit needs a day that the calendar does not know.

    >>> from streams.calendar.holidays import load
    >>> from streams.messages import format_time, parse_time
    >>> friday = parse_time("2026-03-06T15:00:00+08:00")
    >>> format_time(deadline(friday, parse_limit("1 working-day"), load()).at)
    '2026-03-09T15:00:00+08:00'
    >>> format_time(deadline(friday, parse_limit("1 statutory-working-day"), load()).at)
    '2026-03-09T18:00:00+08:00'
    >>> format_time(deadline(friday, parse_limit("1 civil-working-day"), load()).at)
    '2026-03-10T00:00:00+08:00'
    """
    if unit := _CONTINUOUS.get(limit.kind):
        return Deadline(periods.run(start, limit.amount * unit, pauses), provisional=False)
    if limit.kind in _WORKING:
        at = periods.resumed(start, _working(limit, calendar), pauses, calendar.worked, calendar.add)
        return Deadline(at, calendar.is_provisional(at))
    if limit.kind == "workday-hours":
        at = periods.resumed(
            start,
            limit.amount * HOUR,
            pauses,
            lambda since, to: periods.on_workdays(since, to, calendar),
            lambda since, length: periods.workday_hours(since, length, calendar),
        )
        return Deadline(at, calendar.is_provisional(at))
    period = _PERIODS[limit.kind]
    last = _last_day(start, limit.amount, period, calendar, pauses)
    if period.moves:
        last = calendar.working_day(last)
    at = last + (calendar.sessions.closes if period.closes else DAY)
    return Deadline(at, period.moves and calendar.is_provisional(at))


def before(end: int, limit: TimeLimit, calendar: Calendar) -> Deadline:
    """The last moment from which the whole limit is left until `end` (ms): a warning, or the latest start.

    Of the periods those by calendar days or months alone: a month before a day is the corresponding day. ValueError for the
    others: the law counts them forward only.

    >>> from streams.calendar.holidays import load
    >>> from streams.messages import format_time, parse_time
    >>> monday_noon = parse_time("2026-03-09T12:00:00+08:00")
    >>> format_time(before(monday_noon, parse_limit("4 working-hours"), load()).at)
    '2026-03-09T08:00:00+08:00'
    """
    if unit := _CONTINUOUS.get(limit.kind):
        return Deadline(end - limit.amount * unit, provisional=False)
    if limit.kind == "calendar-days":
        return Deadline(end - limit.amount * DAY, provisional=False)
    if limit.kind == "calendar-months":
        day = midnight(end)
        return Deadline(periods.months_after(day, -limit.amount) + end - day, provisional=False)
    if limit.kind in _WORKING:
        return Deadline(calendar.subtract(end, _working(limit, calendar)), calendar.is_provisional(end))
    raise ValueError(f"{limit.kind} are counted forward only: state a time before a deadline in another kind")


def warning(start: int, end: int, ahead: TimeLimit, calendar: Calendar) -> int:
    """When a duty from `start` to `end` (ms) turns yellow: the limit `ahead` before its end, yet never before it began."""
    return max(start, before(end, ahead, calendar).at)


def _amount(amount: str, text: str) -> int:
    if not (amount.isascii() and amount.isdigit() and int(amount) > 0):
        raise ValueError(f"time limit {text!r}: its amount {amount!r} is no whole number of 1 or more")
    return int(amount)


def _last_day(start: int, amount: int, period: Period, calendar: Calendar, pauses: Sequence[Pause]) -> int:
    """The midnight that begins the last day of a period, before it moves off a day off."""
    out = periods.uncounted(pauses) if pauses else frozenset()
    if period.months:
        return periods.put_off(start, periods.months_after(start, amount * period.months), out)
    if not out:
        return periods.working_days_after(start, amount, calendar) if period.working else periods.days_after(start, amount)
    return periods.counted(start, amount, lambda day: day not in out and (not period.working or calendar.is_working_day(day)))


def _working(limit: TimeLimit, calendar: Calendar) -> int:
    return limit.amount * (calendar.sessions.workday if limit.kind == "working-days" else HOUR)
