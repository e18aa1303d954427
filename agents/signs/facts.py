"""What a partition's facts say for the signs that read them: subjects and their service, readings, beginnings and ends. Pure.

The same reading of a subject (same type and time) that comes again, or is corrected, takes the place of the first; the same
event (source and id) counts once.
"""

from bisect import bisect_right, insort
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, Protocol

import msgspec
from msgspec import Struct

from agents.core.intake import FUTURE
from agents.core.mend import good_of
from agents.signs.book.sign import Form, SignRow, reach_of, service_of, types_of
from streams.catalogue.payloads import payload
from streams.messages import CORRECTED, DAY, TICK, Corrected, DecodeError, Event, Registered, decode_event, parse_time
from streams.messages.services.entry import ENTERED, EnteredFact
from streams.signing.partition_clock import PartitionClock
from streams.signing.verify import verify

REGISTERED = "registered"


class SignFact(NamedTuple):
    """One fact as it counts: where it stands, of whom, its own time (ms), its data; None where these are not valid.

    `came`: the newest tick (ms) of the partition when it first came.
    """

    offset: int
    subject: str
    at: int
    data: Any
    came: int = 0


class Service(Struct):
    """A subject over time: by moments (ms) what it is registered as and where, with what facts, whether it is in service."""

    registered: list[tuple[int, str, str]] = []
    steps: list[tuple[int, bool]] = []
    told: list[tuple[int, Registered]] = []

    def facts(self, moment: int) -> Registered:
        """Its registration at a moment, or the first there was."""
        n = bisect_right(self.told, moment, key=lambda each: each[0])
        return self.told[max(n - 1, 0)][1]

    def at(self, moment: int) -> tuple[str, str] | None:
        """Kind and district of a subject in service at a moment; None where it is not registered or not in service."""
        n = bisect_right(self.registered, moment, key=lambda each: each[0])
        if not n:
            return None
        m = bisect_right(self.steps, moment, key=lambda each: each[0])
        return self.registered[n - 1][1:] if not m or self.steps[m - 1][1] else None

    def when(self, moment: int) -> tuple[str, str]:
        """Kind and district when something happened; where it was not in service then, those of its newest registration."""
        return self.at(moment) or self.registered[-1][1:]

    @property
    def since(self) -> int:
        """When it was registered first (ms)."""
        return self.registered[0][0]


SLACK = DAY
"""How long beyond its reach a fact is kept where no moment was named: partitions do not tick together. A choice."""

SWEEP = 50_000
"""After how many facts the old ones are let go."""


FactKey = tuple[str, object]
"""What a fact is known by: its subject, and its time where it is a reading, else its source and id."""


class FactsFollower(Protocol):
    """Who is told of what is taken up as it is: registrations, steps out of service and back, facts that came or changed."""

    def registered(self, subject: str, said: Registered, at: int, /) -> None:
        """A subject was registered at a time (ms)."""

    def stepped(self, subject: str, at: int, /, *, serves: bool) -> None:
        """A subject left service, or came back."""

    def changed(self, type_: str, key: FactKey, fact: SignFact, /) -> None:
        """A fact came, or counts otherwise than before."""


class PartitionFacts:
    """The facts of one partition that some signs read, in the log's order; `now`: its newest tick (ms).

    `at`: the moment (ms) of which figures are asked; None: the newest. What lies before the reach of every sign is not kept.
    `then`: as they were known when time had come to that moment: what came later is not taken. `follower`: who is told.
    `clock`: that of an archive's partition, which may be of an opened log, so that a false tick tells no time; None: every tick
    is believed.
    """

    def __init__(
        self,
        book: Mapping[str, SignRow],
        at: int | None = None,
        *,
        then: bool = False,
        follower: FactsFollower | None = None,
        clock: PartitionClock | None = None,
    ) -> None:
        self._follower, self._clock = follower, clock
        self.now, self._at, self._taken, self._then = 0, at, 0, then and at is not None
        self._reach: dict[str, int] = {}
        for row in book.values():
            for name in types_of(row.formula):
                self._reach[name] = max(self._reach.get(name, 0), reach_of(row))
        self.services: dict[str, dict[str, Service]] = {}
        self.facts: dict[str, dict[FactKey, SignFact]] = {}
        self._structs = {name: payload(name) for row in book.values() for name in types_of(row.formula)}
        self._steps = {step.type: step for row in book.values() if (step := service_of(row.formula))}
        self._readings = {name for row in book.values() for name in _readings(row.formula)}
        self._places: dict[int, tuple[str, FactKey]] = {}

    def take(self, offset: int, value: bytes | None, key: bytes | None = None) -> None:
        """Take up the next record; what is no event, or is of no sign, changes nothing."""
        if self._then and self.now >= (self._at or 0):
            return
        if self._clock is not None:
            self._clock.take(offset, key, value)
            self.now = self._clock.now or 0
        try:
            event = decode_event(value or b"")
            at = parse_time(event.time)
        except (DecodeError, ValueError):
            return
        if event.type == TICK:
            self.now = self.now if self._clock else max(self.now, at)
            return
        domain, _, kind = event.type.partition(".")
        if kind == REGISTERED:
            self._register(domain, event, at)
        elif event.type.endswith(CORRECTED):
            self._correct(domain, event, offset)
        elif event.type.endswith(ENTERED):
            self._enter(domain, event, offset, at)
        elif event.type in self._structs:
            self._put(event.type, event, offset, at, event.data)

    def of(self, type_: str) -> Iterator[SignFact]:
        """The facts of a type, each as it counts."""
        yield from self.facts.get(type_, {}).values()

    def reading(self, type_: str, subject: str, at: int) -> SignFact | None:
        """The reading of a subject for a moment (ms)."""
        return self.facts.get(type_, {}).get((subject, at))

    def _oldest(self, type_: str) -> int:
        """Facts of a type that are not younger are of no sign."""
        return (self.now - SLACK if self._at is None else self._at) - self._reach[type_]

    def _sweep(self) -> None:
        for type_, known in self.facts.items():
            oldest = self._oldest(type_)
            self.facts[type_] = {key: fact for key, fact in known.items() if fact.at > oldest}
        there = {key for known in self.facts.values() for key in known}
        self._places = {offset: place for offset, place in self._places.items() if place[1] in there}

    def _register(self, domain: str, event: Event, at: int) -> None:
        try:
            said = msgspec.json.decode(event.data, type=Registered)
        except (msgspec.MsgspecError, ValueError):
            return
        service = self.services.setdefault(domain, {}).setdefault(event.subject, Service())
        insort(service.registered, (at, said.kind, said.adcode), key=lambda each: each[0])
        insort(service.told, (at, said), key=lambda each: each[0])
        if self._follower:
            self._follower.registered(event.subject, said, at)

    def _put(self, type_: str, event: Event, offset: int, at: int, data: Any) -> None:
        identity: object = at if type_ in self._readings else f"{event.source} {event.id}"
        service = self.services.get(type_.partition(".")[0], {}).get(event.subject)
        if service is None or (self.now and at > self.now + FUTURE):
            return
        found = good_of(data, self._structs[type_])
        known = self.facts.setdefault(type_, {})
        key = (event.subject, identity)
        if key in known and (type_ not in self._readings or known[key].data is not None):
            return
        if at > self._oldest(type_):
            first = known[key].came if key in known else self.now
            fact = known[key] = SignFact(offset, event.subject, at, found, first)
            self._places[offset] = (type_, key)
            if self._follower:
                self._follower.changed(type_, key, fact)
            self._taken += 1
            if self._taken % SWEEP == 0:
                self._sweep()
        if found is not None and (step := self._steps.get(type_)) is not None:
            value = getattr(found, step.field)
            if value in step.leaves or value in step.returns:
                insort(service.steps, (at, value in step.returns), key=lambda each: each[0])
                if self._follower:
                    self._follower.stepped(event.subject, at, serves=value in step.returns)

    def _correct(self, domain: str, event: Event, offset: int) -> None:
        """What a fact should have been takes its place, a reading's of the same time; what never came is not corrected."""
        try:
            said = msgspec.json.decode(event.data, type=Corrected)
            at = parse_time(said.at)
        except (msgspec.MsgspecError, ValueError):
            return
        type_ = f"{domain}.{said.kind}"
        reading = (event.subject, at) if type_ in self._readings else None
        place = (type_, reading) if reading else self._places.get(said.corrects.offset)
        if place is None or place[0] != type_ or place[1][0] != event.subject:
            return
        known = self.facts.get(type_, {}).get(place[1])
        if known is not None:
            right = good_of(said.data, self._structs[type_])
            fact = self.facts[type_][place[1]] = SignFact(offset, event.subject, at, right, known.came)
            if self._follower:
                self._follower.changed(type_, place[1], fact)

    def _enter(self, domain: str, event: Event, offset: int, at: int) -> None:
        try:
            said = msgspec.json.decode(event.data, type=EnteredFact)
        except (msgspec.MsgspecError, ValueError):
            return
        if (type_ := f"{domain}.{said.kind}") in self._structs:
            self._put(type_, event, offset, at, said.data)


def clock_of(topic: str, partition: int) -> PartitionClock:
    """The clock of a partition of an archive."""
    return PartitionClock((topic.partition(".")[2], partition), verify)


def _readings(formula: Form) -> tuple[str, ...]:
    """The types whose facts are readings: a subject has one for a moment."""
    return () if formula.__struct_config__.tag in {"pairs", "rate", "register"} else types_of(formula)
