"""From files and modules to a rule book: what stands in the tree is read and decoded here, `agents.core` gets it as data."""

import gc
import importlib
from collections import ChainMap
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from msgspec import structs

from agents import law
from agents.core.duration import span
from agents.core.notes import check_field_notes
from agents.core.refused import check_refused_input
from agents.core.rules.book import Book, BookError, payloads_with
from agents.core.rules.ground import DomainGround, FactKind, Ground
from agents.core.rules.rule import ClauseSpec, RuleFile, RuleSpec
from streams import catalogue, places, toml
from streams.calendar import holidays
from streams.messages import FIELD_NOTE, REFUSED_INPUT, FieldNotes, RefusedInput
from streams.places import DepartmentSpec, calendar

_EVERYWHERE = {payload.__name__: payload for payload in (FieldNotes, RefusedInput)}


def load_book(root: Path = catalogue.ROOT) -> Book:
    """The rule book of all domains under `root`; BookError names the file and what is wrong."""
    with kept():
        rules = {domain: rules_here(read_rules(root / domain / "rules.toml").rule) for domain in catalogue.domains(root)}
        return book_of(rules, law.clauses(law.clause_files(root)), law.departments(), root)


@contextmanager
def kept() -> Iterator[None]:
    """Meanwhile nobody looks for garbage: what is read of a book is kept, and each look would go through all of it."""
    looks = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if looks:
            gc.enable()


def book_of(
    rules: Mapping[str, Mapping[str, RuleSpec]],
    clauses: Mapping[str, ClauseSpec],
    departments: Mapping[str, DepartmentSpec],
    root: Path = catalogue.ROOT,
) -> Book:
    """The book of these rules by domain and id, on the ground of the domains under `root`."""
    return Book(rules, clauses, departments, ground(root))


def rules_here(rules: Mapping[str, RuleSpec]) -> dict[str, RuleSpec]:
    """The rules that hold here, each with the department that answers here: those on law of other places alone are left out."""
    elsewhere, names = law.elsewhere(), {spec.department for spec in rules.values()}
    answering = {name: places.answering(name) for name in names}
    return {
        rule: structs.replace(spec, department=answering[spec.department])
        for rule, spec in rules.items()
        if spec.clause not in elsewhere
    }


def rules_elsewhere(root: Path = catalogue.ROOT) -> frozenset[str]:
    """The rules that do not hold here, because they rest on law of other places alone."""
    if not (elsewhere := law.elsewhere()):
        return frozenset()
    files = (root / domain / "rules.toml" for domain in catalogue.domains(root))
    return frozenset(rule for file in files for rule, spec in read_rules(file).rule.items() if spec.clause in elsewhere)


def read_rules(path: Path) -> RuleFile:
    """The rules of one file."""
    try:
        return msgspec.convert(toml.loads(path.read_text("utf-8")), RuleFile)
    except (toml.TOMLDecodeError, msgspec.ValidationError, OSError) as error:
        raise BookError(f"{path}: {error}") from None


def ground(root: Path = catalogue.ROOT) -> Ground:
    """What the books of the domains under `root` stand on here; read once."""
    return _ground(root, places.here())


@cache
def _ground(root: Path, place: str) -> Ground:
    domains = {name: _domain(name, described, root) for name, described in catalogue.domains(root).items()}
    office = places.answering("data", place)
    known = calendar.here(place)
    return Ground(
        domains,
        law.clauses([law.OVERSIGHT]),
        law.departments(),
        known,
        holidays.build(known),
        office,
    )


def payloads_of(domain: str, kinds: Iterable[str] = (), root: Path = catalogue.ROOT) -> dict[str, Any]:
    """The payload types of a domain's facts by kind, with registrations, and with those of `kinds` that are alerts."""
    return payloads_with(ground(root).domains[domain], kinds)


def makers_of(domain: str) -> Mapping[str, Any]:
    """A domain's own judges by the name that its rules call them by."""
    return {f"{domain}:{name}": make for name, make in _module(domain, "judges").JUDGES.items()}


def _domain(name: str, described: catalogue.Domain, root: Path) -> DomainGround:
    payload, judges = _module(name, "payload"), _module(name, "judges")
    kinds = {
        kind: FactKind(
            _EVERYWHERE.get(facts.payload) or getattr(payload, facts.payload),
            span(facts.allowance),
            facts.slots,
            facts.for_record,
            facts.writer == "stated",
            facts.matter,
            facts.whose or described.whose,
            facts.title,
        )
        for kind, facts in described.kind.items()
    }
    owner = places.answering(described.owner)
    checks = ChainMap(judges.CHECKS, {FIELD_NOTE: check_field_notes, REFUSED_INPUT: check_refused_input})
    return DomainGround(owner, kinds, judges.JUDGES, checks, judges.STATUS, catalogue.subjects(root)[name])


def _module(domain: str, name: str) -> Any:
    return importlib.import_module(f"agents.domains.{domain}.{name}")
