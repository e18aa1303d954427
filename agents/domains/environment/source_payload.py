"""What facts about pollution sources carry: data of HJ 212, and what operators and inspectors file.

Subject is the device's MN. `time` of minute, hour and day data is the END of the interval (HJ 212 sends its START). Codes and
units of factors: `streams/gateways/hj212/factors.toml`.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from streams.messages.words import Reasoning, Remark

Number = Annotated[float, Meta(ge=-1e12, le=1e12)]
"""A value as sent; what is physically possible depends on the factor and is checked by `bounds` (DQ-05)."""

Label = Annotated[str, Meta(max_length=100)]
Year = Annotated[int, Meta(ge=1970, le=2199)]  # the years that a time may have here

Interval = Literal["source_realtime", "source_minute", "source_hour", "source_day"]


class Factor(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """One factor of a frame: real-time value, mean, extremes, sum, the same converted to reference oxygen, and marks.

    `flag` (HJ 212-2017 table 8): N normal, F stopped, M maintenance, S manual, D fault, C calibration, T over range, B link
    down; empty where the device sends none. `sample_time`: when the analyser took its sample, yyyyMMddHHmmss.
    """

    unit: Label = ""
    rtd: Number | None = None
    avg: Number | None = None
    min: Number | None = None
    max: Number | None = None
    cou: Number | None = None
    zs_rtd: Number | None = None
    zs_avg: Number | None = None
    zs_min: Number | None = None
    zs_max: Number | None = None
    flag: Annotated[str, Meta(max_length=4)] = ""
    eflag: Label = ""
    sample_time: Label = ""
    other: dict[str, float | str] = {}


Factors = Annotated[dict[str, Factor], Meta(max_length=256)]


class SourceData(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Data of one interval. `st`: type of system (31 air, 32 water, 39 site dust …); `edition`: year of the protocol's edition.

    Both are unknown where the data came another way than by HJ 212.
    """

    factors: Factors
    st: Label = ""
    edition: Year | None = None


class SourceRevision(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Data that were sent before and are sent again (RF=1, HJ 212-2025): which kind of data, and what they say now."""

    of: Interval
    factors: Factors
    st: Label = ""
    edition: Year | None = None


class RevisionReason(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """Why data of the interval that ended at `interval` (RFC 3339) were changed. `time` is when the reason was filed."""

    of: Interval
    interval: str
    reason: Reasoning


class Facility(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A facility: 0 off, 1 on, 2 calibrating, 3 maintenance, 4 alarm, 5 blowing back; hours that it ran in a day."""

    state: Annotated[int, Meta(ge=0, le=5)] | None = None
    hours: Annotated[float, Meta(ge=0, le=24)] | None = None


class DeviceState(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """States or run times of facilities by their code (`SB1`)."""

    devices: Annotated[dict[str, Facility], Meta(max_length=256)]
    st: Label = ""
    edition: Year | None = None


class DeviceMessage(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A command, an answer or a notice of HJ 212 that carries no data; `params` as sent, without secrets."""

    cn: Label
    params: Annotated[dict[str, str], Meta(max_length=256)]
    st: Label = ""
    edition: Year | None = None


Bytes = bytes


class BadFrame(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """A frame that could not be read, or whose clock is wrong; `mn` as far as it was readable, `size` in bytes.

    What it held stands in no event; `bytes` are those of events of earlier versions.
    """

    reason: Label
    message: Annotated[str, Meta(max_length=1_000)]
    mn: Label
    size: Annotated[int, Meta(ge=0)] = 0
    bytes: Bytes = b""


class MaintenancePlan(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """Filed maintenance or calibration, from `since` to before `until` (RFC 3339)."""

    since: str
    until: str


class OperatorReport(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What the operator says of abnormal data of its device: reported, or repaired."""

    step: Literal["reported", "repaired"]
    what: Remark = ""


class SourceInspection(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What an inspection found, or a step of the case that it led to.

    Steps: `extended` (15 days more to decide, by leave of the head), `case-opened` or `not-filed` (the decision), `decided`
    (the penalty, or that there is none), `corrected`, `business-stopped`. `of`: the finding that the step is about.
    `marks-verified`: the operator's marks were held against its records, and are true.
    """

    finding: Literal[
        "data-falsified",
        "evasion",
        "device-missing",
        "device-not-connected",
        "device-not-running",
        "refused-to-correct",
        "case-opened",
        "corrected",
        "extended",
        "not-filed",
        "decided",
        "business-stopped",
        "marks-verified",
    ]
    of: Label = ""
    what: Remark = ""


class SiteWork(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """Whether a building site reports earthwork or demolition now."""

    earthwork: bool


class SiteWeather(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What a building site must heed: forecast wind (Beaufort), a heavy-pollution warning, and the nearest station.

    `station_pm10`: its PM10 in µg/m³. `valid_until` (RFC 3339): until when the forecast and the warning hold.
    """

    wind_force: Annotated[int, Meta(ge=0, le=17)] | None = None
    heavy_pollution: bool = False
    station_pm10: Annotated[float, Meta(ge=0, le=10_000)] | None = None
    valid_until: Label = ""


class FumeHour(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A kitchen's hour: mean fume concentration (mg/m³) at the outlet, and whether the purifier ran."""

    fume: Annotated[float, Meta(ge=0, le=1_000)] | None = None
    purifier_on: bool | None = None
