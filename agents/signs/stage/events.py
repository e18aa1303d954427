"""What happened to subjects, for signs that count happenings: each event of the window is kept, for they are few."""

from bisect import insort
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from msgspec import Struct

from agents.core.duration import span
from agents.signs.book.sign import PairsForm, RateForm, test_of
from agents.signs.reading import SignEvent, in_time, role_of
from agents.signs.stage.services import Services
from agents.signs.stage.sums import CORRECTED, LATE, ONE, ByArea, of_area
from streams.messages import Registered

SLACK = 60_000
"""How much longer than their reach (ms) events are kept: figures are told of the newest full minute."""


class KeptEvent(Struct, array_like=True):
    """An event of a subject: when (ms), where it stands, what it is to the sign, of which thing, how it came."""

    at: int
    offset: int
    role: str
    key: str
    flags: int = 0


RoleOf = Callable[[Any], tuple[str, str] | None]
"""What the data of an event are to a sign, and of which thing; None: nothing."""


class EventsCounter:
    """The events of one type by subject. `reach`: for how long they matter (ms)."""

    FORMS: tuple[Any, Any] = (dict[str, list[KeptEvent]], dict[str, list[KeptEvent]])

    def __init__(self, type_: str, reach: int, role: RoleOf) -> None:
        self.types: tuple[str, ...] = (type_,)
        self.kind = ""
        self._reach, self._role = reach, role
        self._known: dict[str, list[KeptEvent]] = {}
        self._changed: dict[str, None] = {}

    def take(self, name: str, at: int, offset: int, data: Any, _facts: Registered | None, now: int, flags: int) -> None:
        """An event of a subject came when time stood at `now` (ms)."""
        found = None if data is None else self._role(data)
        if found is not None and at > now - self._reach - SLACK:
            known = self._known.setdefault(name, [])
            if not any(each.offset == offset or _is_copy(each, at, found, flags) for each in known):
                insort(known, KeptEvent(at, offset, *found, flags), key=_place)
                self._changed[name] = None

    def correct(self, name: str, at: int, corrects: int, data: Any, _facts: Registered | None, _now: int) -> None:
        """What an event should have been; one that was nothing to the sign stays so."""
        known = self._known.get(name, [])
        was = next((each for each in known if each.offset == corrects), None)
        if was is None:
            return
        known.remove(was)
        if found := self._role(data):
            insort(known, KeptEvent(at, corrects, *found, (was.flags & LATE) | CORRECTED), key=_place)
        self._changed[name] = None

    def events(self, at: int) -> Iterator[tuple[str, list[KeptEvent]]]:
        """The events of each subject that still matter at a moment (ms), oldest first."""
        for name in [*self._known]:
            known = self._known[name]
            if known[0:1] and known[0].at <= at - self._reach - SLACK:
                known = self._known[name] = [each for each in known if each.at > at - self._reach - SLACK]
            if known:
                yield name, known
            else:
                del self._known[name]
                self._changed[name] = None

    def changes(self) -> Mapping[str, list[KeptEvent]]:
        """The events of those that have changed since they were asked for."""
        changed, self._changed = self._changed, {}
        return {name: self._known.get(name, []) for name in changed}

    def whole(self) -> Mapping[str, list[KeptEvent]]:
        """The events of all."""
        self._changed = {}
        return self._known

    def follow(self, changes: Mapping[str, list[KeptEvent]]) -> None:
        """Take up the events of these."""
        for name, known in changes.items():
            self._known[name] = [*known]

    restore = follow


class PairsCounter(EventsCounter):
    """Of what began that which ended in time, once its limit has run out."""

    def __init__(self, formula: PairsForm, window: int) -> None:
        begins, ends, voids = test_of(formula.begins), test_of(formula.ends), test_of(formula.voids)
        self._limit, self._window = span(formula.limit), window

        super().__init__(formula.type, window + self._limit, lambda data: role_of(formula, begins, ends, voids, data))

    def sums(self, at: int, services: Services, into: ByArea) -> None:
        """Add what began, and whose limit ran out in the window that ends at `at` (ms)."""
        for name, known in self.events(at):
            happened = [SignEvent(each.at, each.offset, each.role, each.key, each.flags) for each in known]
            for begun, good in in_time(happened, self._limit, at - self._window, at):
                if standing := services.standing(name, begun.at):
                    of_area(into, standing[1]).add(ONE * good, ONE, begun.at, begun.flags)


class RateCounter(EventsCounter):
    """How often something happened, and how many subjects of a kind are in service."""

    def __init__(self, formula: RateForm, window: int) -> None:
        counts = test_of(formula.counts)
        self._window, self._subjects = window, formula.subjects
        super().__init__(formula.type, window, lambda data: ("event", "") if counts(data) else None)

    def sums(self, at: int, services: Services, into: ByArea) -> None:
        """Add what happened in the window that ends at `at` (ms), and who is in service then."""
        for name, known in self.events(at):
            for each in known:
                if at - self._window < each.at <= at and (standing := services.standing(name, each.at)):
                    of_area(into, standing[1]).add(ONE, 0, each.at, each.flags)
        for _, area, _ in services.serving(self._subjects, at) if self._subjects else ():
            sums = of_area(into, area)
            sums.valid += 1
            sums.due += 1
            sums.denominator += ONE


def _place(each: KeptEvent) -> tuple[int, int]:
    return each.at, each.offset


def _is_copy(known: KeptEvent, at: int, found: tuple[str, str], flags: int) -> bool:
    """Whether an event that came late is one that is known: of those in time the fold says so."""
    return bool(flags & LATE) and (known.at, known.role, known.key) == (at, *found)
