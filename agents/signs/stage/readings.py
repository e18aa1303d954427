"""The readings of subjects for a sign, some bytes each, and what they come to in a window that ends now.

Of a reading its time, what it adds and how it came are kept for as long as the window reaches, so that a second copy is known
and a correction takes back what the wrong one added.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from typing import Any

from agents.core.duration import span
from agents.measures.parts import millionths
from agents.signs.reading import ReadingOf, ReadingSource, SignReading, owed
from agents.signs.stage.services import Services, is_plain
from agents.signs.stage.sums import CORRECTED, LATE, ONE, ByArea, of_area
from streams.messages import Registered

UNCOUNTED, INVALID = 4, 8
"""Flags of a reading that came and is not counted, or says nothing; beside LATE and CORRECTED."""

TRIM = 128
"""After how many readings that have left the window these are let go."""

Entry = tuple[str, int, int, int, int]
"""A reading as a checkpoint's journal has it: subject, time (ms), numerator and denominator (millionths), flags."""


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

    def tells(self, at: int, numerator: int, every: int) -> bool:
        """Whether a new reading tells of its interval of `every` ms: it is not as it should be, or no other is and it is newer.

        The one that told of it then goes.
        """
        place = bisect_left(self.times, at)
        for near in (place - 1, place):
            if 0 <= near < len(self.times) and (self.times[near] - 1) // every == (at - 1) // every:
                if (numerator, -at) > (self.num[near], -self.times[near]):
                    return False
                for each in (self.times, self.num, self.den, self.flags):
                    del each[near]
                self.stale = True
                return True
        return True

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


class ReadingsCounter:
    """Counts the readings of a source for a sign. `kind`: of subjects of this kind alone, where somebody owes them.

    `lacking`: what did not come stands in the denominator. `merges`: of several readings of one interval one counts, as
    `by_interval` says. `timely`: what a reading adds is when it came, which no correction changes.
    """

    FORMS: tuple[Any, Any] = (list[Entry], dict[str, list[bytes]])

    def __init__(
        self, source: ReadingSource, window: int, read: ReadingOf, *, lacking: bool, merges: bool, timely: bool
    ) -> None:
        due = source.due
        self.types: tuple[str, ...] = (source.type,)
        self.kind = due.subjects if due else ""
        self._window, self._read, self._due, self._lacking, self._timely = window, read, due, lacking, timely
        self._every = span(due.every) if due and merges else 0
        self._known: dict[str, Readings] = {}
        self._journal: list[Entry] = []

    def take(self, name: str, at: int, _offset: int, data: Any, facts: Registered | None, now: int, flags: int) -> None:
        """A reading of a subject came when time stood at `now` (ms)."""
        if at > now - self._window:
            self._put(name, at, self._read(data, facts, now - at), flags)

    def correct(self, name: str, at: int, _corrects: int, data: Any, facts: Registered | None, _now: int) -> None:
        """What a reading should have been."""
        known = self._known.get(name)
        place = bisect_left(known.times, at) if known else 0
        if known is None or place >= len(known.times) or known.times[place] != at:
            return
        flags = (known.flags[place] & LATE) | CORRECTED
        if self._timely:
            known.put(at, known.num[place], known.den[place], flags, over=True)
            self._journal.append((name, at, known.num[place], known.den[place], flags))
        else:
            self._put(name, at, self._read(data, facts, 0), flags, over=True)

    def sums(self, at: int, services: Services, into: ByArea) -> None:
        """Add what there is in the window that ends at `at` (ms)."""
        since, known = at - self._window, self._known
        for name, readings in known.items():
            readings.move(since, at)
            if readings.high > readings.low:
                self._add(name, readings, at, services, into)
        if self._due is not None:
            for name, area, service in services.serving(self.kind, at):
                there = known.get(name)
                lacking = owed(self._due, since, service.since, at) - (there.came if there else 0)
                if lacking > 0:
                    sums = of_area(into, area)
                    sums.due += lacking
                    sums.denominator += lacking * ONE if self._lacking else 0

    def changes(self) -> list[Entry]:
        """What came since it was asked for."""
        journal, self._journal = self._journal, []
        return journal

    def whole(self) -> Mapping[str, list[bytes]]:
        """All readings, as `restore` takes them."""
        self._journal = []
        return {
            name: [each.tobytes() for each in (known.times, known.num, known.den, known.flags)]
            for name, known in self._known.items()
            if known.times
        }

    def restore(self, whole: Mapping[str, list[bytes]]) -> None:
        """Take up all readings of these subjects."""
        for name, columns in whole.items():
            known = self._known[name] = Readings()
            for each, kept in zip((known.times, known.num, known.den, known.flags), columns, strict=True):
                each.frombytes(kept)

    def follow(self, changes: list[Entry]) -> None:
        """Take up what came after that."""
        for name, at, numerator, denominator, flags in changes:
            self._known.setdefault(name, Readings()).put(at, numerator, denominator, flags, over=True)

    def _put(self, name: str, at: int, found: SignReading | None, flags: int, *, over: bool = False) -> None:
        known = self._known.get(name)
        if known is None:
            known = self._known[name] = Readings()
        numerator = denominator = 0
        if found is None:
            flags |= UNCOUNTED
        elif not found.valid:
            flags |= INVALID
            denominator = millionths(found.denominator)
        elif found.denominator == 1:  # nearly all
            numerator, denominator = ONE if found.numerator == 1 else millionths(found.numerator), ONE
        else:
            numerator, denominator = millionths(found.numerator), millionths(found.denominator)
        if self._every and not over and (not found or not found.valid or not known.tells(at, numerator, self._every)):
            return
        if known.put(at, numerator, denominator, flags, over=over):
            self._journal.append((name, at, numerator, denominator, flags))

    def _add(self, name: str, readings: Readings, at: int, services: Services, into: ByArea) -> None:
        service = services.known.get(name)
        if service is None:
            return
        if is_plain(service, at) and (not self.kind or service.registered[0][1] == self.kind):
            sums = of_area(into, service.registered[0][2])
            sums.numerator += readings.numerator
            sums.denominator += readings.denominator
            sums.valid += readings.valid
            sums.due += readings.valid + readings.bad
            sums.late += readings.late
            sums.corrected += readings.corrected
            sums.newest = max(sums.newest, readings.newest())
            return
        for n in range(readings.low, readings.high):
            kind, area = service.at(readings.times[n]) or service.registered[-1][1:]
            flags = readings.flags[n]
            if flags & UNCOUNTED or (self.kind and kind != self.kind):
                continue
            if flags & INVALID:
                of_area(into, area).due += 1
            else:
                of_area(into, area).add(readings.num[n], readings.den[n], readings.times[n], flags)
