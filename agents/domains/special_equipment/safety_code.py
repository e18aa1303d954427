"""Judge `code`: the three-colour safety code of a lift."""

from typing import Any, Literal

import msgspec
from msgspec import Struct

from agents.core.alerts.state import Subject
from agents.core.dates import validity
from agents.core.judge import Finding
from agents.core.judges.parts.standing import older
from agents.core.rules.rule import Binding
from agents.domains.special_equipment.in_use import register_end
from agents.domains.special_equipment.payload import Danger, FaultCheck, Maintenance, Rescue
from streams.calendar.working_time import midnight
from streams.messages import DAY, NEVER, Registered

KEPT = 64
"""How many rescues and dangers are remembered for a lift; the oldest give way."""

FAR = NEVER - 1_000 * DAY
"""From here on a moment rests on a sign that is not there."""

Colour = Literal["green", "yellow", "red"]


class CodeParams(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Numbers of the scheme, in days where they are no number of rescues.

    `whole_days`: of maintenance days are counted, not hours: the day of it is none, the last one counts to its 24:00.
    `unregistered`: a lift in use that is not registered is not green.
    """

    due_days: int
    maintained_days: tuple[int, int]
    trapped: int
    trapped_days: int
    fault_days: int
    whole_days: bool = False
    unregistered: bool = False


class Signs(Struct, array_like=True):
    """What the code rests on (event times, ms): end of validity, newest maintenance and fault, rescues and dangers by number.

    A rescue that was a false alarm, and a danger that is removed, stand with NEVER. `now`: until when it is reckoned.
    """

    end: int = NEVER
    used: bool = True
    maintained: int = NEVER
    fault: int = -NEVER
    trapped: dict[str, int] = {}
    dangers: dict[str, int] = {}
    now: int = -NEVER
    colour: Colour = "green"
    opened_at: int = 0


class Code:
    """Opens when the code is not green, with its colour as severity, and closes when it is green again.

    Red: validity over, last maintenance longer ago than the second of `maintained_days`, a serious danger not removed,
    `trapped` rescues in `trapped_days`, or unregistered after its time to register. Yellow: validity ends in less than
    `due_days`, last maintenance as long ago as the first of `maintained_days`, a fault or rescue in `fault_days`, or
    unregistered. What is not in use is green.
    """

    timed = idle = True
    Memory: type[Struct] | None = Signs

    def __init__(self, binding: Binding) -> None:
        self.key = binding.key
        self._params = msgspec.convert(binding.params, CodeParams)
        self._calendar = binding.calendar

    def read(self, subject: Subject, kind: str, data: Any, at: int) -> Finding | None:
        """Note a sign."""
        memory: Signs = subject.memory.setdefault(self.key, Signs())
        if isinstance(data, Registered):
            if not older(subject, kind, at):
                self._registered(memory, data)
        else:
            _noted(memory, data, at)
        return self._tell(subject, memory, at)

    def wake(self, subject: Subject, now: int) -> Finding | None:
        """A day has come that changes the code, or may."""
        return self._tell(subject, subject.memory[self.key], now)

    def due(self, subject: Subject) -> int:
        """The next moment at which a sign counts, or no longer does."""
        memory: Signs | None = subject.memory.get(self.key)
        if memory is None:
            return NEVER
        first, last = self._maintained(memory)
        moments = [memory.end - self._params.due_days * DAY + 1, memory.end, first, last + 1, self._register(subject) or NEVER]
        moments.append(memory.fault + self._params.fault_days * DAY)
        for at in memory.trapped.values():
            moments += [at + self._params.fault_days * DAY, at + self._params.trapped_days * DAY]
        return min((moment for moment in moments if memory.now < moment < FAR), default=NEVER)

    def colour(self, subject: Subject, memory: Signs, now: int) -> Colour:
        """The code by the signs at a moment (ms)."""
        params, (first, last), register = self._params, self._maintained(memory), self._register(subject)
        if not memory.used:
            return "green"
        trapped = sum(now - params.trapped_days * DAY < at < NEVER for at in memory.trapped.values())
        dangers = any(at < NEVER for at in memory.dangers.values())
        over = now >= min(memory.end, register or NEVER) or now > last
        if over or dangers or trapped >= params.trapped:
            return "red"
        faults = [memory.fault, *(at for at in memory.trapped.values() if at < NEVER)]
        if memory.end - now < params.due_days * DAY or now >= first or register is not None:
            return "yellow"
        return "yellow" if now - max(faults) < params.fault_days * DAY else "green"

    def _maintained(self, memory: Signs) -> tuple[int, int]:
        """When the last maintenance becomes a sign of yellow, and after which moment of red (ms, NEVER without one)."""
        first, last = self._params.maintained_days
        if memory.maintained == NEVER:
            return NEVER, NEVER
        if self._params.whole_days:
            return midnight(memory.maintained) + first * DAY, midnight(memory.maintained) + (last + 1) * DAY
        return memory.maintained + first * DAY, memory.maintained + last * DAY

    def _register(self, subject: Subject) -> int | None:
        """When the time to register is over (ms) for a lift that is not; None where it is, or does not matter."""
        traits = None if subject.facts is None else subject.facts.traits
        if not self._params.unregistered or traits is None or traits.get("use_state") != "unregistered":
            return None
        return register_end(traits.get("register_by"), self._calendar)

    def _registered(self, memory: Signs, data: Registered) -> None:
        valid, used = validity(data.traits.get("valid_until")), {"in-use"}
        memory.end = NEVER if valid is None else valid.end
        memory.used = data.traits.get("use_state", "in-use") in (used | {"unregistered"} if self._params.unregistered else used)

    def _tell(self, subject: Subject, memory: Signs, at: int) -> Finding | None:
        memory.now = max(memory.now, at)
        before, memory.colour = memory.colour, self.colour(subject, memory, memory.now)
        if memory.colour == before:
            return None
        if before == "green":
            memory.opened_at = memory.now
        if memory.colour == "green":
            return Finding(active=False, opened_at=memory.opened_at)
        return Finding(active=True, opened_at=memory.opened_at, severity=memory.colour)


def _noted(memory: Signs, data: Maintenance | FaultCheck | Rescue | Danger, at: int) -> None:
    if isinstance(data, Maintenance):
        memory.maintained = at if memory.maintained == NEVER else max(memory.maintained, at)
    elif isinstance(data, FaultCheck):
        memory.fault = max(memory.fault, at if data.step == "occurred" else -NEVER)
    elif isinstance(data, Rescue):
        _stand(memory.trapped, data.rescue, at, begins=data.step == "trapped", ends=data.step == "false-alarm")
    else:
        _stand(
            memory.dangers, data.danger, at, begins=data.step == "found", ends=data.step in {"mended", "removed", "ruled-out"}
        )


def _stand(known: dict[str, int], name: str, at: int, *, begins: bool, ends: bool) -> None:
    """Note when something began; what has ended stands with NEVER, whichever came first."""
    if ends:
        known[name] = NEVER
    elif begins:
        known.setdefault(name, at)
    if len(known) > KEPT:
        del known[next(iter(known))]
