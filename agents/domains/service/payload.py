"""What the service domain's facts carry.

Subjects are registered as `hotline` (12345), `handling_unit` (who handles requests), `service_window` or `licence_office`.
A request is known by its number; callers stand as pseudonyms made by the hotline, never as names or telephone numbers.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct

Id = Annotated[str, Meta(min_length=1, max_length=64)]
"""A number of a request, rating or application, or a caller's pseudonym."""


class RequestStep(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One step of a request (诉求工单), told of who takes it.

    On the hotline: `received`, `accepted`, `refused`, `answered` (at once), `dispatched`. On the handling unit: `assigned`,
    `signed`, `returned`, `contacted`, `extended`, `replied`, and the hotline's `called-back` on the unit's work. `urgent` are
    requests of the urgent list, `business` complaints of harm to the business environment. `satisfied`: what the caller
    said when called back.
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
    caller: Annotated[str, Meta(max_length=64)] = ""
    topic: Annotated[str, Meta(max_length=64)] = ""
    satisfied: bool | None = None


class Rating(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One rating of a window: `level` 5 very satisfied, 4 satisfied, 3 basically satisfied, 2 unsatisfied, 1 very unsatisfied.

    `good` is 100 for levels 3 to 5, else 0: the mean is the share of good ratings in percent. `named`: the person can be
    called.
    """

    rating: Id
    level: Literal[1, 2, 3, 4, 5]
    good: Literal[0, 100]
    named: bool = True


class RatingStep(Struct, frozen=True, kw_only=True):
    """What was done about a bad rating: the person `contacted`, the fault `put-right`, the person `called-back`."""

    rating: Id
    step: Literal["contacted", "put-right", "called-back"]


class ApplicationStep(Struct, frozen=True, kw_only=True):
    """One step of an application for a licence (行政许可): `told` is the one notice of all that must be supplemented."""

    application: Id
    step: Literal["submitted", "told", "accepted", "refused", "extended", "granted", "denied", "withdrawn", "delivered"]


class Queue(Struct, frozen=True, kw_only=True):
    """How long the person called last has waited at a window, and how many wait."""

    minutes: Annotated[float, Meta(ge=0, le=1_440)]
    waiting: Annotated[int, Meta(ge=0, le=10_000)]


class Calls(Struct, frozen=True, kw_only=True):
    """Share of the calls of an hour that a person answered, percent."""

    answered: Annotated[float, Meta(ge=0, le=100)]
