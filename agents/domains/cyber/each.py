"""Judge `each`: what stands for each of several (a leak, a page), and ends for each by itself."""

from typing import Any

import msgspec
from msgspec import Struct

from agents.core.alerts.alarm import RANK
from agents.core.alerts.state import Subject
from agents.core.duration import span
from agents.core.judge import Finding
from agents.core.judges.duty import KEPT, By, Side, pairing, sides
from agents.core.judges.parts.fields import numbers
from agents.core.judges.parts.law import InForce
from agents.core.judges.parts.standing import note_newest
from agents.core.rules.rule import Binding
from streams.messages import NEVER, Severity


class Worse(Struct, frozen=True, rename={"start": "from"}, forbid_unknown_fields=True):
    """The severity of a number from this one on."""

    start: float
    severity: Severity


class OneByOneParams(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`starts`: the facts with which it stands, or stands once it has lasted for `within`; `until`: those that end it.

    `by`: the paths whose values say which one it is; `field`: its number (of people), and the `tiers` of that.
    """

    starts: tuple[Side, ...]
    until: tuple[Side, ...]
    by: By
    field: str = ""
    tiers: tuple[Worse, ...] = ()


class One(Struct, array_like=True):
    """Since when one stands and when it was last told of (ms), by which of the rule's starts, and its number."""

    since: int
    newest: int
    place: int
    value: float | None


class Several(Struct, array_like=True):
    """Those that stand and when others ended (ms), by which they are; the newest moment known; what was last told of them."""

    standing: dict[str, One] = {}
    ended: dict[str, int] = {}
    now: int = -NEVER
    told: list[float] = []
    opened_at: int = 0


class OneByOne:
    """Opens when the first has stood for its time (exactly that long is enough), closes when the last has ended.

    The value is the greatest number, without `field` how many stand. A fact told again keeps the time of the first and brings
    the number of the newest; one older than the end opens nothing.
    """

    timed = idle = True
    Memory: type[Struct] | None = Several

    def __init__(self, binding: Binding) -> None:
        params = msgspec.convert(binding.params, OneByOneParams)
        self.key = binding.key
        self._starts, self._until = sides(binding, params.starts), sides(binding, params.until)
        self._start_by = [pairing(binding, side, params.by) for side in params.starts]
        self._until_by = [pairing(binding, side, params.by) for side in params.until]
        self._after = [span(side.within) if side.within else 0 for side in params.starts]
        self._value = numbers(binding, params.field) if params.field else None
        self._tiers = params.tiers
        self._law = InForce(binding)

    def read(self, subject: Subject, kind: str, data: Any, at: int) -> Finding | None:
        """One that begins, is told again, or ends."""
        memory: Several = subject.memory.get(self.key) or Several()
        for place, matches in self._until.get(kind, ()):
            if matches is None or matches(subject, data):
                _end(memory, self._until_by[place](subject, data), at)
                return self._tell(subject, memory, at)
        for place, matches in self._starts.get(kind, ()):
            if matches is None or matches(subject, data):
                return self._begin(subject, memory, self._start_by[place](subject, data), data, at, place)
        return None

    def wake(self, subject: Subject, now: int) -> Finding | None:
        """One has stood for its time."""
        return self._tell(subject, subject.memory[self.key], now)

    def due(self, subject: Subject) -> int:
        """When the next one will have stood for its time."""
        memory: Several | None = subject.memory.get(self.key)
        if memory is None:
            return NEVER
        times = (each.since + self._after[each.place] for each in memory.standing.values())
        return min((time for time in times if time > memory.now), default=NEVER)

    def _begin(self, subject: Subject, memory: Several, by: str, data: Any, at: int, place: int) -> Finding | None:
        known = memory.standing.get(by)
        if at < memory.ended.get(by, -NEVER) or (known is None and len(memory.standing) >= KEPT):
            return None
        if known is None and (early := self._law.early(subject, at)):
            return early
        value = None if self._value is None else self._value(data)
        if known is None:
            memory.standing[by] = One(at, at, place, value)
        elif at >= known.newest:
            known.newest, known.value = at, value
        else:
            known.since = min(known.since, at)
        return self._tell(subject, memory, at)

    def _tell(self, subject: Subject, memory: Several, now: int) -> Finding | None:
        subject.memory[self.key] = memory
        memory.now = max(memory.now, now)
        standing = [each for each in memory.standing.values() if each.since + self._after[each.place] <= memory.now]
        if not standing:
            closing, memory.told = bool(memory.told), []
            return Finding(active=False, opened_at=memory.opened_at) if closing else None
        value = max((each.value or 0 for each in standing), default=0) if self._value else len(standing)
        if memory.told == [len(standing), value]:
            return None
        if not memory.told:
            memory.opened_at = min(each.since for each in standing)
        memory.told = [len(standing), value]
        reached = [tier.severity for tier in self._tiers if value >= tier.start]
        severity = max(reached, key=RANK.__getitem__, default=None)
        return Finding(active=True, opened_at=memory.opened_at, value=value, severity=severity)


def _end(memory: Several, by: str, at: int) -> None:
    note_newest(memory.ended, by, at, KEPT)
    known = memory.standing.get(by)
    if known is not None and at >= known.newest:
        del memory.standing[by]
