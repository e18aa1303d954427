"""Running time as rules and catalogues write it: `90s`, `45m`, `8h`, `15d`."""

import re

from streams.messages import DAY, HOUR, MINUTE, SECOND

_SPAN = re.compile(r"(\d{1,6})([smhd])")
_UNIT = {"s": SECOND, "m": MINUTE, "h": HOUR, "d": DAY}


def span(text: str) -> int:
    """A length of time in milliseconds; ValueError says what to write.

    >>> span("72h")
    259200000
    >>> span("1 hour")
    Traceback (most recent call last):
    ValueError: length of time '1 hour': write a number and s, m, h or d, as in 45m
    """
    match = _SPAN.fullmatch(text)
    if not match:
        raise ValueError(f"length of time {text!r}: write a number and s, m, h or d, as in 45m")
    return int(match[1]) * _UNIT[match[2]]
