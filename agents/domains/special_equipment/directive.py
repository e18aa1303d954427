"""Judge `directive`: orders of the authority, each with the last day for what it demands."""

from contextlib import suppress

import msgspec
from msgspec import Struct

from agents.core.alerts.state import Subject
from agents.core.dates import validity
from agents.core.judge import Finding
from agents.core.judges.duty import Remind, passed, reminders
from agents.core.judges.parts.law import InForce
from agents.core.judges.parts.legal import FIRST, LAST, ahead_of
from agents.core.judges.parts.timelines import Step
from agents.core.rules.rule import Binding
from agents.domains.special_equipment.payload import Order
from streams.messages import DAY, NEVER

KEPT = 64
"""How many orders are remembered for a subject; the one not heard of for longest gives way."""


class DirectiveParams(Struct, frozen=True, forbid_unknown_fields=True):
    """`remind`: how long before the last day begins (a text, or `{ before, severity }`) the alert opens."""

    remind: tuple[str | Remind, ...]


class Demand(Struct, array_like=True):
    """One order (ms): event time of its newest issue, its last day and the end of it, and of the newest act that ended it."""

    issued: int = -NEVER
    last: int = NEVER
    end: int = NEVER
    done: int = -NEVER


class Demands(Struct, array_like=True):
    """Orders by their number, what was last told (furthest stage and first end), since when, and the newest moment (ms)."""

    orders: dict[str, Demand] = {}
    told: list[int] = []
    opened_at: int = 0
    now: int = -NEVER


class Directive:
    """Opens with the first reminder of an order that nothing has ended, closes when there is none left that is so near.

    An order ends with its own report or withdrawal; issued again it has a new last day. The value is how many days are left of
    the one that is due first (negative afterwards), `due` its end, and the severity that of the one that is furthest.

    | orders a, to 15 September, and b, to 30 September | outcome on 16 September |
    |---|---|
    | nothing reported | overdue |
    | b reported | overdue |
    | a reported | nothing |
    """

    timed = idle = True
    Memory: type[Struct] | None = Demands

    def __init__(self, binding: Binding) -> None:
        self.key = binding.key
        self._remind = reminders(msgspec.convert(binding.params, DirectiveParams).remind)
        self._calendar = binding.calendar
        self._law = InForce(binding)

    def read(self, subject: Subject, kind: str, data: Order, at: int) -> Finding | None:  # noqa: ARG002 - the contract
        """An order is issued, or ended."""
        memory: Demands = subject.memory.setdefault(self.key, Demands())
        order = memory.orders.pop(data.order, None) or Demand()
        memory.orders[data.order] = order
        found = validity(data.until)
        if data.step in {"reported", "withdrawn"}:
            order.done = max(order.done, at)
        elif data.step == "issued" and at >= order.issued and found is not None and FIRST <= found.last <= found.end <= LAST:
            order.issued, order.last, order.end = at, found.last, found.end
        if len(memory.orders) > KEPT:
            del memory.orders[next(iter(memory.orders))]
        return self._tell(subject, memory, at)

    def wake(self, subject: Subject, now: int) -> Finding | None:
        """A reminder or an end is reached."""
        return self._tell(subject, subject.memory[self.key], now)

    def due(self, subject: Subject) -> int:
        """The next reminder or end."""
        memory: Demands | None = subject.memory.get(self.key)
        if memory is None:
            return NEVER
        return min((passed(self._steps(each), memory.now)[1] for each in _open(memory)), default=NEVER)

    def _steps(self, order: Demand) -> list[Step]:
        steps: list[Step] = [(order.end, None)]
        with suppress(ValueError):  # nobody could tell the moment: the end alone is judged
            steps += [(ahead_of(order.last, each, self._calendar), severity) for each, severity in self._remind]
        return sorted(steps, key=lambda step: step[0])

    def _tell(self, subject: Subject, memory: Demands, at: int) -> Finding | None:
        memory.now = max(memory.now, at)
        stages = [(passed(self._steps(each), memory.now)[0], each) for each in _open(memory)]
        near = [(stage, each) for stage, each in stages if stage]
        if not near:
            closing, memory.told = bool(memory.told), []
            return Finding(active=False, opened_at=memory.opened_at) if closing else None
        stage, furthest = max(near, key=lambda one: (one[0], -one[1].end))
        end = min(each.end for _, each in near)
        if memory.told == [stage, end]:
            return None
        if not memory.told:
            if early := self._law.early(subject, memory.now):
                return early
            memory.opened_at = min(self._steps(each)[0][0] for _, each in near)
        memory.told = [stage, end]
        severity = self._steps(furthest)[stage - 1][1]
        return Finding(active=True, opened_at=memory.opened_at, value=(end - memory.now) / DAY, severity=severity, due=end)


def _open(memory: Demands) -> list[Demand]:
    """Orders that are issued and not ended since."""
    return [each for each in memory.orders.values() if each.issued > each.done]
