"""Stock judge `duty`: something that must be done within a legal time."""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from agents.core.alerts.state import Subject
from agents.core.dates import moment
from agents.core.judge import Finding
from agents.core.judges.parts.fields import Matches, Reach, Trigger, matcher, reach, starting
from agents.core.judges.parts.law import InForce
from agents.core.judges.parts.legal import Period, ahead_of, end_of, period
from agents.core.rules.guard import Guard, any_of
from agents.core.rules.rule import Binding
from streams.messages import DAY, NEVER, Severity

KEPT = 256
"""How many open duties, and acts that came before their start, are remembered for a subject.

More duties than that wait for nothing until one is done.
"""


SOME_YEARS = 5 * 365 * DAY
"""How far into the calendar a rule's limits are tried, so that it reaches back far enough."""

Step = tuple[int, Severity | None]


class Side(Trigger, frozen=True, kw_only=True):
    """A start or an act: its `kind` and `where`; `by` and `within` where they differ from the rule's."""

    by: str = ""
    within: str = ""


class Remind(Struct, frozen=True, forbid_unknown_fields=True):
    """A reminder so long before the end, and its severity."""

    before: str
    severity: Severity = "blue"


class Level(Struct, frozen=True, forbid_unknown_fields=True):
    """The severity of a duty that is overdue for so long."""

    after: str
    severity: Severity


class DutyParams(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`starts` and `done`: the facts (one table or several) that begin the duty and that fulfil it.

    `by`: a path whose value pairs them; without it, an act fulfils every duty that began before it. `within`: `24h`,
    `7 working-days`. `remind`: how long before the end (a text, or `{ before, severity }`) the alert opens, blue where nothing
    else is said. `levels`: escalation once it is overdue. `from`: a path to the moment when time begins to run, a time or a
    date (default: event time of the start).
    """

    starts: Side | tuple[Side, ...]
    done: Side | tuple[Side, ...]
    by: str = ""
    within: str = ""
    remind: tuple[str | Remind, ...] = ()
    levels: tuple[Level, ...] = ()
    since: str = msgspec.field(name="from", default="")


class Pending(Struct, array_like=True):
    """One duty: when it began, whose it is (`by`), by which of the rule's starts, its deadline, and its next step.

    `stage` counts the steps of its timeline that are over, `next` is the time of the next one, or NEVER.
    """

    start: int
    by: str
    place: int
    due: int
    provisional: bool
    stage: int
    next: int


class Duties(Struct, array_like=True):
    """The duties of a subject by whose they are, `count` of them, none with a step before `next` (ms).

    `acts`: the newest act by whose it is, the one not seen for longest gives way. `told`: what was last told: number overdue,
    furthest stage, first deadline and whether it is provisional.
    """

    pending: dict[str, list[Pending]] = {}
    count: int = 0
    next: int = NEVER
    acts: dict[str, int] = {}
    told: list[int] = []
    opened_at: int = 0


class Timeline(Struct, frozen=True):
    """Deadline of one duty, whether it is provisional, and its steps in order: reminders, overdue, levels.

    A step is its moment (ms) and the severity that it brings, None for the rule's.
    """

    due: int
    provisional: bool
    steps: tuple[Step, ...]


class Duty:
    """One alert a subject: opens with the first reminder or when a duty is overdue, closes when none is any more.

    An act at the very deadline is in time. The value is the number of duties overdue, `due` the first deadline of those that
    the alert is about, and its severity that of the one that is furthest. A deadline that the calendar cannot tell is not
    judged. The calendar enters in `timeline` alone, a pure function of the start: `renew` computes it again.

    >>> from agents.core.judges.parts.example import example
    >>> example(Duty, {"starts": {"kind": "reading"}, "done": {"kind": "report"}, "within": "10s", "remind": ["4s"]},
    ...         (0, {}), (6, None), (10, None), (11, None), (12, {"kind": "report"}))
    ['6: stands blue 0', '11: stands 1', '12: over']
    """

    timed = True
    Memory: type[Struct] | None = Duties

    fresh: type[Duties] = Duties
    """What `Memory` is where there is none yet."""

    def __init__(self, binding: Binding) -> None:
        params = msgspec.convert(binding.params, DutyParams)
        starts, done = _listed(params.starts), _listed(params.done)
        if not all(side.within or params.within for side in starts):
            raise ValueError("give `within`: the time limit of the duty")
        self.key = binding.key
        self._binding, self._sides = binding, (*starts, *done)
        self._starts = sides(binding, starts)
        self._acts = sides(binding, done)
        self._within = [period(side.within or params.within) for side in starts]
        self._start_by = [_by(binding, side, params.by) for side in starts]
        self._act_by = [_by(binding, side, params.by) for side in done]
        self._from = [reach(binding, params.since, [side.kind]) if params.since else None for side in starts]
        self._remind = reminders(params.remind)
        self._levels = [(period(each.after), each.severity) for each in params.levels]
        self._calendar = binding.calendar
        self._law = InForce(binding)
        for place in range(len(starts)):  # a limit that cannot be counted back is refused with the rule
            self.timeline(self._calendar.first + SOME_YEARS, place)

    def guard(self, kind: str) -> Guard:
        """Asked of facts that begin a duty or fulfil one."""
        return any_of(*[starting(self._binding, side, kind) for side in self._sides])

    def read(self, subject: Subject, kind: str, data: Any, at: int) -> Finding | None:
        """An act fulfils duties, a start begins one."""
        act = _first(self._acts.get(kind, ()), subject, data)
        start = _first(self._starts.get(kind, ()), subject, data)
        if act is None and start is None:
            return None
        memory: Duties | None = subject.memory.get(self.key)
        if memory is None:
            memory = subject.memory[self.key] = self.fresh()
        by = "" if act is None else _key(self._act_by[act], subject, data)
        if act is not None:
            _fulfil(memory, by, at)
        early = None
        if start is not None and memory.count < KEPT:
            early = self._begin(memory, subject, data, at, start)
        if act is not None:
            memory.acts[by] = max(at, memory.acts.pop(by, at))
            if len(memory.acts) > KEPT:
                del memory.acts[next(iter(memory.acts))]
        return self._tell(memory) if memory.told else early

    def wake(self, subject: Subject, now: int) -> Finding | None:
        """A step of a duty's time is over."""
        memory: Duties = subject.memory[self.key]
        memory.next = NEVER
        for each in _all(memory):
            if each.next <= now:
                steps = self.timeline(each.start, each.place).steps
                each.stage, each.next = passed(steps, now)
            memory.next = min(memory.next, each.next)
        return self._tell(memory)

    def renew(self, subject: Subject, now: int) -> Finding | None:
        """The calendar has changed: every deadline is reckoned anew from its start."""
        memory: Duties | None = subject.memory.get(self.key)
        if memory is None:
            return None
        memory.next = NEVER
        for each in _all(memory):
            found = self.timeline(each.start, each.place)
            each.due, each.provisional = found.due, found.provisional
            each.stage, each.next = passed(found.steps, now)
            memory.next = min(memory.next, each.next)
        return self._tell(memory)

    def due(self, subject: Subject) -> int:
        """The next step of any duty, or of one that was done meanwhile."""
        memory: Duties | None = subject.memory.get(self.key)
        return NEVER if memory is None else memory.next

    def timeline(self, start: int, place: int) -> Timeline:
        """What will happen to a duty of the rule's start at `place` that begins at `start` (ms), if it is never done.

        ValueError where the calendar does not know the days.
        """
        due, provisional = end_of(start, self._within[place], self._calendar)
        steps: list[Step] = [(max(start, ahead_of(due, each, self._calendar)), severity) for each, severity in self._remind]
        steps.append((due + 1, None))
        steps += [(end_of(due, each, self._calendar)[0] + 1, severity) for each, severity in self._levels]
        return Timeline(due, provisional, tuple(sorted(steps, key=_at)))

    def _begin(self, memory: Duties, subject: Subject, data: Any, at: int, place: int) -> Finding | None:
        """Begin a duty, unless it is done, or known, or began before the law knew it: that is told."""
        by = _key(self._start_by[place], subject, data)
        get = self._from[place]
        start = at if get is None else _moment(get(subject, data), at)
        waiting = memory.pending.get(by, ())
        if memory.acts.get(by, -NEVER) >= start or any(each.start == start for each in waiting):
            return None
        if early := self._law.early(subject, start):
            return early
        try:
            found = self.timeline(start, place)
        except ValueError:  # the calendar cannot tell: not judged
            return None
        first = found.steps[0][0]
        memory.pending[by] = [*waiting, Pending(start, by, place, found.due, found.provisional, 0, first)]
        memory.count += 1
        memory.next = min(memory.next, first)
        return None

    def _tell(self, memory: Duties) -> Finding | None:
        active = [each for each in _all(memory) if each.stage]
        if not active:
            closing = bool(memory.told)
            memory.told = []
            return Finding(active=False, opened_at=memory.opened_at) if closing else None
        furthest = max(active, key=lambda each: (each.stage, -each.due))
        first = min(active, key=lambda each: (each.due, each.start))
        overdue = sum(each.stage > len(self._remind) for each in active)
        told = [overdue, furthest.stage, first.due, int(first.provisional)]
        if told == memory.told:
            return None
        if not memory.told:
            memory.opened_at = first.start
        memory.told = told
        return Finding(
            active=True,
            opened_at=memory.opened_at,
            value=overdue,
            severity=self.timeline(furthest.start, furthest.place).steps[furthest.stage - 1][1],
            due=first.due,
            provisional=first.provisional,
        )


def _all(memory: Duties) -> Iterator[Pending]:
    return (each for waiting in memory.pending.values() for each in waiting)


def _fulfil(memory: Duties, by: str, at: int) -> None:
    """An act ends the duties that are its own and began no later."""
    waiting = memory.pending.get(by)
    if waiting is None:
        return
    left = [each for each in waiting if each.start > at]
    memory.count -= len(waiting) - len(left)
    if left:
        memory.pending[by] = left
    else:
        del memory.pending[by]


def reminders(given: tuple[str | Remind, ...]) -> list[tuple[Period, Severity]]:
    """Reminders as rules state them."""
    full = [Remind(each) if isinstance(each, str) else each for each in given]
    return [(period(each.before), each.severity) for each in full]


def passed(steps: Sequence[Step], now: int) -> tuple[int, int]:
    """How many steps are over, and the time of the next one or NEVER."""
    stage = sum(at <= now for at, _ in steps)
    return stage, steps[stage][0] if stage < len(steps) else NEVER


def _listed(sides: Side | tuple[Side, ...]) -> tuple[Side, ...]:
    return (sides,) if isinstance(sides, Side) else sides


def sides(binding: Binding, given: Sequence[Trigger]) -> dict[str, list[tuple[int, Matches | None]]]:
    """By kind of fact: the places of the sides that it can be, and what must match."""
    found: dict[str, list[tuple[int, Matches | None]]] = {}
    for place, side in enumerate(given):
        found.setdefault(side.kind, []).append((place, matcher(binding, side.where, [side.kind])))
    return found


def _by(binding: Binding, side: Side, path: str) -> Reach | None:
    path = side.by or path
    return reach(binding, path, [side.kind]) if path else None


def _first(known: Sequence[tuple[int, Matches | None]], subject: Subject, data: Any) -> int | None:
    for place, matches in known:
        if matches is None or matches(subject, data):
            return place
    return None


def _key(get: Reach | None, subject: Subject, data: Any) -> str:
    return "" if get is None else str(get(subject, data))


def _moment(value: Any, otherwise: int) -> int:
    found = moment(value)
    return otherwise if found is None else found


def _at(step: Step) -> int:
    return step[0]
