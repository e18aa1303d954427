"""Judge `period`: a period of the law that may be extended once, and that stands still while something is tested."""

from bisect import insort
from typing import Any

import msgspec
from msgspec import Struct

from agents.core.alerts.state import Subject
from agents.core.dates import moment
from agents.core.judge import Finding
from agents.core.judges.duty import Remind, passed, reminders
from agents.core.judges.parts.law import InForce
from agents.core.judges.parts.legal import ahead_of
from agents.core.rules.rule import Binding
from streams.calendar.periods import stretches
from streams.calendar.time_limit import Deadline, deadline, parse_limit
from streams.calendar.working_time import midnight
from streams.messages import DAY, NEVER

KEPT = 64
"""How many periods are remembered for a subject; of those that are over, the oldest gives way first."""


class PeriodParams(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`by`: the field that names a period; the other texts are steps of it, as its facts tell them in `step`.

    `within`: its length; `extension`: its whole length once it is extended before its end. `remind`: as of a duty.
    """

    by: str
    starts: str
    done: tuple[str, ...]
    within: str
    extended: str
    extension: str
    paused: str
    resumed: str
    remind: tuple[str | Remind, ...] = ()


class RunningPeriod(Struct, array_like=True):
    """One period: its first start, extension and end, when tests began and ended (ms), and its deadline.

    That is NEVER while it stands still. `stage`: how many of its steps are over.
    """

    start: int = NEVER
    extended: int = NEVER
    done: int = NEVER
    paused: list[int] = []
    resumed: list[int] = []
    due: int = NEVER
    provisional: bool = False
    stage: int = 0
    next: int = NEVER


class Periods(Struct, array_like=True):
    """Periods by their name; until when they are reckoned; what was last told, and since when the alert stands."""

    known: dict[str, RunningPeriod] = {}
    now: int = -NEVER
    told: list[int] = []
    opened_at: int = 0


class Counting:
    """One alert a subject: opens with the first reminder or when a period is over, closes when none is that is not done.

    The facts of a period may come in any order. Days after the one on which a test begins, to the one on which it ends, do not
    count; while it lasts nothing runs out that has not before. An extension after the end is none.

    | 30 days from 1 July, extension on | with `within = "30 civil-days"`, `extension = "60 civil-days"` |
    |---|---|
    | 31 July 24:00 | ends 30 August 24:00 (a Sunday: 31 August) |
    | 1 August 00:00:00.001 | has ended on 31 July 24:00 |
    """

    timed = idle = True
    Memory: type[Struct] | None = Periods

    def __init__(self, binding: Binding) -> None:
        params = msgspec.convert(binding.params, PeriodParams)
        self.key = binding.key
        self._params, self._calendar, self._law = params, binding.calendar, InForce(binding)
        self._within, self._extension = parse_limit(params.within), parse_limit(params.extension)
        self._remind = reminders(params.remind)

    def read(self, subject: Subject, kind: str, data: Any, at: int) -> Finding | None:  # noqa: ARG002 - the contract
        """A step of a period."""
        params, step = self._params, data.step
        if step not in {params.starts, params.extended, params.paused, params.resumed, *params.done}:
            return None
        start = _told(data, at) if step == params.starts else at
        if step == params.starts and (early := self._law.early(subject, start)):
            return early
        memory: Periods = subject.memory.setdefault(self.key, Periods())
        each = _named(memory, getattr(data, params.by))
        if step == params.starts:
            each.start = min(each.start, start)
        elif step == params.extended:
            each.extended = min(each.extended, at)
        elif step in params.done:
            each.done = min(each.done, at)
        else:
            insort(each.paused if step == params.paused else each.resumed, at)
        memory.now = max(memory.now, at)
        return self._reckon(memory, [each])

    def wake(self, subject: Subject, now: int) -> Finding | None:
        """A reminder, or the end of a period."""
        memory: Periods = subject.memory[self.key]
        memory.now = max(memory.now, now)
        return self._reckon(memory, [])

    def renew(self, subject: Subject, now: int) -> Finding | None:
        """The calendar has changed: every deadline is reckoned anew."""
        memory: Periods | None = subject.memory.get(self.key)
        if memory is None:
            return None
        memory.now = max(memory.now, now)
        return self._reckon(memory, list(memory.known.values()))

    def due(self, subject: Subject) -> int:
        """The next step of any period."""
        memory: Periods | None = subject.memory.get(self.key)
        return NEVER if memory is None else min((each.next for each in memory.known.values()), default=NEVER)

    def ends(self, each: RunningPeriod) -> Deadline:
        """When a period ends, NEVER while it stands still or the calendar cannot tell."""
        if each.start == NEVER:
            return Deadline(NEVER, provisional=False)
        pauses, standing = stretches(_steps(each.paused, each.resumed))
        try:
            end = deadline(each.start, self._within, self._calendar, pauses)
            if each.extended <= end.at or (standing is not None and each.extended < NEVER and _stands(end, standing)):
                end = deadline(each.start, self._extension, self._calendar, pauses)
        except (ValueError, OverflowError):
            return Deadline(NEVER, provisional=False)
        return Deadline(NEVER, provisional=False) if standing is not None and _stands(end, standing) else end

    def _reckon(self, memory: Periods, changed: list[RunningPeriod]) -> Finding | None:
        for each in changed:
            end = self.ends(each)
            each.due, each.provisional = end.at, end.provisional
        for each in memory.known.values():
            if each.done < NEVER or each.due == NEVER:
                each.stage, each.next = 0, NEVER
                continue
            steps = [(max(each.start, ahead_of(each.due, ahead, self._calendar)), severity) for ahead, severity in self._remind]
            each.stage, each.next = passed(sorted([*steps, (each.due + 1, None)], key=_at), memory.now)
        return self._tell(memory)

    def _tell(self, memory: Periods) -> Finding | None:
        active = [each for each in memory.known.values() if each.stage]
        if not active:
            closing, memory.told = bool(memory.told), []
            return Finding(active=False, opened_at=memory.opened_at) if closing else None
        furthest, first = max(each.stage for each in active), min(active, key=_due)
        overdue = sum(each.stage > len(self._remind) for each in active)
        told = [overdue, furthest, first.due, int(first.provisional)]
        if told == memory.told:
            return None
        if not memory.told:
            memory.opened_at = first.start
        memory.told = told
        severities = [*(severity for _, severity in self._remind), None]
        return Finding(
            active=True,
            opened_at=memory.opened_at,
            value=overdue,
            severity=severities[furthest - 1],
            due=first.due,
            provisional=first.provisional,
        )


def _steps(begun: list[int], ended: list[int]) -> list[tuple[int, bool]]:
    """When tests began (True) and ended, in order; of one moment the beginning comes first: such a test takes no time.

    >>> _steps([10, 50], [30])
    [(10, True), (30, False), (50, True)]
    """
    found = [*((at, True) for at in begun), *((at, False) for at in ended)]
    return sorted(found, key=lambda step: (step[0], not step[1]))


def _stands(end: Deadline, since: int) -> bool:
    """Whether a period that would end so stands still by a test that began before."""
    return end.at > midnight(since) + DAY


def _named(memory: Periods, name: str) -> RunningPeriod:
    if name not in memory.known and len(memory.known) >= KEPT:
        del memory.known[min(memory.known, key=lambda each: (memory.known[each].done == NEVER, memory.known[each].start))]
    return memory.known.setdefault(name, RunningPeriod())


def _told(data: Any, at: int) -> int:
    """When it began: on the day that the fact names, else with the fact."""
    found = moment(data.since) if data.since else None
    return at if found is None else found


def _at(step: tuple[int, Any]) -> int:
    return step[0]


def _due(each: RunningPeriod) -> int:
    return each.due
