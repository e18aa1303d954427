"""Stock judge `flatline`: a value that stays the same to the last reported decimal."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from agents.core.alerts.state import Subject
from agents.core.judge import Finding
from agents.core.judges.parts.fields import Where, marks, matcher, measured, numbers
from agents.core.judges.parts.standing import Untimed
from agents.core.rules.guard import ALWAYS, Guard, Remembers, Repeats, any_of
from agents.core.rules.rule import Binding

Samples = Annotated[int, Meta(ge=2, le=10_000)]


class FlatlineParams(Struct, frozen=True, forbid_unknown_fields=True):
    """`samples`: how many equal values in a row are too many; a number, or one by item.

    `floor` by item: values at or below it may stay equal (what the instrument can hardly tell from nothing). `where`: only
    such facts count; `field`: what is read of them (default: the item).
    """

    samples: Samples | dict[str, Samples]
    floor: dict[str, float] = {}
    where: Where = {}
    field: str = ""


class Same(Struct, array_like=True):
    """The newest value (at `at`), how often it came in a row, since when, and whether it was found flat."""

    value: float
    count: int
    since: int
    at: int
    open: bool = False


class Flatline(Untimed):
    """Opens at the `samples`th equal value in a row, and closes with the first other one.

    Hours without a value do not count and do not end the row; a reading older than the newest one is left out. While values
    differ nothing is remembered, the fact before is there to compare with; unless that one came late, between a value and a
    newer fact without any.

    >>> from agents.core.judges.parts.example import example, values
    >>> example(Flatline, {"samples": 3}, *values(7, 7, 7, 8))
    ['2: stands 7', '3: over 8']
    """

    Memory: type[Struct] | None = Same
    compares = True

    def __init__(self, binding: Binding) -> None:
        params = msgspec.convert(binding.params, FlatlineParams)
        samples = params.samples if isinstance(params.samples, int) else params.samples.get(binding.item)
        if not (binding.item or params.field) or samples is None:
            raise ValueError(f"judge flatline needs `items` or `field`, and `samples` for each; {binding.item!r} has none")
        self.key = binding.key
        self._binding, self._params = binding, params
        self._value = numbers(binding, params.field or binding.item)
        self._matches = matcher(binding, params.where)
        self._alone = len(binding.kinds) == 1
        self._samples = samples
        self._floor = params.floor.get(binding.item)

    def guard(self, kind: str) -> Guard:
        """Asked while something is remembered, of a value that repeats the one before, and of none after one."""
        path = measured(self._binding, self._params.field or self._binding.item, kind)
        where = marks(self._binding, self._params.where, kind)
        if path is None or where is None or not self._alone:
            return ALWAYS
        return any_of(Remembers(), Repeats(path, where))

    def read(self, subject: Subject, kind: str, data: Any, at: int) -> Finding | None:
        """Compare with the newest value."""
        value = self._counted(subject, data)
        memory: Same | None = subject.memory.get(self.key)
        if memory is None:
            memory = self._begun(subject, kind, data, at)
            if memory is None:
                return None
            subject.memory[self.key] = memory
        if value is None or at < memory.at:
            return None
        memory.at = at
        if value == memory.value:
            return self._repeated(memory, value)
        opened_at = memory.since
        memory.value, memory.count, memory.since = value, 1, at
        found = _closed(memory, value, opened_at) if memory.open else None
        if self._alone and at == subject.latest[kind].at:
            del subject.memory[self.key]
        return found

    def _counted(self, subject: Subject, data: Any) -> float | None:
        value = self._value(data)
        return None if value is None or (self._matches is not None and not self._matches(subject, data)) else value

    def _begun(self, subject: Subject, kind: str, data: Any, at: int) -> Same | None:
        """What the fact before says, where there is one with a value; where several kinds count, what this one says."""
        if not self._alone:
            value = self._counted(subject, data)
            return None if value is None else Same(value, 0, at, at)
        latest = subject.latest[kind]
        if latest.before is None or at < latest.at:
            return None
        value = self._counted(subject, latest.before)
        return None if value is None else Same(value, 1, latest.before_at, latest.before_at)

    def _repeated(self, memory: Same, value: float) -> Finding | None:
        memory.count += 1
        if memory.open or memory.count < self._samples or (self._floor is not None and value <= self._floor):
            return None
        memory.open = True
        return Finding(active=True, opened_at=memory.since, value=value)


def _closed(memory: Same, value: float, opened_at: int) -> Finding:
    memory.open = False
    return Finding(active=False, opened_at=opened_at, value=value)
