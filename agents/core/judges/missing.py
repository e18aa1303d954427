"""Stock judge `missing`: a subject that has fallen silent."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from agents.core.judge import Finding
from agents.core.judges.standing import older
from agents.core.rule import Binding
from agents.core.state import Subject
from streams.messages import HOUR, NEVER


class MissingParams(Struct, frozen=True, forbid_unknown_fields=True):
    """`after_hours`: how long without a fact is still allowed, counted from the event time of the newest one."""

    after_hours: Annotated[float, Meta(gt=0, le=8_784)]


class Silence(Struct, array_like=True):
    """Since when (ms) the silence has been too long."""

    opened_at: int


class Missing:
    """Opens when more than `after_hours` have passed since the newest fact, and closes with the next newer one.

    The value is the length of the silence in hours. A subject that was never heard is not judged.
    """

    timed = True
    Memory: type[Struct] | None = Silence

    def __init__(self, binding: Binding) -> None:
        params = msgspec.convert(binding.params, MissingParams)
        self.key = binding.key
        self._kinds = binding.kinds
        self._limit = params.after_hours
        self._after = round(params.after_hours * HOUR)

    def read(self, subject: Subject, data: Any, at: int) -> Finding | None:  # noqa: ARG002 - the contract of a judge
        """A fact ends the silence, unless it is older than what is known."""
        if self.key not in subject.memory or older(subject, self._kinds, at):
            return None
        silence = subject.memory.pop(self.key)
        return Finding(active=False, opened_at=silence.opened_at)

    def wake(self, subject: Subject, now: int) -> Finding | None:
        """The silence has become too long."""
        last = subject.latest[self._kinds[0]].at
        opened_at = last + self._after
        subject.memory[self.key] = Silence(opened_at)
        return Finding(active=True, opened_at=opened_at, value=(now - last) / HOUR, limit=self._limit)

    def due(self, subject: Subject) -> int:
        """The first moment after the allowed silence; NEVER while it is too long already."""
        newest = subject.latest.get(self._kinds[0])
        if newest is None or self.key in subject.memory:
            return NEVER
        return newest.at + self._after + 1
