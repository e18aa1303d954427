"""The legal times of government services, through the fold, against an independent calendar."""

from datetime import date, timedelta
from itertools import count

import chinese_calendar
import pytest

from agents.core.alerts.fold import Fold
from agents.core.rules.book import Book
from agents.rulebook.load import load_book
from streams.messages import Alert, Name, Quality, Registered, event_bytes, format_time, parse_time

OFFICE = "office.410102"


@pytest.fixture(scope="module")
def book() -> Book:
    """The committed rule book."""
    return load_book()


def _alerts(book: Book, kind: str, start: int, fact: dict[str, object], end: int) -> list[Alert]:
    """What the rules say of one fact of a subject of this kind, at an end of time."""
    register = Registered(kind=kind, name=Name("例"), adcode="410102")
    values = [
        event_bytes(type="service.registered", source="t", id="0", time=format_time(start), subject=OFFICE, data=register),
        event_bytes(
            type=f"service.{'application_step' if 'application' in fact else 'request_step'}",
            source="t",
            id="1",
            time=format_time(start),
            subject=OFFICE,
            data=fact,
        ),
        event_bytes(type="clock.tick", source="clock", id="2", time=format_time(end)),
    ]
    offsets = count()
    outputs = Fold(book, "case.events.service", 0).run((next(offsets), OFFICE.encode(), value) for value in values)
    assert not [out for out in outputs if isinstance(out, Quality)]
    return [out for out in outputs if isinstance(out, Alert)]


def _working_day(start: date, n: int) -> date:
    """The nth working day after a day, counted one by one."""
    day = start
    while n:
        day += timedelta(days=1)
        n -= chinese_calendar.is_workday(day)
    return day


@pytest.mark.parametrize(
    ("step", "rule", "days"),
    [("submitted", "licence-not-told", 5), ("accepted", "licence-undecided", 20), ("granted", "licence-not-delivered", 10)],
)
def test_licence_times_are_working_days(book: Book, step: str, rule: str, days: int) -> None:
    """On each third day from January to October 2026 the time ends at 18:00 of the nth working day after it (行政许可法 82)."""
    for n in range(0, 300, 3):
        day = date(2026, 1, 1) + timedelta(days=n)
        last = _working_day(day, days)
        start, end = parse_time(f"{day}T10:30:00+08:00"), parse_time(f"{last}T18:00:01+08:00")
        alerts = _alerts(book, "licence_office", start, {"application": "A1", "step": step}, end)
        due = [(alert.due, alert.value, alert.provisional) for alert in alerts if alert.rule == rule]
        assert due == [(f"{last}T18:00:00+08:00", 1, False)], day


def test_request_time_is_seven_times_eight_hours_of_work(book: Book) -> None:
    """A request ends at its own hour of the seventh working day after it, over holidays and make-up days too."""
    for day in (date(2026, 9, 24), date(2026, 9, 30), date(2026, 3, 2), date(2026, 2, 13)):
        assert chinese_calendar.is_workday(day)
        last = _working_day(day, 7)
        start, end = parse_time(f"{day}T15:00:00+08:00"), parse_time(f"{last}T15:00:01+08:00")
        alerts = _alerts(book, "handling_unit", start, {"request": "G1", "step": "assigned"}, end)
        assert f"{last}T15:00:00+08:00" in [alert.due for alert in alerts if alert.rule == "reply-overdue"], day
