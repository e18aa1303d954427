"""The legal times of government services, through the fold, against an independent calendar."""

from datetime import date, timedelta
from itertools import count

import chinese_calendar
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from agents.core.alerts.fold import Fold
from agents.core.alerts.state import Subject, followed
from agents.core.rules.book import Book
from agents.core.rules.rule import Binding, Edition
from agents.domains.service.connected import Connected
from agents.domains.service.payload import Calls
from streams.messages import DAY, HOUR, Alert, Name, Quality, Registered, Text, event_bytes, format_time, parse_time
from tests.support.books import the_book

OFFICE = "office.410102"


@pytest.fixture(scope="module")
def book() -> Book:
    """The committed rule book."""
    return the_book()


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
    """On each third day from January to October 2026 the time ends at 24:00 of the nth working day after it (行政许可法 82)."""
    for n in range(0, 300, 3):
        day = date(2026, 1, 1) + timedelta(days=n)
        last = _working_day(day, days)
        start, over = parse_time(f"{day}T10:30:00+08:00"), parse_time(f"{last}T00:00:00+08:00") + DAY
        alerts = _alerts(book, "licence_office", start, {"application": "A1", "step": step}, over + 1)
        due = [(alert.due, alert.value, alert.provisional) for alert in alerts if alert.rule == rule]
        assert due == [(format_time(over), 1, False)], day


@pytest.mark.parametrize(
    ("nature", "days"),
    [("consultation", 3), ("help", 5), ("opinion", 5), ("suggestion", 5), ("complaint", 10), ("report", 10), (None, 10)],
)
def test_request_time_by_its_kind(book: Book, nature: str | None, days: int) -> None:
    """It ends at 24:00 of working day 3, 5 or 10 (河南省12345热线运行管理办法), over holidays and make-up days too."""
    for day in (date(2026, 9, 24), date(2026, 9, 30), date(2026, 3, 2), date(2026, 2, 13)):
        over = parse_time(f"{_working_day(day, days)}T00:00:00+08:00") + DAY
        fact = {"request": "G1", "step": "assigned"} | ({} if nature is None else {"nature": nature})
        alerts = _alerts(book, "handling_unit", parse_time(f"{day}T15:00:00+08:00"), fact, over + 1)
        assert [alert.due for alert in alerts if alert.rule == "reply-overdue"] == [format_time(over)], day


HOURLY = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 50), st.integers(0, 100)), max_size=60)


@given(HOURLY)
@example([(n, 10, 95) for n in range(24)])
@example([(n, 10, 94) for n in range(24)])
def test_connected_is_the_share_of_24_hours(hours: list[tuple[int, int, int]]) -> None:
    """In any order: below 95 % of all calls of the 24 hours that end with the newest, if each of them is told."""
    edition = Edition(
        edition="2016", article="1", text=Text("", ""), mark="v", source="", since=date(1970, 1, 1), limits={"answered": 95}
    )
    judge = Connected(Binding(rule="rule", item="", kinds=("calls",), params={}, editions=(edition,)))
    subject, known, stood = Subject("s"), dict[int, tuple[int, int]](), False
    for hour, calls, answered in hours:
        data = Calls(answered=answered, calls=calls)
        at = HOUR * (hour + 1)
        subject.latest["calls"] = followed(subject.latest.get("calls"), at, data)
        found = judge.read(subject, "calls", data, at)
        known[hour] = (calls, calls * answered)
        window = [known[each] for each in range(hour - 23, hour + 1) if each in known]
        if hour < max(known) or len(window) < 24 or not sum(each[0] for each in window):
            assert found is None
            continue
        stands = sum(each[1] for each in window) < 95 * sum(each[0] for each in window)
        assert (stands if stands or stood else None) == (None if found is None else found.active)
        stood = stands
