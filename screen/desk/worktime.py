"""Working time between two moments, as a person reads it off a clock: the sessions of the days, and how much of them is left.

A picture of time for the desk; deadlines themselves are reckoned by the judge and stand in the alert. The days are those of the
State Council's notices in `streams/calendar/holidays.toml`, read as data; a year without a notice has its weekdays, and says
so.
"""

import tomllib
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from msgspec import Struct

from streams.messages import DAY, HOUR

HOLIDAYS = Path(__file__).resolve().parents[2] / "streams" / "calendar" / "holidays.toml"

SESSIONS = ((8, 12), (14, 18))
"""Working time of a working day, hours of China Standard Time (docs/concepts/working-time.md, 工作时)."""

MOST_DAYS = 10
"""Days that are drawn at most (a choice)."""

_EAST = 8 * HOUR


class Day(Struct, frozen=True):
    """A day: its midnight (ms), whether it is worked, and whether a notice of its year says so."""

    begins: int
    worked: bool
    certain: bool


def days(start: int, end: int) -> list[Day]:
    """The days from that of `start` to that of `end` (ms), at most MOST_DAYS."""
    first = (start + _EAST) // DAY
    count = min((end + _EAST) // DAY - first + 1, MOST_DAYS)
    return [_day(first + n) for n in range(max(count, 0))]


def worked(start: int, end: int) -> int | None:
    """Working time (ms) from `start` to `end`; None where they are further apart than a year."""
    if end - start > 366 * DAY:
        return None
    first, last = (start + _EAST) // DAY, (end + _EAST) // DAY
    return sum(
        max(0, min(end, day.begins + closes * HOUR) - max(start, day.begins + opens * HOUR))
        for day in map(_day, range(first, last + 1))
        if day.worked
        for opens, closes in SESSIONS
    )


def _day(number: int) -> Day:
    """The day of this number since 1970-01-01, China Standard Time."""
    day = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=number)).date()
    off, work, years = _known()
    weekday = day.weekday() < 5
    return Day(number * DAY - _EAST, day in work or (weekday and day not in off), day.year in years)


@cache
def _known() -> tuple[frozenset[date], frozenset[date], frozenset[int]]:
    notices: list[dict[str, Any]] = tomllib.loads(HOLIDAYS.read_text("utf-8"))["notices"]
    spans = [span for notice in notices for span in notice["off"]]
    off = {span["first"] + timedelta(days=n) for span in spans for n in range((span["last"] - span["first"]).days + 1)}
    work = {day for notice in notices for day in notice["work"]}
    return frozenset(off), frozenset(work), frozenset(notice["year"] for notice in notices)
