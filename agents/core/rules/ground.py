"""What a rule book stands on beside its own text: the domains' kinds of facts and code, the law of the system itself, the days.

All of it is handed in, decoded: `agents.rulebook.load` makes it from the files and modules of the tree.
"""

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from agents.core.judge import Judge
from agents.core.rules.rule import Binding, ClauseSpec
from streams.calendar.holidays import Holidays, Notice, build
from streams.calendar.working_time import Calendar
from streams.messages import Text
from streams.orders.matter import MatterSpec, Whose
from streams.places import DepartmentSpec

# What a domain's `judges.py` brings: JUDGES (its own judges by name), CHECKS and STATUS by kind of fact.

Check = Callable[[Any, int], list[tuple[str, str, str]]]
"""A domain's own checks of a payload and its event time: rows of (rule row, field, message).

In place of a row stands `unknown-code` where a code, a mark or a unit is none that the domain knows, and `nothing-to-judge`
where no rule reads anything of the fact.
"""

Status = Callable[[Any, int], dict[str, float | int | str | None]]
"""The values of a payload that the wall shows, given its event time."""


class FactKind(Struct, frozen=True):
    """One kind of fact: the struct of its payload, how late it may be (ms), how many event times of it are remembered.

    `for_record`: it holds nothing that could be judged; `stated`: a person, an office or a register says it, no instrument.
    `matter`: what of it a body must answer for; `whose`: whose matter its faults are; `title`: what it is called.
    """

    payload: Any
    allowance: int
    slots: int
    for_record: bool = False
    stated: bool = False
    matter: MatterSpec | None = None
    whose: Whose = "operator"
    title: Text | None = None


class DomainGround(Struct, frozen=True):
    """One domain: the department that owns its data, its kinds of facts, its own judges by name, checks and status by kind.

    `subjects`: the kinds of subjects that it has words for, which it knows beside those that its rules name.
    """

    owner: str
    kinds: Mapping[str, FactKind]
    judges: Mapping[str, Callable[[Binding], Judge]] = {}
    checks: Mapping[str, Check] = {}
    status: Mapping[str, Status] = {}
    subjects: frozenset[str] = frozenset()


class Ground(Struct, frozen=True):
    """The domains by name, the clauses and departments of the system's own oversight, the holidays and their calendar.

    `data_office`: the department that answers for data nobody else owns: 市数据局.
    """

    domains: Mapping[str, DomainGround]
    clauses: Mapping[str, ClauseSpec]
    departments: Mapping[str, DepartmentSpec]
    holidays: Holidays
    calendar: Calendar
    data_office: str = "zz-data"

    def with_notice(self, notice: Notice) -> "Ground":
        """The same with the holidays of a notice; ValueError says what is wrong with it."""
        known = self.holidays.with_notice(notice)
        return replace(self, holidays=known, calendar=build(known))
