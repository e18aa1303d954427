"""Stock judge `duty`: something that must be done within a legal time."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Literal

import msgspec
from msgspec import Struct

from agents.core.alerts.state import Subject
from agents.core.dates import ends, moment
from agents.core.judge import Finding
from agents.core.judges.parts.fields import Matches, Trigger, Where, chooser, matcher, reach, starting, texts
from agents.core.judges.parts.law import InForce
from agents.core.judges.parts.legal import Period, period, sayable
from agents.core.judges.parts.standing import note_newest
from agents.core.judges.parts.timelines import Step, Timeline, Timelines
from agents.core.rules.guard import Guard, any_of
from agents.core.rules.rule import Binding
from streams.messages import DAY, NEVER, Severity

KEPT = 256
"""How many open duties, and acts that came before their start, are remembered for a subject.

More duties than that wait for nothing until one is done.
"""


SOME_YEARS = 5 * 365 * DAY
"""How far into the calendar a rule's limits are tried, so that it reaches back far enough."""

By = str | tuple[str, ...]
"""A path whose value pairs facts, or several."""


class Side(Trigger, frozen=True, kw_only=True):
    """A start or an act: its `kind` and `where`; `by` and `within` where they differ from the rule's.

    Facts that equal all of `unless` are none. `timely`: an act that counts up to the deadline alone, as an extension does.
    """

    by: By = ""
    within: str = ""
    unless: Where = msgspec.field(default_factory=dict)
    timely: bool = False


class Stop(Struct, frozen=True, forbid_unknown_fields=True):
    """What is not counted in the time (行政许可法 45): from the fact that `begins` it to the one that `ends` it."""

    begins: Side
    ends: Side


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

    `by`: a path whose value pairs them (or several); without it, an act fulfils every duty that began before it. `within`:
    `24h`, `7 working-days`. `remind`: how long before the end (a text, or `{ before, severity }`) the alert opens, blue where
    nothing else is said. `levels`: escalation once it is overdue. `from`: a path to the moment when time begins to run, a time
    or a date (default: event time of the start). `once`: the duty of what is paired begins with its first start, until it is
    done (`open`), or for good (`ever`). `pause`: time that is not counted. `until`, in place of `within`: a path to the last
    day or moment itself.
    """

    starts: Side | tuple[Side, ...]
    done: Side | tuple[Side, ...]
    by: By = ""
    within: str = ""
    remind: tuple[str | Remind, ...] = ()
    levels: tuple[Level, ...] = ()
    since: str = msgspec.field(name="from", default="")
    once: Literal["", "open", "ever"] = ""
    pause: Stop | None = None
    until: str = ""


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


class Paused(Duties, array_like=True):
    """The same of a rule with pauses; `breaks`: when they began (True) and ended, by whose they are, in order."""

    breaks: dict[str, list[tuple[int, bool]]] = {}


class Duty:
    """One alert a subject: opens with the first reminder or when a duty is overdue, closes when none is any more.

    An act at the very deadline is in time. The value is the number of duties overdue, `due` the first deadline of those that
    the alert is about, and its severity that of the one that is furthest. A deadline that the calendar cannot tell is not
    judged. The calendar enters in `timelines` alone, a pure function of the start and its pauses: `renew` computes it again.

    >>> from agents.core.judges.parts.example import example
    >>> example(Duty, {"starts": {"kind": "reading"}, "done": {"kind": "report"}, "within": "10s", "remind": ["4s"]},
    ...         (0, {}), (6, None), (10, None), (11, None), (12, {"kind": "report"}))
    ['6: stands blue 0', '11: stands 1', '12: over']
    """

    timed = idle = True
    Memory: type[Struct] | None = Duties

    fresh: type[Duties] = Duties
    """What `Memory` is where there is none yet."""

    most = KEPT
    """How many open duties of a subject are followed."""

    def __init__(self, binding: Binding) -> None:
        params = msgspec.convert(binding.params, DutyParams)
        starts, done = listed(params.starts), listed(params.done)
        stops = () if params.pause is None else (params.pause.begins, params.pause.ends)
        if not all(side.within or params.within or params.until for side in starts):
            raise ValueError("give `within`: the time limit of the duty")
        if params.until and (stops or params.within or any(side.within for side in starts)):
            raise ValueError("`until` is the last day itself: leave `within` and `pause` away")
        self.key = binding.key
        self._binding, self._sides = binding, (*starts, *done, *stops)
        self._roles = {kind: roles(binding, kind, done, starts, stops) for kind in {side.kind for side in self._sides}}
        self._once = params.once
        if stops:
            self.Memory = self.fresh = Paused
        self._stop_by = [pairing(binding, side, params.by) for side in stops]
        self._until = [reach(binding, params.until, [side.kind]) if params.until else None for side in starts]
        self._timely = [side.timely for side in done]
        self._start_by = [pairing(binding, side, params.by) for side in starts]
        self._act_by = [pairing(binding, side, params.by) for side in done]
        self._from = [reach(binding, params.since, [side.kind]) if params.since else None for side in starts]
        self._remind = reminders(params.remind)
        levels = [(period(each.after), each.severity) for each in params.levels]
        within = [] if params.until else [period(side.within or params.within) for side in starts]
        self.timelines = Timelines(within, self._remind, levels, binding.calendar)
        self._law = InForce(binding)
        tried = binding.calendar.first + SOME_YEARS  # a limit that cannot be counted back is refused with the rule
        for place in range(len(within)):
            self.timelines.of(tried, place)
        if params.until:
            self.timelines.until(tried, tried)

    def guard(self, kind: str) -> Guard:
        """Asked of facts that begin a duty or fulfil one."""
        return any_of(*[starting(self._binding, side, kind) for side in self._sides])

    def read(self, subject: Subject, kind: str, data: Any, at: int) -> Finding | None:
        """An act fulfils duties, a start begins one."""
        if kind not in self._roles:
            return None
        act, start, stop = self._roles[kind](subject, data)
        if act is None and start is None and stop is None:
            return None
        memory: Duties | None = subject.memory.get(self.key)
        if memory is None:
            memory = subject.memory[self.key] = self.fresh()
        if stop is not None:
            self._stop(memory, self._stop_by[stop](subject, data), at, begins=stop == 0)
        by = "" if act is None else self._act_by[act](subject, data)
        if act is not None and by in memory.pending:
            _fulfil(memory, by, at, timely=self._timely[act])
        early = None
        if start is not None and memory.count < self.most:
            early = self._begin(memory, subject, data, at, start)
        if act is not None:
            note_newest(memory.acts, by, at, KEPT)
        return self._tell(memory) if memory.told or stop is not None else early

    def wake(self, subject: Subject, now: int) -> Finding | None:
        """A step of a duty's time is over."""
        memory: Duties = subject.memory[self.key]
        memory.next = NEVER
        for each in _all(memory):
            if each.next <= now:
                steps = self._timeline(memory, each).steps
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
            self._reckon(memory, each, now)
            memory.next = min(memory.next, each.next)
        return self._tell(memory)

    def due(self, subject: Subject) -> int:
        """The next step of any duty, or of one that was done meanwhile."""
        memory: Duties | None = subject.memory.get(self.key)
        return NEVER if memory is None else memory.next

    def _begin(self, memory: Duties, subject: Subject, data: Any, at: int, place: int) -> Finding | None:
        """Begin a duty, unless it is done, or known, or began before the law knew it: that is told."""
        by = self._start_by[place](subject, data)
        get = self._from[place]
        start = at if get is None else _moment(get(subject, data), at)
        waiting = memory.pending.get(by, ())
        if memory.acts.get(by, -NEVER) >= start or (waiting and any(each.start == start for each in waiting)):
            return None
        if self._once and (any(each.start < start for each in waiting) or (self._once == "ever" and by in memory.acts)):
            return None
        if early := self._law.early(subject, start):
            return early
        try:
            if until := self._until[place]:
                found = self.timelines.until(start, _end(until(subject, data)))
            else:
                found = self.timelines.of(start, place, _breaks(memory, by))
        except ValueError:  # the calendar cannot tell: not judged
            return None
        first = found.steps[0][0] if found.steps else NEVER
        kept = [] if self._once else waiting
        memory.pending[by] = [*kept, Pending(start, by, place, found.due, found.provisional, 0, first)]
        memory.count += 1 + len(kept) - len(waiting)
        memory.next = min(memory.next, first)
        return None

    def _stop(self, memory: Duties, by: str, at: int, *, begins: bool) -> None:
        """A pause begins or ends: the deadlines of whose it is are reckoned anew."""
        if not isinstance(memory, Paused):
            return
        known = memory.breaks.pop(by, [])
        if len(memory.breaks) >= KEPT:
            del memory.breaks[next(iter(memory.breaks))]
        memory.breaks[by] = sorted({*known, (at, begins)})[-KEPT:]
        for each in memory.pending.get(by, ()):
            self._reckon(memory, each, at)
        memory.next = min((each.next for each in _all(memory)), default=NEVER)

    def _reckon(self, memory: Duties, each: Pending, now: int) -> None:
        found = self._timeline(memory, each)
        each.due, each.provisional = found.due, found.provisional
        each.stage, each.next = passed(found.steps, now)

    def _timeline(self, memory: Duties, each: Pending) -> Timeline:
        if self._until[each.place]:
            return self.timelines.until(each.start, each.due)
        return self.timelines.of(each.start, each.place, _breaks(memory, each.by))

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
            severity=self._timeline(memory, furthest).steps[furthest.stage - 1][1],
            due=first.due,
            provisional=first.provisional,
        )


def _all(memory: Duties) -> Iterator[Pending]:
    return (each for waiting in memory.pending.values() for each in waiting)


def _fulfil(memory: Duties, by: str, at: int, *, timely: bool) -> None:
    """An act ends the duties that are its own and began no later; a timely one those alone that are not overdue by then."""
    waiting = memory.pending[by]
    left = [each for each in waiting if each.start > at or (timely and at > each.due)]
    memory.count -= len(waiting) - len(left)
    if left:
        memory.pending[by] = left
    else:
        del memory.pending[by]


def _breaks(memory: Duties, by: str) -> Sequence[tuple[int, bool]]:
    return memory.breaks.get(by, ()) if isinstance(memory, Paused) else ()


def reminders(given: tuple[str | Remind, ...]) -> list[tuple[Period, Severity]]:
    """Reminders as rules state them."""
    full = [Remind(each) if isinstance(each, str) else each for each in given]
    return [(period(each.before), each.severity) for each in full]


def passed(steps: Sequence[Step], now: int) -> tuple[int, int]:
    """How many steps are over, and the time of the next one or NEVER."""
    stage = sum(at <= now for at, _ in steps)
    return stage, steps[stage][0] if stage < len(steps) else NEVER


def listed(sides: Side | tuple[Side, ...]) -> tuple[Side, ...]:
    """The tables of facts that a rule gives as one or as several."""
    return (sides,) if isinstance(sides, Side) else sides


def sides(binding: Binding, given: Sequence[Side]) -> dict[str, list[tuple[int, Matches | None]]]:
    """By kind of fact: the places of the sides that it can be, and what must match."""
    found: dict[str, list[tuple[int, Matches | None]]] = {}
    for place, side in enumerate(given):
        found.setdefault(side.kind, []).append((place, _matching(binding, side)))
    return found


def roles(binding: Binding, kind: str, *given: Sequence[Side]) -> Callable[[Subject, Any], Sequence[int | None]]:
    """What tells of a fact of a kind the place of the first side of each of these lists that it is, or None."""
    wanted = [[(n, side.where, side.unless) for n, side in enumerate(each) if side.kind == kind] for each in given]
    try:
        return chooser(binding, kind, wanted)
    except TypeError:
        tests = [sides(binding, each).get(kind, ()) for each in given]
        return lambda subject, data: [_first(each, subject, data) for each in tests]


def _matching(binding: Binding, side: Side) -> Matches | None:
    matches, excluded = (matcher(binding, where, [side.kind]) for where in (side.where, side.unless))
    if excluded is None:
        return matches
    return lambda subject, data: (matches is None or matches(subject, data)) and not excluded(subject, data)


def pairing(binding: Binding, side: Side, by: By) -> Callable[[Subject, Any], str]:
    """What reads of a fact whose it is: the text of the value at the path, or of those at several."""
    paths = side.by or by
    if not paths:
        return _nobodys
    return texts(binding, (paths,) if isinstance(paths, str) else paths, [side.kind])


def _nobodys(subject: Subject, data: Any) -> str:  # noqa: ARG001 - one shape with and without paths
    return ""


def _first(known: Sequence[tuple[int, Matches | None]], subject: Subject, data: Any) -> int | None:
    for place, matches in known:
        if matches is None or matches(subject, data):
            return place
    return None


def _moment(value: Any, otherwise: int) -> int:
    found = moment(value)
    return otherwise if found is None else found


def _end(value: Any) -> int:
    """When the day that a fact names is over (ms), or the moment; ValueError where it names none."""
    found = ends(value)
    if found is None:
        raise ValueError("no date")
    return sayable(found)
