"""Statistics of the values of a window, and what of a fact goes into them."""

from collections.abc import Callable
from decimal import ROUND_HALF_EVEN, Decimal
from functools import cache
from typing import Any, Literal

from msgspec import Struct

from agents.core.alerts.state import Subject
from agents.core.judges.parts.fields import Where, matcher, numbers
from agents.core.rules.rule import Binding
from streams.messages import MINUTE

Of = Literal["mean", "max", "min", "range", "sum", "count", "share", "time"]
"""Mean, greatest, least, greatest less least, sum; number of hits, their share in percent, their time in minutes."""

HITS = frozenset({"count", "share", "time"})

BIG = 1e15
"""From here on a float holds no decimals that could be rounded."""

SUMS = frozenset({"count", "sum", "time"})
"""What is 0 of no values at all."""

EDGES = frozenset({"max", "min", "range"})
"""What the least and the greatest value decide, and their sum does not."""

GROWING = SUMS | {"max", "range"}
"""What more values can only raise (sums of values that are not negative)."""

Entry = Callable[[Subject, Any], float | None]
"""What a fact adds to a window: its value, or 1 for a hit and 0 for none; None where it does not count."""


class Hit(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is a hit, where all that is given holds: the value `above`, `at_least`, `below`, `at_most`; fields that equal."""

    above: float | None = None
    at_least: float | None = None
    below: float | None = None
    at_most: float | None = None
    where: Where = {}


def entry(binding: Binding, of: Of, path: str, hit: Hit) -> Entry:
    """What of a fact goes into the statistic; ValueError where a number is needed and the rule names none."""
    compares = hit.above, hit.at_least, hit.below, hit.at_most
    if of not in HITS:
        if hit != Hit():
            raise ValueError(f"`hit` is for count, share and time, not for {of}")
        if not path:
            raise ValueError(f"{of} needs `items`, or `field`: the number of the fact")
        get = numbers(binding, path)
        return lambda subject, data: get(data)  # noqa: ARG005 - one shape for values and hits
    matches = matcher(binding, hit.where)
    if not path:
        if any(compare is not None for compare in compares):
            raise ValueError("`hit` compares a number: give `items`, or `field`")
        return lambda subject, data: float(matches is None or matches(subject, data))
    value_of = numbers(binding, path)

    def hits(subject: Subject, data: Any) -> float | None:
        value = value_of(data)
        if value is None:
            return None
        return float(_within(value, hit) and (matches is None or matches(subject, data)))

    return hits


class Sum(Struct, array_like=True):
    """What is known of a window's values: how many, their sum, the least and the greatest.

    The window is (`begin`, `end`] (ms).
    """

    end: int = 0
    count: int = 0
    total: float = 0.0
    least: float = 0.0
    greatest: float = 0.0
    begin: int = 0

    def add(self, value: float) -> None:
        """One value more."""
        if not self.count:
            self.least = self.greatest = value
        elif value < self.least:
            self.least = value
        elif value > self.greatest:
            self.greatest = value
        self.count += 1
        self.total += value


def summed(of: Of, values: list[float]) -> Sum:
    """What a statistic needs to know of these values."""
    if of in EDGES:
        return Sum(0, len(values), 0.0, min(values, default=0.0), max(values, default=0.0))
    return Sum(0, len(values), sum(values))


def statistic(of: Of, known: Sum, slot: int, digits: int | None) -> float | None:
    """The statistic of a window's values; None of no values at all, where it is not a sum of them.

    `slot` (ms) is the time that one value stands for. It is rounded half to even at `digits` decimals (GB/T 8170), else at 9.

    >>> statistic("mean", summed("mean", [2.0, 3.0]), 0, None), statistic("mean", summed("mean", [2.0, 3.0]), 0, 0)
    (2.5, 2.0)
    >>> statistic("share", summed("share", [1.0, 0.0, 0.0, 0.0]), 0, None)
    25.0
    >>> statistic("range", summed("range", [4.0, 1.5]), 0, None)
    2.5
    """
    if of in {"sum", "count"}:
        return rounded(known.total, digits)
    if of == "time":
        return rounded(known.total * slot / MINUTE, digits)
    if not known.count:
        return None
    if of == "mean":
        return rounded(known.total / known.count, digits)
    if of == "share":
        return rounded(100 * (known.total / known.count), digits)
    edge = known.least if of == "min" else known.greatest
    return rounded(edge - known.least if of == "range" else edge, digits)


def rounded(value: float, digits: int | None) -> float:
    """Rounded half to even as GB/T 8170 does, by the decimals that a person sees.

    >>> rounded(0.25, 1), rounded(0.35, 1), rounded(120.5, 0), rounded(121.5, 0)
    (0.2, 0.4, 120.0, 122.0)
    """
    clean = round(value, 9)
    if digits is None or not abs(clean) < BIG:
        return clean
    return float(Decimal(repr(clean)).quantize(_last(digits), ROUND_HALF_EVEN))


@cache
def _last(digits: int) -> Decimal:
    """One of the last of so many decimals."""
    return Decimal(1).scaleb(-digits)


def _within(value: float, hit: Hit) -> bool:
    return (
        (hit.above is None or value > hit.above)
        and (hit.at_least is None or value >= hit.at_least)
        and (hit.below is None or value < hit.below)
        and (hit.at_most is None or value <= hit.at_most)
    )
