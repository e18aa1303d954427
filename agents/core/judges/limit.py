"""Stock judge `limit`: a value above a limit, of the law or of the rule."""

from operator import attrgetter
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from agents.core.judge import Finding
from agents.core.judges.standing import Delay, Standing, Untimed, older
from agents.core.rule import Binding
from agents.core.state import Subject
from streams.messages import NEVER

Readings = Annotated[int, Meta(ge=1, le=1_000)]


class LimitParams(Struct, frozen=True, forbid_unknown_fields=True):
    """`limit`: a number, or `law` for the limit that the clause's edition at event time sets for the item.

    `open_after` and `close_after` count valid readings in a row; an open alert closes only at or below limit - `deadband`;
    readings that say they rest on fewer than `valid_minutes` sampling minutes are not judged.
    """

    limit: float | Literal["law"] = "law"
    open_after: Readings = 1
    close_after: Readings = 1
    deadband: Annotated[float, Meta(ge=0)] = 0.0
    valid_minutes: Annotated[int, Meta(ge=0, le=60)] = 0


class Limit(Untimed):
    """Opens when the item is above the limit, which itself is allowed.

    A reading older than the newest one can open an alert where one reading is enough; it never closes or counts.
    """

    Memory: type[Struct] | None = Standing

    def __init__(self, binding: Binding) -> None:
        if not binding.item:
            raise ValueError("judge limit needs `items`: the fields of the payload that it compares")
        self._params = msgspec.convert(binding.params, LimitParams)
        self.key = binding.key
        self._kinds = binding.kinds
        self._value = attrgetter(binding.item)
        self._delay = Delay(self._params.open_after, self._params.close_after)
        self._limits = _limits(binding, self._params.limit)
        self._lowest = min(limit for _, _, limit in self._limits)

    def read(self, subject: Subject, data: Any, at: int) -> Finding | None:
        """Compare; a value at or below the lowest limit of all editions costs one comparison."""
        value = self._value(data)
        if value is None or (value <= self._lowest and self.key not in subject.memory):
            return None
        return self._judge(subject, value, data, at)

    def _judge(self, subject: Subject, value: float, data: Any, at: int) -> Finding | None:
        limit = next((limit for start, end, limit in self._limits if start <= at < end), None)
        if limit is None or not _valid(data, self._params.valid_minutes):
            return None
        memory = subject.memory.get(self.key) or Standing()
        over = value > (limit - self._params.deadband if memory.open else limit)
        if older(subject, self._kinds, at) and (memory.open or self._delay.opens > 1 or not over):
            return None
        stands = self._delay.turn(memory, over, at)
        if memory.open or memory.count:
            subject.memory[self.key] = memory
        else:
            subject.memory.pop(self.key, None)
        if stands is None:
            return None
        return Finding(active=stands, opened_at=memory.opened_at, value=value, limit=limit)


def _limits(binding: Binding, limit: float | Literal["law"]) -> tuple[tuple[int, int, float], ...]:
    if limit != "law":
        return ((-NEVER, NEVER, limit),)
    known = tuple((e.start, e.end, e.limits[binding.item]) for e in binding.editions if binding.item in e.limits)
    if not known:
        raise ValueError(f'limit = "law", but no edition of the clause sets a limit for {binding.item!r}')
    return known


def _valid(data: Any, minutes: int) -> bool:
    sampled = getattr(data, "minutes", None)
    return sampled is None or sampled >= minutes
