"""What one partition of facts counts for the signs of the city, and tells once a minute: `agents.core.signs.counts.Counts`.

A checkpoint holds all of it once an hour, and what came since in one record more each time.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from hashlib import blake2s
from itertools import islice
from typing import Any

import msgspec

from agents.core.incidents.grouping import city_of
from agents.core.rules.book import Book
from agents.core.signs.counts import COUNTS, JUDGED, CountedFact
from agents.signs.book.sign import SignRow, service_of
from agents.signs.stage.counters import Counter, counters, is_of
from agents.signs.stage.duties import DutyCounter
from agents.signs.stage.judging import AlertPart, of_alerts
from agents.signs.stage.services import KeptService, Services
from agents.signs.stage.sums import summed
from streams.messages import HOUR, MINUTE, REGISTERED, Registered, SignCell, SignCells, encode, format_time
from streams.topics import split_events_topic

BOUND = 200_000
"""How long a record of a checkpoint may be (bytes), but for an item that is longer alone; a choice: Kafka takes 1 MB."""

CHUNK = 500
"""How many items are packed at first; what is longer than the bound then is halved."""

MOST = 2_000
"""How many facts wait to be counted before it is done without a tick, so that they never hold much memory; a choice."""

SERVICES = ""
"""The name of the services beside those of counters."""

WHOLE, SINCE = b"whole/", b"since/"
"""How the keys of a checkpoint go on: of all that was kept at a full hour, and of what came since."""

_Record = tuple[int, dict[str, msgspec.Raw]]
"""A record of a checkpoint: the newest minute that was told (ms), services and what counters keep by their names."""


class PartitionCounts:
    """The counters of one partition of a domain, by their names."""

    def __init__(self, book: Mapping[str, SignRow], topic: str, partition: int) -> None:
        self._topic, self._partition, domain = topic, partition, split_events_topic(topic)[1]
        self._signs = {name: (*counters(row, domain),) for name, row in book.items()}
        self._counters = {
            f"{name}/{n}/{definition_of(book[name])}": each for name, made in self._signs.items() for n, each in enumerate(made)
        }
        self._steps = {
            step.type: step for row in book.values() if (step := service_of(row.formula)) and is_of(step.type, domain)
        }
        self._told_cells: dict[str, dict[str, dict[str, SignCell]]] = {name: {} for name in book}
        self._cities: dict[str, str] = {}
        self._by_city: dict[str, dict[str, list[SignCell]]] = {name: {} for name in book}
        self._services = Services()
        self._registers = f"{domain}{REGISTERED}"
        self._pending: list[CountedFact] = []
        self._asked = [(each, list[CountedFact]()) for each in self._counters.values()]
        self._whom: dict[tuple[str, str], list[Callable[[CountedFact], None]]] = {}
        self.take = self._pending.append
        self.reads: dict[str, list[Counter]] = {}
        self._read()
        self._judged = AlertPart(of_alerts(book))
        self._heard = 0
        self._now = self._told = 0
        self._base = -1
        self._number = 0
        self._kept: dict[bytes, None] = {}

    def correct(self, type_: str, name: str, facts: Registered | None, data: Any, at: int, corrects: int) -> None:
        """What a fact should have been takes its place."""
        self._settle()
        for each in self.reads[type_]:
            if not each.kind or (facts is not None and each.kind == facts.kind):
                each.correct(name, at, corrects, data, facts, self._now)

    def judged_by(self, book: Book) -> None:
        """Duties are counted by this rule book from here on."""
        self._settle()
        changed = [each.judged_by(book, self._now) for each in self._counters.values() if isinstance(each, DutyCounter)]
        if any(changed):
            self._read()

    def heard(self, out: Sequence[Any]) -> None:
        """Take up what judging gave since the newest tick."""
        self._judged.hear(islice(out, self._heard, None))
        self._heard = 0
        if len(self._pending) > MOST:
            self._settle()

    def tick(self, now: int, out: Sequence[Any] = ()) -> Sequence[SignCells]:
        """What there is to tell of the newest full minute."""
        self._judged.hear(islice(out, self._heard, None))
        self._heard = len(out)
        self._settle()
        self._now, minute = now, now // MINUTE * MINUTE
        if minute <= self._told or not (self._services.known or self._judged.cities):
            return ()
        self._told = minute
        return [*self._cells(minute)]

    def saved(self) -> list[tuple[bytes, bytes | None]]:
        """All of it in the first checkpoint of an hour, else what came since the one before."""
        self._settle()
        hour, judged = self._now // HOUR, self._judged.kept(self._told)
        if not self.reads:
            return judged
        if hour != self._base:
            return [*judged, *self._saved_whole(hour)]
        named = [(SERVICES, self._services.changes()), *((name, each.changes()) for name, each in self._counters.items())]
        items: list[tuple[bytes, bytes | None]] = judged
        for value in _records(self._told, ((name, found) for name, found in named if found)):
            self._number += 1
            key = COUNTS + SINCE + b"%08d" % self._number
            self._kept[key] = None
            items.append((key, value))
        return items

    def take_up(self, items: Iterable[tuple[bytes, bytes]], now: int) -> None:
        """Go on with what a checkpoint holds; of a sign that is defined otherwise today nothing."""
        self._now = now
        held = [*items]
        self._told = self._judged.restored(each for each in held if each[0].startswith(JUDGED))
        counted = (each for each in held if not each[0].startswith(JUDGED))
        for key, value in sorted(counted, key=lambda each: (each[0].removeprefix(COUNTS).startswith(SINCE), each[0])):
            self._kept[key] = None
            since = key.removeprefix(COUNTS).startswith(SINCE)
            told, named = msgspec.msgpack.decode(value, type=_Record)
            self._told = max(self._told, told)
            for name, kept in named.items():
                if name == SERVICES:
                    self._services.take_up(msgspec.msgpack.decode(kept, type=list[KeptService]))
                elif (counter := self._counters.get(name)) is not None:
                    (counter.follow if since else counter.restore)(msgspec.msgpack.decode(kept, type=counter.FORMS[not since]))
            if since:
                self._number = int(key.rpartition(b"/")[2])

    def _read(self) -> None:
        """What is read, and by whom, in place: who counts asks for the same table always."""
        self._whom.clear()
        self.reads.clear()
        for each in self._counters.values():
            for type_ in each.types:
                self.reads.setdefault(type_, []).append(each)
        for type_ in (*self._steps, *([self._registers] if self.reads else [])):
            self.reads.setdefault(type_, [])

    def _settle(self) -> None:
        """Count what came since time stood still; each counter gets its facts in the order of the log."""
        whom = self._whom
        for fact in self._pending:
            facts = fact[2]
            place = fact[0], "" if facts is None else facts.kind
            for put in whom.get(place) or self._takers(*place):
                put(fact)
        self._pending.clear()
        for counter, waiting in self._asked:
            if waiting:
                counter.take(waiting, self._now)
                waiting.clear()

    def _takers(self, type_: str, kind: str) -> list[Callable[[CountedFact], None]]:
        """Where facts of a type about subjects of a kind go."""
        found = [facts.append for each, facts in self._asked if type_ in each.types and each.kind in {"", kind}]
        found += [self._register] if type_ == self._registers else []
        found += [self._step] if type_ in self._steps else []
        self._whom[type_, kind] = found
        return found

    def _register(self, fact: CountedFact) -> None:
        self._services.register(fact[1], fact[3], fact[4])

    def _step(self, fact: CountedFact) -> None:
        type_, name, _, data, at, _, _ = fact
        step = self._steps[type_]
        value = None if data is None else getattr(data, step.field)
        if value in step.leaves or value in step.returns:
            self._services.step(name, at, serves=value in step.returns)

    def _saved_whole(self, hour: int) -> list[tuple[bytes, bytes | None]]:
        self._base, self._number = hour, 0
        gone, self._kept = self._kept, {}
        items: list[tuple[bytes, bytes | None]] = []
        named = [(SERVICES, self._services.whole()), *((name, each.whole()) for name, each in self._counters.items())]
        for value in _records(self._told, named):
            key = COUNTS + WHOLE + b"%08d" % len(items)
            self._kept[key] = None
            items.append((key, value))
        return [*((key, None) for key in gone if key not in self._kept), *items]

    def _cells(self, minute: int) -> Iterator[SignCells]:
        touched, services = self._services.touched(), self._services
        by_city: dict[str, list[SignCell]] = {city_of(area): [] for area in services.areas()}
        for name, made in self._signs.items():
            changed: set[str] = set()
            for each in made:
                if touched:
                    each.touch(touched, services)
                each.bring(minute, services)
                changed |= each.tally.changed
                each.tally.changed.clear()
            if changed:
                self._retell(name, changed)
            for city, cells in self._by_city[name].items():
                by_city.setdefault(city, []).extend(cells)
        for city, cells in self._judged.cells(minute).items():
            by_city.setdefault(city, []).extend(cells)
        for city, told in sorted(by_city.items()):
            yield SignCells(topic=self._topic, partition=self._partition, city=city, at=format_time(minute), cells=tuple(told))

    def _retell(self, name: str, changed: Iterable[str]) -> None:
        """Make the cells of a sign anew in the districts that have changed."""
        made, told, cities = self._signs[name], self._told_cells[name], dict[str, dict[str, SignCell]]()
        for area in changed:
            city = self._cities.get(area)
            if city is None:
                city = self._cities[area] = city_of(area)
            cells = cities[city] = told.setdefault(city, {})
            parts = [each.tally.totals[area] for each in made if area in each.tally.totals]
            if parts:
                cells[area] = (parts[0] if len(parts) == 1 else summed(parts)).cell(name, area)
            else:
                cells.pop(area, None)
        for city, cells in cities.items():
            if cells:
                self._by_city[name][city] = [cells[area] for area in sorted(cells)]
            else:
                self._by_city[name].pop(city, None)


def _records(told: int, named: Iterable[tuple[str, Iterable[Any]]]) -> Iterator[bytes]:
    """Records of a checkpoint with these items by name, none much longer than the bound; `told`: the newest minute (ms)."""
    held: dict[str, msgspec.Raw] = {}
    size = 0
    for name, items in named:
        for part in _parts(iter(items)):
            if held and (name in held or size + len(part) > BOUND):
                yield msgspec.msgpack.encode((told, held))
                held, size = {}, 0
            held[name] = msgspec.Raw(part)
            size += len(part) + len(name)
    if held:
        yield msgspec.msgpack.encode((told, held))


def _parts(items: Iterator[Any]) -> Iterator[bytes]:
    """Items as lists in bytes, none longer than the bound but where one item is."""
    while chunk := [*islice(items, CHUNK)]:
        waiting = [chunk]
        while waiting:
            part = waiting.pop()
            packed = msgspec.msgpack.encode(part)
            if len(packed) <= BOUND or len(part) == 1:
                yield packed
            else:
                half = len(part) // 2
                waiting += [part[half:], part[:half]]


def definition_of(row: SignRow, *, whole: bool = False) -> str:
    """What tells a definition of a sign from another (BLAKE2s-128, hex): of all of it, or of what it counts alone."""
    return blake2s(encode(row if whole else (row.window, row.formula)), digest_size=16).hexdigest()
