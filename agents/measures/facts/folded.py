"""Cases that facts make: the fold of a domain with the rules that measures name, which tell cases instead of alerts."""

from collections.abc import Callable, Iterable, Mapping

from msgspec.structs import replace

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


def facts_of(measures: MeasureBook, rules: Book, topic: str, partition: int, domain: str) -> "FactCases":
    """What makes cases of the facts of one partition of a domain; Trouble where a measure names a rule that is none."""
    if strange := sorted(rules_named(measures) - rules.rules.keys()):
        raise Trouble(f"measures name rules that there are not: {', '.join(strange)}; correct conditions.toml")
    return FactCases(measures, rules, topic, partition, domain)


class FactCases:
    """The fold of one partition of a domain's facts. `now`: the newest time of the partition (ms)."""

    def __init__(self, measures: MeasureBook, rules: Book, topic: str, partition: int, domain: str) -> None:
        self._told: dict[str, CaseHead] = {}
        wanted: dict[Told, frozenset[str]] = {"duty": rules_named(measures)}
        wanted |= {population: frozenset({rule}) for population, rule in OTHERS.items()}
        self._folds = [
            Fold(_counting(rules, domain, names, population, self._take), topic, partition, verify=verify)
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


class LogFacts:
    """What makes cases of the facts of all partitions, as they come."""

    def __init__(self, measures: MeasureBook, rules: Book) -> None:
        self._measures, self._rules = measures, rules
        self._known: dict[tuple[str, int], FactCases] = {}

    @property
    def now(self) -> int:
        """The newest time of all of them (ms)."""
        return max((each.now for each in self._known.values()), default=0)

    def take(self, topic: str, partition: int, domain: str, record: Record) -> list[CaseHead]:
        """The cases as they stand after a record, of those that it has begun or changed."""
        place = topic, partition
        if place not in self._known:
            self._known[place] = facts_of(self._measures, self._rules, topic, partition, domain)
        return self._known[place].run([record])


def _named(judge: str) -> str:
    """What the judge is called that tells cases of the rules of a judge."""
    return f"{COUNTED}-{judge.rpartition(':')[2]}"


def _counting(rules: Book, domain: str, wanted: frozenset[str], population: Told, told: Teller) -> Book:
    """A book of these rules of a domain alone, whose judges tell cases of a population."""

    def making(maker: Callable[[Binding, str, Teller], Judge]) -> Callable[[Binding], Judge]:
        return lambda binding: maker(binding, domain, told)

    makers = {_named(judge): making(maker) for judge, maker in (DUTIES if population == "duty" else {}).items()}
    if population in MAKERS:
        makers = dict.fromkeys(map(_named, {rules.rules[rule].judge for rule in wanted}), making(MAKERS[population]))
    specs = {
        each: {name: replace(spec, judge=f"{domain}:{_named(spec.judge)}") for name, spec in found.items() if name in wanted}
        if each == domain
        else {}
        for each, found in rules.specs.items()
    }
    ground = rules.ground
    own = replace(ground.domains[domain], judges=makers, subjects=rules.subjects[domain])
    return Book(specs, rules.clauses, rules.departments, replace(ground, domains={**ground.domains, domain: own}))
