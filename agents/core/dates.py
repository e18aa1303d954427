"""Dates that facts and registers carry: a day of China Standard Time, or a moment."""

from datetime import date, datetime
from functools import lru_cache
from typing import Any

from msgspec import Struct

from streams.messages import CST, DAY, HOUR, parse_time

NO_TIME = "no time: write it like 2026-06-01T08:00:00+08:00"
"""What a check says of a text that should be a moment; the text itself is never quoted."""

_EPOCH = date(1970, 1, 1).toordinal()


class Validity(Struct, frozen=True):
    """How long something is valid: `last`, when its last day begins, and `end`, when that day is over (ms).

    A moment is its own last day: both are the moment itself.
    """

    last: int
    end: int


def is_time(text: str) -> bool:
    """Whether a text is a moment (RFC 3339).

    >>> is_time("2026-05-01T08:00:00+08:00"), is_time("2026-05-01")
    (True, False)
    """
    try:
        parse_time(text)
    except (ValueError, OverflowError):
        return False
    return True


def validity(value: Any) -> Validity | None:
    """The validity that a date (`2026-05-01`: to the end of that day) or an RFC 3339 time states; None where it is neither.

    >>> validity("2026-05-01")
    Validity(last=1777564800000, end=1777651200000)
    >>> validity("2026-05-01T00:00:00+08:00")
    Validity(last=1777564800000, end=1777564800000)
    >>> validity("soon")
    """
    return _stated(value) if isinstance(value, str) else _validity(value)


@lru_cache(maxsize=4_096)
def _stated(text: str) -> Validity | None:
    return _validity(text)


def _validity(value: Any) -> Validity | None:
    try:
        if isinstance(value, datetime):
            moment = int(value.replace(tzinfo=value.tzinfo or CST).timestamp() * 1000)
            return Validity(moment, moment)
        if isinstance(value, str) and len(value) > 10:
            moment = parse_time(value)
            return Validity(moment, moment)
        day = date.fromisoformat(value) if isinstance(value, str) else value
    except (ValueError, OverflowError):
        return None
    if not isinstance(day, date):
        return None
    last = (day.toordinal() - _EPOCH) * DAY - 8 * HOUR
    return Validity(last, last + DAY)


def ends(value: Any) -> int | None:
    """When the validity that a date states is over (ms), or None where it states none."""
    found = validity(value)
    return None if found is None else found.end


def moment(value: Any) -> int | None:
    """The moment (ms) of an RFC 3339 time, or the beginning of a date's day."""
    found = validity(value)
    return None if found is None else found.last
