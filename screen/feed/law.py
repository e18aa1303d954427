"""What the log is judged by, as its workers have told it: the rule book and the working calendar. Pure."""

from contextlib import suppress

from msgspec import Struct, field

from streams.calendar import holidays
from streams.calendar.holidays import Notice
from streams.calendar.working_time import Calendar
from streams.messages import Text
from streams.places import calendar
from streams.rulebook import BookInForce, NoticeInForce, newer


class Law(Struct, frozen=True):
    """The rule book, None before a worker has told one; the notices of holidays by year, and the calendar with them."""

    book: BookInForce | None = None
    notices: dict[int, Notice] = {}
    calendar: Calendar = field(default_factory=calendar.load)

    def rule_name(self, rule: str) -> Text:
        """The title of a grouping rule by its id; the id itself where no worker has told it."""
        return (self.book and self.book.grouping.get(rule)) or Text(rule, rule)


def told(law: Law, record: BookInForce | NoticeInForce) -> Law:
    """The law after this record; ValueError where the time of an adoption cannot be read."""
    if isinstance(record, BookInForce):
        return Law(record, law.notices, law.calendar) if newer(record, law.book) else law
    notices = law.notices | {record.notice.year: record.notice}
    return Law(law.book, notices, _calendar(notices))


def _calendar(notices: dict[int, Notice]) -> Calendar:
    """The calendar of the files with these notices; one that contradicts itself is left out, as the judge refuses it."""
    known = calendar.here()
    for _, notice in sorted(notices.items()):
        with suppress(ValueError):
            holidays.build(known.with_notice(notice))
            known = known.with_notice(notice)
    return holidays.build(known)
