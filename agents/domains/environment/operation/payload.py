"""What is filed and ordered about pollution sources: marks of their own data, reports, samples, checks, orders of offices.

Marks: 生活垃圾焚烧发电厂自动监测数据标记规则 (公告2019年第50号), 污染物排放自动监测设备标记规则 (公告2022年第21号).
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from streams.messages.words import Line, Remark

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


Moment = Annotated[str, Meta(max_length=40)]
"""A moment, RFC 3339."""

Step = Literal["ordered", "refused", "lapsed", "setting", "set", "failed", "unanswered", "interrupted"]
"""What became of an order to set a clock: taken up, refused, not begun in its time; 1012 is about to go; done by the device's
own word (ExeRtn 1); not done by it; no word of it; no word that the gateway was there to hear."""


class ClockReading(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """What a device's clock showed when the gateway's showed `gateway`; `way`: its answer to 1011, or the QN of a frame."""

    device: Moment
    gateway: Moment
    way: Literal["1011", "QN"]


class ClockSetting(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """One step of the setting of a device's clock by a signed order, told by the gateway: whose order, why, what was done.

    `request`: the SystemTime of 1012, and `qn` its QN; `ready` and `executed`: QnRtn and ExeRtn of the device (its codes of
    answers), empty where it said none; `before` and `after`: readings of its clock; `why`: why it came to this.
    """

    order: Annotated[str, Meta(min_length=1, max_length=64)]
    step: Step
    account: Line
    role: Line
    department: Line
    reason: Remark
    until: Moment
    request: Moment = ""
    qn: Annotated[str, Meta(max_length=17)] = ""
    ready: Annotated[str, Meta(max_length=3)] = ""
    executed: Annotated[str, Meta(max_length=3)] = ""
    before: ClockReading | None = None
    after: ClockReading | None = None
    why: Line = ""
