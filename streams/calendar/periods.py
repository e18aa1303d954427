"""Periods of the law by whole days: which day is the last one, and time that does not count.

Pure pieces, each with its article; `streams.calendar.time_limit` makes the deadlines of rules of them. A day is named by the
midnight (ms) that begins it, China Standard Time; it ends at 24:00, the midnight of the day after.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta

from msgspec import Struct

from streams.calendar.working_time import Calendar, midnight
from streams.messages import DAY

_EPOCH = date(1970, 1, 1)
_DECEMBER = 12


class Pause(Struct, frozen=True, order=True):
    """A stretch of time (ms) that is not counted in a period: hearing, tender, test, expert opinion (行政许可法 45)."""

    start: int
    end: int


def days_after(start: int, days: int) -> int:
    """The last of so many days: the day of the event itself is not counted (民法典 201).

    Where it lies on a day off it is another one: see `Calendar.working_day` (203 §1).
    """
    return midnight(start) + days * DAY


def working_days_after(start: int, days: int, calendar: Calendar) -> int:
    """The last of so many working days, without holidays (行政许可法 82, 行政处罚法 85) and the first day (民法典 201)."""
    return calendar.working_day(midnight(start) + DAY, after=days - 1)


def months_after(start: int, months: int) -> int:
    """The last day of so many months: the corresponding day, or the last of a month that has none (民法典 202).

    >>> from streams.messages import format_time, parse_time
    >>> format_time(months_after(parse_time("2024-01-31T09:00:00+08:00"), 1))[:10]
    '2024-02-29'
    """
    return _midnight(shifted(_date(midnight(start)), months))


def shifted(day: date, months: int) -> date:
    """A day so many months later, or earlier where `months` is negative: the corresponding day (民法典 202).

    >>> str(shifted(date(2026, 3, 31), -1)), str(shifted(date(2024, 2, 29), 12))
    ('2026-02-28', '2025-02-28')
    """
    year, month = divmod(day.year * _DECEMBER + day.month - 1 + months, _DECEMBER)
    following = date(year + (month + 1) // _DECEMBER, (month + 1) % _DECEMBER + 1, 1)
    return date(year, month + 1, min(day.day, (following - timedelta(1)).day))


def uncounted(pauses: Iterable[Pause]) -> frozenset[int]:
    """The days that pauses take out of a period (行政许可法 45): those after the one on which one begins, to its last.

    So a pause counts as a period does (民法典 201): one that begins and ends on the same day takes out none.
    """
    days = (range(midnight(pause.start) + DAY, midnight(pause.end) + 1, DAY) for pause in pauses)
    return frozenset(day for each in days for day in each)


def counted(start: int, days: int, counts: Callable[[int], bool]) -> int:
    """The last of so many days that count, those after the day of `start`."""
    day = midnight(start)
    while days:
        day += DAY
        days -= counts(day)
    return day


def put_off(start: int, last: int, out: frozenset[int]) -> int:
    """The last day of a period by months, once the days that are taken `out` of it are added (行政许可法 45)."""
    end = last
    while (later := last + sum(midnight(start) < day <= end for day in out) * DAY) != end:
        end = later
    return end


def resumed(
    start: int, length: int, pauses: Iterable[Pause], passed: Callable[[int, int], int], add: Callable[[int, int], int]
) -> int:
    """When a clock of so much time runs out that stands still in the pauses (行政许可法 45, 挂账).

    `passed(from, to)` is how much of the clock's time lies between two moments, `add(from, much)` the moment after so much.
    """
    at, left = start, length
    for pause in sorted(pauses):
        if pause.end > at:
            ran = passed(at, max(at, pause.start))
            if ran >= left:
                break
            at, left = pause.end, left - ran
    return add(at, left)


def workday_hours(start: int, length: int, calendar: Calendar) -> int:
    """The moment when so much time (ms, more than 0) has passed on working days, each from 0:00 to 24:00."""
    at, left = start, length
    while True:
        day = midnight(at)
        rest = day + DAY - at if calendar.is_working_day(at) else 0
        if left <= rest:
            return at + left
        at, left = calendar.working_day(day + DAY), left - rest


def on_workdays(start: int, end: int, calendar: Calendar) -> int:
    """How much of the time (ms) between two moments lies on working days."""
    days = range(midnight(start), end, DAY)
    return sum(min(end, day + DAY) - max(start, day) for day in days if calendar.is_working_day(day))


def run(start: int, length: int, pauses: Sequence[Pause] = ()) -> int:
    """When a clock that runs day and night has run so long (ms), standing still in the pauses."""
    if not pauses:
        return start + length
    return resumed(start, length, pauses, lambda since, to: to - since, lambda since, much: since + much)


def stretches(steps: Iterable[tuple[int, bool]]) -> tuple[list[Pause], int | None]:
    """The pauses that are over, and since when one is not, of the times (ms) in order at which one began (True) or ended.

    >>> stretches([(1, True), (2, True), (3, False), (4, False), (5, True)])
    ([Pause(start=1, end=3)], 5)
    """
    over: list[Pause] = []
    since = None
    for at, begins in steps:
        if begins:
            since = at if since is None else since
        elif since is not None:
            over.append(Pause(since, at))
            since = None
    return over, since


def _date(day: int) -> date:
    """The day that a midnight begins, China Standard Time."""
    return _EPOCH + timedelta(days=(day + DAY // 3) // DAY)


def _midnight(day: date) -> int:
    return midnight((day - _EPOCH).days * DAY)
