"""What is usual for a sign at an hour: which hours are alike, and the band of an adopted baseline for them.

The hours that are alike have the same hour of the day, kind of day and season, China Standard Time. Days are weekdays or
weekends by their name alone: holidays and moved working days are not told apart. Seasons are those of the calendar, March to
May the first. All of this is a choice of this system's own.
"""

from collections.abc import Iterable
from functools import lru_cache

from streams.messages import HOUR, SignBands, begin_of, day_of

HOURS_A_DAY = 24

HOUR_KINDS = tuple(
    f"{season}/{day}/{hour:02}"
    for season in ("spring", "summer", "autumn", "winter")
    for day in ("weekday", "weekend")
    for hour in range(HOURS_A_DAY)
)
"""The kinds of hours, in the order in which bands stand."""

Band = tuple[float, float]
"""The 10th and the 90th percentile of the hours that are alike."""


@lru_cache(maxsize=256)
def hour_kind(at: int) -> int:
    """Which of `HOUR_KINDS` a full hour (ms) is.

    >>> from streams.messages import parse_time
    >>> HOUR_KINDS[hour_kind(parse_time("2026-11-30T08:00:00+08:00"))]
    'autumn/weekday/08'
    >>> HOUR_KINDS[hour_kind(parse_time("2026-12-05T23:00:00+08:00"))]
    'winter/weekend/23'
    """
    day = day_of(at)
    season = (day.month - 3) % 12 // 3
    return (season * 2 + (day.weekday() >= 5)) * HOURS_A_DAY + (at - begin_of(day)) // HOUR


def band_of(bands: SignBands | None, made: str, hours: Iterable[int]) -> tuple[Band | None, ...]:
    """The bands of full hours (ms), None where there is none; of a sign that is `made` otherwise now there is none at all."""
    if bands is None or bands.made != made:
        return tuple(None for _ in hours)
    return tuple(bands.bands[hour_kind(at)] for at in hours)
