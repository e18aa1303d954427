"""What is filed and ordered about pollution sources: marks of their own data, reports, samples, checks, orders of offices.

Marks: 生活垃圾焚烧发电厂自动监测数据标记规则 (公告2019年第50号), 污染物排放自动监测设备标记规则 (公告2022年第21号).
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from streams.messages.words import Remark

Number = Annotated[str, Meta(min_length=1, max_length=100)]
"""The number by which papers name a thing: an order, a response."""

Unit = Annotated[str, Meta(max_length=20)]
"""A furnace or facility by its number, the last digit of its factors' codes (`1` of i33311); empty: the whole source."""


class WorkMark(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """The operator marks how a furnace or facility is run, from `since` to before `until` (RFC 3339); `time` is when it does.

    Without `until` the state lasts to the next mark of the same unit. A mark with the same `since` replaces the one before.
    正常, 烘炉, 启炉, 停炉, 停炉降温, 停运, 故障, 事故.
    """

    mark: Literal["normal", "heating", "starting", "stopping", "cooling", "stopped", "fault", "accident"]
    since: str
    until: str = ""
    unit: Unit = ""


class DeviceMark(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """The operator marks that its monitor does not measure, with times as in `WorkMark`.

    CEMS维护, 通讯中断, 热电偶故障, 炉温异常 (the probes read what the furnace does not have); `normal` ends one that is open.
    """

    mark: Literal["normal", "cems-maintenance", "link-lost", "thermocouple-fault", "temperature-odd"]
    since: str
    until: str = ""
    unit: Unit = ""


class ExceedanceReport(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """The operator reports that its discharge of `item` (code of the factor) was above the standard, and says why."""

    item: Annotated[str, Meta(min_length=1, max_length=100)]
    cause: Remark = ""


class HandSample(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A sample taken by hand while the monitor does not measure; `values` by code, in the units of the factors."""

    values: Annotated[dict[str, Annotated[float, Meta(ge=0, le=1e9)]], Meta(min_length=1, max_length=64)]


class QualityCheck(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """A monitor was checked: zero and span with standard gas or liquid, or compared with samples by the reference method."""

    check: Literal["zero-span", "comparison"]
    passed: bool


class ResponseOrder(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What a response to heavy pollution orders of a source or site, or that it is lifted; `response` names the response."""

    response: Number
    step: Literal["ordered", "lifted"]
    measure: Literal["stop-production", "limit-production", "stop-earthwork"]


class CorrectionOrder(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A step of an order to correct an unlawful discharge (责令改正违法行为决定书); `order` is its number.

    `re-inspected` found it `corrected`, stopped (`stopped`) or going on (`going-on`, a refused re-inspection too). An order
    that is served because another was not obeyed `follows` that one.
    """

    order: Number
    step: Literal["served", "re-inspected", "withdrawn"]
    found: Literal["", "corrected", "stopped", "going-on"] = ""
    follows: Annotated[str, Meta(max_length=100)] = ""
