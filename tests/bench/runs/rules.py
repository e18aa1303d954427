"""More rules that do not concern the events: the cost of judging one event must stay flat.

Two kinds of rules are added: copies of rules on kinds of facts that the events do not have, and copies of the very rules
that judge the events, but for a kind of subject that nobody is. Judging alone is timed, by the processor time of this process.
"""

import statistics
import time
from collections.abc import Iterator
from itertools import cycle, islice
from typing import Any

import msgspec

from agents import law
from agents.core.alerts.fold import Fold
from agents.core.rules.book import Book
from agents.core.rules.rule import ALERT, RuleSpec, kinds_of
from agents.rulebook.load import book_of, read_rules
from streams import catalogue
from streams.topics import events_topic
from tests.bench.sizes import Sizes
from tests.bench.workload import NO_JSON, Record, mix

ROUNDS = 3
PARTITIONS = 4
NOBODY = ("nobody",)

Rules = dict[str, dict[str, RuleSpec]]
"""Rules by domain and id."""

Records = dict[tuple[str, int], list[tuple[int, bytes | None, bytes]]]
"""Offset, key and value of the records of each domain and partition."""


def rules(sizes: Sizes) -> list[dict[str, Any]]:
    """One row for each number and sort of added rules: microseconds of one event, the median of some rounds."""
    records = list(islice(sizes.throughput.records(PARTITIONS), sizes.rules_events))
    book = _committed()
    seen = {name for name, _ in mix(value for *_, value in records if value != NO_JSON).items()}
    cases: list[tuple[str, int, Rules]] = [("none", 0, book)]
    cases += [(sort, n, _with(book, make(book, seen), n)) for sort, make in _SORTS.items() for n in sizes.rules]
    books = [
        (sort, n, book_of(more, law.clauses(law.clause_files(catalogue.ROOT)), law.departments())) for sort, n, more in cases
    ]
    places = by_place(records)
    costs: list[list[float]] = [[] for _ in books]
    for _ in range(ROUNDS):
        for found, (_, _, compiled) in zip(costs, books, strict=True):
            found.append(cost(compiled, places))
    return [
        {
            "added": sort,
            "rules": n,
            "us_per_event": round(statistics.median(found), 2),
            "runs": [round(one, 2) for one in found],
        }
        for found, (sort, n, _) in zip(costs, books, strict=True)
    ]


def cost(book: Book, places: Records) -> float:
    """Microseconds of processor time for judging one event."""
    began = time.process_time()
    for (domain, partition), records in places.items():
        Fold(book, events_topic("rules", domain), partition).run(records)
    return 1e6 * (time.process_time() - began) / sum(map(len, places.values()))


def by_place(records: list[Record]) -> Records:
    """Records as the folds take them."""
    found: Records = {}
    for domain, partition, key, value in records:
        place = found.setdefault((domain, partition), [])
        place.append((len(place), key, value))
    return found


def _committed() -> Rules:
    return {domain: read_rules(catalogue.ROOT / domain / "rules.toml").rule for domain in catalogue.domains()}


def _with(book: Rules, copies: Iterator[tuple[str, str, RuleSpec]], number: int) -> Rules:
    more = {domain: dict(specs) for domain, specs in book.items()}
    for domain, rule, spec in islice(copies, number):
        more[domain][rule] = spec
    return more


def _other_kinds(book: Rules, seen: set[str]) -> Iterator[tuple[str, str, RuleSpec]]:
    idle = [
        (domain, rule, spec)
        for domain, rule, spec in _alone(book)
        if not any(f"{domain}.{kind}" in seen for kind in kinds_of(spec))
    ]
    return ((domain, f"{rule}-copy-{n}", spec) for n, (domain, rule, spec) in enumerate(cycle(idle)))


def _other_subjects(book: Rules, seen: set[str]) -> Iterator[tuple[str, str, RuleSpec]]:
    busy = [
        (domain, rule, msgspec.structs.replace(spec, subjects=NOBODY))
        for domain, rule, spec in _alone(book)
        if any(f"{domain}.{kind}" in seen for kind in kinds_of(spec))
    ]
    return ((domain, f"{rule}-nobody-{n}", spec) for n, (domain, rule, spec) in enumerate(cycle(busy)))


def _alone(book: Rules) -> list[tuple[str, str, RuleSpec]]:
    """The rules that read no other rule's alerts."""
    return [
        (domain, rule, spec)
        for domain, specs in book.items()
        for rule, spec in specs.items()
        if not any(kind.startswith(ALERT) for kind in kinds_of(spec))
    ]


_SORTS = {"on other kinds of facts": _other_kinds, "for other kinds of subjects": _other_subjects}
