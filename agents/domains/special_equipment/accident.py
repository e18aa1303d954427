"""Grades of accidents: judge `grade` finds one grade, judge `understated` a declared grade that is too low.

Judge `unreported` finds an accident that has a grade and that nobody has reported.
"""

from typing import get_args

import msgspec
from msgspec import Struct

from agents.core.alerts.state import Subject
from agents.core.dates import moment
from agents.core.duration import span
from agents.core.judge import Finding
from agents.core.judges.parts.law import InForce
from agents.core.judges.parts.standing import Untimed
from agents.core.rules.rule import Binding, Edition, adcode_of, in_force
from agents.domains.special_equipment.payload import Accident, AccidentStep, Grade, Handling
from streams.messages import NEVER

GRADES: tuple[Grade, ...] = get_args(Grade)
"""From the least to the worst."""

NUMBERS = ("dead", "hurt", "loss", "moved")

LEAKING = frozenset({"pressure_vessel", "mobile_vessel", "pressure_pipe"})
"""What a toxic leak of is graded by the people moved (61 to 64): vessels, mobile ones too, and pipes."""

BOILER, CRANE = frozenset({"boiler"}), frozenset({"crane"})

PRESSURISED = LEAKING | BOILER
"""What an explosion of is a larger accident (63 二)."""

KEPT = 16
"""How many accidents are remembered for a subject; the one not heard of for longest gives way."""


class CasedParams(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`by_equipment`: the nature of an accident counts for the kinds of equipment alone that the law names with it."""

    by_equipment: bool = False


class GradeParams(CasedParams, frozen=True, kw_only=True):
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

    def __init__(self, binding: Binding, params: CasedParams) -> None:
        self.key = binding.key
        self._editions = binding.editions
        self._by_equipment = params.by_equipment

    def read(self, subject: Subject, kind: str, data: Accident, at: int) -> Finding | None:  # noqa: ARG002 - the contract
        """What is known of an accident now."""
        memory: Cases = subject.memory.setdefault(self.key, Cases())
        if at < memory.known.pop(data.accident, (at, False))[0]:
            return None
        equipment = equipment_of(data, subject) if self._by_equipment else None
        grade = None if data.closed else grade_of(data, self._edition(subject, at).limits, equipment)
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
        params = msgspec.convert(binding.params, GradeParams)
        super().__init__(binding, params)
        self._grade = params.grade

    def over(self, data: Accident, grade: Grade) -> bool:  # noqa: ARG002 - the same for both
        """Whether it is this grade."""
        return grade == self._grade


class Understated(Cased):
    """An accident whose declared grade is below that of its numbers."""

    def __init__(self, binding: Binding) -> None:
        super().__init__(binding, msgspec.convert(binding.params, CasedParams))

    def over(self, data: Accident, grade: Grade) -> bool:
        """Whether the unit declared less."""
        return data.declared is not None and GRADES.index(data.declared) < GRADES.index(grade)


class Known(Struct, array_like=True):
    """What is known of one accident (event times, ms): when it occurred, when the unit's head was told, when it was reported.

    `graded`: by its newest fact, of `at`, it has a grade. `reported` is also when it was found to be none.
    """

    at: int = -NEVER
    occurred: int = NEVER
    told: int = NEVER
    reported: int = NEVER
    graded: bool = False


class Unheard(Struct, array_like=True):
    """Accidents by their number, since when the alert stands, and the newest moment (ms) that it was reckoned at."""

    known: dict[str, Known] = {}
    opened_at: int | None = None
    now: int = -NEVER


class UnreportedParams(Struct, frozen=True, forbid_unknown_fields=True):
    """`within`: how long after the unit's head was told the report is due; after the accident where nobody knows that.

    `limits`: those that make it an accident at all, as the clause of the grades has them.
    """

    within: str
    limits: dict[str, float]


class Unreported:
    """Opens when an accident with a grade has not been reported in time, closes when the last such one is.

    What has a grade is what the numbers, the nature and the equipment make an accident, and nothing that is excluded. Facts may
    come in any order. The value is how many are unreported, `due` the first deadline.

    | head told 09:30 of an accident of 09:00, `within = "1h"` | outcome |
    |---|---|
    | reported at 10:30 | nothing |
    | not reported | opens with the first moment after 10:30 |
    | found to be no accident of special equipment | nothing, or it closes |
    """

    timed = idle = True
    Memory: type[Struct] | None = Unheard

    def __init__(self, binding: Binding) -> None:
        self.key = binding.key
        params = msgspec.convert(binding.params, UnreportedParams)
        self._within = span(params.within)
        self._limits = params.limits
        self._law = InForce(binding)

    def read(self, subject: Subject, kind: str, data: Accident | AccidentStep | Handling, at: int) -> Finding | None:  # noqa: ARG002
        """What is known of an accident, or a step of its report or of the authority."""
        memory: Unheard = subject.memory.setdefault(self.key, Unheard())
        known = memory.known.pop(data.accident, None) or Known()
        memory.known[data.accident] = known
        if isinstance(data, Accident):
            self._note(known, data, at, equipment_of(data, subject))
        elif data.step == "unit-told":
            known.told = min(known.told, at)
        elif data.step in REPORTS:
            known.reported = min(known.reported, at)
        if len(memory.known) > KEPT:
            del memory.known[next(iter(memory.known))]
        return self._tell(subject, memory, at)

    def wake(self, subject: Subject, now: int) -> Finding | None:
        """A deadline is over."""
        return self._tell(subject, subject.memory[self.key], now)

    def due(self, subject: Subject) -> int:
        """The first moment after the next deadline."""
        memory: Unheard | None = subject.memory.get(self.key)
        if memory is None:
            return NEVER
        moments = (self._deadline(each) + 1 for each in memory.known.values() if each.graded and each.reported == NEVER)
        return min((at for at in moments if at > memory.now), default=NEVER)

    def _note(self, known: Known, data: Accident, at: int, equipment: str) -> None:
        if at < known.at:
            return
        occurred = moment(data.occurred)
        known.at, known.occurred = at, at if occurred is None else occurred
        known.graded = not data.closed and grade_of(data, self._limits, equipment) is not None

    def _deadline(self, known: Known) -> int:
        return (known.occurred if known.told == NEVER else known.told) + self._within

    def _tell(self, subject: Subject, memory: Unheard, at: int) -> Finding | None:
        memory.now = max(memory.now, at)
        late = [
            self._deadline(each)
            for each in memory.known.values()
            if each.graded and each.reported == NEVER and self._deadline(each) < memory.now
        ]
        if not late:
            opened_at, memory.opened_at = memory.opened_at, None
            return None if opened_at is None else Finding(active=False, opened_at=opened_at)
        if memory.opened_at is None:
            if early := self._law.early(subject, min(late)):
                return early
            memory.opened_at = min(late)
        return Finding(active=True, opened_at=memory.opened_at, value=len(late), due=min(late))


REPORTS = frozenset({"reported", "to-city", "to-province", "to-state", "excluded", "no-accident"})
"""Steps with which an accident is no longer unreported: the authority knows of it, or it is none."""


def equipment_of(data: Accident, subject: Subject) -> str:
    """The kind of equipment that an accident happened to: as it is told, else as its subject is registered."""
    return data.equipment or ("" if subject.facts is None else subject.facts.kind)


def grade_of(data: Accident, limits: dict[str, float], equipment: str | None) -> Grade | None:
    """The grade by numbers and nature (特种设备安全监察条例 61 to 64, but for stranding), or None where it is no accident.

    Each limit of the clause is itself of the higher grade (第三条: 以上包括本数). What is excluded has none
    (特种设备事故报告和调查处理规定 3). `equipment`: its kind; with None whatever the law names with some kinds alone counts.
    """
    if data.excluded:
        return None
    worst = _by_nature(data, limits, equipment)
    leaks = _is(equipment, LEAKING)
    for place, grade in enumerate(GRADES):
        numbers = ((name, limits.get(f"{grade}.{name}")) for name in NUMBERS if leaks or name != "moved")
        if any(limit is not None and getattr(data, name) >= limit for name, limit in numbers):
            worst = max(worst, place)
    return GRADES[worst] if worst >= 0 else None


def _is(equipment: str | None, of: frozenset[str]) -> bool:
    return equipment is None or equipment in of


def _by_nature(data: Accident, limits: dict[str, float], equipment: str | None) -> int:
    """The place of the grade that the nature of an accident gives, -1 for none: each is of some kinds of equipment alone."""
    large_boiler = _is(equipment, BOILER) and data.megawatts >= limits["megawatts"]
    match data.nature:
        case "explosion" if _is(equipment, PRESSURISED):
            return 3 if large_boiler else 1
        case "outage":
            return 2 if large_boiler and data.outage_hours >= limits["major.outage_hours"] else -1
        case "overturn" if _is(equipment, CRANE):
            return 1
        case "structure-broken" | "hoist-fallen" if _is(equipment, CRANE):
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
