"""What the judges of one condition share: delays, tiers, and telling when time alone changes something."""

from operator import gt
from typing import Annotated, Any

from msgspec import Meta, Struct

from agents.core.alerts.state import Subject
from agents.core.duration import span
from agents.core.judge import Finding
from agents.core.judges.parts.fields import Get, Where, counting, matcher, measured, numbers
from agents.core.judges.parts.law import InForce
from agents.core.judges.parts.standing import Delay, Standing
from agents.core.judges.parts.tiers import Beyond, Tier, Tiers
from agents.core.rules.guard import Guard
from agents.core.rules.paths import Names
from agents.core.rules.rule import Binding
from streams.messages import NEVER

Readings = Annotated[int, Meta(ge=1, le=1_000)]


class ConditionParams(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`where`: only such facts count; `field`: what is read of them (default: the item).

    `open_after` and `close_after` count readings in a row; `on_delay` and `off_delay` are how long the condition must hold or
    be gone, which time alone can complete. Where both are given, both must be fulfilled.
    """

    where: Where = {}
    field: str = ""
    open_after: Readings = 1
    close_after: Readings = 1
    on_delay: str = "0s"
    off_delay: str = "0s"
    tiers: tuple[Tier, ...] = ()


class Condition:
    """Base of judges of one condition; a judge's `read` decides whether it is `over` and calls `turn`.

    A reading older than the newest of its kind can open an alert where one reading is enough; it never closes or counts.
    """

    Memory: type[Struct] | None = Standing

    fresh: type[Standing] = Standing
    """What `Memory` is where there is none yet."""

    forgets = True
    """Whether nothing is remembered while the condition is far."""

    idle = True

    def __init__(self, binding: Binding, params: ConditionParams, beyond: Beyond = gt, *, down: bool = False) -> None:
        self.key = binding.key
        self._binding, self._where, self._path = binding, params.where, params.field or binding.item
        self._delay = Delay(params.open_after, params.close_after, on=span(params.on_delay), off=span(params.off_delay))
        self._patient = self._delay.opens > 1 or self._delay.on > 0
        self._tiers = Tiers(binding, params.tiers, beyond, down=down)
        self._matches = matcher(binding, params.where)
        self._law = InForce(binding)
        self.timed = self._delay.on > 0 or self._delay.off > 0 or self._tiers.timed

    @property
    def single(self) -> bool:
        """Whether one reading opens and closes it, with no time in it; a judge of more facts than one says that it is not."""
        return False

    def _counting(self, kind: str) -> Guard:
        """The guard of facts of a kind that count."""
        return counting(self._binding, self._where, kind)

    def _measured(self, kind: str) -> Names | None:
        """The path of the number that is compared, for guards."""
        return measured(self._binding, self._path, kind)

    def turn(
        self, subject: Subject, data: Any, at: int, *, late: bool, over: bool, value: float | None, limit: float | None
    ) -> Finding | None:
        """Let a reading speak for or against the condition; `late` where it is older than what is known."""
        memory: Standing | None = subject.memory.get(self.key)
        if over and (memory is None or not memory.open) and (early := self._law.early(subject, at)):
            return early
        if memory is None:
            if not over:
                return None
            memory = self.fresh()
        if late and (memory.open or self._patient or not over):
            return None
        stands = self._delay.turn(memory, over, at)
        if over:
            memory.value, memory.limit = value, limit
            memory.held = self._reached(subject, data, value, limit)
        self._keep(subject, memory)
        if stands is None:
            return None
        severity = self._severity(memory, at) if stands else None
        tiers = tuple(memory.held) if stands else ()
        return Finding(active=stands, opened_at=memory.opened_at, value=value, limit=limit, severity=severity, tiers=tiers)

    def wake(self, subject: Subject, now: int) -> Finding | None:
        """A delay or a tier's time is over."""
        memory: Standing = subject.memory[self.key]
        stands = self._delay.ripe(memory, now)
        self._keep(subject, memory)
        if not memory.open and stands is None:
            return None
        severity = self._severity(memory, now) if memory.open else None
        return Finding(
            active=memory.open,
            opened_at=memory.opened_at,
            value=memory.value,
            limit=memory.limit,
            severity=severity,
            tiers=tuple(memory.held) if memory.open else (),
        )

    def due(self, subject: Subject) -> int:
        """When a delay is over or the next tier is reached."""
        memory: Standing | None = subject.memory.get(self.key)
        if memory is None:
            return NEVER
        due = self._delay.due(memory)
        if memory.open and memory.held:
            stood = self._tiers.due(memory.held, memory.told - memory.opened_at)
            return due if stood is None else min(due, memory.opened_at + stood)
        return due

    def _reached(self, subject: Subject, data: Any, value: float | None, limit: float | None) -> list[int]:
        return self._tiers.reached(subject, data, value, limit)

    def _severity(self, memory: Standing, now: int) -> Any:
        memory.told = max(memory.told, now)
        return self._tiers.severity(memory.held, memory.told - memory.opened_at)

    def _keep(self, subject: Subject, memory: Standing) -> None:
        if memory.open or memory.count or not self.forgets:
            subject.memory[self.key] = memory
        else:
            subject.memory.pop(self.key, None)


def value_of(binding: Binding, params: ConditionParams) -> Get:
    """What reads the number that a judge compares; ValueError where the rule names neither an item nor a field."""
    path = params.field or binding.item
    if not path:
        raise ValueError("give `items`, or `field`: the number of the fact that is compared")
    return numbers(binding, path)
