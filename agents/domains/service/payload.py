"""What the service domain's facts carry.

Subjects are registered as `hotline` (12345), `handling_unit` (who handles requests), `service_window`, `licence_office`, or
`notice_channel` (a way by which the notifier reaches people).
A request is known by its number; callers stand as pseudonyms made by the hotline, never as names or telephone numbers.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct

Id = Annotated[str, Meta(min_length=1, max_length=64)]
"""A number of a request, rating or application, a topic, or a caller's pseudonym."""


class RequestStep(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """One step of a request (诉求工单), told of who takes it.

    On the hotline: `received` (by `channel`), `accepted`, `refused`, `answered` (at once), `dispatched`, `returned` (taken back
    from a unit). On the handling unit: `assigned`, `signed`, `return-asked` (its time runs on), `returned` (granted),
    `opinion` (a first one), `contacted`, `extended`, `replied`, `redo` (the hotline sends it back), and the hotline's
    `called-back`; of business complaints `accepted` and `refused` too. On both, what ends it lawfully: `withdrawn` by the
    caller, `merged` with an earlier one (并单), `transferred` to a procedure of law whose time the caller was told. `urgent`
    are requests of the urgent list (`quick`: of its 30 minutes), `mass` large failures of water, power, gas and heat and
    pollution, `business` complaints of harm to the business environment. `nature`: 咨询, 求助, 意见, 建议, 投诉, 举报.
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
    satisfied: bool | None = None


class Rating(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """One rating of a window: `level` 5 very satisfied, 4 satisfied, 3 basically satisfied, 2 unsatisfied, 1 very unsatisfied.

    `named`: the person can be called.
    """

    rating: Id
    level: Annotated[int, Meta(ge=1, le=5)]
    named: bool = True


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
    a `reason` of 许可法 45; a pause without one counts.
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
