"""The stage of signs over lines of a log, each beside the figures of the same lines: what tests of it share.

What is fed to incidents comes there with the next line, as in a log: behind the tick of that moment.
"""

import re
from collections.abc import Callable, Iterable, Iterator

from agents.core.alerts.fold import Fold
from agents.core.incidents.feed import revisions
from agents.core.incidents.fold import Incidents
from agents.core.signs.feed import cells
from agents.core.signs.fold import CitySigns
from agents.rulebook.grouping import sound_grouping
from agents.signs.book.read import sign_book
from agents.signs.book.sign import JudgedForm
from agents.signs.facts import PartitionFacts
from agents.signs.figures import SignFigure, SignGround, figure
from agents.signs.judged import JudgedAlerts
from agents.signs.stage.basis import sign_rules
from streams.catalogue import domains
from streams.messages import CitySign, SignCells, format_time, parse_time
from streams.outputs import Output
from streams.places.residents import residents
from tests.support.books import the_book

TYPE = re.compile(rb'"type":"([a-z_]+)\.')


class Sided:
    """Partitions of facts and of incidents with the stage behind them, and the same lines as figures read them."""

    def __init__(self, partitions: Iterable[str]) -> None:
        self.names = (*partitions,)
        self.folds = {name: self._fold(name) for name in self.names}
        self.stage, self.incidents = self._stage(), self._incidents()
        self.judged = JudgedAlerts(the_book().specs)
        self.fed: list[bytes] = []
        self.facts = {name: PartitionFacts(sign_book()) for name in self.names}
        self.saved: dict[str, dict[bytes, bytes | None]] = {name: {} for name in (*self.names, "cells", "incidents")}
        self.last: dict[tuple[str, str], CitySign] = {}

    def take(self, offset: int, value: bytes, names: Iterable[str] | None = None) -> list[CitySign]:
        """A line comes to these partitions (a tick: to all, and to the stage) and what they tell to the stage."""
        found = TYPE.search(value)
        domain = found[1].decode() if found else ""
        fed, self.fed = self.fed, []
        out = self._group(fed)
        for name in self.names if domain == "clock" else names or (domain,):
            if name in self.folds:
                self.facts[name].take(offset, value)
                out += self.folds[name].run([(offset, None, value)])
        self.fed = [event for _, event in revisions(out)]
        out += self._group([value] if domain == "clock" else [])
        for each in out:
            self.judged.take(each)
        told = self._fold_in([value]) if domain == "clock" else []
        told += self._fold_in(event for _, event in cells(out))
        self.last |= {(each.sign, each.area): each for each in told}
        return told

    def save(self) -> None:
        """A checkpoint of each partition and of the stage."""
        for name, stage in self._all():
            self.saved[name] |= dict(stage.snapshot())

    def kill(self) -> None:
        """All are started again at their checkpoints."""
        self.folds, self.stage = {name: self._fold(name) for name in self.names}, self._stage()
        self.incidents = self._incidents()
        for name, stage in self._all():
            stage.restore(((key, value) for key, value in self.saved[name].items()))

    def differing(self, at: str, book: Callable[[], Iterable[str]] | None = None) -> Iterator[tuple[CitySign, SignFigure]]:
        """The newest records that say another thing than the figures of all facts that have come, at their moment."""
        parts = [(f"t.events.{name}", 0, facts) for name, facts in self.facts.items()]
        rows = sign_book()
        cases = {name: self.judged.cases(row.formula) for name, row in rows.items() if isinstance(row.formula, JudgedForm)}
        ground = SignGround(cases=cases, residents=residents())
        for (name, area), told in sorted(self.last.items()):
            if book is None or name in book():
                found = figure(name, rows[name], parts, area, parse_time(at), ground)
                if _of_record(told) != _of_figure(found):
                    yield told, found

    def _fold_in(self, events: Iterable[bytes]) -> list[CitySign]:
        out = [each for event in events for each in self.stage.run([(self.stage.position, None, event)])]
        return [each for each in out if isinstance(each, CitySign)]

    def _group(self, events: Iterable[bytes]) -> list[Output]:
        return [each for event in events for each in self.incidents.run([(self.incidents.position, None, event)])]

    def _all(self) -> list[tuple[str, Fold | CitySigns | Incidents]]:
        return [*self.folds.items(), ("cells", self.stage), ("incidents", self.incidents)]

    @staticmethod
    def _fold(name: str) -> Fold:
        domain, _, number = name.partition("-")
        topic, part = f"t.events.{domain}", int(number or 0)
        return Fold(the_book(), topic, part, keyed=False, counts=sign_rules().counts(topic, part))

    @staticmethod
    def _incidents() -> Incidents:
        topic = "t.events.incidents"
        counts = sign_rules().incidents(the_book().specs, topic, 0)
        return Incidents(sound_grouping(the_book().rules), topic, 0, keyed=False, counts=counts)

    @staticmethod
    def _stage() -> CitySigns:
        return CitySigns(sign_rules(), "t.events.cells", 0, keyed=False)


def whole() -> Sided:
    """One partition of each domain."""
    return Sided(domains())


def minutes(out: Iterable[Output]) -> list[SignCells]:
    """The cells among outputs."""
    return [each for each in out if isinstance(each, SignCells)]


def _of_record(told: CitySign) -> tuple[object, ...]:
    return (
        *(told.value, told.numerator, told.denominator, told.valid, told.due, told.coverage, told.state),
        told.newest and parse_time(told.newest),
    )


def _of_figure(found: SignFigure) -> tuple[object, ...]:
    return (
        *(found.value, found.numerator, found.denominator, found.valid, found.due, found.coverage, found.state),
        found.newest,
    )


def moment(minute: int) -> str:
    """A minute of the day of the scenario."""
    return format_time(parse_time("2026-08-20T00:00:00+08:00") + minute * 60_000)
