"""Grades of accidents: judge `grade` finds one grade, judge `understated` a declared grade that is too low."""

from typing import get_args

import msgspec
from msgspec import Struct

from agents.core.alerts.state import Subject
from agents.core.judge import Finding
from agents.core.judges.parts.standing import Untimed
from agents.core.rules.rule import Binding, Edition, adcode_of, in_force
from agents.domains.special_equipment.payload import Accident, Grade

GRADES: tuple[Grade, ...] = get_args(Grade)
"""From the least to the worst."""

NUMBERS = ("dead", "hurt", "loss", "moved")

KEPT = 16
"""How many accidents are remembered for a subject; the one not heard of for longest gives way."""


class GradeParams(Struct, frozen=True, forbid_unknown_fields=True):
    """`grade`: the one that is looked for."""

    grade: Grade


class Cases(Struct, array_like=True):
    """Event time (ms) of the newest fact and whether it speaks for the alert, by accident; since when the alert stands."""

    known: dict[str, tuple[int, bool]] = {}
    opened_at: int | None = None


class Cased(Untimed):
    """Opens with an accident of which `over` is true, closes when there is none left: corrected, or closed.

    A fact older than the newest of its accident means nothing.
    """

    Memory: type[Struct] | None = Cases

    def __init__(self, binding: Binding) -> None:
        self.key = binding.key
        self._editions = binding.editions

    def read(self, subject: Subject, kind: str, data: Accident, at: int) -> Finding | None:  # noqa: ARG002 - the contract
        """What is known of an accident now."""
        memory: Cases = subject.memory.setdefault(self.key, Cases())
        if at < memory.known.pop(data.accident, (at, False))[0]:
            return None
        grade = None if data.closed else grade_of(data, self._edition(subject, at))
        over = grade is not None and self.over(data, grade)
        memory.known[data.accident] = (at, over)
        if len(memory.known) > KEPT:
            del memory.known[min(memory.known, key=lambda name: memory.known[name][0])]
        return _told(memory, at, over)

    def _edition(self, subject: Subject, at: int) -> Edition:
        """The edition that grades; the first one where none binds yet, so that what is told as not judged is told."""
        return in_force(self._editions, at, adcode_of(subject.facts)) or self._editions[0]

    def over(self, data: Accident, grade: Grade) -> bool:
        """Whether an accident of this grade speaks for the alert."""
        raise NotImplementedError


class Graded(Cased):
    """An accident of one grade."""

    def __init__(self, binding: Binding) -> None:
        super().__init__(binding)
        self._grade = msgspec.convert(binding.params, GradeParams).grade

    def over(self, data: Accident, grade: Grade) -> bool:  # noqa: ARG002 - the same for both
        """Whether it is this grade."""
        return grade == self._grade


class Understated(Cased):
    """An accident whose declared grade is below that of its numbers."""

    def over(self, data: Accident, grade: Grade) -> bool:
        """Whether the unit declared less."""
        return data.declared is not None and GRADES.index(data.declared) < GRADES.index(grade)


def grade_of(data: Accident, edition: Edition) -> Grade | None:
    """The grade by numbers and nature (特种设备安全监察条例 61 to 64, but for stranding), or None where it is no accident.

    Each limit of the clause is itself of the higher grade (第三条: 以上包括本数).
    """
    limits = edition.limits
    worst = _by_nature(data, limits)
    for place, grade in enumerate(GRADES):
        numbers = ((name, limits.get(f"{grade}.{name}")) for name in NUMBERS)
        if any(limit is not None and getattr(data, name) >= limit for name, limit in numbers):
            worst = max(worst, place)
    return GRADES[worst] if worst >= 0 else None


def _by_nature(data: Accident, limits: dict[str, float]) -> int:
    """The place of the grade that the nature of an accident gives, -1 for none."""
    large_boiler = data.megawatts >= limits["megawatts"]
    match data.nature:
        case "explosion":
            return 3 if large_boiler else 1
        case "outage":
            return 2 if large_boiler and data.outage_hours >= limits["major.outage_hours"] else -1
        case "overturn":
            return 1
        case "structure-broken" | "hoist-fallen":
            return 0
    return -1


def _told(memory: Cases, at: int, over: bool) -> Finding | None:
    opened_at = memory.opened_at
    if over:
        memory.opened_at = at if opened_at is None else opened_at
        return Finding(active=True, opened_at=memory.opened_at)
    if opened_at is None or any(speaks for _, speaks in memory.known.values()):
        return None
    memory.opened_at = None
    return Finding(active=False, opened_at=opened_at)
