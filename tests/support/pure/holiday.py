"""A request that is accepted before the holidays of 2027 are decreed."""

from datetime import date

from streams.calendar.holidays import Notice, Span
from streams.messages import parse_time

OFFICE = "licence_office.test"


ACCEPTED = parse_time("2026-12-28T10:00:00+08:00")


REMINDED = parse_time("2027-01-22T09:00:00+08:00")


NOTICE = Notice(
    year=2027,
    source="a notice made up for this test",
    off=(Span("元旦", date(2027, 1, 1), date(2027, 1, 3)), Span("春节", date(2027, 2, 5), date(2027, 2, 12))),
    work=(date(2027, 1, 10), date(2027, 1, 17)),
)
"""Two Sundays of January are worked, which the law alone does not know."""
