"""Periods of the Civil Code, counted by hand: the first day, the last day, months, days off, and time that does not count."""

from datetime import date

import pytest

from streams.calendar.holidays import load
from streams.calendar.periods import Pause, shifted
from streams.calendar.time_limit import Deadline, before, deadline, parse_limit
from streams.messages import format_time, parse_time

CALENDAR = load()


def at(text: str) -> int:
    """Milliseconds of a local time, `2026-02-13 17:00`."""
    return parse_time(f"{text.replace(' ', 'T')}:00+08:00")


def due(start: str, limit: str, *pauses: tuple[str, str]) -> str:
    """The deadline as local time text; one at 24:00 is the midnight of the day after."""
    stood = [Pause(at(begin), at(end)) for begin, end in pauses]
    return format_time(deadline(at(start), parse_limit(limit), CALENDAR, stood).at)[:16].replace("T", " ")


@pytest.mark.parametrize(
    ("start", "limit", "expected"),
    [
        # 民法典 201, 203 §2: the 1st is not counted, the 15th day after it is the 16th, a Wednesday, until 24:00.
        ("2026-09-01 09:30", "15 civil-days", "2026-09-17 00:00"),
        ("2026-09-01 09:30", "15 statutory-days", "2026-09-16 18:00"),
        ("2026-09-01 00:00", "1 civil-day", "2026-09-03 00:00"),
        # 203 §1: 1 to 7 October 2026 are off, so a last day on 1 October is the 8th, a Thursday.
        ("2026-09-01 09:30", "30 civil-days", "2026-10-09 00:00"),
        ("2026-09-01 09:30", "30 calendar-days", "2026-10-02 00:00"),
        # A Saturday that is worked is no day off: 10 October 2026 (调休).
        ("2026-10-09 09:00", "1 civil-day", "2026-10-11 00:00"),
        ("2026-10-10 09:00", "1 civil-day", "2026-10-13 00:00"),
    ],
)
def test_a_period_in_days(start: str, limit: str, expected: str) -> None:
    """It does not count its first day, ends at 24:00 of its last, and moves off days off where it is no calendar period."""
    assert due(start, limit) == expected


@pytest.mark.parametrize(
    ("start", "limit", "expected"),
    [
        ("2026-03-06 15:00", "1 civil-working-day", "2026-03-10 00:00"),  # Friday: Monday the 9th
        ("2026-02-13 15:00", "2 civil-working-days", "2026-02-25 00:00"),  # Saturday the 14th worked, 15th to 23rd off
        ("2026-09-30 15:00", "3 civil-working-days", "2026-10-11 00:00"),  # 8th, 9th, Saturday the 10th
    ],
)
def test_a_period_in_working_days(start: str, limit: str, expected: str) -> None:
    """行政许可法 82, 行政处罚法 85: holidays are not counted, days that are worked for them are."""
    assert due(start, limit) == expected


@pytest.mark.parametrize(
    ("start", "limit", "expected"),
    [
        ("2024-01-31 10:00", "1 calendar-month", "2024-03-01 00:00"),  # 2024 is a leap year: 29 February
        ("2026-01-31 10:00", "1 calendar-month", "2026-03-01 00:00"),  # 28 February
        ("2026-01-31 10:00", "1 civil-month", "2026-03-01 00:00"),  # that is a Saturday, and worked
        ("2026-01-15 10:00", "1 calendar-month", "2026-02-16 00:00"),
        ("2026-01-15 10:00", "1 civil-month", "2026-02-25 00:00"),  # 15 to 23 February off: the 24th
        ("2025-12-31 10:00", "6 civil-months", "2026-07-01 00:00"),  # 30 June 2026, a Tuesday
        ("2026-03-01 10:00", "3 civil-months", "2026-06-02 00:00"),  # 1 June, where 90 days would end on 30 May
        ("2024-02-29 10:00", "1 civil-year", "2025-03-01 00:00"),  # 28 February 2025, a Friday
        ("2023-02-28 10:00", "1 civil-year", "2024-02-29 00:00"),  # the corresponding day, not the last of the month
    ],
)
def test_a_period_in_months(start: str, limit: str, expected: str) -> None:
    """民法典 202: it ends on the corresponding day, or on the last of a month that has none."""
    assert due(start, limit) == expected


def test_hours_run_through() -> None:
    """民法典 201 §2: a period in hours begins at the moment that the law says, and no night or day off stops it."""
    assert due("2026-09-30 23:30", "24 natural-hours") == "2026-10-01 23:30"


@pytest.mark.parametrize(
    ("start", "limit", "pause", "expected"),
    [
        # 20 working days from Monday 2 March 2026 end on the 30th; an expert opinion from the 9th to the 13th takes out the
        # 10th to the 13th, four working days: 31 March, 1, 2, 3 April. (清明 is 4 to 6 April.)
        ("2026-03-02 10:00", "20 civil-working-days", ("2026-03-09 10:00", "2026-03-13 16:00"), "2026-04-04 00:00"),
        # Begun and ended on the same day it takes out nothing.
        ("2026-03-02 10:00", "20 civil-working-days", ("2026-03-09 08:00", "2026-03-09 17:00"), "2026-03-31 00:00"),
        # 15 days from 1 September: the 16th. A test from the 10th to the 15th takes out five: the 21st, a Monday.
        ("2026-09-01 10:00", "15 civil-days", ("2026-09-10 10:00", "2026-09-15 10:00"), "2026-09-22 00:00"),
        # After the end of the period it means nothing.
        ("2026-09-01 10:00", "15 civil-days", ("2026-09-17 10:00", "2026-09-19 10:00"), "2026-09-17 00:00"),
        # Two months from 1 September end on Sunday 1 November; ten days of it are taken out: the 11th, a Wednesday.
        ("2026-09-01 10:00", "2 civil-months", ("2026-09-10 10:00", "2026-09-20 10:00"), "2026-11-12 00:00"),
        # Clocks stand still to the millisecond.
        ("2026-03-02 10:00", "24 natural-hours", ("2026-03-02 12:00", "2026-03-02 15:00"), "2026-03-03 13:00"),
        ("2026-03-02 10:00", "8 working-hours", ("2026-03-02 12:00", "2026-03-02 15:00"), "2026-03-03 11:00"),
    ],
)
def test_time_that_is_not_counted(start: str, limit: str, pause: tuple[str, str], expected: str) -> None:
    """行政许可法 45: the time of hearings, tenders, tests and opinions is not counted; its first day still is (民法典 201)."""
    assert due(start, limit, pause) == expected


def test_a_pause_that_grows_the_period_reaches_more_of_a_second_one() -> None:
    """One month from 1 September to 1 October; 10 days out of it reach to the 11th, and 5 more lie in those days: the 16th."""
    pauses = ("2026-09-05 10:00", "2026-09-15 10:00"), ("2026-10-03 10:00", "2026-10-08 10:00")
    assert due("2026-09-01 10:00", "1 calendar-month", *pauses) == "2026-10-17 00:00"


def test_only_what_moves_is_provisional() -> None:
    """For 2027 there is no notice yet: a civil day may move with it, a calendar day never."""
    start = at("2027-09-29 10:00")
    assert deadline(start, parse_limit("3 civil-days"), CALENDAR).provisional
    assert not deadline(start, parse_limit("3 calendar-days"), CALENDAR).provisional


def test_a_month_before_a_day_is_the_corresponding_day() -> None:
    """届满前1个月: of 1 May the 1 April, of 31 May the 30 April; civil periods are counted forward only."""
    month = parse_limit("1 calendar-month")
    assert before(at("2026-05-01 00:00"), month, CALENDAR) == Deadline(at("2026-04-01 00:00"), provisional=False)
    assert before(at("2026-05-31 00:00"), month, CALENDAR) == Deadline(at("2026-04-30 00:00"), provisional=False)
    with pytest.raises(ValueError, match="counted forward only"):
        before(at("2026-05-31 00:00"), parse_limit("1 civil-month"), CALENDAR)


def test_months_cross_years() -> None:
    """民法典 202, over the turn of a year in both directions."""
    assert shifted(date(2026, 11, 30), 3) == date(2027, 2, 28)
    assert shifted(date(2026, 1, 15), -1) == date(2025, 12, 15)
    assert shifted(date(2026, 12, 31), 12) == date(2027, 12, 31)
