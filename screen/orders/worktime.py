"""The working calendar as a page gets it, so that the time that is left runs there without the server. Pure."""

from typing import Any

from streams.calendar.working_time import Calendar, midnight
from streams.messages import DAY

BACK, AHEAD = 400, 800
"""Days before and after now that are told (a choice: the longest limit of a kind is 90 days, with 30 more)."""


def told_calendar(calendar: Calendar, now: int) -> dict[str, Any]:
    """`first`: the midnight of the first day (ms); `worked`: a digit a day, 1 where it is worked; the sessions of a day.

    Days of which the calendar knows nothing are not told.
    """
    first = max(midnight(now) - BACK * DAY, calendar.first)
    last = min(midnight(now) + AHEAD * DAY, calendar.last)
    days = range(first, last, DAY)
    return {
        "first": first,
        "worked": "".join("1" if calendar.is_working_day(day) else "0" for day in days),
        "sessions": calendar.sessions.both,
    }
