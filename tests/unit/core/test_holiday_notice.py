"""The notice of a year's holidays as an event of the log: deadlines are reckoned anew, once, and a replay does the same."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from agents.commands.holiday_notice import main, notice_bytes, notices
from agents.core.alerts.fold import Fold
from agents.core.rules.book import Book
from streams.calendar.holidays import Notice
from streams.command import Trouble
from streams.messages import Alert, Quality
from tests.support.books import the_book
from tests.support.pure.holiday import ACCEPTED, NOTICE, OFFICE, log_of_an_application


@pytest.fixture(scope="module")
def book() -> Book:
    """The rule book."""
    return the_book()


def _last_day(days: int, *, off: set[date], work: set[date]) -> str:
    """24:00 of the last of so many working days after that of ACCEPTED, counted day by day."""
    day = date(2026, 12, 28)
    while days:
        day += timedelta(days=1)
        days -= day in work or (day.weekday() < 5 and day not in off)
    return f"{day + timedelta(days=1)}T00:00:00+08:00"


def _alerts(fold: Fold, values: list[bytes], start: int = 0) -> list[Alert]:
    records = ((start + n, OFFICE.encode() if b"subject" in value else None, value) for n, value in enumerate(values))
    return [out for out in fold.run(records) if isinstance(out, Alert) and out.rule == "licence-undecided"]


def test_a_notice_makes_a_provisional_deadline_certain(book: Book) -> None:
    """Twenty working days (行政许可法 42) end elsewhere once two Sundays are worked; the alert says so, and only once."""
    before, after = _alerts(Fold(book, "t.events.service", 0), log_of_an_application())
    new_year = date(2027, 1, 1)
    assert (before.due, before.provisional) == (_last_day(20, off={new_year}, work=set()), True)
    assert (after.due, after.provisional) == (_last_day(20, off={new_year}, work=set(NOTICE.work)), False)
    assert (after.id, after.rev, before.rev) == (before.id, 3, 2)


def test_a_checkpoint_carries_the_notice(book: Book) -> None:
    """Cut anywhere and restored, the log gives the same alerts and the same state."""
    values = log_of_an_application()
    whole = Fold(book, "t.events.service", 0)
    expected = _alerts(whole, values)
    for cut in range(len(values) + 1):
        first, second = (Fold(book, "t.events.service", 0) for _ in range(2))
        found = _alerts(first, values[:cut])
        second.restore(first.snapshot())
        assert found + _alerts(second, values[cut:], cut) == expected
        assert second.snapshot()[-1] == whole.snapshot()[-1]


def test_a_notice_that_contradicts_itself_is_refused(book: Book) -> None:
    """A make-up day that is no weekend day becomes a quality record, and the holidays stay as they were."""
    wrong = Notice(2027, "wrong", NOTICE.off, (date(2027, 1, 11),))
    fold = Fold(book, "t.events.service", 0)
    (refused,) = fold.run([(0, None, notice_bytes(wrong, ACCEPTED))])
    assert isinstance(refused, Quality)
    assert refused.reason == "malformed-data"
    assert "make-up days are Saturdays and Sundays" in refused.message
    assert fold.notices == ()


FILE = """
[[notices]]
year = 2027
source = "国办发明电〔2026〕0号"
off = [{ name = "元旦", first = 2027-01-01, last = 2027-01-03 }]
work = [2027-01-10]
"""


def test_a_file_of_notices_becomes_events(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """The command writes one event for each notice of the file; a fold that reads it knows the notice."""
    file = tmp_path / "2027.toml"
    file.write_text(FILE, "utf-8")
    assert main([str(file), "--stdout"]) == 0
    (line,) = capfdbinary.readouterr().out.splitlines()
    fold = Fold(the_book(), "t.events.service", 0)
    assert fold.run([(0, None, line)]) == []
    assert [notice.work for notice in fold.notices] == [(date(2027, 1, 10),)]


def test_a_wrong_file_is_refused_by_name(tmp_path: Path) -> None:
    """The error names the file and the day at fault."""
    file = tmp_path / "wrong.toml"
    file.write_text(FILE.replace("work = [2027-01-10]", "work = [2027-01-11]"), "utf-8")
    with pytest.raises(Trouble, match=r"wrong\.toml: notice 2027: 2027-01-11 is no make-up day"):
        notices(file)
