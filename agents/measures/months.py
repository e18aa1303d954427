"""Calendar months of China Standard Time as numbers that follow each other: 2026-03 is 24314. Pure."""

from streams.messages import DAY, HOUR, local_time

_AHEAD = 8 * HOUR
_MONTHS = 12
_months: dict[int, int] = {}
"""The month of each day that was asked for, by the day's number since 1970."""


def month_of(ms: int) -> int:
    """The month in which a moment (ms) lies.

    >>> month_text(month_of(1772294400000 - 1)), month_text(month_of(1772294400000))
    ('2026-02', '2026-03')
    """
    day = (ms + _AHEAD) // DAY
    month = _months.get(day)
    if month is None:
        moment = local_time(ms)
        month = _months[day] = moment.year * _MONTHS + moment.month - 1
    return month


def month_number(text: str) -> int:
    """The number of a month.

    >>> month_number("2026-03"), month_text(24314)
    (24314, '2026-03')
    """
    year, _, month = text.partition("-")
    return int(year) * _MONTHS + int(month) - 1


def lies_within(month: str, since: str, until: str) -> bool:
    """Whether a month is one of those from `since` to `until`, both of them among them; what is empty bounds nothing.

    >>> lies_within("2026-03", "2026-03", ""), lies_within("2026-03", "", "2026-02")
    (True, False)
    """
    return (not since or since <= month) and (not until or month <= until)


def month_text(number: int) -> str:
    """A month by its number."""
    year, month = divmod(number, _MONTHS)
    return f"{year:04}-{month + 1:02}"
