"""The readings of one subject for a sign, some bytes each, and what they come to in a window that ends now.

Of a reading its time, what it adds and how it came are kept for as long as the window reaches, so that a second copy is known
and a correction takes back what the wrong one added.
"""

from array import array
from bisect import bisect_left, bisect_right

from agents.signs.stage.sums import LATE
from agents.signs.stage.tally import NEVER

UNCOUNTED, INVALID = 4, 8
"""Flags of a reading that came and is not counted, or says nothing; beside LATE and CORRECTED."""

TRIM = 128
"""After how many readings that have left the window these are let go."""


class Readings:
    """The readings of one subject by time, and the sums of those in the window (from `low` to before `high`)."""

    __slots__ = (
        *("times", "num", "den", "flags", "low", "high", "stale"),
        *("came", "valid", "bad", "numerator", "denominator", "late", "corrected"),
    )

    def __init__(self) -> None:
        self.times, self.num, self.den, self.flags = array("q"), array("q"), array("q"), array("b")
        self.low = self.high = 0
        self.stale = False
        self._clear()

    def put(self, at: int, numerator: int, denominator: int, flags: int, *, over: bool = False) -> bool:
        """Take up a reading; of a time that has a valid one it is a copy, and False, unless it is `over` that one."""
        times = self.times
        if not times or at > times[-1]:
            times.append(at)
            self.num.append(numerator)
            self.den.append(denominator)
            self.flags.append(flags)
            return True
        place = bisect_left(times, at)
        if times[place] == at:
            if not over and not self.flags[place] & INVALID:
                return False
            self.num[place], self.den[place], self.flags[place] = numerator, denominator, flags
            self.stale = True
            return True
        times.insert(place, at)
        self.num.insert(place, numerator)
        self.den.insert(place, denominator)
        self.flags.insert(place, flags)
        if place < self.high:
            self.stale = True
        return True

    def move(self, since: int, at: int) -> None:
        """The window is from after `since` to `at` (ms) from now on."""
        times = self.times
        if self.stale:
            self._reckon(since, at)
        while self.low < self.high and times[self.low] <= since:
            self._count(self.low, -1)
            self.low += 1
        while self.high < len(times) and times[self.high] <= at:
            if times[self.high] > since:
                self._count(self.high, 1)
            else:
                self.low = self.high + 1
            self.high += 1
        if self.low > TRIM:
            for each in (self.times, self.num, self.den, self.flags):
                del each[: self.low]
            self.high -= self.low
            self.low = 0

    def tells(self, at: int, numerator: int, every: int, oldest: int = 0) -> bool:
        """Whether a new reading tells of its interval of `every` ms: it is not as it should be, or no other is and it is newer.

        The one that told of it then goes. What is not after `oldest` (ms) has left the window, and tells of nothing.
        """
        place = bisect_left(self.times, at)
        for near in (place - 1, place):
            if 0 <= near < len(self.times) and (self.times[near] - 1) // every == (at - 1) // every:
                if self.times[near] <= oldest:
                    continue
                if self.times[near] == at or (numerator, -at) > (self.num[near], -self.times[near]):
                    return False
                for each in (self.times, self.num, self.den, self.flags):
                    del each[near]
                self.stale = True
                return True
        return True

    def wakes(self, window: int) -> int:
        """When the window (so many ms) has other readings next, as time goes on alone (ms)."""
        leaves = self.times[self.low] + window if self.low < self.high else NEVER
        return min(leaves, self.times[self.high]) if self.high < len(self.times) else leaves

    def newest(self) -> int:
        """The time of the newest valid reading in the window (ms), 0 where there is none."""
        n = self.high - 1
        while n >= self.low and self.flags[n] & _NONE:
            n -= 1
        return self.times[n] if n >= self.low else 0

    def _reckon(self, since: int, at: int) -> None:
        self._clear()
        self.low, self.high, self.stale = bisect_right(self.times, since), bisect_right(self.times, at), False
        for n in range(self.low, self.high):
            self._count(n, 1)

    def _clear(self) -> None:
        self.came = self.valid = self.bad = self.numerator = self.denominator = self.late = self.corrected = 0

    def _count(self, n: int, sign: int) -> None:
        flags = self.flags[n]
        self.came += sign
        if flags & UNCOUNTED:
            return
        if flags & INVALID:
            self.bad += sign
            return
        self.valid += sign
        self.numerator += sign * self.num[n]
        self.denominator += sign * self.den[n]
        if flags:
            self.late += sign * (flags & LATE)
            self.corrected += sign * (flags >> 1 & 1)


_NONE = UNCOUNTED | INVALID
