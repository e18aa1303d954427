"""Time limits of rules in legal and in running time, and the moments that they give."""

from collections.abc import Sequence

from msgspec import Struct

from agents.core.duration import span
from streams.calendar.periods import Pause, run
from streams.calendar.time_limit import TimeLimit, before, deadline, parse_limit
from streams.calendar.working_time import Calendar

FIRST, LAST = -62_135_596_800_000, 253_402_214_400_000
"""Moments that can be told: the years 1 to 9999 (ms), a day off at the end."""


class Period(Struct, frozen=True):
    """A time limit: running time (ms), or a limit of the law."""

    running: int
    limit: TimeLimit | None = None


def period(text: str) -> Period:
    """A time limit as a rule states it: `90s`, `24h`, or `7 working-days`; ValueError says what to write.

    >>> period("24h").running, period("7 working-days").limit
    (86400000, TimeLimit(amount=7, kind='working-days'))
    """
    if " " in text:
        return Period(0, parse_limit(text))
    return Period(span(text))


def end_of(start: int, allowed: Period, calendar: Calendar, pauses: Sequence[Pause] = ()) -> tuple[int, bool]:
    """When a limit that begins at `start` (ms) ends, and whether that is provisional; `pauses` are not counted in it.

    ValueError where the calendar does not know the days, or nobody could tell the moment.
    """
    if allowed.limit is None:
        return sayable(run(start, allowed.running, pauses)), False
    found = deadline(start, allowed.limit, calendar, pauses)
    return sayable(found.at), found.provisional


def ahead_of(end: int, ahead: Period, calendar: Calendar) -> int:
    """The moment a limit ahead of `end` (ms); ValueError as by `end_of`."""
    if ahead.limit is None:
        return sayable(end - ahead.running)
    return before(end, ahead.limit, calendar).at


def sayable(at: int) -> int:
    """The moment itself, where it can be told; else ValueError."""
    if not FIRST <= at <= LAST:
        raise ValueError(f"{at} ms is outside the years 1 to 9999")
    return at
