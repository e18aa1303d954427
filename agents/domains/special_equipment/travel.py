"""Judge `travel`: two visits of one technician closer in time than the way between them."""

from math import asin, cos, radians, sin, sqrt
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from agents.core.alerts.state import Subject
from agents.core.judge import Finding
from agents.core.judges.parts.condition import Condition, ConditionParams
from agents.core.judges.parts.standing import Standing
from agents.core.rules.rule import Binding
from agents.domains.special_equipment.payload import Visit
from streams.messages import MINUTE

EARTH = 6_371.0
"""Mean radius of the earth, km."""


class TravelParams(ConditionParams, frozen=True, kw_only=True):
    """`speed`: the fastest that is believed, km/h as the crow flies; places closer than `near` km are one."""

    speed: Annotated[float, Meta(gt=0)]
    near: Annotated[float, Meta(ge=0)] = 0.3


class Whereabouts(Standing):
    """Place (degrees) and end (event time, ms) of the newest visit, and the condition."""

    lon: float = 0.0
    lat: float = 0.0
    ended: int | None = None


class Travel(Condition):
    """Opens with a visit that began sooner after the one before than the way takes, closes with one that did not.

    The value is the minutes between them (negative where they overlap), the limit the minutes that the way takes; just so many
    are enough. A visit that ended before the newest one did is left out.
    """

    Memory: type[Struct] | None = Whereabouts
    fresh = Whereabouts
    forgets = False

    def __init__(self, binding: Binding) -> None:
        params = msgspec.convert(binding.params, TravelParams)
        super().__init__(binding, params)
        self._speed = params.speed
        self._near = params.near

    def read(self, subject: Subject, kind: str, data: Visit, at: int) -> Finding | None:  # noqa: ARG002 - the contract
        """Compare with the visit before."""
        memory: Whereabouts = subject.memory.setdefault(self.key, Whereabouts())
        before = memory.ended
        if before is not None and at < before:
            return None
        way = kilometres(memory.lon, memory.lat, data.lon, data.lat)
        memory.lon, memory.lat, memory.ended = data.lon, data.lat, at
        if before is None:
            return None
        minutes, needed = (at - before) / MINUTE - data.minutes, round(60 * way / self._speed, 6)
        over = way >= self._near and minutes < needed
        return self.turn(subject, data, at, late=False, over=over, value=round(minutes, 6), limit=needed)


def kilometres(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    """The distance of two places (degrees) on a sphere, by the haversine formula.

    >>> round(kilometres(113.6, 34.7, 113.6, 35.7), 1)
    111.2
    """
    east, north = radians(other_lon - lon), radians(other_lat - lat)
    half = sin(north / 2) ** 2 + cos(radians(lat)) * cos(radians(other_lat)) * sin(east / 2) ** 2
    return 2 * EARTH * asin(sqrt(min(1.0, half)))
