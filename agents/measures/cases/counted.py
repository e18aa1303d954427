"""Judges that judge nothing: they make cases of the duties that facts begin and fulfil, and of ratings. Pure.

A rule of the book says what begins a duty of the law, until when it is to be done and what fulfils it; it raises an alert
where that is late. Here the same rule, by the same reckoning, tells of each duty how it stands, late or not.
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from agents.core.alerts.state import Subject
from agents.core.dates import moment
from agents.core.judge import Finding, Judge
from agents.core.judges.duty import KEPT, By, Duties, Duty
from agents.core.judges.parts.standing import Untimed
from agents.core.rules.rule import Binding
from agents.domains.food_drug.amended import Amended
from agents.measures.cases.case import CallHour, CaseHead, DutyCase, RatingCase, Told
from streams.messages import HOUR, NEVER, format_time

BAD = 2
"""不满意 and 非常不满意 make a bad rating (国办发〔2019〕51号)."""


class CaseTeller:
    """Takes cases as they stand now. `duties`: which were told, by rule, subject and by what they are known."""

    def __init__(self, duties: Iterable[str] = ()) -> None:
        self.duties = set(duties)
        self._cases: dict[str, CaseHead] = {}

    def __call__(self, case: CaseHead) -> None:
        """It stands so."""
        self._cases[case.id] = case
        if case.of == "duty":
            self.duties.add(duty_of(case.id))

    def taken(self) -> list[CaseHead]:
        """What was told since this was asked last."""
        told, self._cases = self._cases, {}
        return list(told.values())


def duty_of(case: str) -> str:
    """Which duty a case is of, whenever it began.

    >>> duty_of("petition-not-told/petition_unit.1/7/2026-03-01T09:00:00+08:00")
    'petition-not-told/petition_unit.1/7'
    """
    return case.rpartition("/")[0]


Open = Mapping[tuple[str, int], int]
"""Duties of a subject that are not done: by whose they are and when they began, until when they are to be done (ms)."""

FOLLOWED = 65_536
"""How many open duties of a subject are followed; of more the one that was heard first stays as it stands. A choice."""


class TellingDuties(Duty):
    """Tells each duty of a rule when it begins, when its time changes and when it is done. Time alone changes no case."""

    most = FOLLOWED

    def __init__(self, binding: Binding, domain: str, told: CaseTeller) -> None:
        super().__init__(binding)
        self._rule, self._domain, self._told = binding.rule, domain, told
        self._pairs: dict[str, dict[By, Callable[[Subject, Any], str]]] = {}
        for side, pair in zip(self._sides, (*self._start_by, *self._act_by, *self._stop_by), strict=True):
            self._pairs.setdefault(side.kind, {})[side.by] = pair

    def read(self, subject: Subject, kind: str, data: Any, at: int) -> Finding | None:
        """What a fact begins or fulfils is told."""
        if kind not in self._roles:
            return None
        names = {pair(subject, data) for pair in self._pairs[kind].values()}
        before = self._open(subject, names)
        super().read(subject, kind, data, at)
        after = self._open(subject, names)
        begins_alone = self._once and self._roles[kind](subject, data)[0] is None
        replaced = {by for by, _ in after} if begins_alone else set[str]()
        for (by, start), due in before.items():
            if (by, start) in after:
                continue
            if by in replaced:  # it began earlier than was heard at first: one duty, and no second one
                self._told(self._case(subject, by, start, NEVER))
            else:
                done = self._case(subject, by, start, due)
                self._told(
                    replace(done, done_at=at, how=_word(data, "step"), found=_word(data, "found") or _word(data, "rated"))
                )
        self._tell_open(subject, {key: due for key, due in after.items() if before.get(key) != due})
        return None

    def due(self, subject: Subject) -> int:  # noqa: ARG002 - the contract
        """Nothing is told because time goes on."""
        return NEVER

    def renew(self, subject: Subject, now: int) -> Finding | None:
        """The calendar has changed: the deadlines are told anew."""
        super().renew(subject, now)
        memory: Duties | None = subject.memory.get(self.key)
        self._tell_open(subject, self._open(subject, () if memory is None else memory.pending))
        return None

    def _begin(self, memory: Duties, subject: Subject, data: Any, at: int, place: int) -> Finding | None:
        """One that is heard beyond those that are followed takes the place of the first."""
        found = super()._begin(memory, subject, data, at, place)
        if memory.count >= self.most:
            memory.count -= len(memory.pending.pop(next(iter(memory.pending))))
        return found

    def _tell(self, memory: Duties) -> Finding | None:  # noqa: ARG002 - the contract
        """No alert is raised."""
        return None

    def _open(self, subject: Subject, names: Iterable[str]) -> Open:
        memory: Duties | None = subject.memory.get(self.key)
        found = () if memory is None else (each for by in names for each in memory.pending.get(by, ()))
        return {(each.by, each.start): each.due for each in found}

    def _tell_open(self, subject: Subject, duties: Open) -> None:
        for (by, start), due in duties.items():
            self._told(self._case(subject, by, start, due))

    def _case(self, subject: Subject, by: str, start: int, due: int) -> DutyCase:
        kind, unit, district = _whose(subject)
        return DutyCase(
            id=f"{self._duty(subject, by)}/{format_time(start)}",
            of="duty",
            order="",
            number=by,
            kind=kind,
            unit=unit,
            district=district,
            domain=self._domain,
            begun=start,
            rule=self._rule,
            begun_at=start,
            duty_due=None if due == NEVER else due,
            done_at=None,
            how="",
            found="",
        )

    def _duty(self, subject: Subject, by: str) -> str:
        return f"{self._rule}/{subject.id}/{by}"


class CountedDuty(TellingDuties):
    """The same of the stock judge `duty`."""

    def _begin(self, memory: Duties, subject: Subject, data: Any, at: int, place: int) -> Finding | None:
        """What was fulfilled before the log heard that it had begun is a duty too; told again it is the first one."""
        found = super()._begin(memory, subject, data, at, place)
        by, get = self._start_by[place](subject, data), self._from[place]
        start = at if get is None else moment(get(subject, data)) or at
        done = memory.acts.get(by, -NEVER)
        again = self._once and self._duty(subject, by) in self._told.duties
        if done >= start and not (again or self._until[place]):
            with suppress(ValueError):  # the calendar cannot tell: no duty of the rule either
                self._told(replace(self._case(subject, by, start, self.timelines.of(start, place).due), done_at=done))
        return found


class CountedAmended(TellingDuties, Amended):
    """The same of a duty whose start says in which days it counts; what was done before it was told is not counted."""


DUTIES: Mapping[str, Callable[[Binding, str, CaseTeller], TellingDuties]] = {
    "duty": CountedDuty,
    "food_drug:amended": CountedAmended,
}
"""The judges whose rules watch duties of the law, and what makes cases of these."""


class BadRatings(Struct, array_like=True):
    """The newest bad ratings of a subject by number: when it was given (ms), its level, whether of one's own accord."""

    known: dict[str, tuple[int, int, int | None]] = {}


class _Telling(Untimed):
    """A judge that tells cases at once."""

    def __init__(self, binding: Binding, domain: str, told: CaseTeller) -> None:
        self.key = binding.key
        self._domain, self._told = domain, told


class CountedCalls(_Telling):
    """Tells each hour of a hotline; the last report of an hour counts."""

    Memory: type[Struct] | None = None

    def read(self, subject: Subject, kind: str, data: Any, at: int) -> Finding | None:  # noqa: ARG002 - the contract
        """An hour that ended at the fact's time."""
        whose, unit, district = _whose(subject)
        hour = (at - 1) // HOUR
        self._told(
            CallHour(
                id=f"calls/{subject.id}/{hour}",
                of="hour",
                order="",
                number=format_time(hour * HOUR),
                kind=whose,
                unit=unit,
                district=district,
                domain=self._domain,
                begun=hour * HOUR,
                subject=subject.id,
                hour=hour,
                calls=data.calls,
                answered=data.answered,
            )
        )
        return None


class CountedRating(_Telling):
    """Tells each rating of a window, and which were set aside (误评、恶意差评，核实后不予采纳)."""

    Memory: type[Struct] | None = BadRatings

    def read(self, subject: Subject, kind: str, data: Any, at: int) -> Finding | None:  # noqa: ARG002 - the contract
        """A rating, or a step of one."""
        memory: BadRatings = subject.memory.setdefault(self.key, BadRatings())
        if (level := getattr(data, "level", None)) is not None:
            own = None if data.own is None else int(data.own)
            self._told(self._case(subject, data.rating, at, level, own))
            if level <= BAD:
                memory.known[data.rating] = at, level, own
                if len(memory.known) > KEPT:
                    del memory.known[next(iter(memory.known))]
        elif data.step == "set-aside" and (known := memory.known.pop(data.rating, None)):
            self._told(replace(self._case(subject, data.rating, *known), set_aside=True))
        return None

    def _case(self, subject: Subject, number: str, at: int, level: int, own: int | None) -> RatingCase:
        kind, unit, district = _whose(subject)
        return RatingCase(
            id=f"rating/{subject.id}/{number}",
            of="rating",
            order="",
            number=number,
            kind=kind,
            unit=unit,
            district=district,
            domain=self._domain,
            begun=at,
            rated_at=at,
            level=level,
            set_aside=False,
            own=own,
        )


MAKERS: Mapping[Told, Callable[[Binding, str, CaseTeller], Judge]] = {
    "rating": CountedRating,
    "hour": CountedCalls,
}
"""What makes its cases of a rule's facts, where these are no duties."""


def _whose(subject: Subject) -> tuple[str, str, str]:
    """What a subject is, the body that it belongs to (itself where its register names none), and its district."""
    facts = subject.facts
    if facts is None:
        return "", subject.id, ""
    return facts.kind, str(facts.traits.get("unit") or subject.id), facts.adcode[:6]


def _word(data: Any, name: str) -> str:
    found = getattr(data, name, "")
    return found if isinstance(found, str) else ""
