"""What was heard of subjects last, for signs that ask how each subject is now."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Generic, TypeVar

from msgspec import Struct

from agents.core.duration import span
from agents.core.signs.counts import CountedFact
from agents.measures.parts import millionths
from agents.signs.book.sign import AIR_HOUR, AirForm, OnlineInput, RegisterForm
from agents.signs.reading import AirValues, air_values, last_day, register_reading
from agents.signs.stage.services import Services, is_plain
from agents.signs.stage.sums import CORRECTED, LATE, ONE, ByArea, of_area
from agents.signs.stage.tally import NEVER, Tally, after, service_after
from streams.messages import DAY, REGISTERED, Registered

Kept = TypeVar("Kept", bound=tuple[Any, ...])


class NewestCounter(ABC, Generic[Kept]):
    """What was heard of each subject last, its name first; its unit is the subject. `kind`: of this kind alone, "": of all."""

    def __init__(self, type_: str, kind: str) -> None:
        self.types: tuple[str, ...] = (type_,)
        self.kind = kind
        self.tally = Tally()
        self._known: dict[str, Kept] = {}
        self._changed: dict[str, None] = {}

    def bring(self, at: int, services: Services) -> None:
        """Bring the sums to a full minute (ms)."""
        self.tally.bring(at, self.part, services)

    @abstractmethod
    def part(self, name: str, at: int, services: Services) -> tuple[ByArea, int]:
        """What a subject comes to at a moment (ms), and when time alone changes that."""

    def touch(self, names: Iterable[str], services: Services) -> None:
        """The services of these subjects have changed."""
        there = services.of_kind.get(self.kind, {})
        self.tally.dirty.update(name for name in names if not self.kind or name in there)

    def changes(self) -> list[Kept]:
        """Of those that have changed since it was asked for what is kept."""
        changed, self._changed = self._changed, {}
        return [self._known[name] for name in changed]

    def whole(self) -> Iterator[Kept]:
        """The same of all."""
        self._changed = {}
        return iter(self._known.values())

    def follow(self, changes: Iterable[Kept]) -> None:
        """Take up these."""
        for each in changes:
            self._known[each[0]] = each
            self.tally.dirty.add(each[0])

    restore = follow

    def _put(self, name: str, kept: Kept) -> None:
        self._known[name] = kept
        self._changed[name] = None
        self.tally.dirty.add(name)


Heard = tuple[str, int, int]
"""A source, when it was heard of last (ms), and before that where that was ahead of time, else 0."""


class OnlineCounter(NewestCounter[Heard]):
    """Of the sources of one kind in service whether a valid record is young enough.

    Facts may be ahead of the partition's time: the newest that is not is remembered beside them.
    """

    FORMS: tuple[Any, Any] = (list[Heard], list[Heard])

    def __init__(self, source: OnlineInput, times: float) -> None:
        super().__init__(source.type, source.subjects)
        self._within = int(times * span(source.every))
        self._again: set[str] = set()

    def take(self, facts: Sequence[CountedFact], now: int) -> None:
        """These records of sources came when time stood at `now` (ms)."""
        for _, name, _, data, at, _, _ in facts:
            if data is not None:
                self._hear(name, at, now)

    def correct(self, name: str, at: int, _corrects: int, data: Any, _facts: Registered | None, now: int) -> None:
        """A record that was not valid is now."""
        if data is not None:
            self._hear(name, at, now)

    def _hear(self, name: str, at: int, now: int) -> None:
        _, newest, before = self._known.get(name, (name, 0, 0))
        if at > newest:
            self._known[name] = name, at, newest if 0 < newest <= now < at else before
            self._changed[name] = None
            self._again.add(name)

    def bring(self, at: int, services: Services) -> None:
        """Bring the sums to a full minute (ms): who is plain and online still is, whenever it is heard again."""
        dirty, renew, known = self.tally.dirty, self.tally.renew, services.known
        for name in self._again:
            heard, service = self._known[name][1], known.get(name)
            if (
                heard > at
                or name in dirty
                or not service
                or not is_plain(service, at)
                or not renew(name, heard, heard + self._within)
            ):
                dirty.add(name)
        self._again.clear()
        super().bring(at, services)

    def part(self, name: str, at: int, services: Services) -> tuple[ByArea, int]:
        """A source in service, but one that was registered too lately to owe a record; when time alone changes that (ms)."""
        into, service, (_, heard, before) = ByArea(), services.known.get(name), self._known.get(name, (name, 0, 0))
        standing = None if service is None else service.at(at)
        if service is None or standing is None or standing[0] != self.kind:
            return into, service_after(service, at) if service else NEVER
        oldest, last = at - self._within, before if heard > at else heard
        if last > oldest:
            of_area(into, standing[1]).add(ONE, ONE, last)
        elif service.since <= oldest:
            sums = of_area(into, standing[1])
            sums.lack(1, ONE)
            sums.valid, sums.newest = 1, last
        return into, min(service_after(service, at), after(at, (heard, last + self._within, service.since + self._within)))


Days = tuple[str, list[tuple[int, int | None]]]
"""A subject, and since when (ms) its registrations have which last day (its beginning, ms)."""


class RegisterCounter(NewestCounter[Days]):
    """The subjects of some kinds in service, by the last day that their registrations have."""

    FORMS: tuple[Any, Any] = (list[Days], list[Days])

    def __init__(self, formula: RegisterForm) -> None:
        super().__init__(f"{formula.domain}{REGISTERED}", "")
        self._formula = formula

    def take(self, facts: Sequence[CountedFact], _now: int) -> None:
        """Subjects were registered."""
        for _, name, _, data, at, _, _ in facts:
            known, found = self._days(name), (at, last_day(self._formula, data))
            if data.kind in self._formula.subjects and (not known or known[-1][1] != found[1]):
                self._put(name, (name, sorted([*known, found], key=lambda each: each[0])))

    def correct(self, *_: Any) -> None:
        """Registrations are not corrected: a newer one takes their place."""

    def part(self, name: str, at: int, services: Services) -> tuple[ByArea, int]:
        """A subject in service, and when time alone changes what it is (ms)."""
        into, service, known = ByArea(), services.known.get(name), self._days(name)
        if service is None:
            return into, NEVER
        days, standing = [day for since, day in known if since <= at], service.at(at)
        if standing is not None and standing[0] in self._formula.subjects:
            found, sums = register_reading(days[-1] if days else None, at), of_area(into, standing[1])
            sums.due += 1
            if found.valid:
                sums.valid += 1
                sums.numerator += millionths(found.numerator)
                sums.denominator += millionths(found.denominator)
        over = [day + DAY for _, day in known if day is not None]
        return into, min(service_after(service, at), after(at, (*over, *(since for since, _ in known))))

    def _days(self, name: str) -> list[tuple[int, int | None]]:
        return self._known[name][1] if name in self._known else []


class StationHour(Struct, array_like=True):
    """An hour of a station: when (ms), how it came, its values by pollutant, None where it is not valid."""

    at: int
    flags: int
    values: AirValues | None


Hours = tuple[str, list[StationHour]]
"""A station and its hours."""


class AirCounter(NewestCounter[Hours]):
    """The newest hour of the window of each station in service, its values summed by pollutant."""

    FORMS: tuple[Any, Any] = (list[Hours], list[Hours])

    def __init__(self, formula: AirForm, window: int) -> None:
        super().__init__(AIR_HOUR, formula.subjects)
        self._window = window

    def take(self, facts: Sequence[CountedFact], now: int) -> None:
        """Hours of stations came when time stood at `now` (ms)."""
        for _, name, _, data, at, _, late in facts:
            known = self._hours(name)
            if at > now - self._window and not any(each.at == at and each.values is not None for each in known):
                kept = [each for each in known if each.at > now - self._window and each.at != at]
                self._put(name, (name, [*kept, StationHour(at, LATE if late else 0, air_values(data))]))

    def correct(self, name: str, at: int, _corrects: int, data: Any, _facts: Registered | None, _now: int) -> None:
        """What an hour should have been."""
        was = next((each for each in self._hours(name) if each.at == at), None)
        if was is not None:
            was.flags, was.values = (was.flags & LATE) | CORRECTED, air_values(data)
            self._put(name, self._known[name])

    def part(self, name: str, at: int, services: Services) -> tuple[ByArea, int]:
        """A station in service, and when time alone changes what it is (ms)."""
        into, service, known = ByArea(), services.known.get(name), self._hours(name)
        if service is None:
            return into, NEVER
        standing = service.at(at)
        there = [each for each in known if at - self._window < each.at <= at]
        last = max(there, key=lambda each: each.at, default=None)
        if standing is not None and standing[0] == self.kind and (last or service.since <= at - self._window):
            sums = of_area(into, standing[1])
            if last is None or last.values is None:
                sums.due += 1
            else:
                sums.add(ONE, ONE, last.at, last.flags)
                sums.items = {item: [value, 1] for item, value in last.values.items()}
        moments = [each.at + passed for each in known for passed in (0, self._window)]
        return into, min(service_after(service, at), after(at, (*moments, service.since + self._window)))

    def _hours(self, name: str) -> list[StationHour]:
        return self._known[name][1] if name in self._known else []
