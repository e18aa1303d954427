"""How sure a share of few is: the 95 % score interval of Wilson (1927, J. Am. Stat. Assoc. 22, 209 to 212). Pure.

The pages have the same in `screen/static/common/interval.js`.
"""

from math import sqrt
from statistics import NormalDist

Z = NormalDist().inv_cdf(0.975)


def wilson(count: int, of: int) -> tuple[float, float]:
    """Between which shares the true one lies, of `count` among `of`, which is at least 1."""
    share, scale = count / of, 1 + Z * Z / of
    middle = (share + Z * Z / (2 * of)) / scale
    half = Z * sqrt(share * (1 - share) / of + Z * Z / (4 * of * of)) / scale
    return max(0.0, middle - half), min(1.0, middle + half)
