"""Stock judge `compare`: one value of a fact above another that cannot be smaller."""

from typing import Any

import msgspec

from agents.core.alerts.state import Subject
from agents.core.judge import Finding
from agents.core.judges.parts.condition import Condition, ConditionParams
from agents.core.judges.parts.fields import measured, numbers
from agents.core.judges.parts.standing import older
from agents.core.rules.guard import ALWAYS, Exceeds, Guard, Remembers, all_of, any_of
from agents.core.rules.rule import Binding


class CompareParams(ConditionParams, frozen=True, kw_only=True):
    """The payload's fields: `part` cannot exceed `whole`."""

    part: str
    whole: str


class Compare(Condition):
    """Opens when `part` is above `whole` in the same fact, and closes with the next newer fact where it is not.

    The value is the part, the limit the whole. A fact without one of them says nothing.

    >>> from agents.core.judges.parts.example import example
    >>> example(Compare, {"part": "value", "whole": "all"}, (0, {"value": 5, "all": 5}), (1, {"value": 6, "all": 5}))
    ['1: stands 6']
    """

    def __init__(self, binding: Binding) -> None:
        params = msgspec.convert(binding.params, CompareParams)
        super().__init__(binding, params)
        self._paths = params.part, params.whole
        self._part = numbers(binding, params.part)
        self._whole = numbers(binding, params.whole)

    def guard(self, kind: str) -> Guard:
        """Asked while something is remembered, and where the part is above the whole."""
        part, whole = (measured(self._binding, path, kind) for path in self._paths)
        if part is None or whole is None:
            return ALWAYS
        return any_of(Remembers(), all_of(Exceeds(part, whole), self._counting(kind)))

    def read(self, subject: Subject, kind: str, data: Any, at: int) -> Finding | None:
        """Compare the two values."""
        part, whole = self._part(data), self._whole(data)
        if part is None or whole is None or (part <= whole and self.key not in subject.memory):
            return None
        if self._matches is not None and not self._matches(subject, data):
            return None
        return self.turn(subject, data, at, late=older(subject, kind, at), over=part > whole, value=part, limit=whole)
