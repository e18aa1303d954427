"""The fold of one partition of cells: what partitions of facts have told, and ticks, in; signs of the city out.

A sign is told of a minute once every partition of facts has told of it; of one that has not after a while nothing counts but
what was due: its silence is no good news.
"""

from collections.abc import Iterable
from copy import copy
from typing import Any

import msgspec
from msgspec.structs import replace

from agents.core import intake
from agents.core.beyond import BeyondStage, data_of
from agents.core.incidents.grouping import city_of
from agents.core.intake import Refused
from agents.core.position import legible_as
from agents.core.signs.city import PATIENCE, City, CityMark, PartitionCells, Total
from agents.core.signs.figure import SignMemory, figure_of
from agents.core.signs.rules import SignRules, StageSign
from agents.core.trusted import no_verdict
from streams.messages import (
    BANDS,
    CELLS,
    HOUR,
    MINUTE,
    RESUMED,
    TICK,
    TREND_HOURS,
    CitySign,
    SignBands,
    SignCells,
    decode_event,
)
from streams.outputs import Output, target
from streams.signing.envelope import Envelope
from streams.signing.keys import Verify
from streams.signing.kinds import SERIES, matches
from streams.signing.ticks import CHAIN

CITY, HELD, WAIT, SIGN, USUAL = b"city/", b"held/", b"wait/", b"sign/", b"usual/"
"""How the checkpoint's keys begin: a city, one of its partitions, a minute of one that waits, a sign of an area, its bands."""


def legible_sign(key: bytes, value: bytes) -> bool:
    """Whether a record of a checkpoint is one of ours: it is read as `restore` reads it."""
    form = _form(key)
    if form is SignCells:
        try:
            int(key.rpartition(b"/")[2])
        except ValueError:
            return False
    return legible_as(key, value, form)


def _form(key: bytes) -> Any:
    """What a record of the checkpoint has for its value."""
    forms: tuple[tuple[bytes, Any], ...] = (
        (CITY, CityMark),
        (HELD, PartitionCells),
        (WAIT, SignCells),
        (SIGN, SignMemory),
        (USUAL, SignBands),
    )
    return next((form for begin, form in forms if key.startswith(begin)), None)


class CitySigns(BeyondStage):
    """The signs of one partition, whose key is the city. Records before `position` are skipped."""

    fed = frozenset({CELLS})
    whom = "city"

    def __init__(
        self, rules: SignRules, topic: str, partition: int, *, keyed: bool = True, verify: Verify = no_verdict
    ) -> None:
        super().__init__(topic, partition, verify, keyed=keyed)
        self.rules = rules
        self.owner = rules.owner
        self.cities: dict[str, City] = {}
        self.memory: dict[tuple[str, str], SignMemory] = {}
        self.usual: dict[tuple[str, str], SignBands] = {}
        self._known: dict[str, set[tuple[str, str]]] = {}
        self._newest: dict[tuple[str, str], Total] = {}
        self._dirty: set[bytes] = set()
        self._stored: set[bytes] = set()

    @property
    def known(self) -> int:
        """How many signs of areas are remembered."""
        return len(self.memory)

    def record(self, offset: int, key: bytes | None, value: bytes, out: list[Output]) -> None:
        """Fold one record."""
        event = decode_event(value)
        admitted = self.admitted(event, offset, key, value)
        if admitted is None or (admitted.verified and event.type in {CHAIN, RESUMED}):
            return
        if admitted.verified and matches(SERIES, event.type):
            self.ticked = self.now
            return
        at = intake.time_of(event.time)
        if event.type in {TICK, RESUMED}:
            self.tell_time(event, at, verified=admitted.verified)
            self.now = at if self.now is None else max(at, self.now)
            for name in sorted(self.cities):
                self._wait(name, self.now, out)
        elif event.type == CELLS:
            self.check_key(event, key)
            self._take(data_of(event, SignCells), event.subject, out)
        elif event.type == BANDS:
            self.check_key(event, key)
            self._adopt(data_of(event, SignBands), event.subject)
        else:
            raise Refused("unknown-type", "nothing of its type concerns signs of the city", "$.type")

    def remembered(self, _event: Envelope) -> str | None:
        """Nothing: cells are known by the minute that they are of."""
        return None

    def known_subject(self, subject: str) -> bool:
        """Whether a city has signs here."""
        return subject in self.cities

    def snapshot(self) -> list[tuple[bytes, bytes | None]]:
        """Key and value of all that changed since the last snapshot, and of the position, which is always last."""
        pack = msgspec.msgpack.encode
        items: list[tuple[bytes, bytes | None]] = []
        for key in sorted(self._dirty):
            kept = self._kept(key)
            if kept is not None or key in self._stored or not key.startswith(WAIT):
                items.append((key, None if kept is None else pack(kept)))
            if key.startswith(WAIT):
                (self._stored.discard if kept is None else self._stored.add)(key)
        self._dirty.clear()
        return [*items, *self.kept_position()]

    def restore(self, items: Iterable[tuple[bytes, bytes | None]]) -> None:
        """Take up the state that a checkpoint holds; later items win. CheckpointError where a later program wrote it."""
        newest = dict(items)
        if not self.take_up_position(newest):
            return
        for key, value in sorted(newest.items()):  # a city before its partitions, these before what waits
            form = _form(key)
            if value is not None and form is not None:
                self._take_up(key, msgspec.msgpack.decode(value, type=form))

    def _take_up(self, key: bytes, kept: Any) -> None:
        if isinstance(kept, SignMemory):
            self._remember(*_of_area(key), kept)
        elif isinstance(kept, SignBands):
            self.usual[_of_area(key)] = kept
        elif isinstance(kept, CityMark):
            self.cities.setdefault(_of_city(key)[0], City()).mark = kept
        else:
            name, source = _of_city(key)
            city = self.cities.setdefault(name, City())
            if isinstance(kept, PartitionCells):
                city.sources[source] = kept
            else:
                source, _, at = source.rpartition("/")
                city.wait(source, int(at), kept)
                self._stored.add(key)

    def _kept(self, key: bytes) -> Any:
        if key.startswith((SIGN, USUAL)):
            return (self.memory if key.startswith(SIGN) else self.usual).get(_of_area(key))
        name, source = _of_city(key)
        city = self.cities[name]
        if key.startswith(CITY):
            return city.mark
        if key.startswith(HELD):
            return city.sources[source]
        source, _, at = source.rpartition("/")
        return city.waiting[source].get(int(at))

    def _adopt(self, bands: SignBands, subject: str) -> None:
        """The bands of a sign in an area hold from now on; those of the city's other versions do no longer."""
        if bands.city != subject:
            raise Refused("malformed-data", "they are of another city than their event", "$.data.city")
        gone = [key for key, each in self.usual.items() if each.city == bands.city and each.version != bands.version]
        for key in gone:
            del self.usual[key]
        self.usual[bands.sign, bands.area] = bands
        self._dirty.update(USUAL + f"{sign}/{area}".encode() for sign, area in (*gone, (bands.sign, bands.area)))

    def _take(self, cells: SignCells, subject: str, out: list[Output]) -> None:
        if cells.city != subject:
            raise Refused("malformed-data", "they are of another city than their event", "$.data.city")
        city = self.cities.setdefault(cells.city, City())
        now = self.now or 0
        for taken in city.take(cells, now):
            self._dirty.update(_keys(cells.city, *taken))
        if not city.mark.fresh:
            for at in city.minutes(city.complete, now):
                self._tell(cells.city, at, out)
        else:
            self._foretell(cells.city, now, out)

    def _wait(self, name: str, now: int, out: list[Output]) -> None:
        """Time has come: minutes of which all have told, and those for which nobody waits any longer."""
        city = self.cities[name]
        if city.look(now):
            self._dirty.add(CITY + name.encode())
        until = min(city.until(now), now - 1)
        for at in city.minutes(until, now):
            self._tell(name, at, out)
        last = (now - PATIENCE) // MINUTE * MINUTE
        if until >= last > city.mark.done and city.mark.done:
            self._tell(name, last, out)
        self._foretell(name, now, out)

    def _foretell(self, name: str, now: int, out: list[Output]) -> None:
        """What will be told once time goes on, where all that have told are as far as time is: it may go on no more.

        Others may follow them, so that nothing of it is remembered.
        """
        city = self.cities[name]
        if city.complete != now // MINUTE * MINUTE or not (minutes := city.minutes(city.complete, now)):
            return
        ahead = CitySigns(self.rules, self.topic, self.partition)
        ahead.now, ahead.usual, ahead.cities = self.now, self.usual, {name: city.copy()}
        for sign, area in self._known.get(name, ()):
            ahead._remember(sign, area, copy(self.memory[sign, area]))
        told: list[Output] = []
        for at in minutes:
            ahead._tell(name, at, told)
        newest = {target(each)[1]: each for each in told if isinstance(each, CitySign)}
        out += [replace(each, provisional=len(city.sources)) for each in newest.values()]

    def _tell(self, name: str, at: int, out: list[Output]) -> None:
        """Tell the signs of a minute of which something has changed."""
        city = self.cities[name]
        for source, minute in city.advance(at):
            self._dirty.update(_keys(name, source, minute))
        self._dirty.add(CITY + name.encode())
        totals = city.totals(name, at)
        for key in sorted(self._known.get(name, set()) | totals.keys()):
            total = totals.get(key) or Total()
            if at % HOUR and total == self._newest.get(key):
                continue  # it would be told as it was
            self._newest[key] = total
            if (sign := self.rules.signs.get(key[0])) is not None:
                self._put(key, sign, total, at, out)

    def _remember(self, sign: str, area: str, memory: SignMemory) -> SignMemory:
        self.memory[sign, area] = memory
        self._known.setdefault(city_of(area), set()).add((sign, area))
        return memory

    def _put(self, key: tuple[str, str], sign: StageSign, total: Total, at: int, out: list[Output]) -> None:
        memory = self.memory.get(key) or self._remember(*key, SignMemory())
        told = figure_of(key, sign, total, at, memory, self.rules.areas, self.usual.get(key))
        last = memory.last
        same = last is not None and replace(told, at=last.at, trend=last.trend, band=last.band) == last
        if at % HOUR == 0:
            memory.hours = {hour: value for hour, value in memory.hours.items() if hour > at - TREND_HOURS * HOUR}
            memory.hours[at] = told.value
        elif same:
            return
        memory.last = told
        self._dirty.add(SIGN + f"{key[0]}/{key[1]}".encode())
        out.append(told)


def _of_area(key: bytes) -> tuple[str, str]:
    """Sign and area of a checkpoint's key."""
    sign, _, area = key.partition(b"/")[2].decode().rpartition("/")
    return sign, area


def _of_city(key: bytes) -> tuple[str, str]:
    """City of a checkpoint's key, and what follows it."""
    city, _, rest = key.partition(b"/")[2].decode().partition("/")
    return city, rest


def _keys(city: str, source: str, at: int) -> tuple[bytes, bytes, bytes]:
    """The checkpoint's keys of what changes where a partition tells of a minute, or what it told of it holds."""
    place = f"{city}/{source}"
    return CITY + city.encode(), HELD + place.encode(), WAIT + f"{place}/{at}".encode()
