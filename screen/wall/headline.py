"""The domains' own figures on the wall, as their `domain.toml` describes them. Pure but for the catalogue."""

from collections.abc import Iterable
from functools import lru_cache

from msgspec import Struct

from screen.feed.slices.clock import Clock
from screen.feed.slices.subjects import Subjects, number
from screen.feed.view import View
from streams.catalogue import domains, on_screen
from streams.catalogue.sight import NOBODY, seen
from streams.catalogue.wall import Headline
from streams.messages import MINUTE, SEVERITIES, Name, Severity, SubjectStatus, Text, parse_time

_time = lru_cache(maxsize=65_536)(parse_time)


class HeadlineFigure(Struct, frozen=True):
    """A figure as the wall shows it. `value`: None where there is none; `severity`: whose colour it has.

    `subject`: whose value it is; `online`: of the `all` subjects that give the value, so many were heard of lately.
    """

    domain: str
    title: Text
    note: Text
    unit: str
    fold: str
    value: float | None
    severity: Severity | None
    subject: Name | None
    online: int
    all: int


def headline(view: View) -> list[HeadlineFigure]:
    """The figures of all domains, in their order on the screen."""
    listed = domains()
    return [_figure(view, name, described) for name in on_screen() for described in listed[name].headline.values()]


def colour(described: Headline, value: float | None) -> Severity | None:
    """The worst severity whose bound a value has passed."""
    if value is None:
        return None
    passed = {severity for severity, bound in described.above.items() if value > bound}
    passed |= {severity for severity, bound in described.below.items() if value < bound}
    return next((severity for severity in SEVERITIES if severity in passed), None)


def _figure(view: View, domain: str, described: Headline) -> HeadlineFigure:
    giving = [
        status
        for status in view[Subjects].subjects.values()
        if described.field in status.values and status.domain == domain and described.kind in {"", status.kind}
    ]
    since = (view[Clock].now or 0) - described.within_minutes * MINUTE
    online = sum(_time(status.at) >= since for status in giving) if described.fold == "online" else 0
    value, subject = _folded(described, giving, online)
    return HeadlineFigure(
        domain=domain,
        title=described.title,
        note=described.note,
        unit=described.unit,
        fold=described.fold,
        value=value,
        severity=colour(described, value),
        subject=subject,
        online=online,
        all=len(giving),
    )


def _folded(described: Headline, giving: list[SubjectStatus], online: int) -> tuple[float | None, Name | None]:
    """The value, and the name of its subject where it is one subject's."""
    if described.fold == "online":
        return (100 * online / len(giving) if giving else None), None
    known = [(found, status) for status in giving if (found := number(status, described.field)) is not None]
    if described.fold == "max":
        most = max(known, key=lambda each: each[0], default=None)
        return (most[0], seen(most[1], NOBODY).name) if most else (None, None)
    return _sum(found for found, _ in known), None


def _sum(values: Iterable[float]) -> float | None:
    found = list(values)
    return sum(found) if found else None
