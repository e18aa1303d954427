"""Working time between two moments, as a person reads it off a clock: the days, and how much of them is left.

A picture of time for the desk; deadlines themselves are reckoned by the judge and stand in the alert. Both use one calendar:
that of `streams.calendar` with the notices of holidays that the log has taken up.
"""

from msgspec import Struct

from streams.calendar.working_time import Calendar, OutOfCalendarError, midnight
from streams.messages import DAY

MOST_DAYS = 10
"""Days that are drawn at most (a choice)."""


class Day(Struct, frozen=True):
    """A day: its midnight (ms), whether it is worked, and whether no notice to come can change that."""

    begins: int
    worked: bool
    certain: bool


def days(calendar: Calendar, start: int, end: int) -> list[Day]:
    """The days from that of `start` to that of `end` (ms), at most MOST_DAYS; without those that the calendar does not know."""
    begins = range(midnight(start), midnight(end) + 1, DAY)[:MOST_DAYS]
    known = (at for at in begins if calendar.first <= at < calendar.last)
    return [Day(at, calendar.is_working_day(at), not calendar.is_provisional(at)) for at in known]


def worked(calendar: Calendar, start: int, end: int) -> int | None:
    """Working time (ms) from `start` to `end`, negative where `end` is earlier; None outside the years that are known."""
    try:
        return calendar.worked(start, end)
    except OutOfCalendarError:
        return None
