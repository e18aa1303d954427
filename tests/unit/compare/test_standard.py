"""What a unit's own mix of cases lets expect: by hand, as any textbook of epidemiology does it."""

import pytest

from agents.measures.compare.exact import poisson_interval
from agents.measures.compare.standard import Stratum, StratumCase, expectations

HARD, EASY = Stratum("复杂", False, "city"), Stratum("简易", False, "city")


def cases(unit: str, stratum: Stratum, missed: int, of: int) -> list[StratumCase]:
    """So many cases, of which so many were missed."""
    return [StratumCase(unit, stratum, n < missed) for n in range(of)]


def test_the_mix_is_not_held_against_a_unit() -> None:
    """Simpson's paradox: A misses less than B in both strata (35/100 against 4/10, 0/10 against 5/100), yet 32 % against 8 %.

    Together 39 of 110 hard and 5 of 110 easy are missed. Expected of A 100 × 39/110 + 10 × 5/110 = 35.909, of B 8.0909.
    """
    found = expectations(
        [*cases("a", HARD, 35, 100), *cases("a", EASY, 0, 10), *cases("b", HARD, 4, 10), *cases("b", EASY, 5, 100)]
    )
    assert (found["a"].observed, found["b"].observed) == (35, 9)
    assert found["a"].expected == pytest.approx(35.909, abs=1e-3)
    assert found["b"].expected == pytest.approx(8.0909, abs=1e-4)
    assert found["a"].ratio == pytest.approx(0.97468, abs=1e-5)
    assert found["b"].ratio == pytest.approx(1.11236, abs=1e-5)
    assert sum(each.expected for each in found.values()) == pytest.approx(44)


def test_the_ratio_has_exact_limits() -> None:
    """Ten missed where five are expected: 4.795 / 5 to 18.390 / 5 (Garwood), so that 1 is within, and at 99.8 % anyway."""
    found = expectations([*cases("a", EASY, 10, 100), *cases("b", EASY, 0, 100)])["a"]
    assert (found.observed, found.expected, found.ratio) == (10, 5.0, 2.0)
    assert found.warning == pytest.approx((0.959, 3.678), abs=1e-3)
    assert found.alarm == tuple(end / 5 for end in poisson_interval(10, 0.998))


def test_who_is_alone_is_compared_with_nobody() -> None:
    """A matter that no other unit has: its cases are neither observed nor expected, and counted as such."""
    found = expectations([*cases("a", HARD, 7, 9), *cases("a", EASY, 1, 10), *cases("b", EASY, 1, 10)])
    assert (found["a"].observed, found["a"].expected, found["a"].of, found["a"].alone) == (1, 1.0, 10, 9)


def test_where_nothing_is_missed_nothing_is_expected() -> None:
    """Then there is no ratio, and no division by nothing."""
    found = expectations([*cases("a", EASY, 0, 10), *cases("b", EASY, 0, 10)])["a"]
    assert (found.ratio, found.warning, found.expected) == (None, None, 0.0)
    assert expectations([]) == {}


def test_level_and_urgency_are_strata_of_their_own() -> None:
    """A district is not held against the rate of the city's departments, nor what is urgent against what is not."""
    district, urgent = EASY._replace(level="district"), EASY._replace(urgent=True)
    found = expectations(
        [
            *cases("a", EASY, 1, 10),
            *cases("b", EASY, 1, 10),
            *cases("c", district, 5, 10),
            *cases("d", district, 5, 10),
            *cases("c", urgent, 2, 2),
        ]
    )
    assert (found["a"].expected, found["c"].expected, found["c"].alone) == (1.0, 5.0, 2)
