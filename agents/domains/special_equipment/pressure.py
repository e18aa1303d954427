"""Limits of pressure that the register does not state outright: a share of a registered one, and the safety valve's."""

from typing import Annotated

import msgspec
from msgspec import Meta

from agents.core.alerts.state import Subject
from agents.core.judges.limit import LimitParams
from agents.core.judges.parts.bounds import LimitSource
from agents.core.rules.rule import Binding, Edition, adcode_of, in_force
from agents.domains.special_equipment.in_use import UsedLimit


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
