"""What counts the readings of a source for a sign: those of plain subjects by the minute, of all others subject by subject."""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

import msgspec

from agents.core.duration import span
from agents.core.signs.counts import CountedFact
from agents.measures.parts import millionths
from agents.signs.facts import Service
from agents.signs.reading import ReadingOf, ReadingSource, SignReading, owed
from agents.signs.stage.plain import NAMES, Columns, PlainReadings, pieces
from agents.signs.stage.services import Services, is_plain
from agents.signs.stage.sums import CORRECTED, LATE, ONE, ByArea, of_area
from agents.signs.stage.tally import NEVER, service_after
from agents.signs.stage.window import INVALID, UNCOUNTED, Readings
from streams.messages import MINUTE, Registered

Entry = tuple[str, int, int, int, int]
"""A reading as a checkpoint's journal has it: subject, time (ms), numerator and denominator (millionths), flags."""


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
        self._window, self._read, self._lacking, self._timely = window, read, lacking, timely
        self._span = span(due.every) if due else 0
        self._full = window // self._span if self._span else 0
        self._every = self._span if merges else 0
        self._plain = PlainReadings(window, self._span, lacking=lacking)
        self.tally = self._plain.tally
        self._others: dict[str, Readings] = {}
        self._unsure: set[str] = set()
        self._names: list[str] = []
        self._journal: list[Entry] = []

    def take(self, facts: Sequence[CountedFact], now: int) -> None:
        """These readings came when time stood at `now` (ms)."""
        read, plain, every, note = self._read, self._plain.subjects, self._every, self._journal.append
        put, tells, oldest = self._plain.put, self._plain.tells, now - self._window
        for _, name, registered, data, at, _, late in facts:
            if at <= oldest:
                continue
            numerator, denominator, flags = _millionths(read(data, registered, now - at))
            flags |= late * LATE
            subject = plain.get(name)
            if subject is None:
                self._take_other(name, at, (numerator, denominator, flags), oldest // MINUTE * MINUTE)
            elif every and (flags > CORRECTED or not tells(subject, at, numerator, every)):
                continue
            elif put(subject, at, numerator, denominator, flags):
                note((name, at, numerator, denominator, flags))

    def _take_other(self, name: str, at: int, reading: tuple[int, int, int], oldest: int) -> None:
        numerator, denominator, flags = reading
        readings = self._others.get(name) or self._other(name)
        if self._every and (flags > CORRECTED or not readings.tells(at, numerator, self._every, oldest)):
            return
        if readings.put(at, numerator, denominator, flags):
            self._journal.append((name, at, numerator, denominator, flags))
        self.tally.dirty.add(name)

    def correct(self, name: str, at: int, _corrects: int, data: Any, facts: Registered | None, _now: int) -> None:
        """What a reading should have been."""
        numerator, denominator, said = _millionths(self._read(data, facts, 0))
        if (subject := self._plain.subjects.get(name)) is not None:
            found = self._plain.find(subject, at)
            if found is None:
                return
            minute, place = found
            flags = (minute.flags[place] & LATE) | CORRECTED
            if self._timely:
                numerator, denominator, said = minute.num[place], minute.den[place], 0
            self._plain.rewrite(minute, place, numerator, denominator, flags | said)
        else:
            known = self._others.get(name)
            place = bisect_left(known.times, at) if known else 0
            if known is None or place >= len(known.times) or known.times[place] != at:
                return
            flags = (known.flags[place] & LATE) | CORRECTED
            if self._timely:
                numerator, denominator, said = known.num[place], known.den[place], 0
            known.put(at, numerator, denominator, flags | said, over=True)
            self.tally.dirty.add(name)
        self._journal.append((name, at, numerator, denominator, flags | said))

    def bring(self, at: int, services: Services) -> None:
        """Bring the sums to a full minute (ms)."""
        self._names.clear()  # all is taken up
        self._sort(at, services)
        self._plain.move(at)
        self.tally.bring(at, self._part, services)

    def touch(self, names: Iterable[str], services: Services) -> None:
        """The services of these subjects have changed."""
        there = services.of_kind.get(self.kind, {})
        for name in names:
            if name in there or name in self._plain.subjects or name in self._others:
                self._unsure.add(name)
                self.tally.dirty.add(name)

    def changes(self) -> list[Entry]:
        """What came since it was asked for."""
        journal, self._journal = self._journal, []
        return journal

    def whole(self) -> Iterator[Columns]:
        """All readings, those of plain subjects by the minute, those of others by the subject."""
        self._journal = []
        others = ((name, (known.times, known.num, known.den, known.flags)) for name, known in self._others.items())
        return chain(self._plain.whole(), (piece for name, columns in others for piece in pieces(name, columns)))

    def restore(self, whole: Iterable[Columns]) -> None:
        """Take up all readings, piece by piece."""
        for of, columns in whole:
            if isinstance(of, str):
                known = self._other(of)
                for each, kept in zip((known.times, known.num, known.den, known.flags), columns, strict=True):
                    each.frombytes(kept)
            elif of == NAMES:
                self._names += msgspec.msgpack.decode(columns[0], type=list[str])
            else:
                who, *readings = (array(code, kept) for code, kept in zip("iqqqb", columns, strict=True))
                for number, *reading in zip(who, *readings, strict=True):
                    self._other(self._names[number]).put(*reading, over=True)

    def follow(self, changes: Iterable[Entry]) -> None:
        """Take up what came after that."""
        for name, at, numerator, denominator, flags in changes:
            known = self._other(name)
            if self._every:
                known.tells(at, numerator, self._every)  # what told of the interval before goes
            known.put(at, numerator, denominator, flags, over=True)

    def _other(self, name: str) -> Readings:
        self._unsure.add(name)
        self.tally.dirty.add(name)
        return self._others.setdefault(name, Readings())

    def _sort(self, at: int, services: Services) -> None:
        """Who is plain from now on, and who is no longer."""
        unsure, self._unsure = self._unsure, set()
        gone: set[str] = set()
        for name in unsure:
            service = services.known.get(name)
            plain = service is not None and is_plain(service, at) and self.kind in {"", service.registered[0][1]}
            if name in self._plain.subjects:
                if not plain:
                    gone.add(name)
            elif service is not None and plain:
                self._plain.admit(name, service.registered[0][2], service.since, self._others.pop(name, None))
                self.tally.dirty.add(name)
            elif service is not None and service.registered and service.registered[-1][0] > at:
                self._unsure.add(name)
        if gone:
            self._others |= self._plain.release(gone)
            self.tally.dirty |= gone

    def _part(self, name: str, at: int, services: Services) -> tuple[ByArea, int]:
        """What a subject that is not plain comes to in the window that ends at `at` (ms), and when time alone changes that."""
        service, readings, into = services.known.get(name), self._others.get(name), ByArea()
        if service is None or not service.registered or name in self._plain.subjects:
            return into, NEVER
        since, wake, came = at - self._window, service_after(service, at), 0
        if readings is not None:
            readings.move(since, at)
            self._add(service, readings, into)
            wake, came = min(wake, readings.wakes(self._window)), readings.came
        if self._span:
            begun = service.since
            total = self._full if begun <= since else owed(self._span, since, begun, at)
            if total < self._full and came < self._full:  # until it owes more than came nothing lacks
                wake = min(wake, begun + (max(total, came) + 1) * self._span)
            standing = service.at(at)
            if total > came and standing is not None and standing[0] == self.kind:
                of_area(into, standing[1]).lack(total - came, (total - came) * ONE if self._lacking else 0)
        return into, wake

    def _add(self, service: Service, readings: Readings, into: ByArea) -> None:
        for n in range(readings.low, readings.high):
            kind, area = service.when(readings.times[n])
            flags = readings.flags[n]
            if flags & UNCOUNTED or (self.kind and kind != self.kind):
                continue
            if flags & INVALID:
                of_area(into, area).due += 1
            else:
                of_area(into, area).add(readings.num[n], readings.den[n], readings.times[n], flags)


def _millionths(found: SignReading | None) -> tuple[int, int, int]:
    """Numerator and denominator of what a reading adds, and the flags that say that it is not counted, or says nothing."""
    if found is None:
        return 0, 0, UNCOUNTED
    if not found.valid:
        return 0, millionths(found.denominator), INVALID
    if found.denominator == 1:  # nearly all
        return ONE if found.numerator == 1 else millionths(found.numerator) if found.numerator else 0, ONE, 0
    return millionths(found.numerator), millionths(found.denominator), 0
