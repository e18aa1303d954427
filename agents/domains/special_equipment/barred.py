"""Judges `unfit` and `rested`: equipment that runs though it did not pass its inspection, or rested long without a new one."""

from typing import Any

import msgspec
from msgspec import Struct

from agents.core.alerts.state import Subject
from agents.core.judge import Finding
from agents.core.judges.parts.condition import Condition, ConditionParams
from agents.core.judges.parts.legal import end_of, period
from agents.core.judges.parts.standing import Standing, older
from agents.core.rules.guard import ALWAYS, Guard, Remembers
from agents.core.rules.rule import Binding
from streams.messages import NEVER

COVERED = {"inspection_step": ("inspection_step", "lift_test"), "lift_test": ("lift_test",)}
"""By kind of conclusion: the kinds whose earlier failure a passed one ends. A periodic inspection covers the self-test."""


class Conclusions(Standing):
    """The newest failure that no later pass has ended, and the newest pass (event times, ms), by kind of conclusion."""

    failed: dict[str, int] = msgspec.field(default_factory=dict)
    passed: dict[str, int] = msgspec.field(default_factory=dict)


class Unfit(Condition):
    """Opens when equipment runs after a failed inspection or test, closes when it stands still or has passed.

    Runs in the mode `inspection` are no use.

    | after the failure | outcome |
    |---|---|
    | runs | opens |
    | asks for an inspection | stays open |
    | stands, or passes a later inspection of the same kind | closes |
    """

    Memory: type[Struct] | None = Conclusions
    fresh = Conclusions
    forgets = False

    def __init__(self, binding: Binding) -> None:
        super().__init__(binding, msgspec.convert(binding.params, ConditionParams))

    def guard(self, kind: str) -> Guard:
        """Asked of conclusions; of states only where there is one."""
        return ALWAYS if kind in COVERED else Remembers()

    def read(self, subject: Subject, kind: str, data: Any, at: int) -> Finding | None:
        """A conclusion, or a state."""
        if kind in COVERED:
            return self._concluded(subject, kind, data, at)
        memory: Conclusions | None = subject.memory.get(self.key)
        if memory is None:
            return None
        over = runs(data) and any(failed <= at for failed in memory.failed.values())
        if not over and not memory.open:
            return None
        return self.turn(subject, data, at, late=older(subject, kind, at), over=over, value=None, limit=None)

    def _concluded(self, subject: Subject, kind: str, data: Any, at: int) -> Finding | None:
        memory: Conclusions = subject.memory.setdefault(self.key, Conclusions())
        if data.step == "failed" and at > memory.passed.get(kind, -NEVER):
            memory.failed[kind] = max(at, memory.failed.get(kind, at))
        if data.step == "passed":
            for each in COVERED[kind]:
                memory.passed[each] = max(at, memory.passed.get(each, at))
                if memory.failed.get(each, NEVER) <= at:
                    del memory.failed[each]
        if not memory.open or memory.failed:
            return None
        return self.turn(subject, data, at, late=False, over=False, value=None, limit=None)


class RestedParams(ConditionParams, frozen=True, kw_only=True):
    """`after`: how long equipment may rest before it must be inspected anew, itself too long."""

    after: str


class Rest(Standing):
    """When it was last stopped, NEVER while in use, and the newest inspection that it passed (event times, ms)."""

    stopped: int = NEVER
    inspected: int = -NEVER


class Rested(Condition):
    """Opens when equipment that was stopped for `after` or longer is used again without an inspection passed meanwhile.

    It closes when it passes one, is stopped again or scrapped.

    | stopped 2025-03-10, used again | with `after = "12 calendar-months"` |
    |---|---|
    | 2026-03-10 23:59:59.999 | nothing |
    | 2026-03-11 00:00 | opens |
    """

    Memory: type[Struct] | None = Rest
    fresh = Rest
    forgets = False

    def __init__(self, binding: Binding) -> None:
        params = msgspec.convert(binding.params, RestedParams)
        super().__init__(binding, params)
        self._after, self._calendar = period(params.after), binding.calendar

    def guard(self, kind: str) -> Guard:
        """Asked of steps; of states only of what was stopped."""
        return ALWAYS if kind in {"use_step", "inspection_step"} else Remembers()

    def read(self, subject: Subject, kind: str, data: Any, at: int) -> Finding | None:  # noqa: ARG002 - the contract
        """It is stopped, inspected, or used."""
        step = getattr(data, "step", "")
        if step in {"passed", "stopped", "scrapped"}:
            return self._ended(subject, data, at)
        memory: Rest | None = subject.memory.get(self.key)
        if memory is None or memory.open or at < memory.stopped or not (runs(data) if not step else step == "resumed"):
            return None
        if memory.inspected <= memory.stopped and at >= self._long(memory.stopped):
            return self.turn(subject, data, at, late=False, over=True, value=None, limit=None)
        if step:
            memory.stopped = NEVER
        return None

    def _ended(self, subject: Subject, data: Any, at: int) -> Finding | None:
        memory: Rest = subject.memory.setdefault(self.key, Rest())
        if data.step == "passed":
            memory.inspected = max(memory.inspected, at)
        if memory.open and at < memory.opened_at:
            return None
        if data.step != "passed" or memory.open:
            memory.stopped = at if data.step == "stopped" else NEVER
        return self.turn(subject, data, at, late=False, over=False, value=None, limit=None) if memory.open else None

    def _long(self, stopped: int) -> int:
        try:
            return end_of(stopped, self._after, self._calendar)[0]
        except ValueError:  # the calendar cannot tell: not judged
            return NEVER


def runs(data: Any) -> bool:
    """Whether a state is one of use: running, and not for an inspection, a test or a repair."""
    return bool(data.running) and getattr(data, "mode", "normal") != "inspection"
