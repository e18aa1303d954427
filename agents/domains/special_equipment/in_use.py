"""Judges of what is in use: a value beyond its limit counts for nothing while a device is tested, mended or at rest.

Also the limits that the register does not state outright: a share of a registered one, and the safety valve's.
"""

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from agents.core.alerts.state import Subject
from agents.core.dates import validity
from agents.core.judge import Finding
from agents.core.judges.band import Band
from agents.core.judges.event import Event
from agents.core.judges.limit import Limit, LimitParams
from agents.core.judges.parts.bounds import LimitSource
from agents.core.judges.parts.condition import Condition
from agents.core.judges.parts.legal import end_of, period
from agents.core.judges.parts.standing import older
from agents.core.rules.rule import Binding, Edition, adcode_of, in_force
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


class ShareParams(LimitParams, frozen=True, kw_only=True):
    """`factor`: the share of the registered limit."""

    factor: Annotated[float, Meta(gt=0)]


class ShareBound(LimitSource):
    """A share of the subject's own limit."""

    def __init__(self, binding: Binding, factor: float) -> None:
        super().__init__(binding, "permit", binding.item)
        self._factor = factor

    def of(self, subject: Subject, at: int) -> float | None:
        """The share for a subject at an event time (ms), or None where there is no limit."""
        limit = super().of(subject, at)
        return None if limit is None else round(limit * self._factor, 9)


class Share(UsedLimit):
    """The stock judge `limit`, at a share of the subject's registered limit of the item, while it is in use."""

    def __init__(self, binding: Binding) -> None:
        params = msgspec.convert(binding.params | {"limit": "permit"}, ShareParams)
        super().__init__(binding, params)
        self._limit = ShareBound(binding, params.factor)


class ValveBound(LimitSource):
    """The pressure (MPa) at which a boiler's valve opens: as registered, else by its rated pressure, medium and the law."""

    def __init__(self, binding: Binding) -> None:
        super().__init__(binding, "permit", "safety_valve")
        self._editions = binding.editions

    def every(self, subject: Subject) -> tuple[float, ...]:
        """What the valve can be set to by any edition."""
        starts = (edition.start for edition in self._editions)
        return tuple(pressure for start in starts if (pressure := self.of(subject, start)) is not None)

    def of(self, subject: Subject, at: int) -> float | None:
        """The set pressure for a subject at an event time (ms), or None where neither is known."""
        registered = super().of(subject, at)
        rated = subject.facts.limits.get("pressure") if subject.facts else None
        edition = in_force(self._editions, at, adcode_of(subject.facts))
        if registered is not None or rated is None or edition is None:
            return registered
        return set_pressure(rated, edition, subject.facts.traits.get("medium") if subject.facts else None)


class Valve(UsedLimit):
    """The stock judge `limit`, at the pressure at which the safety valve opens, while the boiler is in use."""

    def __init__(self, binding: Binding) -> None:
        super().__init__(binding, msgspec.convert(binding.params | {"limit": "permit"}, LimitParams))
        self._limit = ValveBound(binding)


def set_pressure(rated: float, edition: Edition, medium: object) -> float | None:
    """The lower set pressure (MPa) of a boiler's valves by its rated pressure; None where the clause sets none for its medium.

    Steam: `steam.added` above pressures up to `steam.small`, `steam.factor` times those up to `steam.middle`, `steam.high`
    times those above. Hot water: `water.factor` times, and at least `water.added` above. Of another medium, or one that is not
    registered, only the registered set pressure counts.
    """
    limits = edition.limits
    if medium == "hot-water":
        return round(max(rated * limits["water.factor"], rated + limits["water.added"]), 9)
    if medium != "steam":
        return None
    if rated <= limits["steam.small"]:
        return round(rated + limits["steam.added"], 9)
    return round(rated * limits["steam.factor" if rated <= limits["steam.middle"] else "steam.high"], 9)


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
