"""Judge `stayed`: a duty by days or working days whose time stands still while a test, a hearing or a suspension lasts."""

from typing import Any

import msgspec
from msgspec import Struct, structs

from agents.core.alerts.state import Subject
from agents.core.judge import Finding
from agents.core.judges.duty import Duties, Duty, Pending, Side, sides
from agents.core.judges.parts.fields import Matches, reach, starting
from agents.core.rules.guard import Guard, any_of
from agents.core.rules.rule import Binding
from streams.calendar.periods import Pause, working_days_after
from streams.calendar.time_limit import TimeLimit
from streams.calendar.working_time import Calendar, midnight
from streams.messages import DAY

WORKING = frozenset({"civil-working-days", "statutory-working-days"})
"""Kinds of time limits that count working days alone."""


class Stays(Struct, frozen=True, forbid_unknown_fields=True):
    """The facts with which time stands still, and with which it runs on; `by` pairs them with the duty."""

    begins: Side
    ends: Side
    by: str


class StayedDuties(Duties):
    """`still`: by whose it is, since when (ms) time stands still, and the duties that wait for it."""

    still: dict[str, tuple[int, list[Pending]]] = msgspec.field(default_factory=dict)


class Stayed(Duty):
    """The stock judge `duty` with `stays`: what lies between them is not counted (行政处罚程序规定 18, 64; 行政强制法 25).

    A stay takes out the days after the one on which it begins, to the one on which it ends (民法典 201). Time that was over
    before the stay stays over.
    """

    Memory: type[Struct] | None = StayedDuties
    fresh = StayedDuties

    def __init__(self, binding: Binding) -> None:
        stays = msgspec.convert(binding.params.get("stays"), Stays)
        params = {name: value for name, value in binding.params.items() if name != "stays"}
        super().__init__(structs.replace(binding, params=params))
        self._stays = (stays.begins, stays.ends)
        self._stands, self._by = sides(binding, self._stays), [reach(binding, stays.by, [each.kind]) for each in self._stays]
        self._limits = [each.limit for each in self._within if each.limit is not None]
        if len(self._limits) < len(self._within):
            raise ValueError("give `within` by days of the law: of what runs by hours nothing stands still here")

    def guard(self, kind: str) -> Guard:
        """Asked of what begins or fulfils a duty, and of what stops or restarts its time."""
        return any_of(super().guard(kind), *[starting(self._binding, side, kind) for side in self._stays])

    def read(self, subject: Subject, kind: str, data: Any, at: int) -> Finding | None:
        """Stop or restart the time of one's duties, or what a duty does; an act ends those too whose time stands still."""
        place = _matching(self._stands.get(kind, []), subject, data)
        memory: StayedDuties | None = subject.memory.get(self.key)
        if place is None:
            act = _matching(self._acts.get(kind, []), subject, data)
            by_act = None if act is None else self._act_by[act]
            if memory is not None and by_act is not None:
                memory.still.pop(str(by_act(subject, data)), None)
            return super().read(subject, kind, data, at)
        if memory is None:
            return None
        by = str(self._by[place](subject, data))
        if place:
            self._restart(memory, by, at)
        else:
            _stop(memory, by, at)
        return self._tell(memory)

    def _restart(self, memory: StayedDuties, by: str, at: int) -> None:
        """Let the time of duties run on, as though they had begun so much later."""
        since, waiting = memory.still.pop(by, (at, []))
        for each in waiting:
            start = moved(each.start, self._limits[each.place], Pause(since, max(since, at)), self._calendar)
            found = self.timeline(start, each.place)
            first = found.steps[0][0]
            again = Pending(start, by, each.place, found.due, found.provisional, 0, first)
            memory.pending[by] = [*memory.pending.get(by, ()), again]
            memory.count += 1
            memory.next = min(memory.next, first)


def moved(start: int, limit: TimeLimit, pause: Pause, calendar: Calendar) -> int:
    """The start (ms) from which a period by days ends without the pause on the day on which it ends with it.

    A pause that begins on the last day of the period, or later, is none.

    >>> from streams.calendar.holidays import load
    >>> from streams.calendar.time_limit import parse_limit
    >>> from streams.messages import format_time, parse_time
    >>> start, *stay = map(parse_time, ("2026-07-01T10:00:00+08:00", "2026-07-03T10:00:00+08:00", "2026-07-08T09:00:00+08:00"))
    >>> format_time(moved(start, parse_limit("30 civil-days"), Pause(*stay), load()))
    '2026-07-06T10:00:00+08:00'
    """
    day, begun, ended = midnight(start), midnight(pause.start), midnight(pause.end)
    if limit.kind not in WORKING:
        return start + ended - begun if begun < day + limit.amount * DAY else start
    days = calendar.worked(begun + DAY, ended + DAY) // calendar.sessions.workday
    if not days or begun >= working_days_after(start, limit.amount, calendar):
        return start
    return calendar.working_day(day + DAY, after=days - 1)


def _stop(memory: StayedDuties, by: str, at: int) -> None:
    """Let the time of duties stand still that run."""
    running = memory.pending.get(by, [])
    waiting = [each for each in running if each.start <= at <= each.due]
    if not waiting or by in memory.still:
        return
    memory.still[by] = (at, waiting)
    memory.count -= len(waiting)
    left = [each for each in running if each not in waiting]
    if left:
        memory.pending[by] = left
    else:
        del memory.pending[by]


def _matching(known: list[tuple[int, Matches | None]], subject: Subject, data: Any) -> int | None:
    return next((place for place, matches in known if matches is None or matches(subject, data)), None)
