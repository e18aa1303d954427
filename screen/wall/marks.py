"""An alert's mark on the map: its glyph, and its place beside the other marks of its subject. Pure."""

from collections.abc import Iterable

from msgspec import Struct

from screen.wall.labels import Point
from streams.messages import SEVERITIES, Alert

MARKS_SHOWN = 2
"""Alerts of one subject on the map at most, the worst ones: more would hide its neighbours. The legend counts all."""


class Mark(Struct, frozen=True):
    """An alert on the map: which, where (degrees), its glyph in the atlas, its column among its neighbours (0 is middle)."""

    alert: str
    domain: str
    at: Point
    name: str
    column: float


def letter(alert: Alert) -> str:
    """The letter of an alert's state; latched C and D look like C and D."""
    return alert.state[0]


def marks_of(alerts: Iterable[Alert]) -> tuple[Mark, ...]:
    """The worst alerts of one subject side by side."""
    worst = sorted(alerts, key=lambda alert: (SEVERITIES.index(alert.severity), alert.state, alert.id))[:MARKS_SHOWN]
    left = -(len(worst) - 1) / 2
    return tuple(
        Mark(alert.id, alert.domain, (alert.lon, alert.lat), f"{alert.severity}-{letter(alert)}-{alert.phase}", left + n)
        for n, alert in enumerate(worst)
        if alert.lon is not None and alert.lat is not None
    )
