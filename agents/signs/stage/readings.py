"""The readings of subjects for a sign, some bytes each, and what they come to in a window that ends now.

Of a reading its time, what it adds and how it came are kept for as long as the window reaches, so that a second copy is known
and a correction takes back what the wrong one added.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from typing import Any

from agents.core.duration import span
from agents.measures.parts import millionths
from agents.signs.facts import Service
from agents.signs.reading import ReadingOf, ReadingSource, SignReading, owed
from agents.signs.stage.services import Services, is_plain
from agents.signs.stage.sums import CORRECTED, LATE, ONE, ByArea, of_area
from agents.signs.stage.tally import NEVER, Tally, service_after
from streams.messages import Registered

UNCOUNTED, INVALID = 4, 8
"""Flags of a reading that came and is not counted, or says nothing; beside LATE and CORRECTED."""

TRIM = 128
"""After how many readings that have left the window these are let go."""

PIECE = 4_096
"""Of how many readings of a subject one item of a checkpoint holds all (25 bytes each); a choice."""

Columns = tuple[str, list[bytes]]
"""Readings of a subject as a checkpoint holds them all: times, numerators, denominators, flags."""

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


class ReadingsCounter:
    """Counts the readings of a source for a sign. `kind`: of subjects of this kind alone, where somebody owes them.

    `lacking`: what did not come stands in the denominator. `merges`: of several readings of one interval one counts, as
    `by_interval` says. `timely`: what a reading adds is when it came, which no correction changes.
    """

    FORMS: tuple[Any, Any] = (list[Entry], list[Columns])

    def __init__(
        self, source: ReadingSource, window: int, read: ReadingOf, *, lacking: bool, merges: bool, timely: bool
    ) -> None:
        due = source.due
        self.types: tuple[str, ...] = (source.type,)
        self.kind = due.subjects if due else ""
        self._window, self._read, self._due, self._lacking, self._timely = window, read, due, lacking, timely
        self._span = span(due.every) if due else 0
        self._full = window // self._span if self._span else 0
        self._every = self._span if merges else 0
        self.tally = Tally()
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
            self.tally.dirty.add(name)
            self._journal.append((name, at, known.num[place], known.den[place], flags))
        else:
            self._put(name, at, self._read(data, facts, 0), flags, over=True)

    def part(self, name: str, at: int, services: Services) -> tuple[ByArea, int]:
        """What a subject comes to in the window that ends at `at` (ms), and when time alone changes that."""
        service, readings, into = services.known.get(name), self._known.get(name), ByArea()
        if service is None or not service.registered:
            return into, NEVER
        since, due, wake = at - self._window, self._due, service_after(service, at)
        if readings is not None:
            readings.move(since, at)
            if readings.high > readings.low:
                self._add(service, readings, at, into)
            wake = min(wake, readings.wakes(self._window))
        if due is not None:
            begun, came = service.since, 0 if readings is None else readings.came
            total = self._full if begun <= since else owed(due, since, begun, at)
            if total < self._full and came < self._full:  # until it owes more than came nothing lacks
                wake = min(wake, begun + (max(total, came) + 1) * self._span)
            standing = service.at(at)
            if total > came and standing is not None and standing[0] == self.kind:
                of_area(into, standing[1]).lack(total - came, (total - came) * ONE if self._lacking else 0)
        return into, wake

    def touch(self, names: Iterable[str], services: Services) -> None:
        """The services of these subjects have changed."""
        there = services.of_kind.get(self.kind, {})
        self.tally.dirty.update(name for name in names if not self.kind or name in there or name in self._known)

    def changes(self) -> list[Entry]:
        """What came since it was asked for."""
        journal, self._journal = self._journal, []
        return journal

    def whole(self) -> Iterator[Columns]:
        """All readings, some of one subject at a time."""
        self._journal = []
        for name, known in self._known.items():
            for n in range(0, len(known.times), PIECE):
                piece = slice(n, n + PIECE)
                yield name, [each[piece].tobytes() for each in (known.times, known.num, known.den, known.flags)]

    def restore(self, whole: Iterable[Columns]) -> None:
        """Take up all readings, piece by piece."""
        for name, columns in whole:
            known = self._known.setdefault(name, Readings())
            for each, kept in zip((known.times, known.num, known.den, known.flags), columns, strict=True):
                each.frombytes(kept)
            self.tally.dirty.add(name)

    def follow(self, changes: Iterable[Entry]) -> None:
        """Take up what came after that."""
        for name, at, numerator, denominator, flags in changes:
            self._known.setdefault(name, Readings()).put(at, numerator, denominator, flags, over=True)
            self.tally.dirty.add(name)

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
            numerator = ONE if found.numerator == 1 else millionths(found.numerator) if found.numerator else 0
            denominator = ONE
        else:
            numerator, denominator = millionths(found.numerator), millionths(found.denominator)
        if self._every and not over and (not found or not found.valid or not known.tells(at, numerator, self._every)):
            return
        if known.put(at, numerator, denominator, flags, over=over):
            self._journal.append((name, at, numerator, denominator, flags))
            self.tally.dirty.add(name)

    def _add(self, service: Service, readings: Readings, at: int, into: ByArea) -> None:
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
            kind, area = service.when(readings.times[n])
            flags = readings.flags[n]
            if flags & UNCOUNTED or (self.kind and kind != self.kind):
                continue
            if flags & INVALID:
                of_area(into, area).due += 1
            else:
                of_area(into, area).add(readings.num[n], readings.den[n], readings.times[n], flags)
