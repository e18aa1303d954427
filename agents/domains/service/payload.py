"""What the service domain's facts carry.

Subjects are registered as `hotline` (12345), `handling_unit` (who handles requests), `service_window`, `licence_office`, or
`notice_channel` (a way by which the notifier reaches people). Also `petition_office` (信访部门), `petition_unit` (an organ that
handles petitions), `information_office` (of an organ that answers requests for information; trait `of_government`, true: the
office in charge of its government's information, false: a department's) and `arrears_office` (takes in or handles complaints
about arrears), `city_centre` (of city management: 数字城管监督指挥中心). `inspection` is one inspection of one enterprise, by
its number in the official platform (双随机、一公开), and `enterprise` an enterprise by its 统一社会信用代码.
A request, petition or complaint is known by its number; callers stand as pseudonyms made by the hotline, never as names or
telephone numbers.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct

Id = Annotated[str, Meta(min_length=1, max_length=64)]
"""A number of a request, rating or application, a topic, or a caller's pseudonym."""


Day = Annotated[str, Meta(pattern=r"^\d{4}-\d\d-\d\d$")]
"""A day of China Standard Time, `2026-05-01`."""

Moment = Annotated[str, Meta(max_length=40)]
"""A day, or an RFC 3339 time."""


class RequestStep(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """One step of a request (诉求工单), told of who takes it.

    On the hotline: `received` (by `channel`), `accepted`, `refused`, `answered` (at once), `dispatched`, `returned` (taken back
    from a unit). On the handling unit: `assigned`, `signed`, `return-asked` (its time runs on), `returned` (granted),
    `opinion` (a first one), `contacted`, `extended`, `replied`, `redo` (the hotline sends it back), and the hotline's
    `called-back`; of business complaints `accepted` and `refused` too. On both, what ends it lawfully: `withdrawn` by the
    caller, `merged` with an earlier one (并单), `transferred` to a procedure of law whose time the caller was told. `urgent`
    are requests of the urgent list (`quick`: of its 30 minutes), `mass` large failures of water, power, gas and heat and
    pollution, `business` complaints of harm to the business environment. `nature`: 咨询, 求助, 意见, 建议, 投诉, 举报.
    `topic`: a category of the hotline's (派单目录); `against`: the id of the public body that a complaint is about (`zz-um`).
    `satisfied`: what the caller said when called back.
    """

    request: Id
    step: Literal[
        "received",
        "accepted",
        "refused",
        "answered",
        "dispatched",
        "assigned",
        "signed",
        "return-asked",
        "returned",
        "opinion",
        "contacted",
        "extended",
        "replied",
        "redo",
        "called-back",
        "withdrawn",
        "merged",
        "transferred",
    ]
    category: Literal["ordinary", "urgent", "business", "mass"] = "ordinary"
    nature: Literal["consultation", "help", "opinion", "suggestion", "complaint", "report"] | None = None
    channel: Literal["call", "message", "mailbox"] = "call"
    quick: bool = False
    caller: Id | None = None
    topic: Id | None = None
    against: Id | None = None
    satisfied: bool | None = None


class Rating(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """One rating of a window: `level` 5 very satisfied, 4 satisfied, 3 basically satisfied, 2 unsatisfied, 1 very unsatisfied.

    `named`: the person can be called. `own`: given of the person's own accord (主动评价), and not asked for or set by default;
    None where the source does not tell it.
    """

    rating: Id
    level: Annotated[int, Meta(ge=1, le=5)]
    named: bool = True
    own: bool | None = None


class RatingStep(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What was done about a bad rating: the person `contacted`, the fault `put-right`, the person `called-back`.

    `explained`: what was asked has no basis in law, and that was explained; `set-aside`: mistaken or malicious, once verified.
    """

    rating: Id
    step: Literal["contacted", "put-right", "explained", "set-aside", "called-back"]
    named: bool = True


class ApplicationStep(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """One step of an application for a licence (行政许可): `told` is the one notice of all that must be supplemented.

    `joint`: several offices decide together (统一、联合、集中办理, 许可法 26). `paused` and `resumed`: time not counted, for
    a `reason` of 许可法 45; a pause without one counts. `promised`: until when the office has promised to decide (承诺时限),
    told when it accepts, when it gives itself more time and when time is counted again.
    """

    application: Id
    step: Literal[
        "submitted",
        "told",
        "accepted",
        "refused",
        "paused",
        "resumed",
        "extended",
        "granted",
        "denied",
        "withdrawn",
        "delivered",
    ]
    joint: bool = False
    reason: Literal["hearing", "tender", "auction", "inspection", "test", "quarantine", "appraisal", "expert-review"] | None = (
        None
    )
    promised: Moment | None = None


class Queue(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """How long the person called last has waited at a window, and how many wait."""

    minutes: Annotated[float, Meta(ge=0, le=1_440)]
    waiting: Annotated[int, Meta(ge=0, le=10_000)]


class Calls(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Share of the calls of the hour that ended at the event's time which a person answered, percent; how many `calls`."""

    answered: Annotated[float, Meta(ge=0, le=100)]
    calls: Annotated[int, Meta(ge=0, le=1_000_000)] | None = None


class NoticeChannel(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """A channel of the notifier: attempts to send that failed in a row, 0 once one has come through; how much waits for it."""

    failures: Annotated[int, Meta(ge=0)]
    waiting: Annotated[int, Meta(ge=0)]


class PetitionStep(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """One step of a petition (信访事项), told of who takes it.

    On the petitions office: `received`, `passed-on` (转送), `assigned` (交办), `put-forward` (报请本级党委和政府决定: grave or
    urgent), `led` (to courts, police, discipline), `not-accepted` (the same again, or closed by a recheck), `withdrawn`.

    On the organ with the power: `received` (from the person, or passed on to it), `told` (in writing: received, whither it
    goes, or to whom to turn), `not-own` (found to be outside its powers; `received` says when it had come), `objected` (with
    reasons), `returned`; `accepted` (to be handled by article 31 (6)), `extended`, `led` (into another procedure), `settled`
    (mediated or reconciled in writing), `concluded` (处理意见书), `withdrawn`; `review-asked`, `reviewed` (复查),
    `recheck-asked`, `rechecked` (复核), `hearing` and `heard`, between which the time of the recheck is not counted.
    `rated`: what the person said of it afterwards (满意度评价), in `rated`. `reachable`: name and address of the person are
    known.
    """

    petition: Id
    step: Literal[
        "received",
        "passed-on",
        "assigned",
        "put-forward",
        "led",
        "not-accepted",
        "told",
        "not-own",
        "objected",
        "returned",
        "accepted",
        "extended",
        "settled",
        "concluded",
        "withdrawn",
        "review-asked",
        "reviewed",
        "recheck-asked",
        "rechecked",
        "hearing",
        "heard",
        "rated",
    ]
    reachable: bool = True
    received: Moment | None = None
    rated: Literal["satisfied", "basically-satisfied", "unsatisfied"] | None = None


class CityCaseStep(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """One step of a case of city management (城管案件), told of who takes it, as the city's own platform (数字城管) has it.

    On the centre (监督指挥中心): `reported` (上报), `verified` (核实), `filed` (立案), `refused` (不予立案), `dispatched`
    (派遣), `returned` (the unit gave it back: it was not its own), `disposed` (the unit tells that it is done), `checked` (核查
    found it done), `redo` (核查 found it not done: 返工), `closed` (结案). On the unit: `assigned`, `disposed`, `extended`
    (延期), `returned`. On both `suspended` (挂账), `resumed` and `void` (作废: it should not have been filed). `verify_by`,
    `file_by`, `dispatch_by`, `dispose_by`, `check_by`, `close_by`: until when by the city's table of limits by class, told by
    the step from which it runs; without one nothing is due. `topic`: its class in that table.
    """

    case: Id
    step: Literal[
        "reported",
        "verified",
        "filed",
        "refused",
        "dispatched",
        "assigned",
        "returned",
        "disposed",
        "extended",
        "suspended",
        "resumed",
        "checked",
        "redo",
        "closed",
        "void",
    ]
    topic: Id | None = None
    verify_by: Moment | None = None
    file_by: Moment | None = None
    dispatch_by: Moment | None = None
    dispose_by: Moment | None = None
    check_by: Moment | None = None
    close_by: Moment | None = None


class InformationStep(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """One step of a request for government information (政府信息公开申请).

    `received` (第三十一条 says on which day), `unclear` (its content is; `received` says when it had come), `correction-asked`
    (补正), `corrected` (the corrected request came: time begins anew), `dropped` (not corrected in time: given up),
    `consulted` and `consulted-back` (the first opinion of a third party or another organ is asked for, the last one came:
    between them time is not counted), `extended`, `deferred` (第三十五条; `until` is the day set), `answered`, `not-handled`
    (a petition, a report or a request for publications, one made without reason or again), `withdrawn`.
    """

    request: Id
    step: Literal[
        "received",
        "unclear",
        "correction-asked",
        "corrected",
        "dropped",
        "consulted",
        "consulted-back",
        "extended",
        "deferred",
        "answered",
        "not-handled",
        "withdrawn",
    ]
    received: Moment | None = None
    until: Day | None = None


class InformationReport(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """A yearly report on information was published (a department's also submitted); `until`: the last day of the next."""

    year: Annotated[int, Meta(ge=2008, le=2200)]
    until: Day


class ArrearsStep(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """One step of a complaint about arrears to a small or medium enterprise (拖欠中小企业款项投诉), told of who takes it.

    On who takes complaints in (受理投诉部门, provincial or above): `accepted`, `passed-on`. On who handles them (处理投诉部门):
    `received`, `extended`, `answered` (in writing). On both `withdrawn` and `ended` (false, malicious, or in court).
    """

    complaint: Id
    step: Literal["accepted", "passed-on", "received", "extended", "answered", "withdrawn", "ended"]


class RenewalStep(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """One step of the renewal of a licence (行政许可延续): `valid_until` is the last day of the term that is to be renewed.

    `reissued`: the licence whose renewal counts as granted was made out.
    """

    licence: Id
    step: Literal["applied", "granted", "denied", "withdrawn", "reissued"]
    valid_until: Day


Uscc = Annotated[str, Meta(pattern=r"^[0-9A-HJ-NPQRTUWXY]{18}$")]
"""A 统一社会信用代码 (GB 32100) by its form; its last character is checked where it is imported."""

Month = Annotated[str, Meta(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]
"""A calendar month, `2026-05`."""

Cause = Literal["complaint", "assigned", "monitoring", "accident", "applied"]
"""Why an inspection of a single case is made: 投诉举报, 转办交办, 数据监测发现问题, 事故 (特种设备), 企业申请."""


class InspectionPlan(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """An enterprise stands on a list of inspections that the official platform has drawn or planned, told of the inspection.

    `organ`: the id of the body that inspects (`zz-amr`); `task`: the number of the list; `items`: what is inspected (抽查事项);
    `month`: when; `joint`: several organs come together (部门联合).
    """

    enterprise: Uscc
    organ: Id
    task: Id
    items: Annotated[str, Meta(max_length=200)] = ""
    month: Month
    joint: bool = False


class InspectionVisit(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """An organ was at an enterprise, told of the inspection. `sort`: 日常检查, 专项检查, 个案检查 (then `cause` says why).

    `result`: as the official platform publishes it.
    """

    enterprise: Uscc
    organ: Id
    day: Day
    sort: Literal["routine", "special", "case"] = "routine"
    cause: Cause | None = None
    result: Literal[
        "clean", "corrected", "follow-up", "undisclosed", "concealed", "unreachable", "uncooperative", "no-activity"
    ]
    task: Id | None = None


class CreditClass(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """The class of credit risk (信用风险分类) that the province's system gives an enterprise, told of the enterprise.

    It is for the organs' own use and no rating (国市监信发〔2022〕6号). `system` and `edition`: by which system and index;
    `day`: since when; `by`: the name of the body that gave it.
    """

    grade: Literal["A", "B", "C", "D"]
    system: Annotated[str, Meta(min_length=1, max_length=100)]
    day: Day
    edition: Annotated[str, Meta(min_length=1, max_length=100)]
    by: Id
