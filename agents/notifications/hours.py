"""Hours of the week in China Standard Time, as duty tables and routes write them."""

from collections.abc import Iterator
from typing import Annotated, Literal, get_args

from msgspec import Meta, Struct, field

from streams.messages import DAY, HOUR, MINUTE

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAYS: tuple[Day, ...] = get_args(Day)

OF_DAY = DAY // MINUTE
WEEK = 7 * OF_DAY
"""Minutes of a day and of a week."""

_EPOCH = 3 * DAY + 8 * HOUR  # 1970-01-01 00:00 UTC was Thursday 08:00 of UTC+8
_Clock = Annotated[str, Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]


class Hours(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From a time of day up to but not including another, UTC+8: past midnight where `to` is not later than `from`.

    `00:00` to `00:00` is the whole day. `days`: on which days of the week it begins; all where it does not say.
    """

    since: _Clock = field(name="from")
    until: _Clock = field(name="to")
    days: tuple[Day, ...] = DAYS

    def spans(self) -> Iterator[range]:
        """The minutes of the week that it covers, a range for each day; Sunday's may go beyond the week's end."""
        begin, end = _minutes(self.since), _minutes(self.until)
        for day in self.days:
            start = DAYS.index(day) * OF_DAY
            yield range(start + begin, start + end + (OF_DAY if end <= begin else 0))

    def covers(self, minute: int) -> bool:
        """Whether a minute of the week is among them."""
        return any(minute in span or minute + WEEK in span for span in self.spans())


def minute_of_week(at: int) -> int:
    """The minute of the week, from Monday 00:00 of UTC+8 on, of a time (ms since 1970).

    >>> minute_of_week(0)  # Thursday 08:00
    4800
    """
    return (at + _EPOCH) // MINUTE % WEEK


def shown(minute: int) -> str:
    """A minute of the week for people.

    >>> shown(4800)
    'thu 08:00'
    """
    day, rest = divmod(minute % WEEK, OF_DAY)
    return f"{DAYS[day]} {rest // 60:02}:{rest % 60:02}"


def _minutes(clock: str) -> int:
    return int(clock[:2]) * 60 + int(clock[3:])
