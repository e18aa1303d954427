"""Severity by how far, how long and of what kind: the `tiers` of a rule."""

from collections.abc import Callable
from typing import Any

import msgspec
from msgspec import Struct

from agents.core.alerts.alarm import RANK
from agents.core.alerts.state import Subject
from agents.core.duration import span
from agents.core.judges.parts.fields import Where, matcher, number, reach
from agents.core.rules.rule import Binding
from streams.messages import Severity

Beyond = Callable[[float, float], bool]


class Tier(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`severity` where all that is given holds; of several tiers the worst one counts, without any the rule's severity.

    `over`: the value is beyond the limit times this, in the judge's direction; `from`: it is at or beyond this number;
    `after`: the condition has stood for so long (`30m`); `where`: the fact's fields equal these. With `field`, `over` and
    `from` look at that field of the fact instead of the value.
    """

    severity: Severity
    over: float | None = None
    start: float | None = msgspec.field(name="from", default=None)
    after: str = "0s"
    where: Where = {}
    field: str = ""


class Tiers:
    """The tiers of a rule, ready to be asked; `beyond` is the judge's comparison, `down` whether lower is worse."""

    def __init__(self, binding: Binding, tiers: tuple[Tier, ...], beyond: Beyond, *, down: bool) -> None:
        self._tiers = tiers
        self._beyond = beyond
        self._sign = -1 if down else 1
        self._fields = [reach(binding, tier.field) if tier.field else None for tier in tiers]
        self._matches = [matcher(binding, tier.where) for tier in tiers]
        self._after = [span(tier.after) for tier in tiers]
        self.timed = any(self._after)

    def reached(self, subject: Subject, data: Any, value: float | None, limit: float | None) -> list[int]:
        """The tiers whose value and fields hold for a reading, by their place."""
        return [place for place in range(len(self._tiers)) if self._holds(place, subject, data, value, limit)]

    def severity(self, held: list[int], stood: int) -> Severity | None:
        """The worst of the tiers reached, of a condition that has stood for so long (ms); None takes the rule's."""
        found = [self._tiers[place].severity for place in held if self._after[place] <= stood]
        return max(found, key=RANK.__getitem__, default=None)

    def due(self, held: list[int], told: int) -> int | None:
        """How long (ms) the condition will have stood when the next tier is reached, `told` ms of which are over."""
        return min((self._after[place] for place in held if self._after[place] > told), default=None)

    def _holds(self, place: int, subject: Subject, data: Any, value: float | None, limit: float | None) -> bool:
        tier, get, matches = self._tiers[place], self._fields[place], self._matches[place]
        if get is not None:
            value = number(get(subject, data))
        if tier.over is not None and (value is None or limit is None or not self._beyond(value, limit * tier.over)):
            return False
        if tier.start is not None and (value is None or self._sign * value < self._sign * tier.start):
            return False
        return matches is None or matches(subject, data)
