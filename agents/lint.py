"""What must be true of rules, clauses and departments before they may judge: problems with file, line, id and a remedy."""

import importlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from agents import law
from agents.core import judges
from agents.core.book import BookError, read_rules
from agents.core.rule import Case, ClauseSpec, Edition, RuleSpec, bindings, in_force, unit_of
from streams import catalogue
from streams.messages import Text, parse_time

UNITS = frozenset({"µg/m³", "mg/m³", "h", "AQI"})
"""Units that an alert's value may have."""

PHASES = {"I": "in-process", "P": "post-event"}
_KEBAB = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_ROW = re.compile(r"[A-Z]{2,3}-([IP])\d\d")

Payloads = Mapping[str, Any]
Makers = Mapping[str, Callable[[Any], Any]]
Found = Iterator[str]


class Problem(Struct, frozen=True):
    """One thing to mend: where it stands, in which rule, clause or department, and what to write."""

    file: str
    line: int
    id: str
    message: str


class Setting(Struct, frozen=True):
    """What a rule may refer to: clauses and departments by id, its domain's kinds with their payloads, and judges."""

    clauses: Mapping[str, ClauseSpec]
    departments: Mapping[str, Any]
    payloads: Payloads
    judges: Makers


def problems(
    root: Path = catalogue.ROOT, clauses: Iterable[Path] | None = None, departments: Path = law.DEPARTMENTS
) -> list[Problem]:
    """Everything that is wrong with the rules under `root` and the law they rest on; nothing where all is well."""
    clause_files = law.clause_files(root) if clauses is None else list(clauses)
    try:
        known, answering = law.clauses(clause_files), law.departments(departments)
        files = {domain: root / domain / "rules.toml" for domain in catalogue.domains(root)}
        books = {domain: read_rules(file).rule for domain, file in files.items()}
    except (BookError, ValueError) as error:
        file, _, message = str(error).partition(": ")
        return [Problem(file, 1, "", message)]
    used = {spec.clause for rules in books.values() for spec in rules.values()}
    found = [
        _problem(_file_of(clause_files, clause), "clause", clause, message)
        for clause, spec in known.items()
        for message in clause_problems(clause, spec, used)
    ]
    seen: dict[str, Path] = {}
    for domain, rules in books.items():
        setting = Setting(known, answering, _payloads(root, domain), _makers(domain))
        owner = catalogue.domains(root)[domain].owner
        if owner not in answering:
            found.append(
                Problem(str(root / domain / "domain.toml"), 1, domain, f"owner {owner!r} is no department: {_or(answering)}")
            )
        for rule, spec in rules.items():
            messages = [*rule_problems(rule, spec, setting)]
            if rule in seen:
                messages.append(f"the id is taken by {seen[rule]}: choose another")
            seen[rule] = files[domain]
            found += [_problem(files[domain], "rule", rule, message) for message in messages]
    return found


def clause_problems(clause: str, spec: ClauseSpec, used: set[str]) -> Found:
    """What is wrong with a clause: its id, its editions' order, gaps and overlaps, or that nothing uses it."""
    if not _KEBAB.fullmatch(clause):
        yield f"id {clause!r} is not kebab-case: write it in a-z, 0-9 and single hyphens"
    if clause not in used:
        yield "no rule uses this clause: remove it, or name it in a rule's `clause`"
    if not spec.edition:
        yield f"no edition: add [[clause.{clause}.edition]]"
    for before, after in pairwise(spec.edition):
        yield from _seam(before, after)
    for edition in spec.edition:
        if edition.until is not None and edition.until <= edition.since:
            yield f"{edition.edition} ends ({edition.until}) before it begins ({edition.since}): correct from or to"
        yield from _texts("text", edition.text)


def rule_problems(rule: str, spec: RuleSpec, setting: Setting) -> Found:
    """What is wrong with a rule."""
    if not _KEBAB.fullmatch(rule):
        yield f"id {rule!r} is not kebab-case: write it in a-z, 0-9 and single hyphens"
    row = _ROW.fullmatch(spec.row)
    if not row or PHASES[row[1]] != spec.phase:
        yield f"row {spec.row!r} with phase {spec.phase!r}: rows are like ENV-I01 (in-process) or ENV-P01 (post-event)"
    yield from _texts("title", spec.title)
    yield from _texts("guidance", spec.guidance)
    if spec.title.zh.endswith("。") or spec.title.en.endswith("."):
        yield "the title ends with a period: remove it"
    if spec.department not in setting.departments:
        yield f"department {spec.department!r} is unknown: {_or(setting.departments)}"
    yield from _unit_problems(spec)
    yield from _kind_problems(spec, setting.payloads)
    if spec.clause not in setting.clauses:
        yield f"clause {spec.clause!r} is unknown: add it to agents/law/clauses or write {_or(setting.clauses)}"
        return
    editions = setting.clauses[spec.clause].edition
    yield from _judge_problems(rule, spec, editions, setting.judges)
    yield from _case_problems(rule, spec, editions, setting.payloads)


def _unit_problems(spec: RuleSpec) -> Found:
    for item in spec.items or ("",):
        unit = unit_of(spec, item)
        if unit not in UNITS:
            yield f"unit {unit!r} of {item or 'the value'} is unknown: {_or(UNITS)}"
    if stray := sorted(spec.units.keys() - set(spec.items)):
        yield f"units names {stray[0]!r}, which is not among items: remove it or add the item"


def _kind_problems(spec: RuleSpec, payloads: Payloads) -> Found:
    for kind in spec.on:
        if kind not in payloads:
            yield f"kind {kind!r} is unknown: {_or(payloads)}"
    if not spec.on:
        yield f"on is empty: {_or(payloads)}"
    elif spec.on[0] in payloads:
        fields = payloads[spec.on[0]].__struct_fields__
        for item in spec.items:
            if item not in fields:
                yield f"item {item!r} is no field of {spec.on[0]}: {_or(fields)}"


def _judge_problems(rule: str, spec: RuleSpec, editions: tuple[Edition, ...], makers: Makers) -> Found:
    if spec.judge not in makers:
        yield f"judge {spec.judge!r} is unknown: {_or(makers)}"
        return
    for binding in bindings(rule, spec, editions):
        try:
            makers[spec.judge](binding)
        except (ValueError, TypeError) as error:
            yield f"judge {spec.judge} cannot be made: {error}; correct `with` or the clause"


def _case_problems(rule: str, spec: RuleSpec, editions: tuple[Edition, ...], payloads: Payloads) -> Found:
    header = f"add a [[rule.{rule}.case]]"
    if not any(case.alerts for case in spec.case):
        yield f"no case alerts: {header} that does"
    if all(case.alerts for case in spec.case):
        yield f"no case stays quiet: {header} with alerts = []"
    if spec.judge == "limit" and not any(_at_limit(case, spec, editions) for case in spec.case):
        yield f"no case has a value exactly at the limit, which is allowed: {header} with one that raises nothing"
    for case in spec.case:
        yield from _given_problems(case, spec, payloads)


def _given_problems(case: Case, spec: RuleSpec, payloads: Payloads) -> Found:
    for n, given in enumerate(case.given, 1):
        kind = given.kind or (spec.on[0] if spec.on else "")
        try:
            parse_time(given.at)
            if isinstance(given.fact, dict) and kind in payloads:
                unknown = given.fact.keys() - set(payloads[kind].__struct_fields__)
                msgspec.convert(given.fact, payloads[kind])
                if unknown:
                    yield f"case {case.name!r}, event {n}: {kind} has no field {min(unknown)!r}"
        except ValueError as error:
            yield f"case {case.name!r}, event {n}: {error}; correct it"
        if isinstance(given.fact, dict) and kind not in payloads:
            yield f"case {case.name!r}, event {n}: kind {kind!r} is unknown: {_or(payloads)}"


def _at_limit(case: Case, spec: RuleSpec, editions: tuple[Edition, ...]) -> bool:
    raised = {expected.at for expected in case.alerts if expected.state == "B"}
    return any(
        isinstance(given.fact, dict)
        and given.at not in raised
        and given.fact.get(item) == _limit(spec, item, editions, given.at)
        for given in case.given
        for item in spec.items
    )


def _limit(spec: RuleSpec, item: str, editions: tuple[Edition, ...], at: str) -> float:
    limit = spec.params.get("limit", "law")
    edition = in_force(editions, parse_time(at)) if limit == "law" else None
    own = edition.limits.get(item) if edition else limit
    return own if isinstance(own, int | float) else float("nan")


def _seam(before: Edition, after: Edition) -> Found:
    names = f"{before.edition} and {after.edition}"
    if before.until is None or before.until > after.since:
        yield f"{names} overlap: write to = {after.since} in the first, or a later from in the second"
    elif before.until < after.since:
        yield f"nothing is in force from {before.until} to {after.since} between {names}: let them join"


def _texts(field: str, text: Text) -> Found:
    for language in ("zh", "en"):
        if not getattr(text, language).strip():
            yield f"{field} has no {language}: write one"


def _payloads(root: Path, domain: str) -> Payloads:
    module = importlib.import_module(f"agents.domains.{domain}.payload")
    return {name: getattr(module, kind.payload) for name, kind in catalogue.domains(root)[domain].kind.items()}


def _makers(domain: str) -> Makers:
    own = importlib.import_module(f"agents.domains.{domain}.judges").JUDGES
    return {**judges.STOCK, **{f"{domain}:{name}": make for name, make in own.items()}}


def _file_of(files: Iterable[Path], clause: str) -> Path:
    return next(file for file in files if f"[clause.{clause}]" in file.read_text("utf-8"))


def _problem(file: Path, table: str, name: str, message: str) -> Problem:
    header = re.compile(rf"\[+{table}\.\"?{re.escape(name)}\"?[.\]]")
    lines = file.read_text("utf-8").splitlines()
    line = next((n for n, text in enumerate(lines, 1) if header.match(text.strip())), 1)
    return Problem(str(file), line, name, message)


def _or(known: Any) -> str:
    return "write " + " or ".join(sorted(known))
