"""The readings of plain subjects by the minute: of those registered once and in service ever since, which nearly all are.

What is told is told of full minutes, and windows are whole minutes: all readings of a minute come into the window together and
leave it together. So a minute's sums by district are reckoned once, when it comes in; a reading costs no more than to be put
to its minute. Where nobody lacks a reading or gets one back, nothing is done for a subject.
"""

from array import array
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

import msgspec

from agents.signs.reading import owed
from agents.signs.stage.sums import ONE, AreaSums, ByArea
from agents.signs.stage.tally import Tally
from agents.signs.stage.window import INVALID, UNCOUNTED, Readings
from streams.messages import MINUTE

Columns = tuple[str | int, list[bytes]]
"""Readings as a checkpoint holds them all: of a subject (its name) their times, numerators, denominators and flags; or of a

minute (its number) the same, behind the places of their subjects in `NAMES`.
"""

NAMES = 0
"""In the place of a minute: names of subjects, packed, in the order in which those of minutes are numbered."""

PIECE = 4_096
"""Of how many readings one item of a checkpoint holds all (at most 29 bytes each); a choice."""


class PlainSubject:
    """A subject, registered at `since` (ms); `last`: the time of its newest reading (ms).

    `came`, `lack`: how many readings of the window came, and how many lack; `asked`: the minute of the next look at that;
    `number`: its place among all, as the newest whole checkpoint has it.
    """

    __slots__ = ("area", "asked", "came", "lack", "last", "name", "number", "since")

    def __init__(self, name: str, area: str, since: int) -> None:
        self.name, self.area, self.since = name, area, since
        self.came = self.lack = self.last = self.asked = self.number = 0


class MinuteReadings:
    """The readings of one minute as they came. `told`: what those that were told come to by district, at each telling.

    It is None before the minute is in the window; `count`: how many have been told.
    """

    __slots__ = ("count", "den", "flags", "num", "subjects", "times", "told")

    def __init__(self) -> None:
        self.subjects: list[PlainSubject] = []
        self.times, self.num, self.den, self.flags = array("q"), array("q"), array("q"), array("b")
        self.told: list[ByArea] | None = None
        self.count = 0

    def find(self, subject: PlainSubject, at: int) -> int | None:
        """Which reading of the minute is that of a subject for a moment (ms)."""
        n = -1
        try:
            while True:
                n = self.subjects.index(subject, n + 1)
                if self.times[n] == at:
                    return n
        except ValueError:
            return None

    def drop(self, n: int) -> None:
        """Let go of a reading."""
        for each in (self.subjects, self.times, self.num, self.den, self.flags):
            del each[n]

    def tell(self) -> ByArea:
        """What those come to that have not been told."""
        sums: ByArea = {}
        columns = (self.subjects, self.times, self.num, self.den, self.flags)
        for subject, at, num, den, flags in islice(zip(*columns, strict=True), self.count, None):
            into = sums.get(subject.area)
            if into is None:
                into = sums[subject.area] = AreaSums()
            if not flags:
                into.numerator += num
                into.denominator += den
                into.valid += 1
                into.due += 1
                if at > into.newest:
                    into.newest = at
            elif flags & INVALID:
                into.due += 1
            elif not flags & UNCOUNTED:
                into.add(num, den, at, flags)
        self.count = len(self.times)
        self.told = [*(self.told or ()), sums]
        return sums

    def untell(self) -> list[ByArea]:
        """What was told, which is so no more."""
        told, self.told, self.count = self.told or [], [], 0
        return told


class PlainReadings:
    """The readings of plain subjects, who stand in `subjects` by name, in a window (ms); `tally`: what they come to.

    `every`: how often (ms) one is due, 0 if none is; `lacking`: what did not come stands in the denominator.
    """

    def __init__(self, window: int, every: int, *, lacking: bool) -> None:
        self.subjects: dict[str, PlainSubject] = {}
        self.tally = Tally(self.newest)
        self._window, self._every, self._lacking = window, every, lacking
        self._full = window // every if every else 0
        self._minutes: dict[int, MinuteReadings] = {}
        self._now = 0
        self._touched: set[PlainSubject] = set()
        self._stale: set[MinuteReadings] = set()
        self._behind: set[MinuteReadings] = set()
        self._asked: dict[int, list[PlainSubject]] = {}

    def admit(self, name: str, area: str, since: int, readings: Readings | None) -> None:
        """Go on with the readings of a subject that is plain from now on."""
        subject = self.subjects[name] = PlainSubject(name, area, since)
        self._touched.add(subject)
        if readings is not None:
            oldest = self._now * MINUTE - self._window
            for at, *reading in zip(readings.times, readings.num, readings.den, readings.flags, strict=True):
                if at > oldest:
                    self._append(subject, at, *reading)

    def release(self, names: set[str]) -> dict[str, Readings]:
        """The readings of subjects that are plain no longer; they are here no more."""
        gone = {self.subjects.pop(name): Readings() for name in names}
        for subject in gone:
            self._lack(subject.area, -subject.lack, -(subject.lack > 0))
            subject.asked = 0
        self._touched -= gone.keys()
        for minute in self._minutes.values():
            for n in [n for n, subject in enumerate(minute.subjects) if subject in gone][::-1]:
                gone[minute.subjects[n]].put(minute.times[n], minute.num[n], minute.den[n], minute.flags[n])
                minute.drop(n)
                if minute.told is not None:
                    self._stale.add(minute)
        return {subject.name: readings for subject, readings in gone.items()}

    def put(self, subject: PlainSubject, at: int, numerator: int, denominator: int, flags: int) -> bool:
        """Take up a reading; of a time that has a valid one it is a copy, and False."""
        if at <= subject.last and (found := self.find(subject, at)) is not None:
            if not found[0].flags[found[1]] & INVALID:
                return False
            self.rewrite(*found, numerator, denominator, flags)
        else:
            self._append(subject, at, numerator, denominator, flags)
        return True

    def rewrite(self, minute: MinuteReadings, n: int, numerator: int, denominator: int, flags: int) -> None:
        """What a reading of a minute should have been."""
        minute.num[n], minute.den[n], minute.flags[n] = numerator, denominator, flags
        if minute.told is not None:
            self._stale.add(minute)

    def find(self, subject: PlainSubject, at: int) -> tuple[MinuteReadings, int] | None:
        """The minute of the reading of a subject for a moment (ms), and which of its readings that is."""
        minute = self._minutes.get(-(-at // MINUTE))
        n = None if minute is None else minute.find(subject, at)
        return None if minute is None or n is None else (minute, n)

    def tells(self, subject: PlainSubject, at: int, numerator: int, every: int) -> bool:
        """Whether a new reading tells of its interval of `every` ms, as `Readings.tells`; the one that told of it then goes."""
        begin = (at - 1) // every * every
        if subject.last <= begin:
            return True
        for number in range(begin // MINUTE, -(-(begin + every) // MINUTE) + 1):
            minute = self._minutes.get(number)
            if minute is None or subject not in minute.subjects:
                continue
            for n, (each, time) in enumerate(zip(minute.subjects, minute.times, strict=True)):
                if each is subject and begin < time <= begin + every:
                    if time == at or (numerator, -at) > (minute.num[n], -time):
                        return False
                    minute.drop(n)
                    if minute.told is not None:
                        subject.came -= 1
                        self._touched.add(subject)
                        self._stale.add(minute)
                    return True
        return True

    def move(self, at: int) -> None:
        """The window ends at a full minute (ms), which is never before the last one."""
        before, self._now = self._now, at // MINUTE
        oldest, passed = self._now - self._window // MINUTE, self._now - before
        for minute in self._stale:
            self._take_out(minute)
        for minute in self._stale | self._behind:
            self.tally.put_in(minute.tell())
        self._stale.clear()
        self._behind.clear()
        for number in _between(self._minutes, max(before, oldest), self._now):
            self._enter(self._minutes[number])
        for number in _between(self._minutes, oldest - passed, oldest):
            self._leave(self._minutes.pop(number))
        if self._every:
            for number in _between(self._asked, before, self._now):
                self._touched.update(each for each in self._asked.pop(number) if each.asked == number)
            self._look(at)
        self._touched.clear()

    def newest(self, area: str) -> int:
        """The time of the newest valid reading in the window in a district (ms), 0 where there is none."""
        for number in range(self._now, self._now - self._window // MINUTE, -1):
            minute = self._minutes.get(number)
            if minute is not None and minute.told:
                newest = max((sums[area].newest for sums in minute.told if area in sums), default=0)
                if newest:
                    return newest
        return 0

    def whole(self) -> Iterator[Columns]:
        """All readings, minute by minute, behind the names of their subjects."""
        names = [*self.subjects]
        for number, subject in enumerate(self.subjects.values()):
            subject.number = number
        for n in range(0, len(names), PIECE):
            yield NAMES, [msgspec.msgpack.encode(names[n : n + PIECE])]
        for number, minute in self._minutes.items():
            who = array("i", [each.number for each in minute.subjects])
            yield from pieces(number, (who, minute.times, minute.num, minute.den, minute.flags))

    def _append(self, subject: PlainSubject, at: int, numerator: int, denominator: int, flags: int) -> None:
        number = -(-at // MINUTE)
        minute = self._minutes.get(number)
        if minute is None:
            minute = self._minutes[number] = MinuteReadings()
            if number <= self._now:
                minute.told = []
        minute.subjects.append(subject)
        minute.times.append(at)
        minute.num.append(numerator)
        minute.den.append(denominator)
        minute.flags.append(flags)
        if at > subject.last:
            subject.last = at
        if minute.told is not None:
            subject.came += 1
            if subject.lack:
                self._touched.add(subject)
            self._behind.add(minute)

    def _enter(self, minute: MinuteReadings) -> None:
        self.tally.put_in(minute.tell())
        if self._every:
            for subject in minute.subjects:
                subject.came += 1
                if subject.lack:
                    self._touched.add(subject)

    def _leave(self, minute: MinuteReadings) -> None:
        if minute.told is None:  # it was never in the window
            return
        self._take_out(minute)
        if self._every:
            full = self._full
            for subject in minute.subjects:
                subject.came -= 1
                if subject.came < full:
                    self._touched.add(subject)

    def _take_out(self, minute: MinuteReadings) -> None:
        for sums in minute.untell():
            self.tally.take_out(sums)

    def _look(self, at: int) -> None:
        """Who lacks readings of those who lacked some, of whom one has left the window, or who may owe more by now."""
        since, every, full, now, more = at - self._window, self._every, self._full, self._now, dict[str, list[int]]()
        for subject in self._touched:
            begun, came, before = subject.since, subject.came, subject.lack
            total = full if begun <= since else owed(every, since, begun, at)
            lack = subject.lack = total - came if total > came else 0
            if lack != before:
                known = more.setdefault(subject.area, [0, 0])
                known[0] += lack - before
                known[1] += (lack > 0) - (before > 0)
            if total < full and came < full:  # until it owes more than came nothing lacks
                number = -(-(begun + (max(total, came) + 1) * every) // MINUTE)
                if not now < subject.asked <= number:
                    subject.asked = number
                    self._asked.setdefault(number, []).append(subject)
        for area, (lacking, parts) in more.items():
            self._lack(area, lacking, parts)

    def _lack(self, area: str, lacking: int, parts: int) -> None:
        """So many more readings lack in a district, of so many more subjects."""
        self.tally.lack(area, lacking, lacking * ONE if self._lacking else 0, parts)


def _between(known: Mapping[int, object], after: int, until: int) -> list[int]:
    """The minutes that are known after one, up to another one: none is looked for that is not there."""
    if until - after == 1:  # time goes on minute by minute
        return [until] if until in known else []
    if until - after < len(known):
        return [number for number in range(after + 1, until + 1) if number in known]
    return sorted(number for number in known if after < number <= until)


def pieces(of: str | int, columns: "Sequence[array[int]]") -> Iterator[Columns]:
    """Readings of a subject or minute as a checkpoint holds them."""
    for n in range(0, len(columns[0]), PIECE):
        yield of, [each[n : n + PIECE].tobytes() for each in columns]
