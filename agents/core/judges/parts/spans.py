"""Days, weeks, months and years of China Standard Time, as half-open spans of event time."""

from datetime import date
from functools import lru_cache
from typing import Literal

from streams.messages import DAY, HOUR

CalendarSpan = Literal["day", "week", "month", "year"]

_CST = 8 * HOUR
_EPOCH = date(1970, 1, 1).toordinal()
_LAST = date(9999, 11, 30).toordinal()


def span_of(name: CalendarSpan, at: int) -> tuple[int, int]:
    """The span (start, end] in ms that holds a moment; its first moment belongs to the span before, as hours end so.

    A week begins on Monday.

    >>> from streams.messages import format_time, parse_time
    >>> [format_time(edge) for edge in span_of("month", parse_time("2026-03-01T00:00:00+08:00"))]
    ['2026-02-01T00:00:00+08:00', '2026-03-01T00:00:00+08:00']
    """
    return _span(name, min(max((at - 1 + _CST) // DAY + _EPOCH, 8), _LAST))


@lru_cache(maxsize=1_024)
def _span(name: CalendarSpan, ordinal: int) -> tuple[int, int]:
    """The same of a day, of which many moments are asked."""
    day = date.fromordinal(ordinal)
    if name == "day":
        first, after = ordinal, ordinal + 1
    elif name == "week":
        first = ordinal - day.weekday()
        after = first + 7
    elif name == "month":
        first = day.replace(day=1).toordinal()
        after = date(day.year + day.month // 12, day.month % 12 + 1, 1).toordinal()
    else:
        first, after = date(day.year, 1, 1).toordinal(), date(day.year, 12, 31).toordinal() + 1
    return _ms(first), _ms(after)


def _ms(ordinal: int) -> int:
    return (ordinal - _EPOCH) * DAY - _CST
