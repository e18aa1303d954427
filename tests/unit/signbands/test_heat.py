"""诉求热度: exact tails, by rational numbers and by a series of many digits, and no more than one false call a week."""

from decimal import Decimal, getcontext
from fractions import Fraction
from math import comb, factorial

import numpy as np
import pytest

from agents.signs.heat import HeatCell, heat_calls, heat_level, heat_tail


def exact(count: int, usual: int, windows: int) -> Fraction:
    """The same tail in rational numbers."""
    of, share = count + usual, Fraction(1, windows + 1)
    return sum((comb(of, k) * share**k * (1 - share) ** (of - k) for k in range(count, of + 1)), Fraction(0))


@pytest.mark.parametrize(
    ("count", "usual", "windows"), [(0, 5, 3), (1, 0, 12), (3, 4, 13), (9, 20, 13), (40, 300, 65), (25, 3, 26)]
)
def test_the_tail_is_exact(count: int, usual: int, windows: int) -> None:
    """To twelve digits, in the far tail too."""
    assert heat_tail(count, usual, windows) == pytest.approx(float(exact(count, usual, windows)), rel=1e-12)


def test_over_many_windows_it_is_the_tail_of_poisson() -> None:
    """A mean of 2 that is known well: 9 or more by the series of e, in 40 digits."""
    getcontext().prec = 40
    mean, below = Decimal(2), sum((Decimal(2) ** k / factorial(k) for k in range(9)), Decimal(0))
    known = float(1 - below / mean.exp())
    windows = 10_000_000
    assert heat_tail(9, 2 * windows, windows) == pytest.approx(known, rel=1e-5)
    assert heat_tail(9, 2 * 13, 13) > 2 * known, "over thirteen windows the mean is uncertain"


def test_the_first_request_of_a_quiet_cell_is_no_call() -> None:
    """After none in 65 windows one has a tail of 1 in 66: a mean of 0 would have called at once."""
    assert heat_tail(1, 0, 65) == pytest.approx(1 / 66)
    quiet = HeatCell(matter="noise", area="410105001", count=1, usual=0, windows=65)
    assert list(heat_calls([quiet] * 900, 168)) == []


def test_at_most_one_false_call_a_week() -> None:
    """200 cells looked at 24 times a week for 40 weeks, nothing changed: fewer than one call a week (seed 7)."""
    random, windows, looks, weeks = np.random.default_rng(7), 26, 24, 40
    calls = 0
    for _ in range(weeks):
        means = random.gamma(1.0, 2.0, 200)
        usual = random.poisson(means * windows)
        counts = random.poisson(means, (looks, 200))
        for look in counts:
            cells = [
                HeatCell(matter=f"m{n}", area="410105", count=int(count), usual=int(before), windows=windows)
                for n, (count, before) in enumerate(zip(look, usual, strict=True))
            ]
            calls += len(list(heat_calls(cells, looks)))
    assert 0 < calls <= weeks


def test_a_burst_calls_and_the_least_probable_goes_first() -> None:
    """40 where 4 are usual, and 20: both of 900 cells; 8 is none at one false call a week."""
    cells = [HeatCell(matter=f"m{n}", area="410105", count=4, usual=104, windows=26) for n in range(897)]
    bursts = [
        HeatCell(matter=name, area="410105", count=n, usual=104, windows=26) for name, n in zip("abc", (20, 40, 8), strict=True)
    ]
    found = list(heat_calls([*cells, *bursts], 168))
    assert [each.cell.matter for each in found] == ["b", "a"]
    assert found[0].expected == 4
    assert found[0].tail < found[1].tail <= heat_level(900, 168) == 1 / (900 * 168)


def test_nothing_to_compare_with_is_refused() -> None:
    """No window, no cell."""
    with pytest.raises(ValueError, match="nothing to compare with"):
        heat_tail(1, 0, 0)
    with pytest.raises(ValueError, match="at least one of each"):
        heat_level(0, 168)
    assert list(heat_calls([], 168)) == []
