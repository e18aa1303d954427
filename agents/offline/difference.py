"""What two rule books make of the same events: which alerts are new, gone, earlier, later, or of another severity.

The same alert: both books judge the same rule, item and subject, and the times during which the condition was true for them
overlap. An alert is followed from the event time of what began it until the log's time of its return to normal; a second
alarm after a return is an alert of its own. So acts of people, which name the alerts of one book only, change nothing here.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

from msgspec import Struct

from agents.core.alerts.alarm import RANK
from streams.messages import NEVER, Alert, Severity, format_time, parse_time

Side = Literal[0, 1]
"""0: the book before, 1: the book after."""

Kind = Literal["raised", "lost", "earlier", "later", "severity"]
KINDS: tuple[Kind, ...] = ("raised", "lost", "earlier", "later", "severity")

By = Literal["all", "rule", "district", "day"]

KEPT = 64
"""Alerts of one rule and subject that wait for their counterpart; of more, the oldest are taken as they stand."""


class ComparedPeriod(Struct):
    """One alert as one book saw it: event time of its beginning, and the log's times of its raise and its end (ms).

    `end` is NEVER while it stands; `severity` the worst so far; `alert` the revision with which it began.
    """

    begin: int
    raised: int
    end: int
    severity: Severity
    alert: Alert


class Change(Struct, frozen=True):
    """One alert in both books; None where a book has none."""

    rule: str
    item: str
    subject: str
    before: ComparedPeriod | None
    after: ComparedPeriod | None

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """What is different; nothing where both books raise it at the same time and with the same worst severity."""
        before, after = self.before, self.after
        if before is None:
            return ("raised",)
        if after is None:
            return ("lost",)
        found: list[Kind] = []
        if after.raised != before.raised:
            found.append("earlier" if after.raised < before.raised else "later")
        if after.severity != before.severity:
            found.append("severity")
        return tuple(found)

    @property
    def any(self) -> ComparedPeriod:
        """The alert as the first book saw it, or else the second."""
        period = self.before or self.after
        assert period is not None  # noqa: S101 - a change has at least one of them
        return period


class Count(Struct):
    """How many alerts each book raised, and how many of them differ in which way."""

    before: int = 0
    after: int = 0
    raised: int = 0
    lost: int = 0
    earlier: int = 0
    later: int = 0
    severity: int = 0

    @property
    def changed(self) -> bool:
        """Whether anything is different."""
        return any(getattr(self, kind) for kind in KINDS)

    def add(self, change: Change) -> None:
        """Count one alert."""
        self.before += change.before is not None
        self.after += change.after is not None
        for kind in change.kinds:
            setattr(self, kind, getattr(self, kind) + 1)


def changes(alerts: Iterable[tuple[Side, Alert]]) -> Iterator[Change]:
    """Every alert that either book raised, changed or not, from the revisions of both in log order.

    At most `KEPT` alerts of one rule, item and subject are in memory for each book.
    """
    known: dict[tuple[str, str, str], tuple[list[ComparedPeriod], list[ComparedPeriod]]] = {}
    for side, alert in alerts:
        key = (alert.rule, alert.item, alert.subject)
        both = known.setdefault(key, ([], []))
        _follow(both[side], alert)
        while len(both[side]) > KEPT:
            yield Change(*key, *_next(*both, more=True))
    for key, both in known.items():
        while both[0] or both[1]:
            yield Change(*key, *_next(*both, more=False))


def keys(change: Change) -> Mapping[By, str]:
    """By what a change is counted: rule, district (adcode), and the day (China Standard Time) on which it was raised."""
    period = change.any
    return {"all": "", "rule": change.rule, "district": period.alert.adcode, "day": format_time(period.raised)[:10]}


def tally(totals: dict[tuple[By, str], Count], change: Change) -> None:
    """Count a change in all its totals."""
    for place in keys(change).items():
        totals.setdefault(place, Count()).add(change)


def _follow(periods: list[ComparedPeriod], alert: Alert) -> None:
    """Take up one revision of an alert: it begins, goes on or ends the newest period."""
    newest = periods[-1] if periods and periods[-1].end == NEVER else None
    if newest is None and alert.active:
        first = alert.occurrence == 1
        begin = parse_time(alert.opened_at if first else alert.evidence[-1].at)
        raised = parse_time(alert.changed_at)
        periods.append(ComparedPeriod(min(begin, raised), raised, NEVER, alert.severity, alert))
    elif newest is not None:
        newest.severity = max(newest.severity, alert.severity, key=RANK.__getitem__)
        if not alert.active:
            newest.end = parse_time(alert.changed_at)


def _next(
    before: list[ComparedPeriod], after: list[ComparedPeriod], *, more: bool
) -> tuple[ComparedPeriod | None, ComparedPeriod | None]:
    """Take the next alert out of both lists; while `more` may come, one that still stands is left in."""
    if not after or (before and before[0].end < after[0].begin):
        return before.pop(0), None
    if not before or after[0].end < before[0].begin:
        return None, after.pop(0)
    if more and after[0].end == NEVER:  # it belongs to the first of the others: the second has no counterpart
        return before.pop(1), None
    if more and before[0].end == NEVER:
        return None, after.pop(1)
    return before.pop(0), after.pop(0)
