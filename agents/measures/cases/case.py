"""One case as measures see it, and the fields that conditions may name. Pure."""

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

from streams.messages import Text

FieldKind = Literal["word", "flag", "number", "moment"]
"""What a field holds: a word (empty: none), yes or no, a number, a moment in ms (these two None: not known)."""

Population = Literal["line", "order"]
"""What is counted: receivers' lines (主办、协办 each for itself), or orders as wholes, which are their main receivers'."""


class MeasuredCase(Struct, frozen=True, gc=False, kw_only=True):
    """A receiver's line or an order as it stands; what each field is stands in `FIELDS`. Moments in ms."""

    id: str
    of: Population
    order: str
    number: str
    kind: str
    part: str
    unit: str
    district: str
    domain: str
    urgent: bool
    nature: str
    category: str
    anonymous: bool
    procedure: str
    outcome: str
    dispatched_at: int
    sign_due: int | None
    signed_at: int | None
    sign_lapsed: bool
    contact_due: int | None
    contacted_at: int | None
    contact_lapsed: bool
    due: int | None
    first_due: int | None
    answered_at: int | None
    lapsed: bool
    extended: bool
    paused: bool
    return_asked: bool
    return_granted: bool
    moved: bool
    reworked: int
    callbacks: int
    called_back_at: int | None
    called_elsewhere: bool
    satisfaction: int | None
    closed_at: int | None
    lawful: bool
    voided: bool


class CaseField(Struct, frozen=True):
    """A field that conditions may name. `month`: in which month counts what counts by it; None: nothing does."""

    kind: FieldKind
    title: Text
    month: Text | None = None
    always: bool = False


def _field(kind: FieldKind, zh: str, en: str) -> CaseField:
    return CaseField(kind, Text(zh, en))


def _month(zh: str, en: str, month: Text, *, always: bool = False) -> CaseField:
    return CaseField("moment", Text(zh, en), month, always)


_DISPATCH, _DUE = Text("派单月", "month of sending"), Text("到期月", "month in which its time ends")
_END, _CALL = Text("办结月", "month of its end"), Text("回访月", "month of the call-back")

FIELDS: Mapping[str, CaseField] = {
    "kind": _field("word", "工单类别", "Kind of order"),
    "part": _field("word", "主办或者协办", "Main or supporting receiver"),
    "unit": _field("word", "承办单位", "Unit that handles it"),
    "district": _field("word", "区县", "District"),
    "domain": _field("word", "领域", "Domain"),
    "urgent": _field("flag", "紧急", "Urgent"),
    "nature": _field("word", "诉求性质", "Nature of a request"),
    "category": _field("word", "办理类别", "Category of a request"),
    "anonymous": _field("flag", "匿名或者没有联系方式", "Nobody to be called"),
    "procedure": _field("word", "所转法定程序", "Procedure of law that it went into"),
    "outcome": _field("word", "办结方式", "What the order came to"),
    "dispatched_at": _month("派出时间", "When it was sent", _DISPATCH, always=True),
    "sign_due": _month("签收期限", "Until when it is to be signed", _DUE),
    "signed_at": _field("moment", "签收时间", "When it was signed in its time or after it"),
    "sign_lapsed": _field("flag", "未到签收期限即终止", "Came to its end before it was to be signed"),
    "contact_due": _month("联系期限", "Until when the caller is to be contacted", _DUE),
    "contacted_at": _field("moment", "联系时间", "When the caller was contacted"),
    "contact_lapsed": _field("flag", "未到联系期限即终止", "Came to its end before the caller was to be contacted"),
    "due": _month("办理期限（含批准的延期和不计时）", "Until when it is to be answered, with what was granted", _DUE),
    "first_due": _month("原办理期限", "Until when it was to be answered at first", _DUE),
    "answered_at": _field("moment", "审签反馈时间", "When the unit's answer went out"),
    "lapsed": _field("flag", "未到办理期限即终止", "Came to its end before it was to be answered"),
    "extended": _field("flag", "批准延期", "More time was granted"),
    "paused": _field("flag", "有不计时", "Time was not counted"),
    "return_asked": _field("flag", "申请退单", "A return was applied for"),
    "return_granted": _field("flag", "退单获准", "The return was granted"),
    "moved": _field("flag", "已改派", "It went to another unit"),
    "reworked": _field("number", "退回重办次数", "How often the answer was sent back"),
    "callbacks": _field("number", "回访次数", "How often the caller was called back"),
    "called_back_at": _month("回访时间", "When the caller was called back last", _CALL),
    "called_elsewhere": _field("flag", "回访由其他系统进行，未传满意度", "Called back by another system, its answer untold"),
    "satisfaction": _field("number", "满意度（5至1，未表态0）", "What the caller said, 5 to 1, 0 nothing"),
    "closed_at": _month("办结时间", "When the order ended", _END),
    "lawful": _field("flag", "条件仍在时依法办结", "Ended by law while its condition stood"),
    "voided": _field("flag", "复核后剔除或者撤销", "Not to count, by a review or as revoked"),
}
"""The fields by name; id, order and number are no condition's."""
