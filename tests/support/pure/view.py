"""The moment and the pulses of the views under test."""

from screen.access.people import Person
from streams.messages import Heartbeat, format_time, parse_time

LOG = "t"
DESK = Person("li", "李", "supervisor")
"""Who looks and may see all that is not sensitive."""


NOW = parse_time("2026-11-24T14:32:00+08:00")


def heartbeat(now: int | None, sent: int, partition: int = 0) -> Heartbeat:
    """A heartbeat that tells the log's time `now`, sent at real time `sent`."""
    told = None if now is None else format_time(now)
    return Heartbeat(
        domain="environment",
        partition=partition,
        worker="w",
        now=told,
        sent=format_time(sent),
        offset=1,
        lag=3,
        rate=2.0,
        rss=1,
        subjects=1,
    )
