"""A building site's dust: high while it does earthwork in wind or heavy pollution (郑州市大气污染防治条例 42(5))."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from agents.core.alerts.state import Subject
from agents.core.judges.parts.condition import ConditionParams
from agents.core.judges.parts.fields import walk
from agents.core.rules.rule import Binding
from agents.domains.environment.measured import Measure, Measured
from streams.messages import HOUR

FRESH = 2 * HOUR
"""How old dust and weather may be (ms) to be held against each other."""


class SiteDustParams(ConditionParams, frozen=True, kw_only=True):
    """`wind_force`: Beaufort from which earthwork must stop; `times`: how many times the nearest station's PM10 is high."""

    wind_force: int = 4
    times: Annotated[float, Meta(gt=0)] = 1.5


class SiteDust(Measured):
    """Opens when all three hold: the site reports earthwork, must not do it, and its PM10 is high; closes when one does not.

    The value is the site's PM10, the limit that of the nearest station times `times`.
    """

    def __init__(self, binding: Binding) -> None:
        params = msgspec.convert(binding.params, SiteDustParams)
        super().__init__(binding, params)
        self._params = params

    def measure(self, subject: Subject, data: Any, at: int) -> Measure | None:  # noqa: ARG002 - the contract
        """Hold the newest of dust, work and weather against each other."""
        dust = _newest(subject, "source_hour", "factors.a34002.avg", at)
        station = _newest(subject, "site_weather", "station_pm10", at)
        wind = _newest(subject, "site_weather", "wind_force", at)
        forbidden = bool(_newest(subject, "site_weather", "heavy_pollution", at)) or (
            wind is not None and wind >= self._params.wind_force
        )
        works = subject.latest.get("site_work")
        if dust is None or station is None:
            return None
        limit = self._params.times * station
        return dust, limit, forbidden and dust > limit and works is not None and works.data.earthwork


def _newest(subject: Subject, kind: str, path: str, at: int) -> Any:
    newest = subject.latest.get(kind)
    return None if newest is None or at - newest.at > FRESH else walk(newest.data, path.split("."))
