"""What the units of a counter come to by district, kept from minute to minute: only what has changed is looked at again."""

from collections.abc import Callable, Iterable
from heapq import heappop, heappush
from typing import Any

from agents.signs.facts import Service
from agents.signs.stage.services import Services
from agents.signs.stage.sums import AreaSums, ByArea, of_area

NEVER = 1 << 62
"""When a unit changes (ms) that no time alone changes."""

PartOf = Callable[[Any, int, Services], tuple[ByArea, int]]
"""What a unit (a subject, or one event) comes to by district, and at which moment (ms) time alone changes that."""

NewestOf = Callable[[str], int]
"""The time (ms) of the newest of what is counted in a district beside the units, 0 where there is none."""


class Tally:
    """The sums of a counter by district. `dirty`: the units that have changed; `changed`: the districts whose sums have.

    Its own units stand in it, and what else is put in; `newest_of` tells of that.
    """

    __slots__ = ("_due", "_falling", "_newest_of", "_parts", "_queued", "_wakes", "changed", "dirty", "totals")

    def __init__(self, newest_of: NewestOf | None = None) -> None:
        self._newest_of = newest_of
        self._falling: set[str] = set()
        self.totals: ByArea = {}
        self.dirty: set[Any] = set()
        self.changed: set[str] = set()
        self._parts: dict[Any, ByArea] = {}
        self._due: dict[Any, int] = {}
        self._queued: dict[Any, int] = {}
        self._wakes: list[tuple[int, Any]] = []

    def bring(self, at: int, part_of: PartOf, services: Services) -> None:
        """Bring the sums to a moment (ms), which is never before the last one."""
        if self._wakes and self._wakes[0][0] <= at:
            self._wake(at)
        if not self.dirty and not self._falling:
            return
        wakes, queued, due, dirty, parts = self._wakes, self._queued, self._due, self.dirty, self._parts
        for unit in dirty:
            found, moment = part_of(unit, at, services)
            was = parts.get(unit)
            if found:
                parts[unit] = found
                if was is None or not self._replace(was, found):
                    self.put_in(found)
                    self.take_out(was or {})
            elif was is not None:
                del parts[unit]
                self.take_out(was)
            if moment == NEVER:
                due.pop(unit, None)
            else:
                due[unit] = moment
                if moment < queued.get(unit, NEVER):  # one that comes too early finds out then when to come again
                    queued[unit] = moment
                    heappush(wakes, (moment, unit))
        dirty.clear()
        for area in self._falling & self.totals.keys():
            newest = max((part[area].newest for part in parts.values() if area in part), default=0)
            self.totals[area].newest = max(newest, self._newest_of(area)) if self._newest_of else newest
        self._falling.clear()

    def _wake(self, at: int) -> None:
        """Those whose time has come have changed."""
        wakes, queued, due = self._wakes, self._queued, self._due
        while wakes and wakes[0][0] <= at:
            moment, unit = heappop(wakes)
            if queued.get(unit) != moment:
                continue
            del queued[unit]
            wake = due.get(unit, NEVER)
            if wake <= at:
                self.dirty.add(unit)
            elif wake != NEVER:
                queued[unit] = wake
                heappush(wakes, (wake, unit))

    def renew(self, unit: Any, newest: int, due: int) -> bool:
        """Nothing changed of a unit that is wholly as it should be, in one district, but that it was heard again (ms).

        `due`: when time alone changes it then (ms). Else False, and nothing is done.
        """
        found = self._parts.get(unit)
        if found is None or len(found) != 1:
            return False
        ((area, sums),) = found.items()
        if not sums.numerator or newest < sums.newest:
            return False
        sums.newest, self._due[unit] = newest, due
        total = self.totals[area]
        if newest > total.newest:
            total.newest = newest
            self.changed.add(area)
            self._falling.discard(area)
        return True

    def _replace(self, was: ByArea, found: ByArea) -> bool:
        """At once where both are of one district, as nearly always; else False, and nothing is done."""
        if len(was) != 1 or len(found) != 1:
            return False
        ((area, old),) = was.items()
        new = found.get(area)
        if new is None or old.items or new.items:
            return False
        total = self.totals[area]
        if new.newest < old.newest == total.newest:
            return False
        total.numerator += new.numerator - old.numerator
        total.denominator += new.denominator - old.denominator
        total.valid += new.valid - old.valid
        total.due += new.due - old.due
        total.late += new.late - old.late
        total.corrected += new.corrected - old.corrected
        if new.newest > total.newest:
            total.newest = new.newest
        self.changed.add(area)
        return True

    def put_in(self, found: ByArea) -> None:
        """Add these to the sums."""
        for area, sums in found.items():
            total = self._total(area)
            total.count(sums, 1)
            if sums.newest >= total.newest:
                total.newest = sums.newest
                if sums.newest:
                    self._falling.discard(area)

    def take_out(self, was: ByArea) -> None:
        """Take these, which were put in, back out of the sums."""
        for area, sums in was.items():
            total = self._total(area)
            total.count(sums, -1)
            if sums.newest and sums.newest == total.newest:
                self._falling.add(area)
            if not total.parts:
                del self.totals[area]

    def lack(self, area: str, due: int, denominator: int, parts: int) -> None:
        """So many more inputs of a district were due and did not come; `parts`: of so many more of whom some lack."""
        total = self._total(area)
        total.lack(due, denominator)
        total.parts += parts
        if not total.parts:
            del self.totals[area]

    def _total(self, area: str) -> AreaSums:
        self.changed.add(area)
        return of_area(self.totals, area)


def after(at: int, moments: Iterable[int]) -> int:
    """The first of some moments (ms) that is still to come, NEVER where there is none."""
    return min((moment for moment in moments if moment > at), default=NEVER)


def service_after(service: Service, at: int) -> int:
    """When a service changes next (ms) after a moment, as far as it is known."""
    if service.steps or service.registered[-1][0] > at:
        return after(at, [*(each[0] for each in service.registered), *(each[0] for each in service.steps)])
    return NEVER
