"""The readings of a source come to what they come to one by one, whoever is plain: over copies, late facts, moves, restarts."""

import random
from collections import defaultdict
from typing import Any

import msgspec
import pytest

from agents.core.signs.counts import CountedFact
from agents.signs.book.sign import InputDue
from agents.signs.reading import INVALID, ReadingSource, SignReading
from agents.signs.stage.readings import ReadingsCounter
from agents.signs.stage.services import Services
from streams.messages import HOUR, MINUTE, Name, Registered, parse_time

BEGIN = parse_time("2026-08-20T08:00:00+08:00")
EVERY = 5 * MINUTE
WINDOW = HOUR
NAMES = ("a", "b", "c", "d", "e")
AREAS = ("410102", "410105")


def read(data: Any, _facts: Registered | None, _late: int) -> SignReading:
    """A reading is a number, 1 where it is as it should be; None says nothing."""
    return INVALID if data is None else SignReading(data, 1)


def counter(*, merges: bool) -> ReadingsCounter:
    """What counts sites that owe a reading each five minutes, in a window of an hour."""
    source = ReadingSource("cyber.probe", InputDue(subjects="gov_site", every="5m"))
    return ReadingsCounter(source, WINDOW, read, lacking=True, merges=merges, timely=False)


class ByDefinition:
    """The same by definition: all readings of each subject by their time, looked at anew each time."""

    def __init__(self, *, merges: bool) -> None:
        self.merges = merges
        self.readings: dict[str, dict[int, int | None]] = defaultdict(dict)

    def take(self, name: str, at: int, now: int, data: int | None) -> None:
        """A reading; the second one for a moment is a copy, unless the first said nothing."""
        known = self.readings[name]
        if at > now - WINDOW and ((self.merges and data is not None) or not self.merges) and known.get(at) is None:
            known[at] = data

    def totals(self, services: Services, at: int) -> dict[str, tuple[int, ...]]:
        """By area: numerator, denominator, valid, due, newest."""
        found: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0, 0])
        for name, service in services.known.items():
            known = self._merged(name) if self.merges else self.readings[name]
            there = {t: data for t, data in known.items() if at - WINDOW < t <= at}
            for t, data in there.items():
                into = found[service.when(t)[1]]
                into[3] += 1
                if data is not None:
                    into[0], into[1], into[2] = into[0] + data, into[1] + 1, into[2] + 1
                    into[4] = max(into[4], t)
            owed = max(0, (at - max(at - WINDOW, service.since)) // EVERY)
            standing = service.at(at)
            if owed > len(there) and standing:
                into = found[standing[1]]
                into[1] += owed - len(there)
                into[3] += owed - len(there)
        return {area: tuple(sums) for area, sums in found.items() if any(sums)}

    def _merged(self, name: str) -> dict[int, int | None]:
        """Of each five minutes one: what is not as it should be, else the newest."""
        best: dict[int, tuple[int, int]] = {}
        for t, data in self.readings[name].items():
            assert data is not None
            interval = (t - 1) // EVERY
            best[interval] = min(best.get(interval, (9, 0)), (data, -t))
        return {-t: data for data, t in best.values()}


def told(one: ReadingsCounter) -> dict[str, tuple[int, ...]]:
    """What the counter has by area, in whole things."""
    whole = ((area, each) for area, each in one.tally.totals.items())
    return {
        area: (each.numerator // 10**6, each.denominator // 10**6, each.valid, each.due, each.newest)
        for area, each in whole
        if each.due
    }


def registered(area: str) -> Registered:
    """A site in a district."""
    return Registered(kind="gov_site", name=Name(zh="站", en="site"), adcode=area)


class Life:
    """Four hours of some sites, at random: what counts them, what they come to by definition, and their services."""

    def __init__(self, seed: int, *, merges: bool) -> None:
        self.choose, self.merges = random.Random(seed), merges
        self.one, self.peer, self.services = counter(merges=merges), ByDefinition(merges=merges), Services()
        self.kept: list[Any] = []
        self.since: list[Any] = []

    def serve(self, minute: int, now: int) -> None:
        """Sites are registered, one later than others; one moves, one leaves service for half an hour."""
        for name in {1: NAMES, 7: ("late",)}.get(minute, ()):
            self.services.register(name, registered(self.choose.choice(AREAS)), now + self.choose.choice((0, 20_000)))
        if minute == 90:
            (_, _, area), *_ = self.services.known["b"].registered
            self.services.register("b", registered(AREAS[area == AREAS[0]]), now - 3 * MINUTE)
        if minute in {100, 130}:
            self.services.step("c", now - self.choose.randrange(MINUTE), serves=minute == 130)

    def hear(self, now: int) -> None:
        """Readings on the minute and beside it, twice, late, ahead of time, without a value; now and then one is corrected."""
        facts: list[CountedFact] = []
        for name in self.choose.choices([*self.services.known], k=self.choose.randrange(4)) if self.services.known else ():
            at = now + self.choose.choice((0, 1, 30_000, 59_999, 4 * MINUTE, -MINUTE, -20 * MINUTE, -58 * MINUTE, -61 * MINUTE))
            at = at // MINUTE * MINUTE if self.choose.random() < 0.4 else at
            said = self.choose.choice(((1,), (0,), (1, 1), (None, 1), (0, 1), (None,)))
            if self.merges:  # the fold refuses another value for a moment; what told of an interval is kept until it leaves
                at = max(at, now - 50 * MINUTE)
                said = (None if said[0] is None else int((at // 1_000 + len(name)) % 3 > 0),) * len(said)
            for data in said:
                facts.append(("cyber.probe", name, registered(AREAS[0]), data, at, 0, False))
                self.peer.take(name, at, now, data)
        self.one.take(facts, now)
        name = self.choose.choice(NAMES)
        if not self.merges and self.choose.random() < 0.1:  # of an interval another one may count by then
            for at in [each for each in self.peer.readings[name] if each > now - WINDOW][-3:-1]:
                self.peer.readings[name][at] = right = self.choose.choice((0, 1))
                self.one.correct(name, at, 0, right, None, now)

    def save(self, minute: int) -> None:
        """A checkpoint of all each 50 minutes, of what came since each ten; each 50 all is taken up from there."""
        if minute % 50 == 49:
            self.kept, self.since = again([*self.one.whole()], self.one.FORMS[1]), []
        elif minute % 10 == 3:
            self.since += again(self.one.changes(), self.one.FORMS[0])
        if minute > 50 and minute % 50 == 33:
            self.one = counter(merges=self.merges)
            self.one.restore(self.kept)
            self.one.follow(self.since)
            self.one.touch(self.services.known, self.services)
            self.kept, self.since = again([*self.one.whole()], self.one.FORMS[1]), []


def again(items: list[Any], form: Any) -> list[Any]:
    """What a checkpoint gives of what it was given."""
    found: list[Any] = msgspec.msgpack.decode(msgspec.msgpack.encode(items), type=form)
    return found


@pytest.mark.parametrize("merges", [False, True])
@pytest.mark.parametrize("seed", range(12))
def test_plain_or_not_the_sums_are_those_of_the_definition(seed: int, merges: bool) -> None:
    """At four of five minutes of a random life, over its restarts, by area: value, what was due, the time of the newest."""
    life, compared = Life(seed, merges=merges), 0
    for minute in range(4 * 60):
        now = BEGIN + minute * MINUTE
        life.serve(minute, now)
        life.hear(now)
        life.save(minute)
        if life.choose.random() < 0.8:
            if touched := life.services.touched():
                life.one.touch(touched, life.services)
            life.one.bring(now, life.services)
            assert told(life.one) == life.peer.totals(life.services, now), minute
            compared += bool(told(life.one))
    assert compared > 150


@pytest.mark.parametrize("restarted", [False, True])
def test_what_has_left_the_window_tells_of_no_interval(restarted: bool) -> None:
    """A bad reading left; a good one of its interval, late and in the window, counts: after a restart as without."""
    one, services = counter(merges=True), Services()
    services.register("a", registered(AREAS[0]), BEGIN - 10 * HOUR)
    one.touch(services.touched(), services)
    one.take([("cyber.probe", "a", registered(AREAS[0]), 0, BEGIN + MINUTE, 0, False)], BEGIN + MINUTE)
    one.bring(BEGIN + MINUTE, services)
    kept = again([*one.whole()], one.FORMS[1])
    one.bring(BEGIN + MINUTE + HOUR, services)
    if restarted:
        one = counter(merges=True)
        one.restore(kept)
        one.touch(services.known, services)
    one.take([("cyber.probe", "a", registered(AREAS[0]), 1, BEGIN + 3 * MINUTE, 1, False)], BEGIN + MINUTE + HOUR)
    one.bring(BEGIN + 2 * MINUTE + HOUR, services)
    assert told(one) == {AREAS[0]: (1, 12, 1, 12, BEGIN + 3 * MINUTE)}
