"""The working calendar: which days are worked, and working time as a length that is added and subtracted.

Working time is 08:00 to 12:00 and 14:00 to 18:00 China Standard Time on working days, 8 hours a day: the sessions of the
city management case clock (DeadlineCalculator of zhcg2026/smart_cityguard). All times are milliseconds since the epoch.
Pure: `streams.calendar.holidays` reads the days.
"""

from bisect import bisect_left, bisect_right

from msgspec import Struct

from streams.messages import DAY, HOUR, format_time

SESSIONS = ((8 * HOUR, 12 * HOUR), (14 * HOUR, 18 * HOUR))
"""Working time of a working day, from its midnight."""

(_OPENS, _NOON), (_AFTERNOON, _CLOSES) = SESSIONS

CLOSES = _CLOSES
"""Close of business, from midnight."""

_MORNING, _BREAK = _NOON - _OPENS, _AFTERNOON - _NOON

WORKDAY = _MORNING + _CLOSES - _AFTERNOON
"""The working time of one working day."""

_CST = 8 * HOUR


class OutOfCalendarError(ValueError):
    """A time before the first or after the last year of the calendar: nothing is guessed about it."""


class Calendar(Struct, frozen=True):
    """The working days of the years in [`first`, `last`), each by its midnight; from `certain` on they are provisional."""

    days: tuple[int, ...]
    first: int
    last: int
    certain: int

    def is_working_day(self, at: int) -> bool:
        """Whether the day of this moment is worked."""
        index = self._index(at)
        return index >= 0 and self.days[index] == midnight(at)

    def is_provisional(self, at: int) -> bool:
        """Whether a result that depends on the days up to this moment may change with the next notice."""
        return at >= self.certain

    def worked(self, start: int, end: int) -> int:
        """Working time from `start` to `end` in ms; negative where `end` is earlier.

        >>> from streams.calendar.holidays import load
        >>> from streams.messages import parse_time
        >>> friday, monday = parse_time("2026-03-06T17:00:00+08:00"), parse_time("2026-03-09T09:00:00+08:00")
        >>> load().worked(friday, monday) // HOUR
        2
        """
        return self._elapsed(end) - self._elapsed(start)

    def add(self, start: int, work: int) -> int:
        """The first moment when `work` ms (more than 0) of working time have passed: a session's end, not the next start."""
        full, rest = divmod(self._elapsed(start) + work - 1, WORKDAY)
        rest += 1
        return self._day(full) + _OPENS + rest + (_BREAK if rest > _MORNING else 0)

    def subtract(self, end: int, work: int) -> int:
        """The last moment from which `work` ms (more than 0) of working time are left until `end`: a session's start."""
        full, rest = divmod(self._elapsed(end) - work, WORKDAY)
        return self._day(full) + _OPENS + rest + (_BREAK if rest >= _MORNING else 0)

    def close_of(self, day: int, after: int = 0) -> int:
        """Close of business of the first working day not before `day` (a midnight), or of the `after`-th one behind it."""
        return self.working_day(day, after) + _CLOSES

    def working_day(self, day: int, after: int = 0) -> int:
        """The midnight that begins the first working day not before `day` (a midnight), or the `after`-th one behind it."""
        self._covers(day)
        return self._day(bisect_left(self.days, day) + after)

    def _elapsed(self, at: int) -> int:
        index = self._index(at)
        return index * WORKDAY + _worked_of_day(at - self.days[index]) if index >= 0 else 0

    def _index(self, at: int) -> int:
        self._covers(at)
        return bisect_right(self.days, at) - 1

    def _day(self, index: int) -> int:
        if not 0 <= index < len(self.days):
            raise self._outside(f"the result lies {'after' if index > 0 else 'before'} all years that are known")
        return self.days[index]

    def _covers(self, at: int) -> None:
        if not self.first <= at < self.last:
            raise self._outside(f"{at} ms is outside the years that are known")

    def _outside(self, what: str) -> OutOfCalendarError:
        known = f"{format_time(self.first)} to {format_time(self.last)}"
        return OutOfCalendarError(f"{what} ({known}): correct the time, or add years to holidays.toml by scripts/holidays.py")


def midnight(at: int) -> int:
    """The beginning of the day of this moment, China Standard Time."""
    return (at + _CST) // DAY * DAY - _CST


def _worked_of_day(passed: int) -> int:
    """Working time of a working day when `passed` ms have gone since its midnight."""
    if passed <= _NOON:
        return max(passed - _OPENS, 0)
    return _MORNING + min(max(passed - _AFTERNOON, 0), WORKDAY - _MORNING)
