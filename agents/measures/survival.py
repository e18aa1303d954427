"""How long things take where some are not done yet: the median by Kaplan and Meier (1958, JASA 53, 457 to 481). Pure."""

from collections import Counter
from collections.abc import Iterable

_ROUNDING = 1e-12


def median_time(times: Iterable[tuple[int, bool]]) -> int | None:
    """The shortest time by which half are done; None where fewer are by any time that is known.

    Each time is how long it has taken and whether it is done; what is open has taken its age. Of equal times what is done comes
    first.

    >>> median_time([(1, True), (2, True), (3, False)]), median_time([(1, True), (2, False), (3, False)])
    (2, None)
    """
    done, gone = Counter[int](), Counter[int]()
    for time, is_done in times:
        gone[time] += 1
        done[time] += is_done
    left, share = gone.total(), 1.0
    for time in sorted(gone):
        share *= 1 - done[time] / left
        if share <= 0.5 + _ROUNDING:
            return time
        left -= gone[time]
    return None
