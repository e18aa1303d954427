"""China's holidays as data: the State Council's notice of each year, and the law alone for years without one.

Days off and make-up days (调休) stand in holidays.toml. A year without a notice has the statutory days of
全国年节及纪念日放假办法 (State Council Decree 795, in force 2025-01-01): what is computed from it is provisional.
What a place adds to it, and when its offices work, is told by `streams.places.calendar`.
"""

import tomllib
from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from msgspec import Struct, ValidationError, convert
from msgspec.structs import replace

from streams.calendar.working_time import Calendar, Sessions, midnight
from streams.messages import DAY

HOLIDAYS = Path(__file__).with_name("holidays.toml")
"""The data: notices of the years that have one, festivals of the years that have none."""

_ONE = timedelta(days=1)
_EPOCH = date(1970, 1, 1)

_NEXT_NOTICE_REACHES = 3 * DAY
"""How far a notice reached back into the year before: those of 2008 and 2019 moved work from 31 to 29 December."""


class Span(Struct, frozen=True, forbid_unknown_fields=True):
    """A run of days off, both ends included, weekends in it included."""

    name: str
    first: date
    last: date


class Notice(Struct, frozen=True, forbid_unknown_fields=True):
    """The State Council's notice of one year: number and date, the days off, the Saturdays and Sundays that are worked."""

    year: int
    source: str
    off: tuple[Span, ...]
    work: tuple[date, ...]


class Festivals(Struct, frozen=True, forbid_unknown_fields=True):
    """The festivals of one year that the Chinese calendar sets: 正月初一, 清明, 端午, 中秋."""

    year: int
    spring: date
    qingming: date
    dragon_boat: date
    mid_autumn: date


class Holidays(Struct, frozen=True, forbid_unknown_fields=True):
    """All that is known: notices of consecutive years, festivals for the years after the last, and what the place adds.

    `local`: notices of its government, which add days off and days worked to those of the nation. `sessions`: its offices'.
    """

    notices: tuple[Notice, ...]
    festivals: tuple[Festivals, ...]
    local: tuple[Notice, ...] = ()
    sessions: Sessions = Sessions()

    def with_notice(self, notice: Notice) -> "Holidays":
        """What is known once this notice is out: it takes the place of an older one of its year."""
        return replace(self, notices=(*(old for old in self.notices if old.year != notice.year), notice))


@cache
def load() -> Calendar:
    """The calendar of holidays.toml, built once."""
    return build(read())


def read(path: Path = HOLIDAYS) -> Holidays:
    """The holidays of a file; ValueError names the file and the field at fault."""
    try:
        return convert(tomllib.loads(path.read_text("utf-8")), Holidays)
    except (ValidationError, tomllib.TOMLDecodeError) as error:
        raise ValueError(f"{path}: {error}") from None


def build(holidays: Holidays) -> Calendar:
    """The calendar of these notices and festivals; a notice rules where a year has both, a year with neither is an error."""
    notices = {notice.year: notice for notice in holidays.notices}
    festivals = {festival.year: festival for festival in holidays.festivals if festival.year not in notices}
    years = sorted(notices | festivals)
    _check(holidays, years)
    off = {day for notice in notices.values() for span in notice.off for day in _days(span.first, span.last)}
    off |= {day for festival in festivals.values() for day in statutory_days_off(festival)}
    off |= {day for notice in holidays.local for span in notice.off for day in _days(span.first, span.last)}
    work = {day for notice in (*notices.values(), *holidays.local) for day in notice.work}
    everyday = _days(date(years[0], 1, 1), date(years[-1], 12, 31))
    return Calendar(
        days=tuple(_ms(day) for day in everyday if day in work or not (_is_weekend(day) or day in off)),
        first=_ms(date(years[0], 1, 1)),
        last=_ms(date(years[-1] + 1, 1, 1)),
        certain=_ms(date(next((year for year in years if year not in notices), years[-1] + 1), 1, 1)) - _NEXT_NOTICE_REACHES,
        sessions=holidays.sessions,
    )


def statutory_days_off(festival: Festivals) -> set[date]:
    """The weekdays that a year has off by law alone: 13 days (Decree 795 article 2), those on a weekend made up (article 6).

    The law does not say on which working day: here the next one, as every notice since 2016 has it.
    """
    year, spring = festival.year, festival.spring
    days = [date(year, 1, 1), spring - _ONE, spring, spring + _ONE, spring + 2 * _ONE, festival.qingming]
    days += [date(year, 5, 1), date(year, 5, 2), festival.dragon_boat, festival.mid_autumn]
    days += [date(year, 10, 1), date(year, 10, 2), date(year, 10, 3)]
    off = {day for day in days if not _is_weekend(day)}
    for day in _owed(days):
        off.add(_next_free(day, off))
    return off


def _owed(days: list[date]) -> list[date]:
    """Statutory days that give no weekday off: on a weekend, or on the day of another festival."""
    return [day for index, day in enumerate(sorted(days)) if _is_weekend(day) or day in sorted(days)[:index]]


def _next_free(day: date, off: set[date]) -> date:
    while _is_weekend(day) or day in off:
        day += _ONE
    return day


def _check(holidays: Holidays, years: list[int]) -> None:
    """Refuse years that are missing or given twice, spans that end before they begin, and worked days that are off."""
    if not years or years != list(range(years[0], years[-1] + 1)):
        raise ValueError(f"years must follow each other without a gap, found {years}: add the missing notice or festivals")
    for given in (holidays.notices, holidays.festivals):
        if len({entry.year for entry in given}) != len(given):
            raise ValueError(f"a year is given twice in {[entry.year for entry in given]}: keep one entry of a year")
    for notice in (*holidays.notices, *holidays.local):
        _check_notice(notice)


def _check_notice(notice: Notice) -> None:
    for span in notice.off:
        if not date(notice.year - 1, 12, 1) <= span.first <= span.last <= date(notice.year, 12, 31):
            raise ValueError(f"notice {notice.year}: {span.name} from {span.first} to {span.last} is no span of that year")
    off = {day for span in notice.off for day in _days(span.first, span.last)}
    if wrong := [day for day in notice.work if day in off or not _is_weekend(day)]:
        raise ValueError(f"notice {notice.year}: {wrong[0]} is no make-up day: `work` holds Saturdays and Sundays not in `off`")


def _days(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days=number) for number in range((last - first).days + 1))


def _is_weekend(day: date) -> bool:
    return day.weekday() >= 5


def _ms(day: date) -> int:
    return midnight((day - _EPOCH).days * DAY)
