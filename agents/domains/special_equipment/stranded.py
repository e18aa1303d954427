"""Judge `stranded`: people held so long that it is an accident by law."""

from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from agents.core.alerts.state import Subject
from agents.core.duration import span
from agents.core.judge import Finding
from agents.core.rules.rule import Binding
from agents.domains.special_equipment.payload import Rescue
from streams.messages import HOUR, NEVER

KEPT = 16
"""How many rescues are remembered for a device; of those that are over, the oldest gives way first."""


class StrandedParams(Struct, frozen=True, forbid_unknown_fields=True):
    """`people` or more, held for `after` or longer."""

    after: str
    people: Annotated[int, Meta(ge=0)] = 0


class HeldPeople(Struct, array_like=True):
    """One rescue: since when people are held and when they were freed (event times, ms), how many, whether it was told."""

    since: int = NEVER
    freed: int = NEVER
    people: int = 0
    told: bool = False


class Rescues(Struct, array_like=True):
    """Rescues by their number, since when the alert stands, and the newest event time (ms)."""

    held: dict[str, HeldPeople] = {}
    opened_at: int | None = None
    now: int = -NEVER


class Stranded:
    """Opens when people have been held for `after`, itself included, and closes when they are free.

    It opens also where they are known to have been held so long only once they are free, in whatever order the facts come, and
    then closes at the next moment. The value is how long, the limit `after`, both in hours. A false alarm never was one.

    | held for | outcome |
    |---|---|
    | 1 ms less than `after` | nothing |
    | `after` | opens |
    | longer, told after the end | opens, and closes with the next tick |
    """

    timed = idle = True
    Memory: type[Struct] | None = Rescues

    def __init__(self, binding: Binding) -> None:
        params = msgspec.convert(binding.params, StrandedParams)
        self.key = binding.key
        self._after = span(params.after)
        self._people = params.people

    def read(self, subject: Subject, kind: str, data: Rescue, at: int) -> Finding | None:  # noqa: ARG002 - the contract
        """People are held, or free."""
        if data.step in {"dispatched", "arrived"}:
            return None
        memory: Rescues = subject.memory.setdefault(self.key, Rescues())
        note(memory.held, data, at)
        memory.now = max(memory.now, at)
        return self._judge(memory, memory.now)

    def wake(self, subject: Subject, now: int) -> Finding | None:
        """They have been held long enough, or those of whom it was told are free."""
        return self._judge(subject.memory[self.key], now)

    def due(self, subject: Subject) -> int:
        """When it is long enough; the next moment where an alert stands of which nobody is left."""
        memory: Rescues | None = subject.memory.get(self.key)
        if memory is None:
            return NEVER
        due = [each.since + self._after for each in memory.held.values() if self._waits(each)]
        told = [each.freed for each in memory.held.values() if each.told]
        if memory.opened_at is not None and NEVER not in told:
            due.append(max(told, default=0) + 1)
        return min(due, default=NEVER)

    def _waits(self, held: HeldPeople) -> bool:
        return not held.told and held.freed == NEVER and held.since < NEVER and held.people >= self._people

    def _judge(self, memory: Rescues, now: int) -> Finding | None:
        fresh = [each for each in memory.held.values() if not each.told and self._long(each, now)]
        if fresh:
            for each in fresh:
                each.told = True
            if memory.opened_at is None:
                memory.opened_at = min(each.since for each in fresh)
            hours = max(min(each.freed, now) - each.since for each in fresh) / HOUR
            return Finding(active=True, opened_at=memory.opened_at, value=hours, limit=self._after / HOUR)
        if memory.opened_at is None or any(each.told and each.freed > now for each in memory.held.values()):
            return None
        opened_at, memory.opened_at = memory.opened_at, None
        return Finding(active=False, opened_at=opened_at)

    def _long(self, held: HeldPeople, now: int) -> bool:
        return held.people >= self._people and min(held.freed, now) - held.since >= self._after


def note(held: dict[str, HeldPeople], data: Rescue, at: int) -> None:
    """Note one step of a rescue among those that are known."""
    if data.rescue not in held and len(held) >= KEPT:
        del held[min(held, key=lambda name: (held[name].freed == NEVER, held[name].since))]
    known = held.setdefault(data.rescue, HeldPeople())
    if data.step == "trapped":
        known.since, known.people = min(known.since, at), max(known.people, data.people)
    else:
        known.freed = min(known.freed, at if data.step == "freed" else -NEVER)
