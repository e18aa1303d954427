"""Working time and time limits: holidays as published, clocks and statutory periods as the law counts them."""

from datetime import date, datetime, timedelta
from pathlib import Path
from time import perf_counter

import chinese_calendar
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.calendar.holidays import Festivals, Holidays, Notice, Span, build, load, read, statutory_days_off
from streams.calendar.time_limit import Kind, TimeLimit, before, deadline, parse_limit, warning
from streams.calendar.working_time import OutOfCalendarError
from streams.messages import CST, DAY, HOUR, MINUTE, Text, format_time, parse_time

CALENDAR = load()
HOLIDAYS = read()
KNOWN = [notice.year for notice in HOLIDAYS.notices]

FIRST, LAST = parse_time("2008-07-01T00:00:00+08:00"), parse_time("2040-06-30T00:00:00+08:00")
times = st.integers(FIRST, LAST)
work = st.integers(1, 100 * CALENDAR.sessions.workday)
working_kinds = st.sampled_from(["working-hours", "working-days"])
dated_kinds = st.sampled_from(["working-hours", "working-days", "statutory-days", "statutory-working-days"])


def at(text: str) -> int:
    """Milliseconds of a local time, `2026-02-13 17:00`."""
    return parse_time(f"{text.replace(' ', 'T')}:00+08:00")


def due(start: str, limit: str) -> str:
    """The deadline as local time text."""
    return format_time(deadline(at(start), parse_limit(limit), CALENDAR).at)[:16].replace("T", " ")


def days_of(year: int) -> list[date]:
    """Every day of a year."""
    first = date(year, 1, 1)
    return [first + timedelta(number) for number in range((date(year + 1, 1, 1) - first).days)]


def noon(day: date) -> int:
    """Noon of a day in ms."""
    return at(f"{day} 12:00")


def in_session(moment: int, opening: bool = False) -> bool:
    """Whether a moment lies in 08-12 or 14-18 of a working day, each session with its end, or with its opening instead."""
    clock = (moment + 8 * HOUR) % DAY - (0 if opening else 1)
    session = 8 * HOUR <= clock < 12 * HOUR or 14 * HOUR <= clock < 18 * HOUR
    return session and CALENDAR.is_working_day(moment)


@pytest.mark.parametrize("year", KNOWN)
def test_every_day_of_a_known_year_is_as_in_chinesecalendar(year: int) -> None:
    """The committed days and the package say the same of every day."""
    ours = {day: CALENDAR.is_working_day(noon(day)) for day in days_of(year)}
    assert ours == {day: chinese_calendar.is_workday(day) for day in days_of(year)}


def test_spring_festival_of_2026_is_as_in_the_notice() -> None:
    """国办发明电〔2025〕7号: 15 to 23 February 2026 off; Saturdays 14 and 28 February worked."""
    february = [date(2026, 2, number) for number in range(13, 29)]
    worked = [day.day for day in february if CALENDAR.is_working_day(noon(day))]
    assert worked == [13, 14, 24, 25, 26, 27, 28]


@pytest.mark.parametrize("year", range(2008, 2041))
def test_a_year_has_its_weekdays_less_the_statutory_days(year: int) -> None:
    """调休 only moves work: 11 statutory days (Decree 513 and 644), 13 from 2025 (Decree 795); exceptions are named."""
    statutory = 13 if year >= 2025 else 11
    exceptions = {
        2011: -1,  # the notice of 2012 works Saturday 31 December 2011
        2012: 1,  # and gives that day's rest in January 2012
        2015: 1,  # 3 September 2015, 国发明电〔2015〕1号
        2020: 2,  # the Spring Festival to 2 February: 31 January off, 1 February no longer worked
    }
    weekdays = sum(day.weekday() < 5 for day in days_of(year))
    worked = sum(CALENDAR.is_working_day(noon(day)) for day in days_of(year))
    assert weekdays - worked == statutory + exceptions.get(year, 0)


@pytest.mark.parametrize(
    "festivals",
    [
        Festivals(2025, date(2025, 1, 29), date(2025, 4, 4), date(2025, 5, 31), date(2025, 10, 6)),
        Festivals(2026, date(2026, 2, 17), date(2026, 4, 5), date(2026, 6, 19), date(2026, 9, 25)),
    ],
    ids=lambda festivals: str(festivals.year),
)
def test_the_law_alone_gives_days_that_the_notice_gives_too(festivals: Festivals) -> None:
    """Decree 795 articles 2 and 6: 13 weekdays off, each of them off in the notice of that year."""
    off = statutory_days_off(festivals)
    assert len(off) == 13
    assert not any(chinese_calendar.is_workday(day) for day in off)


def test_festivals_that_meet_are_made_up() -> None:
    """In 2031 中秋 is 1 October, a Wednesday: 国庆 takes Wednesday to Friday and the fourth day is Monday 6 October."""
    october = [day for day in days_of(2031) if day.month == 10 and day.day <= 8]
    assert [day.day for day in october if CALENDAR.is_working_day(noon(day))] == [7, 8]


@pytest.mark.parametrize(
    ("start", "limit", "expected"),
    [
        ("2026-02-13 17:00", "4 urgent-hours", "2026-02-13 21:00"),
        ("2026-02-13 17:00", "2 natural-hours", "2026-02-13 19:00"),
        ("2026-02-13 17:00", "3 natural-days", "2026-02-16 17:00"),
        ("2026-03-06 17:00", "24 workday-hours", "2026-03-09 17:00"),  # 7 hours of Friday, 17 of Monday
        ("2026-03-07 10:00", "24 workday-hours", "2026-03-10 00:00"),  # begun on a Saturday: the whole Monday
        ("2026-03-05 09:00", "24 workday-hours", "2026-03-06 09:00"),
        ("2026-02-14 17:00", "24 workday-hours", "2026-02-24 17:00"),  # Saturday the 14th is worked, then nine days off
        ("2026-02-13 17:00", "4 working-hours", "2026-02-14 11:00"),  # Saturday the 14th is worked
        ("2026-02-14 17:00", "4 working-hours", "2026-02-24 11:00"),  # nine days off
        ("2026-02-14 17:00", "1 working-day", "2026-02-24 17:00"),
        ("2026-03-06 08:00", "1 working-day", "2026-03-06 18:00"),  # a full day ends with the day
        ("2026-03-06 08:00", "4 working-hours", "2026-03-06 12:00"),
        ("2026-03-06 12:30", "4 working-hours", "2026-03-06 18:00"),
        ("2026-03-06 20:00", "1 working-hour", "2026-03-09 09:00"),
        ("2026-03-07 10:00", "1 working-hour", "2026-03-09 09:00"),
        ("2026-03-06 15:00", "1 statutory-working-day", "2026-03-09 18:00"),  # the day of the event is not counted
        ("2026-02-13 00:00", "7 statutory-working-days", "2026-03-02 18:00"),  # 14, 24 to 28, 2 March
        ("2026-02-16 09:00", "1 statutory-working-day", "2026-02-24 18:00"),  # begun on a holiday
        ("2026-03-04 09:00", "5 statutory-days", "2026-03-09 18:00"),
        ("2026-03-02 09:00", "5 statutory-days", "2026-03-09 18:00"),  # the last day is Saturday the 7th
        ("2026-02-10 09:00", "5 statutory-days", "2026-02-24 18:00"),  # the last day is 15 February, a holiday
    ],
)
def test_deadlines_of_each_kind(start: str, limit: str, expected: str) -> None:
    """Clocks run from the moment; statutory periods from the next day to close of business (民法典 201, 203)."""
    assert due(start, limit) == expected


@pytest.mark.parametrize(
    ("start", "limit", "provisional"),
    [
        ("2026-12-25 09:00", "8 working-hours", False),
        ("2026-12-28 17:00", "2 working-hours", True),  # 29 December: the notice of 2019 moved the last days of 2018
        ("2026-12-30 09:00", "5 working-days", True),
        ("2026-12-30 09:00", "5 statutory-working-days", True),
        ("2026-12-30 09:00", "5 statutory-days", True),
        ("2026-12-30 09:00", "5 natural-days", False),  # no holiday has a part in it
        ("2026-12-30 09:00", "5 urgent-hours", False),
        ("2030-06-03 09:00", "1 working-hour", True),
    ],
)
def test_a_deadline_is_provisional_where_no_notice_is_out(start: str, limit: str, provisional: bool) -> None:
    """A working or statutory deadline in a year without a notice may still change, and says so."""
    assert deadline(at(start), parse_limit(limit), CALENDAR).provisional is provisional


def test_a_notice_makes_deadlines_certain() -> None:
    """With the notice of a year, deadlines in it follow the notice and are provisional no more."""
    spans = (Span("春节", date(2027, 2, 5), date(2027, 2, 12)),)
    notice = Notice(2027, "an invented notice", spans, (date(2027, 1, 30), date(2027, 2, 14)))
    known = build(HOLIDAYS.with_notice(notice))
    start, limit = at("2027-02-04 09:00"), parse_limit("1 working-day")
    assert deadline(start, limit, CALENDAR) != deadline(start, limit, known)
    assert deadline(start, limit, known).at == at("2027-02-14 09:00")
    assert not deadline(start, limit, known).provisional
    assert deadline(at("2028-02-04 09:00"), limit, known).provisional


def slow_deadline(start: int, minutes: int) -> int:
    """Walk minute by minute, asking the package for each; `start` is a whole minute."""
    while minutes:
        moment = datetime.fromtimestamp(start // 1000, CST)
        minutes -= moment.hour in {8, 9, 10, 11, 14, 15, 16, 17} and chinese_calendar.is_workday(moment)
        start += MINUTE
    return start


@settings(max_examples=60, deadline=None)
@given(st.integers(0, (at("2026-11-01 00:00") - at("2008-01-01 00:00")) // MINUTE), st.integers(1, 5 * 8))
def test_the_deadline_is_that_of_a_minute_by_minute_walk(minute: int, hours: int) -> None:
    """An obvious reference over the package's days gives the same deadline."""
    start = at("2008-01-01 00:00") + minute * MINUTE
    assert deadline(start, TimeLimit(hours, "working-hours"), CALENDAR).at == slow_deadline(start, hours * 60)


@given(times, work)
def test_the_time_worked_until_a_deadline_is_the_limit(start: int, length: int) -> None:
    """Adding and measuring agree to the millisecond, across holidays and years; so do subtracting and measuring."""
    assert CALENDAR.worked(start, CALENDAR.add(start, length)) == length
    assert CALENDAR.worked(CALENDAR.subtract(start, length), start) == length


@given(times, work)
def test_subtracting_undoes_adding(start: int, length: int) -> None:
    """From a moment of work, there and back again is that moment, both ways."""
    if in_session(start, opening=True):
        assert CALENDAR.subtract(CALENDAR.add(start, length), length) == start
    if in_session(start):
        assert CALENDAR.add(CALENDAR.subtract(start, length), length) == start


@given(times, st.integers(1, 60), working_kinds)
def test_before_undoes_deadline(start: int, amount: int, kind: Kind) -> None:
    """The last moment with the whole limit left before a deadline is not before its start, and has the same deadline."""
    limit = TimeLimit(amount, kind)
    end = deadline(start, limit, CALENDAR).at
    latest = before(end, limit, CALENDAR).at
    assert latest >= start
    assert in_session(latest, opening=True)
    assert deadline(latest, limit, CALENDAR).at == end


@given(times, times, st.integers(1, 60), dated_kinds)
def test_deadlines_are_monotonic(one: int, other: int, amount: int, kind: Kind) -> None:
    """Who begins later is never due earlier, and one more unit is always due later or, by 203 §1, at the same close."""
    early, late = sorted((one, other))
    limit, longer = TimeLimit(amount, kind), TimeLimit(amount + 1, kind)
    assert deadline(early, limit, CALENDAR).at <= deadline(late, limit, CALENDAR).at
    shorter, further = deadline(one, limit, CALENDAR).at, deadline(one, longer, CALENDAR).at
    assert shorter < further or (kind == "statutory-days" and shorter == further)


@given(times, st.integers(1, 60), dated_kinds)
def test_deadlines_lie_in_working_time(start: int, amount: int, kind: Kind) -> None:
    """A limit of working or statutory time ends after its start, in a session of a working day."""
    end = deadline(start, TimeLimit(amount, kind), CALENDAR).at
    assert end > start
    assert in_session(end)


@given(times, times, times)
def test_worked_time_adds_up(one: int, two: int, three: int) -> None:
    """Working time over two stretches is that over both, and back is the negative."""
    assert CALENDAR.worked(one, two) + CALENDAR.worked(two, three) == CALENDAR.worked(one, three)
    assert CALENDAR.worked(one, two) == -CALENDAR.worked(two, one)


def test_the_warning_comes_before_the_end_and_not_before_the_start() -> None:
    """Yellow one working hour before the deadline; a limit shorter than that is yellow from its start."""
    start, end = at("2026-03-06 17:00"), at("2026-03-09 09:00")
    assert warning(start, end, parse_limit("1 working-hour"), CALENDAR) == at("2026-03-09 08:00")
    assert warning(start, end, parse_limit("1 working-day"), CALENDAR) == start
    assert warning(start, end, parse_limit("30 natural-hours"), CALENDAR) == at("2026-03-08 03:00")


def test_statutory_periods_are_not_counted_backwards() -> None:
    """The law states no backward count, so none is made up."""
    with pytest.raises(ValueError, match="forward only"):
        before(at("2026-03-06 17:00"), parse_limit("5 statutory-days"), CALENDAR)


@pytest.mark.parametrize("kind", ["working-hours", "statutory-days", "statutory-working-days"])
@pytest.mark.parametrize("start", ["2007-12-01 23:59", "2041-01-01 00:00", "2040-12-31 23:00"])
def test_years_that_are_not_known_are_refused(kind: Kind, start: str) -> None:
    """Outside 2008 to 2040 nothing is guessed: the error names the years and what to do."""
    with pytest.raises(OutOfCalendarError, match=r"2008-01-01.*holidays\.toml"):
        deadline(at(start), TimeLimit(9, kind), CALENDAR)


@pytest.mark.parametrize(
    "text", ["", "7", "7d", "x working-days", "0 working-days", "-1 natural-days", "٣ natural-days", "2 days"]
)
def test_a_limit_that_cannot_be_read_is_refused(text: str) -> None:
    """The error repeats what was found."""
    with pytest.raises(ValueError, match="time limit"):
        parse_limit(text)


def test_a_limit_reads_in_both_languages() -> None:
    """One is singular; the kinds of the law say so."""
    assert parse_limit("1 working-day").title() == Text("1工作日", "1 working day")
    assert parse_limit("7 statutory-working-days").title() == Text("7个工作日（法定期间）", "7 working days by law")


@pytest.mark.parametrize(
    ("years", "span", "worked", "message"),
    [
        ((2026, 2028), (date(2026, 1, 1), date(2026, 1, 3)), date(2026, 1, 4), "without a gap"),
        ((2026, 2026), (date(2026, 1, 1), date(2026, 1, 3)), date(2026, 1, 4), "given twice"),
        ((2026,), (date(2026, 1, 3), date(2026, 1, 1)), date(2026, 1, 4), "no span"),
        ((2026,), (date(2026, 1, 1), date(2026, 1, 3)), date(2026, 1, 3), "no make-up day"),
        ((2026,), (date(2026, 1, 1), date(2026, 1, 3)), date(2026, 1, 5), "no make-up day"),
    ],
)
def test_wrong_holidays_are_refused(years: tuple[int, ...], span: tuple[date, date], worked: date, message: str) -> None:
    """A missing year, a year given twice, a span that is none and a worked day that is none: each is named."""
    notices = tuple(Notice(year, "", (Span("元旦", *span),), (worked,)) for year in years)
    with pytest.raises(ValueError, match=message):
        build(Holidays(notices, ()))


def test_a_wrong_file_is_named(tmp_path: Path) -> None:
    """The error names the file and the field."""
    file = tmp_path / "holidays.toml"
    file.write_text('notices = [{ year = "x" }]\nfestivals = []', "utf-8")
    with pytest.raises(ValueError, match=r"holidays\.toml.*notices"):
        read(file)


def test_a_deadline_takes_less_than_100_microseconds() -> None:
    """The best of five rounds over a thousand starts, so that a busy machine is not what is measured."""
    limit, starts = parse_limit("15 working-days"), range(FIRST, LAST - 40 * DAY, (LAST - FIRST) // 1000)

    def round_time() -> float:
        begun = perf_counter()
        for start in starts:
            deadline(start, limit, CALENDAR)
        return (perf_counter() - begun) / len(starts)

    assert min(round_time() for _ in range(5)) < 100e-6


def test_the_calendar_is_a_value() -> None:
    """Two calendars of the same days are equal, and so are those read back from bytes."""
    assert build(HOLIDAYS) == CALENDAR
    assert msgspec.json.decode(msgspec.json.encode(HOLIDAYS), type=Holidays) == HOLIDAYS
