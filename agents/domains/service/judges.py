"""What the service domain judges with a memory of its own, and what it tells of its data."""

from collections.abc import Callable
from typing import Any

from agents.core.judge import Judge
from agents.core.rules.rule import Binding
from agents.domains.service.connected import Connected
from agents.domains.service.payload import Calls, CreditClass, InspectionPlan, InspectionVisit, Queue

Values = dict[str, float | int | str | None]


def queue_status(data: Queue, at: int) -> Values:  # noqa: ARG001 - the contract of a status
    """Minutes waited, and how many wait."""
    return {"minutes": data.minutes, "waiting": data.waiting}


def calls_status(data: Calls, at: int) -> Values:  # noqa: ARG001 - as above
    """Share of calls answered, percent."""
    return {"answered": data.answered}


def plan_status(data: InspectionPlan, at: int) -> Values:  # noqa: ARG001 - as above
    """Who is to inspect which enterprise, in which month, by which list."""
    names = ("enterprise", "organ", "month", "task", "items")
    return {name: getattr(data, name) for name in names} | {"joint": int(data.joint)}


def visit_status(data: InspectionVisit, at: int) -> Values:  # noqa: ARG001 - as above
    """Who was at which enterprise, on which day, for what, and what it came to."""
    return {name: getattr(data, name) for name in ("enterprise", "organ", "day", "sort", "cause", "result")}


def credit_status(data: CreditClass, at: int) -> Values:  # noqa: ARG001 - as above
    """The class of an enterprise with system, day, edition, and who gave it."""
    return {name: getattr(data, name) for name in ("grade", "system", "day", "edition", "by")}


JUDGES: dict[str, Callable[[Binding], Judge]] = {"connected": Connected}
"""The domain's own judges, named `service:<name>` in rules."""

CHECKS: dict[str, Callable[[Any, int], list[tuple[str, str, str]]]] = {}
"""Checks of a payload and its event time, by kind."""

STATUS: dict[str, Callable[[Any, int], Values]] = {
    "queue": queue_status,
    "calls": calls_status,
    "inspection_plan": plan_status,
    "inspection_visit": visit_status,
    "credit_class": credit_status,
}
"""The newest values for the wall, by kind."""
