"""The cases that measures count, and the fields that conditions may name. Pure."""

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

from streams.messages import Text

FieldKind = Literal["word", "flag", "number", "moment"]
"""What a field holds: a word (empty: none), yes or no, a number, a moment in ms (these two None: not known)."""

Population = Literal["line", "order", "dispatch", "instrument", "duty", "rating"]
"""What is counted.

Receivers' lines (主办、协办 each for itself); orders as wholes, which are their main receivers'; orders as their issuer
dispatches them; the instruments (责令改正) that orders record; duties of the law that facts begin and fulfil, by the rules that
watch them; ratings.
"""

Told = Population | Literal["hour"]
"""What facts or orders tell; of the hours of a hotline it is the calls that count: `agents.measures.reckoned`."""


class CaseHead(Struct, frozen=True, gc=False, kw_only=True):
    """What every case has: its id and population; the order that it is of and the number by which people know it; whose it is.

    `order` is empty where there is none; `begun`: since when (ms) it has an age.
    """

    id: str
    of: Told
    order: str
    number: str
    kind: str
    unit: str
    district: str
    domain: str
    begun: int
    urgent: bool = False
    reworked: int = 0


class MeasuredCase(CaseHead, frozen=True, gc=False, kw_only=True):
    """A receiver's line or an order as it stands; what each field is stands in `FIELDS`. Moments in ms."""

    part: str
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
    callbacks: int
    called_back_at: int | None
    called_elsewhere: bool
    satisfaction: int | None
    solved: int | None
    recheck_due: int | None
    rechecked_at: int | None
    recheck_lapsed: bool
    closed_at: int | None
    lawful: bool
    voided: bool


class DispatchCase(CaseHead, frozen=True, gc=False, kw_only=True):
    """An order as its issuer had to send it. Moments in ms."""

    category: str
    outcome: str
    dispatch_due: int | None
    sent_at: int | None
    dispatch_lapsed: bool
    returned: bool
    voided: bool


class InstrumentCase(CaseHead, frozen=True, gc=False, kw_only=True):
    """An act of the competent organ on an enterprise (责令改正, 监察指令) as an order records it. Moments in ms."""

    instrument: str
    correct_by: int | None
    ended_at: int | None
    instrument_end: str
    voided: bool


class DutyCase(CaseHead, frozen=True, gc=False, kw_only=True):
    """A duty of the law as the rule that watches it knows it. Moments in ms.

    `done_at`: of the fact that ended it, `how` and `found`: the step that this was and what it found, where it tells them.
    """

    rule: str
    begun_at: int
    duty_due: int | None
    done_at: int | None
    how: str
    found: str


class RatingCase(CaseHead, frozen=True, gc=False, kw_only=True):
    """A rating of a window. Moments in ms."""

    rated_at: int
    level: int
    set_aside: bool
    own: int | None


class CallHour(CaseHead, frozen=True, gc=False, kw_only=True):
    """An hour of a hotline, by its number since 1970: how many calls, None where that was not told; percent answered."""

    subject: str
    hour: int
    calls: int | None
    answered: float


FORMS: Mapping[Population, type[CaseHead]] = {
    "line": MeasuredCase,
    "order": MeasuredCase,
    "dispatch": DispatchCase,
    "instrument": InstrumentCase,
    "duty": DutyCase,
    "rating": RatingCase,
}
"""What a case of a population is."""

OF_FACTS: frozenset[Population] = frozenset({"duty", "rating"})
"""Those that facts make; the others are made of orders."""


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
_DONE, _RATED = Text("完成月", "month in which it was done"), Text("评价月", "month of rating")

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
    "solved": _field("number", "诉求人说已解决（1）、未解决（0）", "Whether the caller said it is solved (1) or not (0)"),
    "recheck_due": _month("复查期限", "Until when it is to be re-inspected", _DUE),
    "rechecked_at": _field("moment", "复查时间", "When it was re-inspected"),
    "recheck_lapsed": _field("flag", "未到复查期限即终止", "Came to its end before it was to be re-inspected"),
    "closed_at": _month("办结时间", "When the order ended", _END),
    "lawful": _field("flag", "条件仍在时依法办结", "Ended by law while its condition stood"),
    "voided": _field("flag", "复核后剔除或者撤销", "Not to count, by a review or as revoked"),
    "dispatch_due": _month("派单期限", "Until when it is to be dispatched", _DUE),
    "sent_at": _month("首次派出时间", "When it was first sent", _DISPATCH),
    "dispatch_lapsed": _field("flag", "未到派单期限即终止", "Came to its end before it was to be dispatched"),
    "returned": _field("flag", "有获准的退单", "A return of it was granted"),
    "instrument": _field("word", "文书种类", "Kind of instrument"),
    "correct_by": _month("责令改正期限", "Until when it must be put right", _DUE),
    "ended_at": _field("moment", "文书了结时间", "When the instrument came to its end"),
    "instrument_end": _field("word", "文书的结果", "What the instrument came to"),
    "rule": _field("word", "监督它的规则", "Rule that watches it"),
    "begun_at": _month("起算时间", "When it began", Text("起算月", "month in which it began"), always=True),
    "duty_due": _month("法定期限", "Until when the law wants it done", _DUE),
    "done_at": _month("完成时间", "When it was done", _DONE),
    "how": _field("word", "以何步骤完成", "By which step it was done"),
    "found": _field("word", "所见结果", "What was found"),
    "rated_at": _month("评价时间", "When it was rated", _RATED, always=True),
    "level": _field("number", "评价等级（5至1）", "Level, 5 to 1"),
    "own": _field("number", "主动评价（1）、不是主动（0）", "Given of one's own accord (1) or not (0)"),
    "set_aside": _field("flag", "误评、恶意差评，核实后不予采纳", "Mistaken or malicious, set aside once verified"),
}
"""The fields by name; which of them a case has its form says. Id, population, order and number are no condition's."""

LIMITS = frozenset(name for name, field in FIELDS.items() if field.month == _DUE)
"""The moments at which a time is over. One at 24:00 is of the day that it ends (民法典 203), and so of the month of that."""
