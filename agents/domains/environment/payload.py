"""What the environment domain's facts carry: air stations and the city's publications. Sources are in `source_payload`.

`air_hour`: `time` of the event is the END of the hour measured, as the national feed (CNEMC) labels it.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from agents.domains.environment.operation.payload import (
    ClockSetting,
    CorrectionOrder,
    DeviceMark,
    ExceedanceReport,
    HandSample,
    QualityCheck,
    ResponseOrder,
    WorkMark,
)
from agents.domains.environment.source_payload import (
    BadFrame,
    DeviceMessage,
    DeviceState,
    FumeHour,
    MaintenancePlan,
    OperatorReport,
    RevisionReason,
    SiteWeather,
    SiteWork,
    SourceData,
    SourceInspection,
    SourceRevision,
)
from streams.messages.words import Reasoning, Remark

__all__ = [
    "AirDay",
    "AirHour",
    "BadFrame",
    "ClockSetting",
    "CorrectionOrder",
    "DeviceMark",
    "DeviceMessage",
    "DeviceState",
    "Emergency",
    "ExceedanceReport",
    "FumeHour",
    "GapReason",
    "HandSample",
    "MaintenancePlan",
    "OperatorReport",
    "PollutionResponse",
    "Publication",
    "Published",
    "QualityCheck",
    "ResponseOrder",
    "RevisionReason",
    "SiteWeather",
    "SiteWork",
    "SourceData",
    "SourceInspection",
    "SourceRevision",
    "WorkMark",
]

Micrograms = Annotated[float, Meta(ge=0, le=10_000)]
"""Mass concentration, µg/m³; the bounds are physical sanity (DQ-05), not a limit."""

Milligrams = Annotated[float, Meta(ge=0, le=1_000)]
"""Mass concentration, mg/m³."""


class Published(Struct, frozen=True, gc=False, omit_defaults=True, forbid_unknown_fields=True):
    """What the source itself published for this hour: index, level in words, primary pollutants as written."""

    aqi: Annotated[int, Meta(ge=0, le=500)] | None = None
    level: str = ""
    primary: str = ""


class AirHour(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Hourly means of one air station: µg/m³, CO in mg/m³; null where not measured. `o3_8h` is the running 8 h mean.

    `minutes`: sampling minutes within the hour, where the source says so (GB 3095 table 4: at least 45 are needed).
    """

    so2: Micrograms | None = None
    no2: Micrograms | None = None
    co: Milligrams | None = None
    o3: Micrograms | None = None
    o3_8h: Micrograms | None = None
    pm10: Micrograms | None = None
    pm25: Micrograms | None = None
    minutes: Annotated[int, Meta(ge=0, le=60)] | None = None
    published: Published | None = None


class GapReason(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """Why the hour that ended at `hour` (RFC 3339) has no value (GB 3095-2026 6.3). `time` is when the reason was filed."""

    hour: str
    reason: Reasoning


class AirDay(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A station's day: `hours` is the number of valid hourly means by item (GB 3095 table 4: a daily mean needs 20).

    `time` of the event is the END of the day. Means as in `AirHour`, ozone as the day's largest 8 h mean.
    """

    hours: dict[str, Annotated[int, Meta(ge=0, le=24)]]
    so2: Micrograms | None = None
    no2: Micrograms | None = None
    co: Milligrams | None = None
    o3_8h: Micrograms | None = None
    pm10: Micrograms | None = None
    pm25: Micrograms | None = None


class Publication(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """A report of air quality was published; `time` is when. Subject: who publishes.

    `covers` (RFC 3339) is the END of the hour or day reported; of a forecast, the beginning of its first day.
    """

    report: Literal["real-time", "daily", "forecast"]
    covers: str


class PollutionResponse(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A step of a response to heavy pollution. Subject: the district or the city; `response` names it (`2026-01-H1`)."""

    response: Annotated[str, Meta(min_length=1, max_length=100)]
    step: Literal["started", "ended", "evaluated"]
    level: Literal["red", "orange", "yellow"] | None = None


class Emergency(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A step of a pollution emergency at a source; `emergency` names it.

    `reported`: to the authority; `warned`: those who may be harmed; `known`: the authority learnt of it, and took it to be of
    this `grade` (`undetermined`: it cannot say, and the case is one of article 4 of 突发环境事件信息报告办法); `unfounded`: it
    verified that there is none; `reported-up`: it reported to its government and the authorities above; `assessed`: what it
    did to the environment.
    """

    emergency: Annotated[str, Meta(min_length=1, max_length=100)]
    step: Literal["occurred", "reported", "warned", "ended", "known", "unfounded", "reported-up", "assessed"]
    what: Remark = ""
    grade: Literal["", "general", "larger", "major", "especially-major", "undetermined"] = ""
