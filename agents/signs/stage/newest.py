"""What was heard of subjects last, for signs that ask how each subject is now."""

from collections.abc import Iterable, Iterator
from typing import Any

from msgspec import Struct

from agents.core.duration import span
from agents.measures.parts import millionths
from agents.signs.book.sign import AIR_HOUR, AirForm, OnlineInput, RegisterForm
from agents.signs.reading import AirValues, air_values, last_day, register_reading
from agents.signs.stage.services import Services
from agents.signs.stage.sums import CORRECTED, LATE, ONE, ByArea, of_area
from agents.signs.stage.tally import NEVER, Tally, after, service_after
from streams.messages import DAY, REGISTERED, Registered

Heard = tuple[str, int, int]
"""A source, when it was heard of last (ms), and before that where that was ahead of time, else 0."""


class OnlineCounter:
    """Of the sources of one kind in service whether a valid record is young enough.

    Facts may be ahead of the partition's time: the newest that is not is remembered beside them.
    """

    FORMS: tuple[Any, Any] = (list[Heard], list[Heard])

    def __init__(self, source: OnlineInput, times: float) -> None:
        self.types: tuple[str, ...] = (source.type,)
        self.kind = source.subjects
        self._within = int(times * span(source.every))
        self.tally = Tally()
        self._heard: dict[str, int] = {}
        self._before: dict[str, int] = {}
        self._changed: dict[str, None] = {}

    def take(self, name: str, at: int, _offset: int, data: Any, _facts: Registered | None, now: int, _flags: int) -> None:
        """A record of a source came when time stood at `now` (ms)."""
        newest = self._heard.get(name, 0)
        if data is not None and at > newest:
            if 0 < newest <= now < at:
                self._before[name] = newest
            self._heard[name] = at
            self._changed[name] = None
            self.tally.dirty.add(name)

    def correct(self, name: str, at: int, _corrects: int, data: Any, facts: Registered | None, now: int) -> None:
        """A record that was not valid is now."""
        self.take(name, at, 0, data, facts, now, 0)

    def part(self, name: str, at: int, services: Services) -> tuple[ByArea, int]:
        """A source in service, but one that was registered too lately to owe a record; when time alone changes that (ms)."""
        into, service, heard = ByArea(), services.known.get(name), self._heard.get(name, 0)
        standing = None if service is None else service.at(at)
        if service is None or standing is None or standing[0] != self.kind:
            return into, service_after(service, at) if service else NEVER
        oldest, last = at - self._within, self._before.get(name, 0) if heard > at else heard
        if last > oldest:
            of_area(into, standing[1]).add(ONE, ONE, last)
        elif service.since <= oldest:
            sums = of_area(into, standing[1])
            sums.lack(1, ONE)
            sums.valid, sums.newest = 1, last
        return into, min(service_after(service, at), after(at, (heard, last + self._within, service.since + self._within)))

    def touch(self, names: Iterable[str], services: Services) -> None:
        """The services of these subjects have changed."""
        there = services.of_kind.get(self.kind, {})
        self.tally.dirty.update(name for name in names if name in there)

    def changes(self) -> list[Heard]:
        """Of those that were heard of since it was asked for when that was."""
        changed, self._changed = self._changed, {}
        return [self._times(name) for name in changed]

    def whole(self) -> Iterator[Heard]:
        """The same of all."""
        self._changed = {}
        return (self._times(name) for name in self._heard)

    def follow(self, changes: Iterable[Heard]) -> None:
        """Take up when these were heard of."""
        for name, heard, before in changes:
            self._heard[name] = heard
            if before:
                self._before[name] = before
            self.tally.dirty.add(name)

    restore = follow

    def _times(self, name: str) -> Heard:
        return name, self._heard[name], self._before.get(name, 0)


Days = tuple[str, list[tuple[int, int | None]]]
"""A subject, and since when (ms) its registrations have which last day (its beginning, ms)."""


class RegisterCounter:
    """The subjects of some kinds in service, by the last day that their registrations have."""

    FORMS: tuple[Any, Any] = (list[Days], list[Days])

    def __init__(self, formula: RegisterForm) -> None:
        self.types: tuple[str, ...] = (f"{formula.domain}{REGISTERED}",)
        self.kind = ""
        self._formula = formula
        self.tally = Tally()
        self._days: dict[str, list[tuple[int, int | None]]] = {}
        self._changed: dict[str, None] = {}

    def take(self, name: str, at: int, _offset: int, data: Any, _facts: Registered | None, _now: int, _flags: int) -> None:
        """A subject was registered at `at` (ms)."""
        known, found = self._days.get(name, []), (at, last_day(self._formula, data))
        if data.kind in self._formula.subjects and (not known or known[-1][1] != found[1]):
            self._days[name] = sorted([*known, found], key=lambda each: each[0])
            self.tally.dirty.add(name)
            self._changed[name] = None

    def correct(self, *_: Any) -> None:
        """Registrations are not corrected: a newer one takes their place."""

    def part(self, name: str, at: int, services: Services) -> tuple[ByArea, int]:
        """A subject in service, and when time alone changes what it is (ms)."""
        into, service, known = ByArea(), services.known.get(name), self._days.get(name, [])
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

    def touch(self, names: Iterable[str], _services: Services) -> None:
        """The services of these subjects have changed."""
        self.tally.dirty.update(names)

    def changes(self) -> list[Days]:
        """The days of those that were registered since it was asked for."""
        changed, self._changed = self._changed, {}
        return [(name, self._days[name]) for name in changed]

    def whole(self) -> Iterator[Days]:
        """The days of all."""
        self._changed = {}
        return iter(self._days.items())

    def follow(self, changes: Iterable[Days]) -> None:
        """Take up the days of these."""
        for name, days in changes:
            self._days[name] = days
            self.tally.dirty.add(name)

    restore = follow


class StationHour(Struct, array_like=True):
    """An hour of a station: when (ms), how it came, its values by pollutant, None where it is not valid."""

    at: int
    flags: int
    values: AirValues | None


Hours = tuple[str, list[StationHour]]
"""A station and its hours."""


class AirCounter:
    """The newest hour of the window of each station in service, its values summed by pollutant."""

    FORMS: tuple[Any, Any] = (list[Hours], list[Hours])

    def __init__(self, formula: AirForm, window: int) -> None:
        self.types: tuple[str, ...] = (AIR_HOUR,)
        self.kind = formula.subjects
        self._window = window
        self.tally = Tally()
        self._hours: dict[str, list[StationHour]] = {}
        self._changed: dict[str, None] = {}

    def take(self, name: str, at: int, _offset: int, data: Any, _facts: Registered | None, now: int, flags: int) -> None:
        """An hour of a station came when time stood at `now` (ms)."""
        if at > now - self._window:
            self._put(name, StationHour(at, flags, air_values(data)), now)

    def correct(self, name: str, at: int, _corrects: int, data: Any, _facts: Registered | None, _now: int) -> None:
        """What an hour should have been."""
        was = next((each for each in self._hours.get(name, ()) if each.at == at), None)
        if was is not None:
            was.flags, was.values = (was.flags & LATE) | CORRECTED, air_values(data)
            self._changed[name] = None
            self.tally.dirty.add(name)

    def part(self, name: str, at: int, services: Services) -> tuple[ByArea, int]:
        """A station in service, and when time alone changes what it is (ms)."""
        into, service, known = ByArea(), services.known.get(name), self._hours.get(name, [])
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

    def touch(self, names: Iterable[str], services: Services) -> None:
        """The services of these subjects have changed."""
        there = services.of_kind.get(self.kind, {})
        self.tally.dirty.update(name for name in names if name in there)

    def changes(self) -> list[Hours]:
        """The hours of those that have changed since they were asked for."""
        changed, self._changed = self._changed, {}
        return [(name, self._hours[name]) for name in changed]

    def whole(self) -> Iterator[Hours]:
        """The hours of all."""
        self._changed = {}
        return iter(self._hours.items())

    def follow(self, changes: Iterable[Hours]) -> None:
        """Take up the hours of these."""
        for name, hours in changes:
            self._hours[name] = [*hours]
            self.tally.dirty.add(name)

    restore = follow

    def _put(self, name: str, hour: StationHour, now: int) -> None:
        known = self._hours.get(name, [])
        if any(each.at == hour.at and each.values is not None for each in known):
            return
        kept = [each for each in known if each.at > now - self._window and each.at != hour.at]
        self._hours[name] = [*kept, hour]
        self._changed[name] = None
        self.tally.dirty.add(name)
