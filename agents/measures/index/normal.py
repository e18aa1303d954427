"""How an indicator becomes a score, and which ways are refused, with the reason. Pure.

A score depends on the unit's own figure and on fixed numbers alone: it falls only where the work got worse (data.md 55).
"""

from collections.abc import Mapping

from agents.measures.index.spec import FULL, Indicator

PASS = 60.0
"""The score of what is just not acceptable in 功效系数法 (60 to 100: practice of the finance ministry)."""

RULES: Mapping[str, tuple[str, ...]] = {
    "attainment": ("target", "clip", "missing"),
    "efficacy": ("poor", "good", "clip", "missing"),
    "points": ("start", "each", "clip", "missing"),
    "score": ("missing",),
    "veto": ("at", "cap"),
}
"""The rules, and what each needs: 目标达成, 功效系数, 加分扣分, 二级指标, 一票否决."""

_OTHERS = "a score then moves when others change, means nothing over time, and can fall though the work got better (data.md 55)"

REFUSED: Mapping[str, str] = {
    "z-score": f"z values are refused: {_OTHERS}",
    "min-max": f"min–max over the units is refused: {_OTHERS}; efficacy has fixed ends",
    "rank": f"the place in a ranking is refused as a score: {_OTHERS}; 国办函〔2025〕66号：不片面追求排名",
}
"""The ways that are refused."""


def score_of(indicator: Indicator, direction: str, counts: tuple[int, int]) -> float:
    """The score of an indicator by its rule, clipped; `counts`: its numerator and denominator, which is at least 1."""
    low, high = indicator.clip or (0.0, FULL)
    return min(max(_raw(indicator, direction, counts), low), high)


def _raw(indicator: Indicator, direction: str, counts: tuple[int, int]) -> float:
    count, of = counts
    value = FULL * count / of
    if indicator.rule == "points":
        return (indicator.start or 0.0) + (indicator.each or 0.0) * _cases(indicator, counts)
    if indicator.rule == "efficacy":
        poor, good = indicator.poor or 0.0, indicator.good or 0.0
        return PASS + (FULL - PASS) * (value - poor) / (good - poor)
    target = indicator.target or 0.0
    if direction == "higher":
        return FULL * value / target
    return (indicator.zero or 0.0) if count == 0 else FULL * target / value


def vetoed(indicator: Indicator, counts: tuple[int, int]) -> bool:
    """Whether so many cases are there that the whole is capped."""
    return indicator.at is not None and _cases(indicator, counts) >= indicator.at


def _cases(indicator: Indicator, counts: tuple[int, int]) -> int:
    """How many cases there are of those that it counts."""
    count, of = counts
    return count if indicator.counts == "numerator" else of - count
