"""The working calendar: which days are worked, and working time as a length that is added and subtracted.

Working time is two sessions of each working day, China Standard Time: those of the place, else 08:00 to 12:00 and 14:00 to
18:00. All times are milliseconds since the epoch. Pure: `streams.calendar.holidays` reads the days and the place's sessions.
"""

from bisect import bisect_left, bisect_right

from msgspec import Struct

from streams.messages import DAY, HOUR, format_time

_CST = 8 * HOUR


class Sessions(Struct, frozen=True):
    """The two sessions of a working day, from its midnight (ms).

    The default is that of the city management case clock (DeadlineCalculator of zhcg2026/smart_cityguard).
    """

    opens: int = 8 * HOUR
    noon: int = 12 * HOUR
    afternoon: int = 14 * HOUR
    closes: int = 18 * HOUR

    @property
    def both(self) -> tuple[tuple[int, int], tuple[int, int]]:
        """Begin and end of each."""
        return (self.opens, self.noon), (self.afternoon, self.closes)

    @property
    def workday(self) -> int:
        """The working time of one working day."""
        return self.morning + self.closes - self.afternoon

    @property
    def morning(self) -> int:
        """The length of the first session."""
        return self.noon - self.opens

    def worked(self, passed: int) -> int:
        """Working time of a working day when `passed` ms have gone since its midnight."""
        if passed <= self.noon:
            return max(passed - self.opens, 0)
        return self.morning + min(max(passed - self.afternoon, 0), self.closes - self.afternoon)


class OutOfCalendarError(ValueError):
    """A time before the first or after the last year of the calendar: nothing is guessed about it."""


class Calendar(Struct, frozen=True):
    """The working days of the years in [`first`, `last`), each by its midnight; from `certain` on they are provisional."""

    days: tuple[int, ...]
    first: int
    last: int
    certain: int
    sessions: Sessions = Sessions()

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
        full, rest = divmod(self._elapsed(start) + work - 1, self.sessions.workday)
        return self._day(full) + self._moment(rest + 1, rest + 1 > self.sessions.morning)

    def subtract(self, end: int, work: int) -> int:
        """The last moment from which `work` ms (more than 0) of working time are left until `end`: a session's start."""
        full, rest = divmod(self._elapsed(end) - work, self.sessions.workday)
        return self._day(full) + self._moment(rest, rest >= self.sessions.morning)

    def close_of(self, day: int, after: int = 0) -> int:
        """Close of business of the first working day not before `day` (a midnight), or of the `after`-th one behind it."""
        return self.working_day(day, after) + self.sessions.closes

    def working_day(self, day: int, after: int = 0) -> int:
        """The midnight that begins the first working day not before `day` (a midnight), or the `after`-th one behind it."""
        self._covers(day)
        return self._day(bisect_left(self.days, day) + after)

    def _elapsed(self, at: int) -> int:
        index = self._index(at)
        return index * self.sessions.workday + self.sessions.worked(at - self.days[index]) if index >= 0 else 0

    def _moment(self, work: int, afternoon: bool) -> int:
        """From midnight, when so much of a working day's time has passed; the end of the morning or the start after it."""
        return (self.sessions.afternoon - self.sessions.morning if afternoon else self.sessions.opens) + work

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
