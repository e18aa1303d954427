"""Time on the wire is RFC 3339 text; time in the core is whole milliseconds since 1970-01-01T00:00:00Z."""

import re
from datetime import UTC, date, datetime, timedelta, timezone

CST = timezone(timedelta(hours=8), "Asia/Shanghai")
"""China Standard Time, UTC+08:00 all year (no summer time since 1991)."""

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

NEVER = 1 << 62
"""A time after every other: the due time of a subject that waits for nothing."""

_FIRST, _LAST = 1970, 2199
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)

_ZONE = {"+", "-", "Z"}
_THOUSANDTHS = {f".{n:03}": n for n in range(1_000)}
_FORM = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})?")
_KEPT = 4_096
_minutes: dict[str, int] = {}
"""Minutes that were parsed, by their text to the minute, as if it were of UTC: most events are of a few of them."""
_rests: dict[str, int] = {}
"""What is to be added to a minute, by the text of the seconds with the offset (`:05+08:00`): there are few of these."""

_AHEAD = 8 * HOUR
"""How far China Standard Time is ahead of UTC."""
_day_texts: dict[int, str] = {}
"""Days that were written, by their number since 1970 in China Standard Time: the text up to the hour."""


def parse_time(text: str) -> int:
    """Milliseconds since the epoch of an RFC 3339 time of the years 1970 to 2199.

    A time without an offset is an error, never a guess; so is one of a year that nothing here can have happened in.

    >>> parse_time("2020-04-02T08:00:00+08:00")
    1585785600000
    >>> parse_time("2020-04-02T08:00:00")
    Traceback (most recent call last):
    ValueError: time '2020-04-02T08:00:00' has no UTC offset: write +08:00 or Z
    """
    if text[19:20] == ".":
        rest, thousandth = text[16:19] + text[23:], _THOUSANDTHS.get(text[19:23])
    else:
        rest, thousandth = text[16:], 0
    minute, passed = _minutes.get(text[:16]), _rests.get(rest)
    if minute is None or passed is None or thousandth is None:
        return _learned(text, rest)
    return minute + passed + thousandth


def _learned(text: str, rest: str) -> int:
    """A time that has a part which was not met before, or another form; what the parts of the usual form say is kept."""
    at = _parsed(text)
    if rest[3:4] in _ZONE:
        for known in (_minutes, _rests):
            if len(known) >= _KEPT:
                known.clear()
        minute = _minutes[text[:16]] = _parsed(f"{text[:16]}:00Z")
        _rests[rest] = at - at % SECOND - minute
    return at


def _parsed(text: str) -> int:
    form = _FORM.fullmatch(text)
    if form is None:
        raise ValueError(f"time {text!r} is not of the form 2026-06-01T08:00:00+08:00 (RFC 3339)")
    moment = datetime.fromisoformat(text.upper())
    if moment.tzinfo is None:
        raise ValueError(f"time {text!r} has no UTC offset: write +08:00 or Z")
    if not _FIRST <= moment.year <= _LAST:
        raise ValueError(f"time {text!r} is not of the years {_FIRST} to {_LAST}")
    return (moment - _EPOCH) // _MILLISECOND


def format_time(ms: int) -> str:
    """RFC 3339 text in China Standard Time, with milliseconds only where there are some.

    >>> format_time(1585785600000)
    '2020-04-02T08:00:00+08:00'
    >>> format_time(1585785600250)
    '2020-04-02T08:00:00.250+08:00'
    """
    day, passed = divmod(ms + _AHEAD, DAY)
    began = _day_texts.get(day)
    if began is None:
        if len(_day_texts) >= _KEPT:
            _day_texts.clear()
        began = _day_texts[day] = local_time(day * DAY - _AHEAD).isoformat()[:11]
    seconds, thousandth = divmod(passed, SECOND)
    minutes, second = divmod(seconds, 60)
    fraction = f".{thousandth:03}" if thousandth else ""
    return f"{began}{minutes // 60:02}:{minutes % 60:02}:{second:02}{fraction}+08:00"


def local_time(ms: int) -> datetime:
    """A moment (ms) as clocks show it in China Standard Time, to the second."""
    return datetime.fromtimestamp(ms // SECOND, CST)


def day_of(ms: int) -> date:
    """The day of China Standard Time in which a moment (ms) lies.

    >>> day_of(1585785600000 - 8 * HOUR - 1), day_of(1585785600000 - 8 * HOUR)
    (datetime.date(2020, 4, 1), datetime.date(2020, 4, 2))
    """
    return local_time(ms).date()


def begin_of(day: date | str) -> int:
    """When a day (as `2020-04-02`) begins in China Standard Time (ms); ValueError where it is none.

    >>> format_time(begin_of("2020-04-02")), day_of(begin_of(date(2020, 4, 2)) - 1)
    ('2020-04-02T00:00:00+08:00', datetime.date(2020, 4, 1))
    """
    return parse_time(f"{day}T00:00:00+08:00")
