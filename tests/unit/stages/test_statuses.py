"""What of a subject is told for the wall: what changed to be seen, once, the longest waiting first."""

from typing import Any

import pytest

from agents.core.alerts.fold import Fold
from streams.messages import MINUTE, SECOND, Name, Registered, event_bytes, format_time, parse_time
from tests.support.books import the_book

BEGIN = parse_time("2026-06-01T08:00:00+08:00")
LIFT = "lift.410100.1"
STANDS: dict[str, Any] = {"running": False, "door": "closed", "door_zone": True, "occupied": False}


def registered(at: int, lift: str = LIFT, zh: str = "一号梯") -> bytes:
    """A lift becomes known, at a time (ms)."""
    facts = Registered(kind="lift", name=Name(zh=zh, en="Lift 1"), adcode="410102")
    return _event("registered", at, lift, facts)


def state(at: int, lift: str = LIFT, **changes: object) -> bytes:
    """What a lift says of itself at a time (ms): it stands, but for what is said here."""
    return _event("lift_state", at, lift, STANDS | changes)


def _event(kind: str, at: int, lift: str, data: Registered | dict[str, object]) -> bytes:
    time = format_time(at)
    return event_bytes(
        type=f"special_equipment.{kind}", source="test", id=f"{kind}-{lift}-{at}", time=time, subject=lift, data=data
    )


class LiftFold:
    """A fold, and what it tells after each event."""

    def __init__(self) -> None:
        self.fold = Fold(the_book(), "t.events.special_equipment", 0)

    def take(self, *values: bytes, lift: str = LIFT) -> "LiftFold":
        """Judge events of one lift."""
        at = self.fold.position
        self.fold.run([(at + number, lift.encode(), value) for number, value in enumerate(values)])
        return self

    def values(self, limit: int = 100) -> list[dict[str, Any]]:
        """The values that are told now."""
        return [each.values for each in self.fold.statuses(limit)]


@pytest.fixture
def told() -> LiftFold:
    """A lift that stands, of which that was told."""
    known = LiftFold().take(registered(BEGIN), state(BEGIN))
    assert known.values() == [{"running": "no", "door": "closed", "mode": "normal"}]
    return known


def test_what_nobody_would_see_is_not_told_again(told: LiftFold) -> None:
    """Within a minute a second state with equal values tells nothing, though the lift itself says that somebody is in it."""
    assert told.take(state(BEGIN + 20 * SECOND, occupied=True)).values() == []


def test_a_value_that_changed_is_told_at_once(told: LiftFold) -> None:
    """The door opens a second later."""
    assert told.take(state(BEGIN + SECOND, door="open")).values() == [{"running": "no", "door": "open", "mode": "normal"}]
    assert told.values() == []


def test_that_it_is_still_heard_of_is_told_once_a_minute(told: LiftFold) -> None:
    """Equal values for ten minutes, each ten seconds: they are told with each minute, with the time of the newest."""
    times = []
    for at in range(BEGIN + 10 * SECOND, BEGIN + 10 * MINUTE, 10 * SECOND):
        told.take(state(at))
        times += [each.at for each in told.fold.statuses(100)]
    assert times == [format_time(BEGIN + minute * MINUTE) for minute in range(1, 10)]


def test_a_new_registration_is_told(told: LiftFold) -> None:
    """Another name, at the same minute, with the same values."""
    told.take(registered(BEGIN + SECOND, zh="客梯"))
    assert [each.name.zh for each in told.fold.statuses(100)] == ["客梯"]


def test_a_limit_is_kept_and_who_waited_longest_comes_first() -> None:
    """Of five lifts two are told, then the next two, then the last: what nobody would see takes none of the room."""
    fold = LiftFold()
    lifts = [f"lift.410100.{number}" for number in range(1, 6)]
    for lift in lifts:
        fold.take(registered(BEGIN, lift), state(BEGIN, lift), lift=lift)
    assert [[each.subject for each in fold.fold.statuses(2)] for _ in range(4)] == [lifts[:2], lifts[2:4], lifts[4:], []]
    for lift in lifts:
        fold.take(state(BEGIN + SECOND, lift, occupied=True), lift=lift)
    fold.take(state(BEGIN + 2 * SECOND, lifts[3], door="open"), lift=lifts[3])
    assert [each.subject for _ in range(3) for each in fold.fold.statuses(2)] == [lifts[3]]
