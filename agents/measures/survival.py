"""How long things take where some are not done yet: the median by Kaplan and Meier (1958, JASA 53, 457 to 481). Pure."""

import numpy as np
from numpy.typing import ArrayLike

_ROUNDING = 1e-12


def median_time(took: ArrayLike, ages: ArrayLike) -> int | None:
    """The shortest time by which half are done; None where fewer are by any time that is known.

    `took`: of what is done how long it took; `ages`: of what is not done how long it has taken. Of equal times what is done
    comes first.

    >>> median_time([1, 2], [3]), median_time([1], [2, 3])
    (2, None)
    """
    times, done = np.unique(np.asarray(took, np.int64), return_counts=True)
    every = np.sort(np.concatenate((np.asarray(took, np.int64), np.asarray(ages, np.int64))))
    left = len(every) - np.searchsorted(every, times)
    half = np.flatnonzero(np.cumprod(1 - done / left) <= 0.5 + _ROUNDING)
    return int(times[half[0]]) if half.size else None
