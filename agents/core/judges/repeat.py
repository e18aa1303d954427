"""Stock judge `repeat`: the same offence again."""

from typing import Any, Literal

import msgspec

from agents.core.alerts.state import Subject
from agents.core.judge import Finding
from agents.core.judges.burst import Burst, BurstParams
from agents.core.rules.rule import ALERT, Binding
from streams.calendar.working_time import midnight


class RepeatParams(BurstParams, frozen=True, kw_only=True):
    """`of`: the rule or rules of the same domain whose alerts about the subject count; without it, facts count.

    An alert counts when it becomes active, again after each return. `each = "day"`: at most one a day counts (China Standard
    Time). `where` and `by` look at the alert (`severity`, `item`, `value`, …), else at the fact.
    """

    of: str | tuple[str, ...] = ()
    each: Literal["", "day"] = ""


class Repeat(Burst):
    """Opens at the `count`th time within `within`, and closes when there are fewer again; like `burst` in all else.

    >>> from agents.core.judges.parts.example import example
    >>> example(Repeat, {"count": 2, "within": "3d", "each": "day"}, (0, {}), (9, {}), (172_800, {}), (259_200, None))
    ['172800: stands 2', '259200: over']
    """

    def __init__(self, binding: Binding) -> None:
        params = msgspec.convert(binding.params, RepeatParams)
        rules = (params.of,) if isinstance(params.of, str) else params.of
        self._of = bool(rules)
        self._make(binding, params, tuple(f"{ALERT}{rule}" for rule in rules) or binding.kinds)
        self._once = params.each == "day"

    def read(self, subject: Subject, kind: str, data: Any, at: int) -> Finding | None:
        """Count an alert that has become active, or a fact that matches."""
        if self._of and not (kind in self._kinds and data.active):
            return None
        return super().read(subject, kind, data, midnight(at) if self._once else at)
