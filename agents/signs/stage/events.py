"""What happened to subjects, for signs that count happenings: each event of the window is kept, for they are few."""

from abc import ABC, abstractmethod
from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from agents.core.duration import span
from agents.core.signs.counts import CountedFact
from agents.signs.book.sign import PairsForm, RateForm, test_of
from agents.signs.reading import SignEvent, in_time, role_of
from agents.signs.stage.services import Services
from agents.signs.stage.sums import CORRECTED, LATE, ONE, ByArea, of_area
from agents.signs.stage.tally import NEVER, Tally, after, service_after
from streams.messages import Registered

SLACK = 60_000
"""How much longer than their reach (ms) events are kept: figures are told of the newest full minute."""


GONE = ""
"""The role of an event that is none any more, as a correction says."""

Happened = tuple[str, SignEvent]
"""A subject and an event of it."""

RoleOf = Callable[[Any], tuple[str, str] | None]
"""What the data of an event are to a sign, and of which thing; None: nothing."""


class EventsCounter(ABC):
    """The events of one type by subject. `reach`: for how long they matter (ms)."""

    FORMS: tuple[Any, Any] = (list[Happened], list[Happened])

    def __init__(self, type_: str, reach: int, role: RoleOf) -> None:
        self.types: tuple[str, ...] = (type_,)
        self.kind = ""
        self.tally = Tally()
        self._keeps, self._role = reach + SLACK, role
        self._known: dict[str, list[SignEvent]] = {}
        self._newest = -1
        self._journal: list[Happened] = []

    def take(self, facts: Sequence[CountedFact], now: int) -> None:
        """These events came when time stood at `now` (ms)."""
        for _, name, _, data, at, offset, late in facts:
            found = None if data is None else self._role(data)
            if found is not None and at > now - self._keeps and offset > self._newest:
                if late and any(_is_copy(each, at, found) for each in self._known.get(name, ())):
                    continue
                self._put(name, SignEvent(at, offset, *found, LATE if late else 0))

    def correct(self, name: str, at: int, corrects: int, data: Any, _facts: Registered | None, _now: int) -> None:
        """What an event should have been; one that was nothing to the sign stays so."""
        was = next((each for each in self._known.get(name, ()) if each.offset == corrects), None)
        if was is not None:
            role, key = self._role(data) or (GONE, "")
            self._put(name, SignEvent(at, corrects, role, key, (was.flags & LATE) | CORRECTED))

    def bring(self, at: int, services: Services) -> None:
        """Bring the sums to a full minute (ms)."""
        self.tally.bring(at, self.part, services)

    @abstractmethod
    def part(self, unit: Any, at: int, services: Services) -> tuple[ByArea, int]:
        """What a unit of the tally comes to at a moment (ms), and when time alone changes that."""

    def _put(self, name: str, event: SignEvent) -> None:
        self._journal.append((name, event))
        self.follow([(name, event)])

    def touch(self, names: Iterable[str], _services: Services) -> None:
        """The services of these subjects have changed."""
        for name in names:
            for each in self._known.get(name, ()):
                self.tally.dirty.add(self.unit(name, each))

    def unit(self, name: str, _event: SignEvent) -> Any:
        """By what an event is tallied: its subject."""
        return name

    def forget(self, name: str, at: int) -> None:
        """Let go of the events of a subject that do not matter any more at a moment (ms)."""
        known, oldest = self._known.get(name, []), at - self._keeps
        if known and known[0].at <= oldest:
            known[:] = [each for each in known if each.at > oldest]
            if not known:
                del self._known[name]

    def changes(self) -> list[Happened]:
        """What happened, or is known to have been otherwise, since it was asked for."""
        journal, self._journal = self._journal, []
        return journal

    def whole(self) -> Iterator[Happened]:
        """The events of all."""
        self._journal = []
        return ((name, each) for name, known in self._known.items() for each in known)

    def follow(self, changes: Iterable[Happened]) -> None:
        """Take up these; what stood at the same offset goes."""
        for name, event in changes:
            known = self._known.setdefault(name, [])
            if event.offset <= self._newest:
                known[:] = [each for each in known if each.offset != event.offset]
            self._newest = max(self._newest, event.offset)
            if event.role != GONE:
                insort(known, event, key=_place)
            if not known:
                del self._known[name]
            self.tally.dirty.add(self.unit(name, event))

    restore = follow


class PairsCounter(EventsCounter):
    """Of what began that which ended in time, once its limit has run out."""

    def __init__(self, formula: PairsForm, window: int) -> None:
        begins, ends, voids = test_of(formula.begins), test_of(formula.ends), test_of(formula.voids)
        self._limit, self._window = span(formula.limit), window

        super().__init__(formula.type, window + self._limit, lambda data: role_of(formula, begins, ends, voids, data))

    def part(self, name: str, at: int, services: Services) -> tuple[ByArea, int]:
        """What began of a subject, whose limit ran out in the window that ends at `at` (ms); when time changes that."""
        self.forget(name, at)
        into, known = ByArea(), self._known.get(name, ())
        passed = (0, self._limit, self._limit + self._window, self._keeps)
        for begun, good in in_time(known, self._limit, at - self._window, at):
            if standing := services.standing(name, begun.at):
                of_area(into, standing[1]).add(ONE * good, ONE, begun.at, begun.flags)
        return into, after(at, [each.at + later for each in known for later in passed])


Unit = tuple[str, int, int]
"""A subject, and the offset and time (ms) of an event of it; -1 and 0 for the subject itself."""


class RateCounter(EventsCounter):
    """How often something happened, and how many subjects of a kind are in service."""

    def __init__(self, formula: RateForm, window: int) -> None:
        counts = test_of(formula.counts)
        self._window, self._subjects = window, formula.subjects
        super().__init__(formula.type, window, lambda data: ("event", "") if counts(data) else None)

    def unit(self, name: str, event: SignEvent) -> Unit:
        """By what an event is tallied: each alone."""
        return name, event.offset, event.at

    def touch(self, names: Iterable[str], services: Services) -> None:
        """The services of these subjects have changed."""
        super().touch(names, services)
        if self._subjects:
            self.tally.dirty.update((name, -1, 0) for name in names)

    def part(self, unit: Unit, at: int, services: Services) -> tuple[ByArea, int]:
        """What an event, or a subject in service, is in the window that ends at `at` (ms); when time alone changes that."""
        (name, offset, moment), into = unit, ByArea()
        service = services.known.get(name)
        if service is None:
            return into, NEVER
        if offset < 0:
            standing = service.at(at)
            if standing is not None and standing[0] == self._subjects:
                sums = of_area(into, standing[1])
                sums.lack(1, ONE)
                sums.valid = 1
            return into, service_after(service, at)
        self.forget(name, at)
        known = self._known.get(name, ())
        place = bisect_left(known, (moment, offset), key=_place)
        if place < len(known) and known[place].offset == offset and at - self._window < moment <= at:
            standing = services.standing(name, moment)
            if standing is not None:
                of_area(into, standing[1]).add(ONE, 0, moment, known[place].flags)
        return into, after(at, (moment, moment + self._window, moment + self._keeps))


def _place(each: SignEvent) -> tuple[int, int]:
    return each.at, each.offset


def _is_copy(known: SignEvent, at: int, found: tuple[str, str]) -> bool:
    """Whether an event that came late is one that is known: of those in time the fold says so."""
    return (known.at, known.role, known.key) == (at, *found)
