"""A request that is accepted before the holidays of 2027 are decreed."""

from datetime import date

from agents.commands.holiday_notice import notice_bytes
from streams.calendar.holidays import Notice, Span
from streams.messages import Name, Registered, event_bytes, format_time, parse_time
from tests.support.events import tick

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


def log_of_an_application() -> list[bytes]:
    """An application is accepted, the log reminds of it, and then the notice of the year comes, twice."""
    facts = Registered(kind="licence_office", name=Name("大厅"), adcode="410102")
    at, accepted = format_time(ACCEPTED - 1000), format_time(ACCEPTED)
    step = {"application": "A1", "step": "accepted"}
    return [
        event_bytes(type="service.registered", source="t", id="r", time=at, subject=OFFICE, data=facts),
        event_bytes(type="service.application_step", source="t", id="a", time=accepted, subject=OFFICE, data=step),
        tick(REMINDED),
        notice_bytes(NOTICE, REMINDED),
        notice_bytes(NOTICE, REMINDED + 1000),
        tick(REMINDED + 1000),
    ]
