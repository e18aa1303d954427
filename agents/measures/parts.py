"""Shares of so many that are told as percentages, and exact sums of them: of measures and signs alike. Pure."""

from collections.abc import Iterable

MILLIONTHS = 1_000_000
"""In what inputs are summed: whole numbers, so that a sum is exact in whatever order they come; a choice."""


def part_of(whole: float, percent: float) -> float:
    """How many of so many a percentage is; it is not rounded, as the percentage was.

    >>> part_of(400, 97.5)
    390.0
    """
    return whole * percent / 100


def millionths(value: float) -> int:
    """A number in millionths, to the nearest."""
    return round(value * MILLIONTHS)


def total(values: Iterable[float]) -> float:
    """The sum of numbers, each to the nearest millionth: exact, whatever their order."""
    return sum(map(millionths, values)) / MILLIONTHS
