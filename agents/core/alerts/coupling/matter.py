"""Matters: of facts that a body must answer for, and of faults in the data of departments. A copy gives the same bytes."""

from typing import Any

from agents.core.alerts.state import Subject
from agents.core.rules.book import Plan
from agents.core.told import Day
from streams.messages import Event, Matter, Name, Quality, Reason, Registered, Text
from streams.orders.matter import PROVIDER, MatterSpec

CORRECTION = "correction"
"""The kind of order that corrects government data (政务数据校核, 令809 26)."""

FOUND = "found"
"""The step that such a matter tells: a fault was found; whoever uses the data may apply for its correction."""

MOST_MARK = 180
"""Characters of what tells one fault of a day from another: with its day it is a number of an order."""

FAULTS: frozenset[Reason] = frozenset(
    {
        "bad-time",
        "out-of-range",
        "conflict",
        "malformed-data",
        "inconsistent",
        "undeclared-field",
        "unknown-code",
        "unregistered",
    }
)
"""The reasons of bad records that say that data are wrong. What is late, twice there or not signed is no matter of a value."""


def matter_of(spec: MatterSpec, data: Any, event: Event, subject: Subject, offset: int) -> Matter | None:
    """The matter that a fact files, None where it files none."""
    if not spec.concerns(data):
        return None
    number, step = str(getattr(data, spec.number)), spec.says or str(getattr(data, spec.step))
    facts = subject.facts or Registered(kind="", name=Name(zh=subject.id), adcode="")
    unit = facts.traits.get("unit") or (subject.id if facts.kind in spec.units else "")
    return Matter(
        id=f"{spec.order}/{number}",
        kind=spec.order,
        number=number,
        step=step,
        n=offset,
        at=event.time,
        subject=subject.id,
        name=facts.name.zh,
        unit=str(unit),
        adcode=facts.adcode,
        lon=facts.lon,
        lat=facts.lat,
        title=Text(f"{spec.title.zh} {number}", f"{spec.title.en} {number}"),
        urgent=spec.is_urgent(data),
        traits=spec.traits_of(data),
        opens=step in spec.opens,
    )


def fault_of(told: Quality, plan: Plan | None, day: Day) -> Matter | None:
    """The matter of a fault in a department's data: the first of its type, reason and field in a day of the log.

    A department that judges by the data applies, and the one that provides them answers (令809 26).
    """
    if plan is None or plan.fault is None or told.reason not in FAULTS or told.at is None:
        return None
    mark = f"{told.type}/{told.reason}/{told.field}"[:MOST_MARK]
    if not day.files(mark):
        return None
    number, title = f"{mark}/{told.at[:10]}", plan.fault
    return Matter(
        id=f"{CORRECTION}/{number}",
        kind=CORRECTION,
        number=number,
        step=FOUND,
        n=told.place.offset,
        at=told.at,
        subject=told.type,
        unit=told.owner,
        title=Text(f"数据疑似有误：{title.zh}（{told.reason}）", f"Data may be wrong: {title.en} ({told.reason})"),
        traits={"type": told.type, "reason": told.reason, PROVIDER: told.owner},
        applicant=plan.user,
        partition=told.place.partition,
    )
