"""What is to be told of an alert's new revision, or of time that has passed, and to whom. No clock is read here."""

from msgspec import Struct
from msgspec.structs import replace

from agents.core.alerts.alarm import RANK
from agents.notifications import text
from agents.notifications.duty import DutyTable
from agents.notifications.routes import Routes, recipients
from streams.catalogue.sight import NOBODY, seen
from streams.messages import ASIDE, Alert, Kind, Notification, Told, parse_time

MOST_OWED = 64
"""Notifications of one alert that are owed at a time; where more come the oldest are given up, and the trail says so. A choice:
an alarm that flaps while a channel is dead for days must still fit into one record."""


class Ways(Struct, frozen=True):
    """The files by which it is planned who is told."""

    routes: Routes
    duty: DutyTable | None = None


def revised(ways: Ways, before: Told | None, alert: Alert, at: int) -> Told:
    """What is known and owed of an alert after a revision that comes after `before`; `at` is wall clock (ms)."""
    now = Told(
        alert=alert.id,
        rev=alert.rev,
        audit=alert.audit,
        state=alert.state,
        active=alert.active,
        occurrence=alert.occurrence,
        severity=alert.severity,
        level=alert.level,
        reminded=alert.reminded,
        late=_late(alert),
        overdue="" if before is None else before.overdue,
        open=() if before is None else before.open,
    )
    kind = kind_of(before, alert)
    return now if kind is None else _owing(ways, now, kind, alert, at)


def kind_of(before: Told | None, alert: Alert) -> Kind | None:
    """What a revision tells, or None: an alarm that is put aside is silent, and so is what only people did.

    `raised` is each time it becomes unacknowledged (state B of ISA-18.2: it is annunciated), unless it got worse.
    """
    if before is not None and (called := _called(before, alert)):
        return called
    if not alert.active:
        told = before is not None and before.active and before.state not in ASIDE
        return "cleared" if told and alert.state not in ASIDE else None
    if alert.state in ASIDE:
        return None
    if before is not None and before.active and before.state not in ASIDE:
        if RANK[alert.severity] > RANK[before.severity]:
            return "escalated"
        if before.state == "B" and before.occurrence == alert.occurrence:
            return None
    return "raised" if alert.state == "B" else None


def _called(before: Told, alert: Alert) -> Kind | None:
    """What time alone has made of an alert: nobody acknowledged it, or its case is late."""
    if alert.state in ASIDE:
        return None
    if before.occurrence == alert.occurrence and alert.level > before.level:
        return "escalated"
    if before.occurrence == alert.occurrence and alert.reminded > before.reminded:
        return "reminded"
    return "overdue" if _late(alert) and not before.late else None


def _late(alert: Alert) -> bool:
    return alert.case is not None and alert.case.overdue


def overdue(ways: Ways, told: Told, alert: Alert, now: int, at: int) -> Told | None:
    """What is owed once the log's time `now` (ms) is at the deadline of an open alert, or None.

    An alert that was raised because a deadline had passed says so when it is raised, not once more.
    """
    if not alert.active or alert.state in ASIDE or alert.due is None or alert.due == told.overdue:
        return None
    due = parse_time(alert.due)
    if now < due or due <= parse_time(alert.raised_at):
        return None
    return _owing(ways, replace(told, overdue=alert.due), "overdue", alert, at)


def _owing(ways: Ways, told: Told, kind: Kind, alert: Alert, at: int) -> Told:
    told_of = seen(alert, NOBODY)
    new = [
        Notification(
            channel=channel,
            alert=alert.id,
            kind=kind,
            rev=alert.rev,
            audit=alert.audit,
            occurrence=alert.occurrence,
            subject=alert.subject,
            place=alert.place,
            planned=at,
            language=language,
            title=text.title(told_of, kind, language),
            body=text.body(told_of, language),
        )
        for channel, language in recipients(ways.routes, ways.duty, kind, alert, at).items()
    ]
    owed = [*told.open, *new]
    most = max(MOST_OWED, len(new))
    return replace(told, open=(*(replace(each, delivery="failed") for each in owed[:-most]), *owed[-most:]))
