"""The median where some are not done yet."""

import pytest

from agents.measures.survival import median_time

MERCAPTOPURINE = [(n, True) for n in (6, 6, 6, 7, 10, 13, 16, 22, 23)] + [
    (n, False) for n in (6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35)
]
PLACEBO = [(n, True) for n in (1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23)]


@pytest.mark.parametrize(("times", "median"), [(MERCAPTOPURINE, 23), (PLACEBO, 8)])
def test_the_median_is_the_published_one(times: list[tuple[int, bool]], median: int) -> None:
    """Freireich and others (1963), Blood 21, 699 to 716, in weeks of remission, as every textbook has them by Kaplan–Meier."""
    assert median_time([time for time, done in times if done], [time for time, done in times if not done]) == median


def test_what_is_never_done_has_no_median() -> None:
    """Where fewer than half are done nothing is said, instead of the median of the quick ones."""
    assert median_time([1], [9, 9]) is None
    assert median_time([], []) is None
