"""What the facts of one partition come to at one full hour after the other, by sign and district.

Facts are read as `agents.signs.facts` reads those of any archive, and added up by the counters of the stage, which look at
what has changed since the hour before alone. Here a fact is counted once the hour that is reckoned has come to its own time:
what of it came late, twice or corrected by then counts as it counts in the end.
"""

from collections.abc import Iterable, Iterator, Mapping
from heapq import heappop, heappush
from itertools import chain
from pathlib import Path

from agents.core.duration import span
from agents.signs.book.sign import JudgedForm, MeasureForm, SignRow
from agents.signs.facts import SLACK, SWEEP, FactKey, PartitionFacts, SignFact, clock_of
from agents.signs.stage.counters import Counter, counters
from agents.signs.stage.services import Services
from agents.signs.stage.sums import ByArea
from streams.archive.files import read_partition
from streams.messages import NEVER, REGISTERED, Registered
from streams.topics import split_events_topic


class PartitionHours:
    """One partition of an archive, taken up as far as is asked for. `began`: its first tick (ms)."""

    def __init__(self, book: Mapping[str, SignRow], path: Path, topic: str, partition: int) -> None:
        self.began = NEVER
        self._facts = PartitionFacts(book, follower=self, clock=clock_of(topic, partition))
        self._records = chain.from_iterable(read_partition(path, topic, partition))
        self._domain = domain = split_events_topic(topic)[1]
        of_facts = {name: row for name, row in book.items() if not isinstance(row.formula, MeasureForm | JudgedForm)}
        self._signs = {name: made for name, row in of_facts.items() if (made := (*counters(row, domain),))}
        self._takers: dict[str, list[tuple[Counter, int]]] = {}
        for name, made in self._signs.items():
            for each in made:
                for type_ in each.types:
                    self._takers.setdefault(type_, []).append((each, span(book[name].window)))
        self._services = Services()
        self._waiting: list[tuple[int, int, str, FactKey]] = []
        self._counted: dict[tuple[str, FactKey], int] = {}
        self._number = 0

    @property
    def now(self) -> int:
        """The newest tick (ms) that was taken up."""
        return self._facts.now

    def bring(self, at: int) -> None:
        """Count up to a full hour (ms), with what came of it up to a day later."""
        while self._facts.now < at + SLACK and (record := next(self._records, None)) is not None:
            self._facts.take(record[0], record[2], record[1])
            if self.began == NEVER and self._facts.now:
                self.began = self._facts.now
        while self._waiting and self._waiting[0][0] <= at:
            _, _, type_, key = heappop(self._waiting)
            self._count(type_, key)
        touched = self._services.touched()
        for each in chain.from_iterable(self._signs.values()):
            if touched:
                each.touch(touched, self._services)
            each.bring(at, self._services)
            each.tally.changed.clear()
            each.changes()  # for a checkpoint: here there is none

    def totals(self, sign: str) -> Iterator[ByArea]:
        """What a sign comes to by district, in parts."""
        return (each.tally.totals for each in self._signs.get(sign, ()))

    def registered(self, subject: str, said: Registered, at: int) -> None:
        """A subject was registered at a time (ms)."""
        self._services.register(subject, said, at)
        for taker, _ in self._takers.get(f"{self._domain}{REGISTERED}", ()):
            taker.take([(f"{self._domain}{REGISTERED}", subject, said, said, at, self._next(), False)], at)

    def stepped(self, subject: str, at: int, *, serves: bool) -> None:
        """A subject left service, or came back."""
        self._services.step(subject, at, serves=serves)

    def changed(self, type_: str, key: FactKey, fact: SignFact) -> None:
        """A fact came, or counts otherwise than before."""
        if type_ in self._takers:
            heappush(self._waiting, (fact.at, self._next(), type_, key))

    def _count(self, type_: str, key: FactKey) -> None:
        """Count a fact as it stands, or in the place of what it was before; one that was let go counts no more."""
        fact = self._facts.facts[type_].get(key)
        if fact is None:
            return
        facts = self._facts.services[self._domain][fact.subject].facts(fact.at)
        before = self._counted.get((type_, key))
        number = self._counted[type_, key] = self._next() if before is None else before
        for taker, window in self._asked(type_, facts.kind):
            came = min(fact.came, fact.at + window - 1)  # what came later than its window counts as late, and counts
            if before is None:
                taker.take([(type_, fact.subject, facts, fact.data, fact.at, number, False)], came)
            else:
                taker.correct(fact.subject, fact.at, number, fact.data, facts, came)

    def _asked(self, type_: str, kind: str) -> Iterable[tuple[Counter, int]]:
        return (each for each in self._takers[type_] if not each[0].kind or each[0].kind == kind)

    def _next(self) -> int:
        self._number += 1
        if self._number % SWEEP == 0:
            there = self._facts.facts
            self._counted = {each: n for each, n in self._counted.items() if each[1] in there.get(each[0], ())}
        return self._number
