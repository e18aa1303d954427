"""What was heard of subjects last, for signs that ask how each subject is now."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from agents.core.duration import span
from agents.measures.parts import millionths
from agents.signs.book.sign import AIR_HOUR, AirForm, OnlineInput, RegisterForm
from agents.signs.reading import AirValues, air_values, last_day, register_reading
from agents.signs.stage.services import Services
from agents.signs.stage.sums import CORRECTED, LATE, ONE, ByArea, of_area
from streams.messages import REGISTERED, Registered


class OnlineCounter:
    """Of the sources of one kind in service whether a valid record is young enough.

    Facts may be ahead of the partition's time: the newest that is not is remembered beside them.
    """

    FORMS: tuple[Any, Any] = (dict[str, list[int]], dict[str, list[int]])

    def __init__(self, source: OnlineInput, times: float) -> None:
        self.types: tuple[str, ...] = (source.type,)
        self.kind = source.subjects
        self._within = int(times * span(source.every))
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

    def correct(self, name: str, at: int, _corrects: int, data: Any, facts: Registered | None, now: int) -> None:
        """A record that was not valid is now."""
        self.take(name, at, 0, data, facts, now, 0)

    def sums(self, at: int, services: Services, into: ByArea) -> None:
        """Add each source in service, but one that was registered too lately to owe a record."""
        oldest = at - self._within
        for name, area, service in services.serving(self.kind, at):
            last = self._heard.get(name, 0)
            if last > at:
                last = self._before.get(name, 0)
            if last > oldest:
                of_area(into, area).add(ONE, ONE, last)
            elif service.since <= oldest:
                sums = of_area(into, area)
                sums.valid += 1
                sums.due += 1
                sums.denominator += ONE
                if last:
                    sums.newest = max(sums.newest, last)

    def changes(self) -> Mapping[str, list[int]]:
        """Of those that were heard of since it was asked for when that was."""
        changed, self._changed = self._changed, {}
        return {name: self._times(name) for name in changed}

    def whole(self) -> Mapping[str, list[int]]:
        """The same of all."""
        self._changed = {}
        return {name: self._times(name) for name in self._heard}

    def follow(self, changes: Mapping[str, list[int]]) -> None:
        """Take up when these were heard of."""
        for name, (heard, *before) in changes.items():
            self._heard[name] = heard
            if before:
                self._before[name] = before[0]

    restore = follow

    def _times(self, name: str) -> list[int]:
        return [self._heard[name], *([self._before[name]] if name in self._before else [])]


class RegisterCounter:
    """The subjects of some kinds in service, by the last day that their registrations have."""

    FORMS: tuple[Any, Any] = (dict[str, list[tuple[int, int | None]]], dict[str, list[tuple[int, int | None]]])

    def __init__(self, formula: RegisterForm) -> None:
        self.types: tuple[str, ...] = (f"{formula.domain}{REGISTERED}",)
        self.kind = ""
        self._formula = formula
        self._days: dict[str, list[tuple[int, int | None]]] = {}
        self._changed: dict[str, None] = {}

    def take(self, name: str, at: int, _offset: int, data: Any, _facts: Registered | None, _now: int, _flags: int) -> None:
        """A subject was registered at `at` (ms)."""
        known, found = self._days.get(name, []), (at, last_day(self._formula, data))
        if data.kind in self._formula.subjects and (not known or known[-1][1] != found[1]):
            self._days[name] = sorted([*known, found], key=lambda each: each[0])
            self._changed[name] = None

    def correct(self, *_: Any) -> None:
        """Registrations are not corrected: a newer one takes their place."""

    def sums(self, at: int, services: Services, into: ByArea) -> None:
        """Add each subject in service."""
        for kind in self._formula.subjects:
            for name, area, _ in services.serving(kind, at):
                days = [day for since, day in self._days.get(name, ()) if since <= at]
                found, sums = register_reading(days[-1] if days else None, at), of_area(into, area)
                sums.due += 1
                if found.valid:
                    sums.valid += 1
                    sums.numerator += millionths(found.numerator)
                    sums.denominator += millionths(found.denominator)

    def changes(self) -> Mapping[str, list[tuple[int, int | None]]]:
        """The days of those that were registered since it was asked for."""
        changed, self._changed = self._changed, {}
        return {name: self._days[name] for name in changed}

    def whole(self) -> Mapping[str, list[tuple[int, int | None]]]:
        """The days of all."""
        self._changed = {}
        return self._days

    def follow(self, changes: Mapping[str, list[tuple[int, int | None]]]) -> None:
        """Take up the days of these."""
        self._days |= changes

    restore = follow


class StationHour(Struct, array_like=True):
    """An hour of a station: when (ms), how it came, its values by pollutant, None where it is not valid."""

    at: int
    flags: int
    values: AirValues | None


class AirCounter:
    """The newest hour of the window of each station in service, its values summed by pollutant."""

    FORMS: tuple[Any, Any] = (dict[str, list[StationHour]], dict[str, list[StationHour]])

    def __init__(self, formula: AirForm, window: int) -> None:
        self.types: tuple[str, ...] = (AIR_HOUR,)
        self.kind = formula.subjects
        self._window = window
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

    def sums(self, at: int, services: Services, into: ByArea) -> None:
        """Add the stations in service."""
        for name, area, service in services.serving(self.kind, at):
            there = [each for each in self._hours.get(name, ()) if at - self._window < each.at <= at]
            last = max(there, key=lambda each: each.at, default=None)
            if last is None and service.since > at - self._window:
                continue
            sums = of_area(into, area)
            if last is None or last.values is None:
                sums.due += 1
                continue
            sums.add(ONE, ONE, last.at, last.flags)
            for item, value in last.values.items():
                known = sums.items.setdefault(item, [0, 0])
                known[0] += value
                known[1] += 1

    def changes(self) -> Mapping[str, list[StationHour]]:
        """The hours of those that have changed since they were asked for."""
        changed, self._changed = self._changed, {}
        return {name: self._hours[name] for name in changed}

    def whole(self) -> Mapping[str, list[StationHour]]:
        """The hours of all."""
        self._changed = {}
        return self._hours

    def follow(self, changes: Mapping[str, list[StationHour]]) -> None:
        """Take up the hours of these."""
        for name, hours in changes.items():
            self._hours[name] = [*hours]

    restore = follow

    def _put(self, name: str, hour: StationHour, now: int) -> None:
        known = self._hours.get(name, [])
        if any(each.at == hour.at and each.values is not None for each in known):
            return
        kept = [each for each in known if each.at > now - self._window and each.at != hour.at]
        self._hours[name] = [*kept, hour]
        self._changed[name] = None
