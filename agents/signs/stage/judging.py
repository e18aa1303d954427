"""What a partition counts for signs of what judging gives there: alerts where it is one of facts, else incidents.

Each alert and incident that still matters to some sign is kept as its trail tells it; a checkpoint has a record for each.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Generic, TypeVar

import msgspec
from msgspec import Struct

from agents.core.duration import span
from agents.core.incidents.grouping import city_of
from agents.core.rules.rule import RuleSpec
from agents.core.signs.counts import JUDGED, RuleOf
from agents.measures.performance import Trail, follow
from agents.signs.book.sign import JudgedForm, SignRow
from agents.signs.figures import JudgedCase
from agents.signs.judged import OF_INCIDENTS, IncidentLife, alert_cases, incident_cases, live, own_rules
from agents.signs.stage.services import Services, district_of
from agents.signs.stage.sums import ONE, ByArea, of_area
from agents.signs.stage.tally import Tally, after
from streams.messages import HOUR, MINUTE, Alert, Audit, Incident, IncidentAudit, SignCell, SignCells, format_time, parse_time

Specs = Mapping[str, Mapping[str, RuleSpec]]
"""The rules by domain and id."""

Life = TypeVar("Life", bound=Struct)

TOLD = JUDGED + b"told"
"""The checkpoint's record of the newest minute that was told, and of the cities of which something is or was told."""

LIFE = JUDGED + b"life/"
"""How the checkpoint's keys of alerts and incidents begin."""

_NO_SERVICES = Services()


class CountedAlert(Struct, array_like=True):
    """An alert: its district and its trail."""

    adcode: str = ""
    trail: Trail = msgspec.field(default_factory=lambda: Trail(0, 0))


class JudgedPart(ABC, Generic[Life]):
    """What judging gave in one partition, for these signs. `cities`: of which something is or was told."""

    form: type[Life]

    def __init__(self, rows: Mapping[str, SignRow]) -> None:
        self._rows = {
            name: (row.formula, span(row.window)) for name, row in rows.items() if isinstance(row.formula, JudgedForm)
        }
        self._keeps = max((window + _reach(formula) for formula, window in self._rows.values()), default=0) + HOUR
        self._tallies = {name: Tally() for name in self._rows}
        self._cells: dict[str, dict[str, SignCell]] = {name: {} for name in self._rows}
        self._lives: dict[str, Life] = {}
        self._changed: dict[str, None] = {}
        self._told: tuple[int, int] = (0, 0)
        self._swept = 0
        self.cities: set[str] = set()

    @abstractmethod
    def _cases(self, sign: str, name: str, life: Life) -> Iterable[JudgedCase]:
        """What of an alert or incident counts in a sign."""

    @abstractmethod
    def _trimmed(self, life: Life, oldest: int) -> bool:
        """Let go of what happened to it before a moment (ms); whether nothing of it is left to be counted."""

    def cells(self, minute: int) -> dict[str, list[SignCell]]:
        """By city what there is of a full minute (ms)."""
        self._sweep(minute)
        for name, tally in self._tallies.items():
            cells = self._cells[name]
            tally.bring(minute, partial(self._part, name), _NO_SERVICES)
            for area in tally.changed:
                cells.pop(area, None)
                if area in tally.totals:
                    cells[area] = tally.totals[area].cell(name, area)
            tally.changed.clear()
        by_city: dict[str, list[SignCell]] = {city: [] for city in sorted(self.cities)}
        for cells in self._cells.values():
            for area in sorted(cells):
                by_city[city_of(area)].append(cells[area])
        return by_city

    def kept(self, told: int) -> list[tuple[bytes, bytes | None]]:
        """What a checkpoint must hold of what has changed since the last one; `told`: the newest minute that was told (ms)."""
        pack = msgspec.msgpack.encode
        items: list[tuple[bytes, bytes | None]] = [
            (LIFE + name.encode(), pack(self._lives[name]) if name in self._lives else None) for name in self._changed
        ]
        self._changed = {}
        mark = (told, len(self.cities))
        if self.cities and mark != self._told:
            self._told = mark
            items.append((TOLD, pack((told, sorted(self.cities)))))
        return items

    def restored(self, items: Iterable[tuple[bytes, bytes]]) -> int:
        """Go on with what a checkpoint holds; the newest minute that was told (ms)."""
        told = 0
        for key, value in items:
            if key == TOLD:
                told, cities = msgspec.msgpack.decode(value, type=tuple[int, list[str]])
                self.cities.update(cities)
            elif key.startswith(LIFE):
                name = key.removeprefix(LIFE).decode()
                self._lives[name] = msgspec.msgpack.decode(value, type=self.form)
                self._touch(name)
        self._changed = {}
        return told

    def _touch(self, name: str) -> None:
        self._changed[name] = None
        for tally in self._tallies.values():
            tally.dirty.add(name)

    def _part(self, name: str, unit: str, at: int, _services: Services) -> tuple[ByArea, int]:
        """What an alert or incident comes to in a sign's window that ends at `at` (ms); when time alone changes that."""
        window, life = self._rows[name][1], self._lives.get(unit)
        into, moments = ByArea(), list[int]()
        for case in () if life is None else self._cases(name, unit, life):
            moments += (case.at, case.at + window)
            if at - window < case.at <= at:
                area = district_of(case.adcode)
                self.cities.add(city_of(area))
                of_area(into, area).add(ONE * case.good, ONE, case.at)
        return into, after(at, moments)

    def _sweep(self, at: int) -> None:
        """Once an hour let go of what no window reaches any more."""
        if at // HOUR == self._swept:
            return
        self._swept = at // HOUR
        for name in [name for name, life in self._lives.items() if self._trimmed(life, at - self._keeps)]:
            del self._lives[name]
            self._touch(name)


class AlertPart(JudgedPart[CountedAlert]):
    """What became of the alerts of a partition of facts."""

    form = CountedAlert

    def hear(self, outputs: Iterable[Any]) -> None:
        """Take up the revisions of alerts and the entries of their trails among outputs."""
        for each in outputs if self._rows else ():
            if isinstance(each, Alert):
                self._life(each.id).adcode = each.adcode
            elif isinstance(each, Audit):
                follow(self._life(each.alert).trail, each, parse_time(each.at))

    def _life(self, name: str) -> CountedAlert:
        self._touch(name)
        return self._lives.setdefault(name, CountedAlert())

    def _cases(self, sign: str, name: str, life: CountedAlert) -> Iterable[JudgedCase]:
        return alert_cases(self._rows[sign][0], name, life.adcode, life.trail)

    def _trimmed(self, life: CountedAlert, oldest: int) -> bool:
        trail = life.trail
        trail.calls = [call for call in trail.calls if call.at > oldest]
        trail.verified = {n: each for n, each in trail.verified.items() if each[0] > oldest}
        trail.stands = trail.stands[-1:]
        return not trail.calls and not trail.verified and trail.at <= oldest


class IncidentPart(JudgedPart[IncidentLife]):
    """What became of the incidents of a partition of theirs, told once a minute: `agents.core.signs.counts.IncidentCounts`."""

    form = IncidentLife

    def __init__(self, book: Mapping[str, SignRow], specs: Specs, topic: str, partition: int) -> None:
        super().__init__(of_incidents(book))
        self._own = {name: own_rules(specs, formula) for name, (formula, _) in self._rows.items()}
        self._topic, self._partition, self._minute = topic, partition, 0

    def hear(self, outputs: Iterable[Any], rule_of: RuleOf) -> None:
        """Take up the revisions of incidents and the entries of their trails among outputs."""
        for each in outputs if self._rows else ():
            if isinstance(each, Incident | IncidentAudit):
                name = live(self._lives, each)
                life = self._lives[name]
                if isinstance(each, Incident) and not life.rule:
                    life.rule = rule_of(each)
                self._touch(name)

    def tick(self, now: int) -> Sequence[SignCells]:
        """What there is to tell of the newest full minute."""
        minute = now // MINUTE * MINUTE
        if minute <= self._minute:
            return ()
        cells = self.cells(minute)
        if not cells:
            return ()
        self._minute, at = minute, format_time(minute)
        return [
            SignCells(topic=self._topic, partition=self._partition, city=city, at=at, cells=tuple(told))
            for city, told in cells.items()
        ]

    def saved(self) -> list[tuple[bytes, bytes | None]]:
        """What a checkpoint must hold of what has changed since the last one."""
        return self.kept(self._minute)

    def take_up(self, items: Iterable[tuple[bytes, bytes]], _now: int) -> None:
        """Go on with what a checkpoint holds."""
        self._minute = self.restored(items)

    def _cases(self, sign: str, name: str, life: IncidentLife) -> Iterable[JudgedCase]:
        return incident_cases(self._rows[sign][0], name, life, self._own[sign])

    def _trimmed(self, life: IncidentLife, oldest: int) -> bool:
        return life.opened <= oldest


def of_alerts(book: Mapping[str, SignRow]) -> dict[str, SignRow]:
    """The signs that count alerts."""
    return {name: row for name, row in book.items() if isinstance(row.formula, JudgedForm) and not _is_of_incidents(row)}


def of_incidents(book: Mapping[str, SignRow]) -> dict[str, SignRow]:
    """The signs that count incidents."""
    return {name: row for name, row in book.items() if _is_of_incidents(row)}


def _is_of_incidents(row: SignRow) -> bool:
    return isinstance(row.formula, JudgedForm) and row.formula.counts in OF_INCIDENTS


def _reach(formula: JudgedForm) -> int:
    """How long (ms) after it began something counts, as far as that is known beforehand."""
    return sum(span(each) for each in (formula.within, formula.watch) if each)
