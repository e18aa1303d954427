"""A duty of the environment domain: an hour without a value needs a stated reason in time (GB 3095-2026 6.3)."""

from bisect import bisect_left
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from agents.core.alerts.state import Subject
from agents.core.judge import Finding
from agents.core.rules.rule import Binding
from agents.domains.environment.payload import AirHour, GapReason
from agents.domains.environment.source_codes import AIR_ITEMS, AIR_STATION, NORMAL
from agents.domains.environment.source_payload import SourceRevision
from streams.messages import HOUR, NEVER, parse_time

KEPT = 72
"""How many missing hours, and reasons filed ahead, are remembered for a station; later ones wait for nothing."""


class HourReasonParams(Struct, frozen=True, forbid_unknown_fields=True):
    """`within_hours`: how long after the end of the missing hour its reason may still be filed."""

    within_hours: Annotated[int, Meta(ge=1, le=720)] = 24


class MissingHours(Struct, array_like=True):
    """What is known of a station's hours, each named by its end (ms).

    `next`: the first one not accounted for yet; `missing`: those without value or reason, oldest first, of which the
    first `overdue` have an alert; `excused`: those with a reason that are not accounted for yet.
    """

    next: int
    missing: list[int] = []
    overdue: int = 0
    excused: list[int] = []


class HourReason:
    """One alert a station: opens when the oldest missing hour without a reason is overdue, closes when none is any more.

    The value is the number of overdue hours, `due` the deadline of the oldest one. A reading without any value is a
    missing hour. MissingHours are counted from the first reading with a value.
    """

    timed = idle = True
    absent = True
    Memory: type[Struct] | None = MissingHours

    def __init__(self, binding: Binding) -> None:
        self.key = binding.key
        self._within = msgspec.convert(binding.params, HourReasonParams).within_hours * HOUR

    def read(self, subject: Subject, kind: str, data: Any, at: int) -> Finding | None:  # noqa: ARG002 - the contract of a judge
        """A value accounts for its hour, also one that comes afterwards; so does a reason."""
        memory = subject.memory.get(self.key)
        if isinstance(data, GapReason):
            return None if memory is None else self._excuse(memory, _hour(data), at)
        if isinstance(data, SourceRevision):
            return None if memory is None or not has_value(station_hour(data)) else self._excuse(memory, at - at % HOUR, at)
        if not has_value(data):
            return None
        hour = at - at % HOUR
        if memory is None:
            subject.memory[self.key] = MissingHours(hour + HOUR)
            return None
        if hour < memory.next:
            return self._settle(memory, hour)
        if hour > memory.next or memory.excused:
            _account(memory, hour)
        memory.next = hour + HOUR
        return None

    def wake(self, subject: Subject, now: int) -> Finding | None:
        """A deadline has passed."""
        memory: MissingHours = subject.memory[self.key]
        _account(memory, now - self._within)
        overdue = bisect_left(memory.missing, now - self._within)
        if overdue == memory.overdue:
            return None
        memory.overdue = overdue
        return self._finding(memory)

    def due(self, subject: Subject) -> int:
        """The first moment after the next deadline."""
        memory = subject.memory.get(self.key)
        if memory is None:
            return NEVER
        if memory.overdue < len(memory.missing):
            return int(memory.missing[memory.overdue]) + self._within + 1
        return NEVER if memory.overdue == KEPT else int(memory.next) + self._within + 1

    def _excuse(self, memory: MissingHours, hour: int | None, at: int) -> Finding | None:
        if hour is None:
            return None
        if hour < memory.next:
            return self._settle(memory, hour)
        if hour <= at and hour not in memory.excused:
            memory.excused = [*memory.excused, hour][-KEPT:]
        return None

    def _settle(self, memory: MissingHours, hour: int) -> Finding | None:
        if hour not in memory.missing:
            return None
        place = memory.missing.index(hour)
        del memory.missing[place]
        if place >= memory.overdue:
            return None
        memory.overdue -= 1
        return self._finding(memory)

    def _finding(self, memory: MissingHours) -> Finding:
        if not memory.overdue:
            return Finding(active=False)
        oldest = memory.missing[0]
        return Finding(active=True, opened_at=oldest, value=memory.overdue, due=oldest + self._within)


def _hour(reason: GapReason) -> int | None:
    try:
        return parse_time(reason.hour)
    except (ValueError, OverflowError):  # reported by the domain's check
        return None


def station_hour(data: SourceRevision) -> AirHour:
    """The hour that an air station sent afterwards, as far as its means are marked normal or not at all; empty of others."""
    if data.st != AIR_STATION or data.of != "source_hour":
        return AirHour()
    sent = {item: data.factors[code] for code, item in AIR_ITEMS.items() if code in data.factors}
    means: dict[str, Any] = {i: each.avg for i, each in sent.items() if each.flag in NORMAL and (each.avg or 0) >= 0}
    return AirHour(**means)


def has_value(data: AirHour) -> bool:
    """Whether anything was measured in this hour."""
    return not (
        data.so2 is None
        and data.no2 is None
        and data.co is None
        and data.o3 is None
        and data.pm10 is None
        and data.pm25 is None
        and data.o3_8h is None
    )


def _account(memory: MissingHours, until: int) -> None:
    """MissingHours before `until` that are not accounted for are missing, unless they are excused."""
    hours = range(memory.next, until, HOUR)
    memory.next += len(hours) * HOUR
    for hour in hours:
        if hour in memory.excused:
            memory.excused.remove(hour)
        elif len(memory.missing) < KEPT:
            memory.missing.append(hour)
        else:
            break
