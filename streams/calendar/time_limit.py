"""The time limit (时限) of a duty, and the deadline that it gives from a moment on.

Clocks run from the moment itself: urgent and natural hours and natural days without a pause, working hours and working days
(8 working hours each) in working time alone. That is how city management counts a case (DeadlineCalculator and
TimeLimitTypeEnum of zhcg2026/smart_cityguard, GB/T 30428.8 practice).

Statutory periods run by whole days: the day of the event is not counted (民法典 201); the period ends at close of business of
its last day (203 §2), which moves to the next working day where it is none (203 §1); working days leave holidays out
(行政许可法 82). A Friday 15:00 event with 1 working day is due Monday 15:00 by the clock and Monday 18:00 by law.
"""

from typing import Literal, get_args

from msgspec import Struct

from streams.calendar.working_time import WORKDAY, Calendar, midnight
from streams.messages import DAY, HOUR, Text

Kind = Literal[
    "urgent-hours",
    "natural-hours",
    "natural-days",
    "working-hours",
    "working-days",
    "statutory-days",
    "statutory-working-days",
]
"""How a limit runs: five clocks, then two periods of the law."""

_CONTINUOUS: dict[Kind, int] = {"urgent-hours": HOUR, "natural-hours": HOUR, "natural-days": DAY}
_WORKING: dict[Kind, int] = {"working-hours": HOUR, "working-days": WORKDAY}

_TITLES: dict[Kind, Text] = {
    "urgent-hours": Text("{}紧急工作时", "{} urgent hour{s}"),
    "natural-hours": Text("{}小时", "{} hour{s}"),
    "natural-days": Text("{}自然日", "{} natural day{s}"),
    "working-hours": Text("{}工作时", "{} working hour{s}"),
    "working-days": Text("{}工作日", "{} working day{s}"),
    "statutory-days": Text("{}日（法定期间）", "{} day{s} by law"),
    "statutory-working-days": Text("{}个工作日（法定期间）", "{} working day{s} by law"),
}


class TimeLimit(Struct, frozen=True):
    """So many (1 or more) of one kind of hour or day."""

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


def deadline(start: int, limit: TimeLimit, calendar: Calendar) -> Deadline:
    """When a limit that begins at `start` (ms) ends; an act at that very moment is in time.

    OutOfCalendarError where a working or statutory limit needs a day that the calendar does not know.

    >>> from streams.calendar.holidays import load
    >>> from streams.messages import format_time, parse_time
    >>> friday = parse_time("2026-03-06T15:00:00+08:00")
    >>> format_time(deadline(friday, parse_limit("1 working-day"), load()).at)
    '2026-03-09T15:00:00+08:00'
    >>> format_time(deadline(friday, parse_limit("1 statutory-working-day"), load()).at)
    '2026-03-09T18:00:00+08:00'
    """
    if unit := _CONTINUOUS.get(limit.kind):
        return Deadline(start + limit.amount * unit, provisional=False)
    unit = _WORKING.get(limit.kind)
    at = calendar.add(start, limit.amount * unit) if unit else _statutory(start, limit, calendar)
    return Deadline(at, calendar.is_provisional(at))


def before(end: int, limit: TimeLimit, calendar: Calendar) -> Deadline:
    """The last moment from which the whole limit is left until `end` (ms): a warning, or the latest start.

    ValueError for a statutory period: the law counts those forward only.

    >>> from streams.calendar.holidays import load
    >>> from streams.messages import format_time, parse_time
    >>> monday_noon = parse_time("2026-03-09T12:00:00+08:00")
    >>> format_time(before(monday_noon, parse_limit("4 working-hours"), load()).at)
    '2026-03-09T08:00:00+08:00'
    """
    if unit := _CONTINUOUS.get(limit.kind):
        return Deadline(end - limit.amount * unit, provisional=False)
    if unit := _WORKING.get(limit.kind):
        return Deadline(calendar.subtract(end, limit.amount * unit), calendar.is_provisional(end))
    raise ValueError(f"{limit.kind} are counted forward only: state a time before a deadline in another kind")


def warning(start: int, end: int, ahead: TimeLimit, calendar: Calendar) -> int:
    """When a duty from `start` to `end` (ms) turns yellow: the limit `ahead` before its end, yet never before it began."""
    return max(start, before(end, ahead, calendar).at)


def _amount(amount: str, text: str) -> int:
    if not (amount.isascii() and amount.isdigit() and int(amount) > 0):
        raise ValueError(f"time limit {text!r}: its amount {amount!r} is no whole number of 1 or more")
    return int(amount)


def _statutory(start: int, limit: TimeLimit, calendar: Calendar) -> int:
    """Close of business of the last day: the day of `start` is not counted."""
    next_day = midnight(start) + DAY
    if limit.kind == "statutory-working-days":
        return calendar.close_of(next_day, after=limit.amount - 1)
    return calendar.close_of(next_day + (limit.amount - 1) * DAY)
