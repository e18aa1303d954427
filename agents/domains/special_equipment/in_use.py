"""Judges of what is in use: a value beyond its limit counts for nothing while a device is tested, mended or at rest."""

from typing import Any

import msgspec

from agents.core.alerts.state import Subject
from agents.core.dates import validity
from agents.core.judge import Finding
from agents.core.judges.band import Band
from agents.core.judges.event import Event
from agents.core.judges.limit import Limit, LimitParams
from agents.core.judges.parts.condition import Condition
from agents.core.judges.parts.legal import end_of, period
from agents.core.judges.parts.standing import older
from agents.core.rules.rule import Binding
from streams.calendar.working_time import Calendar
from streams.messages import DAY, NEVER

TO_REGISTER_DAYS = 30
"""Within how many days after its first use a device is registered (特种设备安全法 33)."""

TO_REGISTER = period(f"{TO_REGISTER_DAYS} civil-days")
"""The same as a period of the law, which ends on no day off (民法典 203)."""


class UsedLimit(Limit):
    """The stock judge `limit` of a device in use: what a test, a repair or an inspection needs is none (`mode`)."""

    def __init__(self, binding: Binding, params: LimitParams | None = None) -> None:
        super().__init__(binding, params or msgspec.convert(binding.params, LimitParams))

    def read(self, subject: Subject, kind: str, data: Any, at: int) -> Finding | None:
        """Compare, while it is in use."""
        if data.mode != "normal":
            return at_rest(self, subject, kind, data, at)
        return super().read(subject, kind, data, at)


class RunningBand(Band):
    """The stock judge `band` of a device that runs, and not for a test, a repair or an inspection."""

    def read(self, subject: Subject, kind: str, data: Any, at: int) -> Finding | None:
        """Compare, while it runs."""
        if not data.running or data.mode != "normal":
            return at_rest(self, subject, kind, data, at)
        return super().read(subject, kind, data, at)


def at_rest(judge: Condition, subject: Subject, kind: str, data: Any, at: int) -> Finding | None:
    """What a device says while it is not in use ends the condition, whatever its values."""
    if judge.key not in subject.memory:
        return None
    return judge.turn(subject, data, at, late=older(subject, kind, at), over=False, value=None, limit=None)


class Unregistered(Event):
    """The stock judge `event` of facts after the time to register is over: `past` is the 30th day after the first use.

    A 30th day that is no working day is the next one instead, as it is for the duty to register.
    """

    def _registered_end(self, subject: Subject) -> int:
        return NEVER if self._past is None else register_end(self._past(subject, None), self._binding.calendar)

    def _is_past(self, subject: Subject, data: Any, at: int) -> bool:  # noqa: ARG002 - the contract of an event
        return at >= self._registered_end(subject)


def register_end(day: Any, calendar: Calendar) -> int:
    """When the time to register is over (ms), by the 30th day after the first use; NEVER where there is no such day."""
    found = validity(day)
    if found is None:
        return NEVER
    try:
        return end_of(found.last - TO_REGISTER_DAYS * DAY, TO_REGISTER, calendar)[0]
    except ValueError:  # the calendar cannot tell: the day itself counts
        return found.end
