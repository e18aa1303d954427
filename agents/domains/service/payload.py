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

    On the hotline: `received`, `accepted`, `refused`, `answered` (at once), `dispatched`, `returned` (by a unit). On the
    handling unit: `assigned`, `signed`, `returned`, `contacted`, `extended`, `replied`, and the hotline's `called-back` about
    its work. `urgent` are requests of the urgent list, `business` complaints of harm to the business environment.
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
        "returned",
        "contacted",
        "extended",
        "replied",
        "called-back",
    ]
    category: Literal["ordinary", "urgent", "business"] = "ordinary"
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
    """What was done about a bad rating: the person `contacted`, the fault `put-right`, the person `called-back`."""

    rating: Id
    step: Literal["contacted", "put-right", "called-back"]
    named: bool = True


class ApplicationStep(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """One step of an application for a licence (行政许可): `told` is the one notice of all that must be supplemented."""

    application: Id
    step: Literal["submitted", "told", "accepted", "refused", "extended", "granted", "denied", "withdrawn", "delivered"]


class Queue(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """How long the person called last has waited at a window, and how many wait."""

    minutes: Annotated[float, Meta(ge=0, le=1_440)]
    waiting: Annotated[int, Meta(ge=0, le=10_000)]


class Calls(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """Share of the calls of an hour that a person answered, percent."""

    answered: Annotated[float, Meta(ge=0, le=100)]


class NoticeChannel(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """A channel of the notifier: attempts to send that failed in a row, 0 once one has come through; how much waits for it."""

    failures: Annotated[int, Meta(ge=0)]
    waiting: Annotated[int, Meta(ge=0)]
