"""One law for the judge and the screen: working time by one calendar, with the festivals and the notices of the log."""

from datetime import date

import pytest
from msgspec import Raw
from msgspec.structs import replace

from agents.core.alerts.fold import Fold
from screen.desk.alert_context import deadlines
from screen.feed.fold import fold
from screen.feed.law import Law, told
from screen.feed.slices.law_in_force import LawInForce
from screen.feed.view import View
from streams.calendar.holidays import Notice, Span
from streams.calendar.time_limit import deadline, parse_limit
from streams.messages import HOUR, Alert, Text, decode, encode, format_time, parse_time
from streams.rulebook import BookInForce, InForce, NoticeInForce, key_of
from tests.support.books import the_book
from tests.support.pure.holiday import ACCEPTED, OFFICE, log_of_an_application
from tests.support.town import alert

LOG = "t"
BEGIN, END = parse_time("2027-09-29T09:00:00+08:00"), parse_time("2027-10-08T18:00:00+08:00")

NOTICE = Notice(
    year=2027,
    source="a notice made up for this test",
    off=(Span("国庆节", date(2027, 10, 1), date(2027, 10, 7)),),
    work=(date(2027, 9, 26), date(2027, 10, 9)),
)

ADOPTED = BookInForce(
    hash="a" * 32, adopted="2027-03-01T00:00:00+08:00", grouping={"burst": Text("突发", "Burst")}, book=Raw(b'{"rules":[]}')
)


def hours(view: View, start: int, end: str | None) -> float:
    """Working hours that the desk shows at `start` of an alert that is due at `end`."""
    (row,) = deadlines(view[LawInForce].law.calendar, alert(LOG, 1, start, due=end), start)["rows"]
    worked: int = row["worked"]
    return worked / HOUR


def test_the_desk_counts_the_statutory_days_as_the_judge_does() -> None:
    """From 29 September 2027 09:00 to 8 October 18:00 there are 39 working hours for both.

    By hand, from Decree 795: 1 October 2027 is a Friday, so that of the three days of 国庆 (1 to 3 October) two are on the
    weekend and are made up on Monday 4 and Tuesday 5. Worked are Wednesday 29 September from 09:00 (3 + 4 h), Thursday 30
    (8 h), Wednesday 6, Thursday 7 and Friday 8 October (8 h each): 39 h. Weekdays alone would give 63.
    """
    assert hours(View(), BEGIN, format_time(END)) == 39
    assert deadline(BEGIN, parse_limit("39 working-hours"), View()[LawInForce].law.calendar).at == END


def test_a_notice_of_the_log_changes_the_desk_s_hours() -> None:
    """Days off from 1 to 7 October leave 29 and 30 September and 8 October: 7 + 8 + 8 = 23 h, and they are certain."""
    view = fold(View(), [NoticeInForce(NOTICE)])
    assert hours(view, BEGIN, format_time(END)) == 23
    assert all(
        day.certain
        for day in deadlines(view[LawInForce].law.calendar, alert(LOG, 1, BEGIN, due=format_time(END)), BEGIN)["days"]
    )


def test_the_desk_agrees_with_the_deadline_that_the_judge_has_reckoned() -> None:
    """Twenty working days (行政许可法 42) are 160 working hours on the desk, before the log has a notice and after it."""
    judge = Fold(the_book(), f"{LOG}.events.service", 0)
    closed = parse_time("2026-12-28T18:00:00+08:00")
    assert closed - ACCEPTED < 24 * HOUR
    view, seen = View(), []
    for offset, value in enumerate(log_of_an_application()):
        for output in judge.run([(offset, OFFICE.encode() if b"subject" in value else None, value)]):
            if isinstance(output, Alert) and output.rule == "licence-undecided":
                view = fold(view, map(NoticeInForce, judge.notices))
                seen.append((output.provisional, hours(view, closed, output.due)))
    assert seen == [(True, 160), (False, 160)]


def test_the_book_adopted_last_holds() -> None:
    """Neither an earlier adoption nor the files of another worker take its place, in whatever order they are told."""
    earlier = replace(ADOPTED, hash="b" * 32, adopted="2027-02-01T00:00:00+08:00")
    files = replace(ADOPTED, hash="c" * 32, adopted=None)
    for order in ([files, earlier, ADOPTED], [ADOPTED, files, earlier], [earlier, ADOPTED, files]):
        assert fold(View(), order)[LawInForce].law.book == ADOPTED
    assert fold(View(), [files, replace(files, hash="d" * 32)])[LawInForce].law.book == replace(files, hash="d" * 32)


def test_grouping_rules_have_the_titles_that_were_told() -> None:
    """A rule that nobody has told is shown by its id."""
    assert Law().rule_name("burst") == Text("burst", "burst")
    assert told(Law(), ADOPTED).rule_name("burst") == Text("突发", "Burst")


def test_a_record_that_says_nothing_sound_changes_nothing() -> None:
    """A notice that contradicts itself leaves the calendar as it was; a book whose time cannot be read is left out."""
    wrong = replace(NOTICE, work=(date(2027, 10, 11),))  # a Monday
    assert fold(View(), [NoticeInForce(wrong)])[LawInForce].law.calendar == Law().calendar
    assert fold(View(), [replace(ADOPTED, adopted="yesterday")])[LawInForce].law.book is None


@pytest.mark.parametrize(
    ("record", "key"),
    [
        (ADOPTED, "book/adopted"),
        (replace(ADOPTED, adopted=None), "book/files"),
        (NoticeInForce(NOTICE), "notice/2027"),
    ],
)
def test_a_record_comes_back_as_it_was_told(record: InForce, key: str) -> None:
    """Its bytes give the same record; adopted books, books of files and the years' notices have keys of their own."""
    assert decode(encode(record), InForce) == record  # type: ignore[arg-type]
    assert key_of(record) == key
