"""The six steps of the desk on one alert, in their order: 核实 · 叫应 · 报告带班领导 · 派单 · 提级/会商 · 交接班. Pure.

orders.md C (what a duty officer really presses). Each is told from what the log holds; none is a state of the alert.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from msgspec import Struct

from streams.messages import Actor, Alert, Audit, Handover, Order, OrderLine, Takeover, parse_time
from streams.orders.report_first import ReportFirst, must_report

StepName = Literal["verify", "call", "report", "dispatch", "escalate", "hand-over"]

FIRST: tuple[StepName, ...] = ("verify", "call", "report", "dispatch")
"""The steps of which the first that is not done is the one that is due now."""


class Step(Struct, frozen=True):
    """A step: when it was last done (ms; None: not yet), by whom, and what it came to in a word (`told`); `due`: it is next.

    `told`: of `verify` its finding, of `dispatch` the number of the newest order, of `escalate` the level or `conferred`, of
    `hand-over` `taken` or `waiting`.
    """

    name: StepName
    at: int | None = None
    by: Actor | None = None
    told: str = ""
    due: bool = False


class Steps(Struct, frozen=True):
    """The six, and the event that must be reported first where the alert may be one, until it has been reported."""

    steps: tuple[Step, ...]
    first: ReportFirst | None


def steps(
    alert: Alert,
    trail: Iterable[Audit],
    orders: Sequence[tuple[Order, Sequence[OrderLine]]],
    note: Handover | None,
    taken: Takeover | None,
) -> Steps:
    """All of them for an alert at its present occurrence. `orders`: those about it; `note`: the newest of its department."""
    done = {entry.event: entry for entry in trail if entry.occurrence == alert.occurrence}
    found = [
        _acted("verify", done.get("verify"), alert.verified.finding if alert.verified else ""),
        _acted("call", done.get("call")),
        _acted("report", done.get("report")),
        _sent(orders, alert.occurrence),
        _escalated(alert, done, orders),
        _handed(note, taken),
    ]
    due = next((each.name for each in found if each.name in FIRST and each.at is None), "")
    named = must_report(alert.domain, alert.rule, alert.severity, alert.phase)
    told = tuple(Step(each.name, each.at, each.by, each.told, each.name == due) for each in found)
    return Steps(told, named if "report" not in done else None)


def _acted(name: StepName, entry: Audit | None, told: str = "") -> Step:
    return Step(name) if entry is None else Step(name, parse_time(entry.at), entry.actor, told)


def _sent(orders: Sequence[tuple[Order, Sequence[OrderLine]]], occurrence: int) -> Step:
    """The newest order about this occurrence."""
    about = [one for one, _ in orders if any(each.link.occurrence == occurrence for each in one.alerts)]
    newest = max(about, key=lambda one: parse_time(one.opened_at), default=None)
    if newest is None:
        return Step("dispatch")
    return Step("dispatch", parse_time(newest.opened_at), newest.actor, newest.number)


def _escalated(alert: Alert, done: Mapping[str, Audit], orders: Sequence[tuple[Order, Sequence[OrderLine]]]) -> Step:
    """What is conferred on (会商), the alert itself or an order's return, goes before the alert's own escalation."""
    called, entry = done.get("confer"), done.get("escalate")
    asked = [(parse_time(called.at), called.actor)] if called else []
    asked += [
        (parse_time(each.decided.at), each.decided.actor)
        for order, lines in orders
        if not order.ended
        for each in (line.returns for line in lines)
        if each is not None and each.decision == "conferred" and each.decided is not None
    ]
    if asked:
        return Step("escalate", *max(asked, key=lambda each: each[0]), "conferred")
    if entry is None or alert.level < 2:
        return Step("escalate")
    return Step("escalate", parse_time(entry.at), None, str(alert.level))


def _handed(note: Handover | None, taken: Takeover | None) -> Step:
    if note is None:
        return Step("hand-over")
    if taken is not None:
        return Step("hand-over", parse_time(taken.at), taken.by, "taken")
    return Step("hand-over", parse_time(note.at), note.by, "waiting")
