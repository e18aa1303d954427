"""Objections, answers and steps of indexes, as people make them."""

from typing import Any

from streams.messages import Actor
from streams.messages.services.appraisal import BaselineStep, IndexStep, Objection, ObjectionAnswer, ObjectionOutcome

OFFICE, UNIT = "zz-inspect", "zz-ee"
NAME = "0123456789abcdef0123456789abcdef"


def person(name: str, department: str) -> Actor:
    """Somebody of a body."""
    return Actor(id=name, name=name, role="admin", department=department)


def objection(by: str = "li", **more: Any) -> Objection:
    """A unit objects to how one case of its own counted in March."""
    of: dict[str, Any] = {
        "objection": NAME,
        "measure": "request-signed",
        "unit": UNIT,
        "since": "2026-03",
        "until": "2026-03",
        "cases": ("a/1",),
        "reason": "派单系统故障，未收到工单",
        "at": "2026-04-02T09:00:00+08:00",
    }
    return Objection(by=person(by, UNIT), **(of | more))


def answer(outcome: ObjectionOutcome, by: str = "zhao", department: str = OFFICE, **more: Any) -> ObjectionAnswer:
    """The measuring office answers."""
    of: dict[str, Any] = {"objection": NAME, "reason": "经核实属实", "at": "2026-04-07T09:00:00+08:00"}
    return ObjectionAnswer(outcome=outcome, by=person(by, department), **(of | more))


def index_step(
    step: Any, by: str, at: str, since: str = "2026-04", version: str = "a" * 16, of: str = OFFICE, **more: Any
) -> IndexStep:
    """A step of a version of the index `handling`; `at`: a day."""
    told: dict[str, Any] = {"index": "handling", "digest": version * 4, "by": person(by, of)}
    return IndexStep(step=step, at=f"{at}T10:00:00+08:00", since=since, version=version, **(told | more))


def baseline_step(step: Any, by: str, at: str, version: str = "a" * 16, of: str = OFFICE, **more: Any) -> BaselineStep:
    """A step of a version of the baseline of signs, of the year 2025; `at`: a day."""
    told: dict[str, Any] = {"baseline": "signs", "digest": version * 4, "since": "2025-01-01", "until": "2025-12-31"}
    return BaselineStep(step=step, at=f"{at}T10:00:00+08:00", version=version, by=person(by, of), **(told | more))
