"""Earthwork of a building site in wind or heavy pollution (郑州市大气污染防治条例 42(5)), and its dust."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from agents.core.alerts.state import Latest, Subject
from agents.core.dates import moment
from agents.core.duration import span
from agents.core.judge import Finding
from agents.core.judges.parts.condition import Condition, ConditionParams
from agents.core.judges.parts.fields import walk
from agents.core.judges.parts.standing import older
from agents.core.rules.guard import Guard
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


class EarthworkParams(SiteDustParams, frozen=True, kw_only=True):
    """`forecast`: how long a forecast or warning holds that does not say until when."""

    forecast: str = "24h"


class Earthwork(Condition):
    """Opens while a site reports earthwork though wind or pollution forbids it; closes when one of both is over.

    The value is the site's PM10 and the limit that of the nearest station times `times`, where both are known: dust is no part
    of the offence, tiers may look at it.
    """

    def __init__(self, binding: Binding) -> None:
        params = msgspec.convert(binding.params, EarthworkParams)
        super().__init__(binding, params)
        self._params = params
        self._forecast = span(params.forecast)

    def guard(self, kind: str) -> Guard:
        """Asked of facts that count."""
        return self._counting(kind)

    def read(self, subject: Subject, kind: str, data: Any, at: int) -> Finding | None:
        """Hold work and weather against each other."""
        works, weather = subject.latest.get("site_work"), subject.latest.get("site_weather")
        doing = works is not None and works.data.earthwork
        over = doing and weather is not None and self._forbids(weather, at)
        dust = _newest(subject, "source_hour", "factors.a34002.avg", at)
        station = _newest(subject, "site_weather", "station_pm10", at)
        limit = None if station is None else self._params.times * station
        value = None if limit is None else dust
        return self.turn(subject, data, at, late=older(subject, kind, at), over=over, value=value, limit=limit)

    def _forbids(self, weather: Latest, at: int) -> bool:
        until = moment(weather.data.valid_until) if weather.data.valid_until else weather.at + self._forecast
        wind = weather.data.wind_force
        forbidden = weather.data.heavy_pollution or (wind is not None and wind >= self._params.wind_force)
        return forbidden and until is not None and at < until
