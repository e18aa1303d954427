"""Trails of alerts, for measures of the alarm system."""

from typing import Any

from msgspec.structs import replace

from streams.messages import (
    GENESIS,
    Alert,
    Audit,
    Department,
    Place,
    Severity,
    State,
    Text,
    format_time,
    parse_time,
)
from tests.support.pure.alarm import raised

BEGIN = parse_time("2026-06-01T00:00:00+08:00")


REAL = raised()


PLACE = Place("t.events.environment", 0, 0)


DESK = Department("zz-ee", Text("生态环境局", "Environment"))


Step = tuple[int, str, State]
"""When (ms after BEGIN), what happened, and the state after it."""


def life(name: str, *steps: Step, severity: Severity = "yellow", before: State = "A") -> list[Audit]:
    """The trail of one alert."""
    found = []
    for n, (at, event, after) in enumerate(steps, 1):
        found.append(
            Audit(
                alert=name,
                n=n,
                rev=n,
                at=format_time(BEGIN + at),
                event=event,
                verb="",
                before=before,
                after=after,
                occurrence=1,
                severity=severity,
                actor=None,
                reason="",
                place=PLACE,
                prev=GENESIS,
                hash="",
            )
        )
        before = after
    return found


def alert(name: str, **changes: Any) -> Alert:
    """What an alert is; its subject has its name."""
    return replace(REAL, **({"id": name, "subject": name, "department": DESK, "changed_at": format_time(BEGIN)} | changes))


def calls(*times: int, name: str = "a") -> list[list[Audit]]:
    """Annunciations at these times (ms after BEGIN), each of an alert and a subject of its own."""
    return [life(f"{name}{n}", (at, "raise", "B")) for n, at in enumerate(times)]
