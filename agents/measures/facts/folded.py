"""Cases that facts make: the fold of a domain with the rules that measures name, which tell cases instead of alerts."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from agents.core.alerts.adopt import Books, no_books
from agents.core.alerts.fold import Fold
from agents.core.judge import Judge
from agents.core.rules.book import Book, BookError
from agents.core.rules.rule import Binding, RuleSpec, kinds_of
from agents.measures.book.read import RULE, MeasureBook
from agents.measures.book.tables import BookFault, faults_at
from agents.measures.cases.case import OF_FACTS, CaseHead, Told
from agents.measures.cases.counted import DUTIES, MAKERS, CaseTeller
from agents.measures.cases.watched import CLAUSES, FILE, WatchedRow, watched, watched_names
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


def counted_in(rules: Book, domain: str) -> Mapping[str, RuleSpec]:
    """What may be counted of a domain's facts, by name: its rules, and what measures alone watch."""
    owner = rules.ground.domains[domain].owner
    return {**rules.specs[domain], **{name: row.spec(owner) for name, row in watched().get(domain, {}).items()}}


def watch_faults(rules: Book, duties: Mapping[str, Mapping[str, WatchedRow]] | None = None) -> Iterator[BookFault]:
    """What is wrong with the duties that measures alone watch (default: of `watched.toml`): none of them would be told."""
    for domain, rows in (watched() if duties is None else duties).items():
        for name, row in rows.items():
            try:
                if domain not in rules.specs:
                    raise BookError(f"there is no domain {domain!r}")
                spec = row.spec(rules.ground.domains[domain].owner)
                Book({domain: {name: spec}}, {**rules.clauses, **CLAUSES}, rules.departments, rules.ground)
            except BookError as error:
                yield from faults_at(FILE, [(f"{domain}.{name}", str(error))])


def types_of(measures: MeasureBook, rules: Book, measure: str) -> tuple[str, ...]:
    """The types of facts that make the cases of a measure; none of one that counts orders, or is none."""
    row = measures.measures.get(measure)
    if row is None or row.population not in OF_FACTS:
        return ()
    conditions = (measures.conditions[name] for name in (*row.due, *row.numerator))
    named = {rule for each in conditions if each.field == RULE for rule in each.among or ()} or {OTHERS[row.population]}
    known = {domain: counted_in(rules, domain) for domain in rules.specs}
    specs = ((domain, specs[rule]) for domain, specs in known.items() for rule in sorted(named & specs.keys()))
    return tuple(dict.fromkeys(f"{domain}.{kind}" for domain, spec in specs for kind in kinds_of(spec)))


def domains_named(measures: MeasureBook, rules: Book) -> tuple[str, ...]:
    """The domains whose facts the cases are made of."""
    wanted = {*rules_named(measures), *OTHERS.values()}
    return tuple(domain for domain in rules.specs if wanted & counted_in(rules, domain).keys())


class HeldFacts(Struct):
    """What the folds of one partition of a domain are made again from, each by key."""

    topic: str
    partition: int
    domain: str
    folds: list[dict[bytes, bytes]]


def facts_of(
    measures: MeasureBook,
    rules: Book,
    topic: str,
    partition: int,
    domain: str,
    books: Books = no_books,
    told: CaseTeller | None = None,
) -> "FactCases":
    """What makes cases of the facts of one partition of a domain; Trouble where a measure names a rule that is none.

    `books`: the rule books that the log adopts; by each the duties are told from there on. `told`: who takes the cases.
    """
    if strange := sorted(rules_named(measures) - rules.rules.keys() - watched_names()):
        raise Trouble(f"measures name rules that there are not: {', '.join(strange)}; correct conditions.toml")
    return FactCases(measures, rules, topic, partition, domain, books, told or CaseTeller())


class FactCases:
    """The fold of one partition of a domain's facts. `now`: the newest time of the partition (ms)."""

    def __init__(
        self, measures: MeasureBook, rules: Book, topic: str, partition: int, domain: str, books: Books, told: CaseTeller
    ) -> None:
        self._told = told
        self._held = HeldFacts(topic, partition, domain, [])
        wanted: dict[Told, frozenset[str]] = {"duty": rules_named(measures)}
        wanted |= {population: frozenset({rule}) for population, rule in OTHERS.items()}
        self._folds = [
            self._fold(_CountingBooks(domain, names, population, told), rules, books, topic, partition)
            for population, names in wanted.items()
            if names & counted_in(rules, domain).keys()
        ]
        self._held.folds = [{} for _ in self._folds]

    @property
    def now(self) -> int:
        """The newest time of the partition (ms)."""
        return max((fold.now or 0 for fold in self._folds), default=0)

    def run(self, records: Iterable[Record]) -> list[CaseHead]:
        """The cases as they stand after records, of those that these have begun or changed."""
        batch = list(records)
        for fold in self._folds:
            fold.run(batch)
        return self._told.taken()

    def state(self) -> HeldFacts:
        """What these folds are made again from."""
        for fold, held in zip(self._folds, self._held.folds, strict=True):
            for key, value in fold.snapshot():
                if value is None:
                    held.pop(key, None)
                else:
                    held[key] = value
        return self._held

    def restore(self, held: HeldFacts) -> None:
        """Be what folds were that had this state; these are new. BookError where the book that was adopted is not there."""
        self._held = held
        for fold, items in zip(self._folds, held.folds, strict=True):
            fold.restore(items.items())

    @staticmethod
    def _fold(counting: "_CountingBooks", rules: Book, books: Books, topic: str, partition: int) -> Fold:
        return Fold(counting.book(rules), topic, partition, books=lambda name: counting.book(books(name)), verify=verify)


class LogFacts:
    """What makes cases of the facts of all partitions, as they come. `told`: which duties were told before."""

    def __init__(self, measures: MeasureBook, rules: Book, books: Books = no_books, told: Iterable[str] = ()) -> None:
        self._measures, self._rules, self._books, self._told = measures, rules, books, CaseTeller(told)
        self._known: dict[tuple[str, int], FactCases] = {}

    @property
    def now(self) -> int:
        """The newest time of all of them (ms)."""
        return max((each.now for each in self._known.values()), default=0)

    @property
    def times(self) -> list[int]:
        """The newest time of each partition that has one (ms)."""
        return [each.now for each in self._known.values() if each.now]

    def take(self, topic: str, partition: int, domain: str, *records: Record) -> list[CaseHead]:
        """The cases as they stand after records of a partition, of those that these have begun or changed."""
        return self._of(topic, partition, domain).run(records)

    def state(self) -> list[HeldFacts]:
        """What this is made again from, beside the cases."""
        return [each.state() for each in self._known.values()]

    def restore(self, state: Iterable[HeldFacts]) -> None:
        """Be what had this state; this is new. BookError where a book that was adopted is not there."""
        for each in state:
            self._of(each.topic, each.partition, each.domain).restore(each)

    def _of(self, topic: str, partition: int, domain: str) -> FactCases:
        place = topic, partition
        if place not in self._known:
            made = facts_of(self._measures, self._rules, topic, partition, domain, self._books, self._told)
            self._known[place] = made
        return self._known[place]


def _named(judge: str) -> str:
    """What the judge is called that tells cases of the rules of a judge."""
    return f"{COUNTED}-{judge.rpartition(':')[2]}"


class _CountingBooks(Struct, frozen=True):
    """Makes books of these rules of a domain alone, whose judges tell cases of a population."""

    domain: str
    wanted: frozenset[str]
    population: Told
    told: CaseTeller

    def book(self, rules: Book) -> Book:
        """Such a book of the rules as another book has them."""
        own = {
            name: replace(spec, judge=f"{self.domain}:{_named(spec.judge)}")
            for name, spec in counted_in(rules, self.domain).items()
            if name in self.wanted
        }
        specs = {each: own if each == self.domain else {} for each in rules.specs}
        ground = rules.ground
        here = replace(ground.domains[self.domain], judges=self._judges(rules), subjects=rules.subjects[self.domain])
        return Book(
            specs,
            {**rules.clauses, **CLAUSES},
            rules.departments,
            replace(ground, domains={**ground.domains, self.domain: here}),
        )

    def _judges(self, rules: Book) -> dict[str, Callable[[Binding], Judge]]:
        """By name what makes the cases of its rules."""
        if self.population == "duty":
            return {_named(judge): self._making(maker) for judge, maker in DUTIES.items()}
        found = {rules.rules[rule].judge for rule in self.wanted if rule in rules.rules}
        return dict.fromkeys(map(_named, found), self._making(MAKERS[self.population]))

    def _making(self, maker: Callable[[Binding, str, CaseTeller], Judge]) -> Callable[[Binding], Judge]:
        return lambda binding: maker(binding, self.domain, self.told)
