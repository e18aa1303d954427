"""What a percentage of so many is: the formula of the share of calls, of measure and sign alike. Pure."""


def part_of(whole: float, percent: float) -> float:
    """How many of so many a percentage is; it is not rounded, as the percentage was.

    >>> part_of(400, 97.5)
    390.0
    """
    return whole * percent / 100
