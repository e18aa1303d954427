"""Exact limits are those of the literature, and of exact fractions."""

from fractions import Fraction
from math import comb

import pytest

from agents.measures.compare.exact import (
    binomial_at_least,
    binomial_at_most,
    binomial_limits,
    poisson_at_most,
    poisson_interval,
)
from agents.measures.interval import wilson

SCIPY = [
    (12, 0.9, (8, 12), (7, 12)),
    (37, 0.5, (13, 24), (9, 28)),
    (60, 0.98, (56, 60), (54, 60)),
    (100, 0.9, (84, 95), (80, 98)),
    (250, 0.85, (201, 223), (194, 229)),
    (1000, 0.95, (936, 963), (927, 970)),
]
"""`binom.ppf(a / 2, of, share)` and `binom.isf(a / 2, of, share)` of scipy 1.17.1, for a of 0.05 and 0.002."""

GARWOOD = [
    (0, 0.0, 3.689),
    (1, 0.02532, 5.572),
    (5, 1.623, 11.668),
    (10, 4.795, 18.390),
    (20, 12.217, 30.888),
    (100, 81.36, 121.63),
]
"""The 95 % limits of a Poisson count as every table since Garwood (1936) has them."""


def exact_at_most(count: int, of: int, share: Fraction) -> Fraction:
    """The tail in fractions, without any rounding."""
    return sum((comb(of, k) * share**k * (1 - share) ** (of - k) for k in range(count + 1)), Fraction(0))


@pytest.mark.parametrize(("of", "share", "warning", "alarm"), SCIPY)
def test_the_limits_are_those_of_scipy(of: int, share: float, warning: tuple[int, int], alarm: tuple[int, int]) -> None:
    """The lowest and highest count that no tail of 2.5 %, or of 0.1 %, lies beyond."""
    assert binomial_limits(of, share, 0.95) == warning
    assert binomial_limits(of, share, 0.998) == alarm


@pytest.mark.parametrize(("of", "tenths"), [(1, 9), (7, 5), (40, 9), (120, 3), (400, 8)])
def test_a_tail_is_the_exact_one(of: int, tenths: int) -> None:
    """Equal to the sum of fractions to twelve digits, from end to end."""
    for count in range(0, of + 1, max(1, of // 20)):
        exact = exact_at_most(count, of, Fraction(tenths, 10))
        assert binomial_at_most(count, of, tenths / 10) == pytest.approx(float(exact), abs=1e-12)
        least = 1 - exact_at_most(count - 1, of, Fraction(tenths, 10))
        assert binomial_at_least(count, of, tenths / 10) == pytest.approx(float(least), abs=1e-12)


def test_a_million_cases_are_no_trouble() -> None:
    """1.96 standard errors of 300 to either side: the normal limits are good for so many."""
    low, high = binomial_limits(1_000_000, 0.9, 0.95)
    assert (low, high) == pytest.approx((900_000 - 588, 900_000 + 588), abs=3)


@pytest.mark.parametrize(("count", "low", "high"), GARWOOD)
def test_the_interval_of_a_poisson_count_is_the_published_one(count: int, low: float, high: float) -> None:
    """Garwood (1936), Biometrika 28, as in Breslow and Day (1987)."""
    assert poisson_interval(count, 0.95) == pytest.approx((low, high), rel=5e-4)


def test_ten_at_two_in_a_thousand_is_as_the_chi_square_has_it() -> None:
    """chi2.ppf(0.001, 20) / 2 and chi2.ppf(0.999, 22) / 2 of scipy 1.17.1."""
    assert poisson_interval(10, 0.998) == pytest.approx((2.9605, 24.134), abs=1e-3)
    assert poisson_at_most(0, 3.0) == pytest.approx(0.049787, abs=1e-6)


def flagged(of: int, share: float, level: float) -> float:
    """How many of 60 equal units whose true share this is lie outside, on average."""
    low, high = binomial_limits(of, share, level)
    return 60 * (binomial_at_most(low - 1, of, share) + binomial_at_least(high + 1, of, share))


def test_of_sixty_equal_units_few_are_named() -> None:
    """Exact 95 % names 1.8 on average and 99.8 % 0.06, where Wilson's interval names 2.7 (data.md 52; 55 cases at 74 %)."""
    assert flagged(55, 0.74, 0.95) == pytest.approx(1.8, abs=0.05)
    assert flagged(55, 0.74, 0.998) == pytest.approx(0.06, abs=0.005)
    outside = [k for k in range(56) if not wilson(k, 55)[0] <= 0.74 <= wilson(k, 55)[1]]
    by_wilson = sum(comb(55, k) * 0.74**k * 0.26 ** (55 - k) for k in outside)
    assert 60 * by_wilson == pytest.approx(2.7, abs=0.05)


@pytest.mark.parametrize("of", [5, 20, 55, 170, 900])
@pytest.mark.parametrize("share", [0.5, 0.74, 0.9, 0.97])
def test_never_more_innocent_ones_than_the_level_says(of: int, share: float) -> None:
    """At most 3 of 60 at 95 %, at most 0.12 at 99.8 %, however many cases there are: limits are plain, not mid-P."""
    assert flagged(of, share, 0.95) <= 3
    assert flagged(of, share, 0.998) <= 0.12
