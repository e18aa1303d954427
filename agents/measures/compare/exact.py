"""Exact tails and limits of binomial and Poisson counts. Pure.

Plain, not mid-P: a count is outside limits of 95 % only where so low, or so high, a count comes in at most 2.5 % of the cases.
Fewer than 5 of 100 innocent units are outside then, never more.
"""

from collections.abc import Callable
from functools import lru_cache
from math import exp, inf, lgamma, log, log1p

_ENOUGH = 1e-17
"""Of the sum so far: a smaller term adds nothing to a double."""

_STEPS = 200

KNOWN = 8_192
"""Limits that are remembered: a page asks for the same ones again as long as its figures stand."""


def _sum(first: float, ratio: Callable[[int], float], at: int, step: int, last: int) -> float:
    """The sum of terms from the one at `at` to the one at `last`, each from that before by `ratio`, while they add anything."""
    total, term = first, first
    while at != last and term > total * _ENOUGH:
        term *= ratio(at)
        at += step
        total += term
    return total


def binomial_at_most(count: int, of: int, share: float) -> float:
    """How probable `count` or fewer of `of` are, where each is one with this share (0 to 1)."""
    if count < 0:
        return 0.0
    if count >= of or share <= 0:
        return 1.0
    if share >= 1:
        return 0.0
    odds = share / (1 - share)
    if count > of * share:
        rest = _sum(_binomial(count + 1, of, share), lambda k: (of - k) / (k + 1) * odds, count + 1, 1, of)
        return max(0.0, 1 - rest)
    return min(1.0, _sum(_binomial(count, of, share), lambda k: k / ((of - k + 1) * odds), count, -1, 0))


def binomial_at_least(count: int, of: int, share: float) -> float:
    """How probable `count` or more of `of` are: as many of the others at most."""
    return binomial_at_most(of - count, of, 1 - share)


@lru_cache(KNOWN)
def binomial_limits(of: int, share: float, level: float) -> tuple[int, int]:
    """The lowest and the highest count of `of` that is no signal at this level (0.95, 0.998) around this share."""
    tail = (1 - level) / 2
    low = _first(0, of, lambda count: binomial_at_most(count, of, share) > tail)
    high = of - _first(0, of, lambda missed: binomial_at_least(of - missed, of, share) > tail)
    return low, high


def poisson_at_most(count: int, mean: float) -> float:
    """How probable `count` or fewer are of a Poisson count of this mean."""
    if count < 0:
        return 0.0
    if mean <= 0:
        return 1.0
    if count > mean:
        return max(0.0, 1 - _sum(_poisson(count + 1, mean), lambda k: mean / (k + 1), count + 1, 1, -1))
    return min(1.0, _sum(_poisson(count, mean), lambda k: k / mean, count, -1, 0))


@lru_cache(KNOWN)
def poisson_interval(count: int, level: float) -> tuple[float, float]:
    """Between which means the true one of a Poisson count lies (Garwood 1936, Biometrika 28, 437 to 442)."""
    tail = (1 - level) / 2
    low = _root(lambda mean: 1 - poisson_at_most(count - 1, mean) > tail, 0.0, float(count)) if count else 0.0
    high = _root(lambda mean: poisson_at_most(count, mean) <= tail, float(count), 2.0 * count + 40)
    return low, high


def _binomial(count: int, of: int, share: float) -> float:
    ways = lgamma(of + 1) - lgamma(count + 1) - lgamma(of - count + 1)
    return exp(ways + count * log(share) + (of - count) * log1p(-share))


def _poisson(count: int, mean: float) -> float:
    return exp(count * log(mean) - mean - lgamma(count + 1))


def _first(low: int, high: int, holds: Callable[[int], bool]) -> int:
    """The first of these numbers for which something holds that holds for all after it; the last where it holds for none."""
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle + 1, high)
    return low


def _root(holds: Callable[[float], bool], low: float, high: float) -> float:
    """Where something begins to hold between two numbers, to the precision of a double."""
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if middle in {low, high, inf}:
            break
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high
