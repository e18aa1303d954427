"""Cases that facts make: the fold of a domain with the rules that measures name, which tell cases instead of alerts."""

from collections.abc import Callable, Iterable, Mapping

from msgspec import Struct
from msgspec.structs import replace

from agents.core.alerts.adopt import Books, no_books
from agents.core.alerts.fold import Fold
from agents.core.judge import Judge
from agents.core.rules.book import Book
from agents.core.rules.rule import Binding
from agents.measures.book.read import RULE, MeasureBook
from agents.measures.cases.case import CaseHead, Told
from agents.measures.cases.counted import DUTIES, MAKERS, Teller
from streams.archive.files import Record
from streams.command import Trouble
from streams.signing.verify import verify

COUNTED = "counted"
"""How the judge of a rule is called that tells cases."""

OTHERS: Mapping[Told, str] = {"rating": "bad-rating-not-put-right", "hour": "hotline-day-unanswered"}
"""The rules whose facts are ratings and what was done about them, and the hours of a hotline."""


def rules_named(book: MeasureBook) -> frozenset[str]:
    """The rules whose duties some measure counts."""
    return frozenset(name for row in book.conditions.values() if row.field == RULE for name in row.among or ())


def domains_named(measures: MeasureBook, rules: Book) -> tuple[str, ...]:
    """The domains whose facts the cases are made of."""
    wanted = {*rules_named(measures), *OTHERS.values()}
    return tuple(domain for domain, specs in rules.specs.items() if wanted & specs.keys())


def facts_of(
    measures: MeasureBook, rules: Book, topic: str, partition: int, domain: str, books: Books = no_books
) -> "FactCases":
    """What makes cases of the facts of one partition of a domain; Trouble where a measure names a rule that is none.

    `books`: the rule books that the log adopts; by each the duties are told from there on.
    """
    if strange := sorted(rules_named(measures) - rules.rules.keys()):
        raise Trouble(f"measures name rules that there are not: {', '.join(strange)}; correct conditions.toml")
    return FactCases(measures, rules, topic, partition, domain, books)


class FactCases:
    """The fold of one partition of a domain's facts. `now`: the newest time of the partition (ms)."""

    def __init__(
        self, measures: MeasureBook, rules: Book, topic: str, partition: int, domain: str, books: Books = no_books
    ) -> None:
        self._told: dict[str, CaseHead] = {}
        wanted: dict[Told, frozenset[str]] = {"duty": rules_named(measures)}
        wanted |= {population: frozenset({rule}) for population, rule in OTHERS.items()}
        self._folds = [
            self._fold(_CountingBooks(domain, names, population, self._take), rules, books, topic, partition)
            for population, names in wanted.items()
            if names & rules.specs[domain].keys()
        ]

    @property
    def now(self) -> int:
        """The newest time of the partition (ms)."""
        return max((fold.now or 0 for fold in self._folds), default=0)

    def run(self, records: Iterable[Record]) -> list[CaseHead]:
        """The cases as they stand after records, of those that these have begun or changed."""
        batch = list(records)
        for fold in self._folds:
            fold.run(batch)
        told, self._told = self._told, {}
        return list(told.values())

    def _take(self, case: CaseHead) -> None:
        self._told[case.id] = case

    @staticmethod
    def _fold(counting: "_CountingBooks", rules: Book, books: Books, topic: str, partition: int) -> Fold:
        return Fold(counting.book(rules), topic, partition, books=lambda name: counting.book(books(name)), verify=verify)


class LogFacts:
    """What makes cases of the facts of all partitions, as they come."""

    def __init__(self, measures: MeasureBook, rules: Book, books: Books = no_books) -> None:
        self._measures, self._rules, self._books = measures, rules, books
        self._known: dict[tuple[str, int], FactCases] = {}

    @property
    def now(self) -> int:
        """The newest time of all of them (ms)."""
        return max((each.now for each in self._known.values()), default=0)

    def take(self, topic: str, partition: int, domain: str, record: Record) -> list[CaseHead]:
        """The cases as they stand after a record, of those that it has begun or changed."""
        place = topic, partition
        if place not in self._known:
            self._known[place] = facts_of(self._measures, self._rules, topic, partition, domain, self._books)
        return self._known[place].run([record])


def _named(judge: str) -> str:
    """What the judge is called that tells cases of the rules of a judge."""
    return f"{COUNTED}-{judge.rpartition(':')[2]}"


class _CountingBooks(Struct, frozen=True):
    """Makes books of these rules of a domain alone, whose judges tell cases of a population."""

    domain: str
    wanted: frozenset[str]
    population: Told
    told: Teller

    def book(self, rules: Book) -> Book:
        """Such a book of the rules as another book has them."""

        def making(maker: Callable[[Binding, str, Teller], Judge]) -> Callable[[Binding], Judge]:
            return lambda binding: maker(binding, self.domain, self.told)

        makers = {_named(judge): making(maker) for judge, maker in (DUTIES if self.population == "duty" else {}).items()}
        if self.population in MAKERS:
            judges = {spec.judge for name, spec in rules.rules.items() if name in self.wanted}
            makers = dict.fromkeys(map(_named, judges), making(MAKERS[self.population]))
        specs = {
            each: {
                name: replace(spec, judge=f"{each}:{_named(spec.judge)}") for name, spec in found.items() if name in self.wanted
            }
            if each == self.domain
            else {}
            for each, found in rules.specs.items()
        }
        ground = rules.ground
        own = replace(ground.domains[self.domain], judges=makers, subjects=rules.subjects[self.domain])
        return Book(specs, rules.clauses, rules.departments, replace(ground, domains={**ground.domains, self.domain: own}))
