"""What the environment domain judges with a memory or arithmetic of its own, and what it tells of its data."""

from collections.abc import Callable
from typing import Any

import msgspec
from msgspec import Struct, structs

from agents.core.alerts.state import Subject
from agents.core.dates import NO_TIME
from agents.core.intake import NOTHING_TO_JUDGE
from agents.core.judge import Finding, Judge
from agents.core.judges.parts.standing import Delay, Standing, Untimed
from agents.core.rules.rule import Binding
from agents.domains.environment.air_day import DayMean
from agents.domains.environment.aqi import ITEMS, EditionName, Index, category, edition_at, index, severity
from agents.domains.environment.effluent import Effluent, EffluentDay, ThinDay
from agents.domains.environment.hour_reason import HourReason, has_value, station_hour
from agents.domains.environment.limits import (
    Emission,
    EmissionDay,
    Fume,
    Narrow,
    PermitDay,
    PermitHour,
    RunningMean,
    ValidDays,
    is_behind,
)
from agents.domains.environment.operation.furnace import FurnaceCold, FurnaceColdDay
from agents.domains.environment.operation.incinerator import IncineratorDay, IncineratorMonth
from agents.domains.environment.operation.marked_hours import MarkedHours
from agents.domains.environment.operation.permitted_total import PermittedTotal
from agents.domains.environment.operation.running import MarkedStopped, RunsAgainstOrder
from agents.domains.environment.payload import AirHour, GapReason
from agents.domains.environment.publication import PublicationDuty
from agents.domains.environment.revision import Revision
from agents.domains.environment.site_dust import Earthwork, SiteDust
from agents.domains.environment.source_checks import (
    check_bad_frame,
    check_maintenance_plan,
    check_mark,
    check_publication,
    check_revision_reason,
    check_source,
)
from agents.domains.environment.source_judges import Flagged, Interlock, Ongoing, Oxygen, SampleAge, SampledFlat
from agents.domains.environment.source_payload import SourceData, SourceRevision
from streams.messages import HOUR, parse_time

VALID_MINUTES = 45
"""GB 3095 table 4: an hourly mean rests on at least so many minutes of sampling."""

ALERTING = 100
"""An index above this is pollution (HJ 633 table of categories: 101 begins 轻度污染)."""


class AqiParams(Struct, frozen=True, forbid_unknown_fields=True):
    """How many valid hours in a row open and close the alert."""

    open_after: int = 2
    close_after: int = 2


class Aqi(Untimed):
    """Opens when the hourly index is above 100 for `open_after` valid hours in a row; its severity follows the index.

    Hours without an index (2026: missing pollutants and nothing above 100) or with too few minutes break the row. The
    value is the index, by the edition of HJ 633 in force at event time; the limit is 100.
    """

    Memory: type[Struct] | None = Standing

    def __init__(self, binding: Binding) -> None:
        params = msgspec.convert(binding.params, AqiParams)
        self.key = binding.key
        self._delay = Delay(params.open_after, params.close_after, every=HOUR)
        self._editions = tuple((e.start, e.end, msgspec.convert(e.edition, EditionName)) for e in binding.editions)

    def read(self, subject: Subject, kind: str, data: AirHour, at: int) -> Finding | None:  # noqa: ARG002 - the contract
        """Compute only where a concentration is above the lowest that can give an index above 100, or one was before."""
        if self.key not in subject.memory and not _may_alert(data):
            return None
        if (data.minutes is not None and data.minutes < VALID_MINUTES) or is_behind(subject, at):
            return None
        edition = next((name for start, end, name in self._editions if start <= at < end), None)
        aqi = None if edition is None else hourly(edition, data).aqi
        return None if aqi is None else self._count(subject, aqi, at)

    def _count(self, subject: Subject, aqi: int, at: int) -> Finding | None:
        memory = subject.memory.get(self.key) or Standing()
        stands = self._delay.turn(memory, aqi > ALERTING, at)
        if memory.open or memory.count:
            subject.memory[self.key] = memory
        else:
            subject.memory.pop(self.key, None)
        if stands is None:
            return None
        colour = severity(aqi) if stands else None
        return Finding(active=stands, opened_at=memory.opened_at, value=aqi, limit=ALERTING, severity=colour)


def hourly(edition: EditionName, data: AirHour) -> Index:
    """The hourly index of one reading."""
    return index(edition, "1h", {item: getattr(data, item) for item in ITEMS if item != "o3_8h"})


def check_air_hour(data: AirHour, at: int) -> list[tuple[str, str, str]]:
    """Where what the source published does not fit its own concentrations: rows of (rule row, field, message)."""
    published = data.published
    if published is None:
        return []
    found = []
    computed = hourly(edition_at(at), data).aqi
    aqi, level = published.aqi, published.level.strip()
    if aqi is not None and computed is not None and aqi != computed:
        found.append(("DQ-16", "$.data.published.aqi", f"published index {aqi}, the concentrations give {computed}"))
        if aqi == hourly(edition_at(at), structs.replace(data, so2=data.o3, o3=data.so2)).aqi:
            found.append(("DQ-12", "$.data.so2", f"with SO₂ and O₃ exchanged the index is the published {aqi}"))
    if aqi is not None and level and level != category(aqi):
        found.append(("DQ-13", "$.data.published.level", f"index {aqi} is {category(aqi)}, which the published level is not"))
    if "\n" in published.primary.strip():
        found.append(("DQ-17", "$.data.published.primary", "primary pollutant runs over several lines"))
    if level == category(0) and all(getattr(data, item) in (0, None) for item in ITEMS) and has_value(data):
        found.append(("DQ-14", "$.data", "every concentration is 0, published as the best level"))
    return found


def check_gap_reason(data: GapReason, at: int) -> list[tuple[str, str, str]]:
    """Whether the hour named is a time that can be read, and has passed when the reason was filed."""
    try:
        hour = parse_time(data.hour)
    except (ValueError, OverflowError):
        return [("", "$.data.hour", NO_TIME)]
    return [("", "$.data.hour", "the hour had not ended yet")] if hour > at else []


def check_revision(data: SourceRevision, at: int) -> list[tuple[str, str, str]]:
    """An hour of pollution that an air station sent afterwards: it counts in no row of hours, which is told with its index."""
    aqi = hourly(edition_at(at), station_hour(data)).aqi
    if aqi is None or aqi <= ALERTING:
        return []
    message = f"an hour that an air station sent afterwards has the index {aqi}, {category(aqi)}; it counts in no row of hours"
    return [(NOTHING_TO_JUDGE, "$.data.factors", message)]


def air_hour_status(data: AirHour, at: int) -> dict[str, float | int | str | None]:
    """The newest values for the wall: concentrations, index, category, primary pollutants joined by commas."""
    now = hourly(edition_at(at), data)
    values: dict[str, float | int | str | None] = {item: getattr(data, item) for item in ITEMS}
    return values | {"aqi": now.aqi, "level": now.level, "primary": ",".join(now.primary)}


def source_status(data: SourceData, at: int) -> dict[str, float | int | str | None]:  # noqa: ARG001 - one shape for all kinds
    """The newest hourly means for the wall by factor, converted to reference oxygen where the device converts them."""
    return {code: factor.avg if factor.zs_avg is None else factor.zs_avg for code, factor in data.factors.items()}


JUDGES: dict[str, Callable[[Binding], Judge]] = {
    "aqi": Aqi,
    "hour-reason": HourReason,
    "emission": Emission,
    "emission-day": EmissionDay,
    "narrow": Narrow,
    "running-mean": RunningMean,
    "valid-days": ValidDays,
    "oxygen": Oxygen,
    "flagged": Flagged,
    "sample-age": SampleAge,
    "sampled-flat": SampledFlat,
    "interlock": Interlock,
    "site-dust": SiteDust,
    "revision": Revision,
    "publication": PublicationDuty,
    "air-day": DayMean,
    "furnace-cold": FurnaceCold,
    "furnace-cold-day": FurnaceColdDay,
    "incinerator-day": IncineratorDay,
    "incinerator-month": IncineratorMonth,
    "marked-hours": MarkedHours,
    "marked-stopped": MarkedStopped,
    "runs-against-order": RunsAgainstOrder,
    "permitted-total": PermittedTotal,
    "permit": PermitHour,
    "permit-day": PermitDay,
    "fume": Fume,
    "effluent": Effluent,
    "effluent-day": EffluentDay,
    "thin-day": ThinDay,
    "earthwork": Earthwork,
    "ongoing": Ongoing,
}
"""The domain's own judges, named `environment:<name>` in rules."""

CHECKS: dict[str, Callable[[Any, int], list[tuple[str, str, str]]]] = {
    "air_hour": check_air_hour,
    "gap_reason": check_gap_reason,
    "publication": check_publication,
    "source_realtime": check_source,
    "source_minute": check_source,
    "source_hour": check_source,
    "source_day": check_source,
    "source_revision": check_revision,
    "revision_reason": check_revision_reason,
    "maintenance_plan": check_maintenance_plan,
    "bad_frame": check_bad_frame,
    "work_mark": check_mark,
    "device_mark": check_mark,
}
"""Checks of a payload and its event time, by kind."""

STATUS: dict[str, Callable[[Any, int], dict[str, float | int | str | None]]] = {
    "air_hour": air_hour_status,
    "source_hour": source_status,
}
"""The newest values for the wall, by kind."""


def _may_alert(data: AirHour) -> bool:
    """Whether a concentration is above the step of index 100 in any edition (HJ 633 tables; PM as of 2026)."""
    so2, no2, co, o3, pm10, pm25 = data.so2, data.no2, data.co, data.o3, data.pm10, data.pm25
    return (
        (pm25 is not None and pm25 > 60)
        or (pm10 is not None and pm10 > 120)
        or (o3 is not None and o3 > 200)
        or (no2 is not None and no2 > 200)
        or (so2 is not None and so2 > 500)
        or (co is not None and co > 10)
    )
