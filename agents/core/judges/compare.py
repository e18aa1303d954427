"""Stock judge `compare`: one value of a fact above another that cannot be smaller."""

from operator import attrgetter
from typing import Any

import msgspec
from msgspec import Struct

from agents.core.judge import Finding
from agents.core.judges.standing import Delay, Standing, Untimed, older
from agents.core.rule import Binding
from agents.core.state import Subject


class CompareParams(Struct, frozen=True, forbid_unknown_fields=True):
    """The payload's fields: `part` cannot exceed `whole`."""

    part: str
    whole: str


class Compare(Untimed):
    """Opens when `part` is above `whole` in the same fact, and closes with the next newer fact where it is not.

    The value is the part, the limit the whole. A fact without one of them says nothing.
    """

    Memory: type[Struct] | None = Standing

    def __init__(self, binding: Binding) -> None:
        params = msgspec.convert(binding.params, CompareParams)
        self.key = binding.key
        self._kinds = binding.kinds
        self._pair = attrgetter(params.part, params.whole)
        self._delay = Delay(1, 1)

    def read(self, subject: Subject, data: Any, at: int) -> Finding | None:
        """Compare the two values."""
        part, whole = self._pair(data)
        if part is None or whole is None or (part <= whole and self.key not in subject.memory):
            return None
        memory = subject.memory.setdefault(self.key, Standing())
        if memory.open and older(subject, self._kinds, at):
            return None
        stands = self._delay.turn(memory, part > whole, at)
        if not memory.open:
            del subject.memory[self.key]
        return None if stands is None else Finding(active=stands, opened_at=memory.opened_at, value=part, limit=whole)
