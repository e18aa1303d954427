"""What must be true of rules, clauses and departments before they may judge: problems with file, line, id and a remedy."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

from msgspec import Struct, structs

from agents import law
from agents.core import judges
from agents.core.alerts.state import REGISTRATION
from agents.core.duration import span
from agents.core.mend import lenient
from agents.core.rules.book import OVERSIGHT_CLAUSE, Book
from agents.core.rules.rule import ALERT, ClauseSpec, Edition, Enactment, RuleSpec, bindings, kinds_of, unit_of
from agents.rulebook.boundary_cases import alone, at_limit, has_limit, resting
from agents.rulebook.lint_cases import Found, Payloads, case_problems, one_of
from agents.rulebook.load import book_of, ground, kept, makers_of, payloads_of
from agents.rulebook.rule_sources import Corpus, committed
from agents.rulebook.tables import Problem, problem_at, read_domains, specs
from streams import catalogue, places
from streams.calendar.holidays import build
from streams.command import Trouble
from streams.messages import Text
from streams.places import DepartmentSpec, calendar, duties

UNITS = frozenset({"", "%", "AQI", "MB", "MPa", "d", "h", "kg", "mg/L", "mg/m³", "min", "months", "s", "yuan", "°C", "µg/m³"})
"""Units that an alert's value may have; the empty one is a number of things, or no value at all."""

PHASES = {"I": "in-process", "P": "post-event"}
SHOWN = 20
"""How many problems a refusal of the whole book shows."""

_KEBAB = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_ROW = re.compile(r"(DQ|OPS)-\d\d|[A-Z]{2,4}-(?P<phase>[IP])\d\d")
_UNUSED = "no rule uses this clause: remove it, or name it in a rule's `clause`"

Makers = Mapping[str, Callable[[Any], Any]]


class Setting(Struct, frozen=True):
    """What a rule may refer to: clauses and departments by id, its domain's kinds with their payloads, and judges.

    `made`: the judges of all rules were made already, so that each can be.
    """

    clauses: Mapping[str, ClauseSpec]
    departments: Mapping[str, DepartmentSpec]
    payloads: Payloads
    judges: Makers
    made: bool = False


def sound_book(corpus: Corpus | None = None, *, draft: bool = False) -> Book:
    """The rule book of a corpus (default: the committed one); Trouble lists what is wrong, with file and line.

    A clause that no rule uses yet does not stop anybody from judging.
    """
    corpus = corpus or committed()
    with kept():
        book = _made(corpus)
        found = [problem for problem in check(corpus, draft=draft, made=book is not None) if problem.message != _UNUSED]
    if found:
        raise refusal(found)
    return book or _book(corpus)


def refusal(found: list[Problem]) -> Trouble:
    """The refusal of a rule book for what is wrong with it."""
    lines = list(dict.fromkeys(f"{each.file}:{each.line}: {each.id}: {each.message}" for each in found))
    more = [f"and {len(lines) - SHOWN} more: python -m agents rules check"] if len(lines) > SHOWN else []
    return Trouble("\n  ".join(["the rule book cannot be used", *lines[:SHOWN], *more]))


def problems(
    root: Path = catalogue.ROOT, clauses: Iterable[Path] | None = None, departments: Iterable[Path] | None = None
) -> list[Problem]:
    """Everything that is wrong with the rules under `root` and the law they rest on; nothing where all is well.

    Rules that are sound otherwise must have a case exactly at their limit. That is found by judging, and takes seconds.
    """
    if found := list(_place_problems()):
        return found
    corpus = committed(root)
    if clauses is not None:
        corpus = structs.replace(corpus, clauses=tuple(clauses))
    if departments is not None:
        corpus = structs.replace(corpus, departments=tuple(departments))
    return check(corpus) or list(limit_problems(corpus))


def check(corpus: Corpus, *, draft: bool = False, made: bool = False) -> list[Problem]:
    """Everything that is wrong with a corpus. A draft need not have cases.

    `made`: a book was made of it, and with it every judge of every rule: none is made a second time to see whether it can be.
    """
    known, found = _clauses(corpus.clauses)
    answering: dict[str, DepartmentSpec] = {}
    for file in corpus.departments:
        of_file, more = specs(file, "department", DepartmentSpec)
        answering |= of_file
        found += more
    books: dict[str, dict[str, RuleSpec]] = {}
    for domain in corpus.rules:
        books[domain], more = corpus.specs(domain)
        found += more
    domains, more = read_domains(corpus.root)
    found += more
    if found:
        return found
    by_file = {file: _of_file(file, known) for file in corpus.clauses}
    found += _instrument_problems(by_file)
    used = {spec.clause for rules in books.values() for spec in rules.values()} | {OVERSIGHT_CLAUSE}
    found += [
        problem_at(file, "clause", clause, path, message)
        for file, clauses in by_file.items()
        for clause, spec in clauses.items()
        for path, message in clause_problems(clause, spec, used)
    ]
    seen: dict[str, Path] = {}
    for domain, rules in books.items():
        found += _lenient_problems(domain, corpus.root)
        if (owner := places.answering(domains[domain].owner)) not in answering:
            file = corpus.root / domain / "domain.toml"
            line = next((n for n, text in enumerate(file.read_text("utf-8").splitlines(), 1) if text.startswith("owner")), 1)
            found.append(Problem(str(file), line, domain, f"owner {owner!r} is no department: {one_of(answering)}"))
        heard = {rule: _heard(spec) for rule, spec in rules.items()}
        for rule, spec in rules.items():
            setting = Setting(known, answering, payloads_of(domain, kinds_of(spec), corpus.root), _makers(domain), made)
            messages = [*rule_problems(rule, spec, setting), *_heard_problems(rule, domain, heard)]
            if not draft:
                messages += case_problems(rule, spec, known, setting.payloads)
            if rule in seen:
                messages.append(("", f"the id is taken by {seen[rule]}: choose another"))
            seen[rule] = corpus.rules[domain]
            found += [problem_at(corpus.rules[domain], "rule", rule, path, message) for path, message in messages]
    return found


def _lenient_problems(domain: str, root: Path) -> Iterator[Problem]:
    """The payloads of a domain that would take an undeclared field without a word."""
    payloads = payloads_of(domain, root=root)
    for name in sorted({name for kind, payload in payloads.items() if kind != REGISTRATION for name in lenient(payload)}):
        file = root / domain / "payload.py"
        yield Problem(str(file), 1, name, "the struct takes undeclared fields: write forbid_unknown_fields=True")


def _book(corpus: Corpus) -> Book:
    rules = {domain: corpus.specs(domain)[0] for domain in corpus.rules}
    return book_of(rules, law.clauses(corpus.clauses), law.departments(), corpus.root)


def _made(corpus: Corpus) -> Book | None:
    """The book of a corpus, or nothing where none can be made of it: `check` says why."""
    try:
        return _book(corpus)
    except Exception:  # noqa: BLE001 - whatever a wrong file makes of judges and the law
        return None


def limit_problems(corpus: Corpus, beside: Corpus | None = None) -> Iterator[Problem]:
    """The rules of a sound corpus that have a limit and no case exactly at it.

    `beside`: a corpus that `rules check` asks for itself; what rests on the same words there is not asked for again.
    """
    book, known = _book(corpus), None if beside is None else _book(beside)
    for domain, file in corpus.rules.items():
        for rule in corpus.specs(domain)[0]:
            if known and rule in known.rules and resting(known, rule) == resting(book, rule):
                continue
            own = alone(book, domain, rule)
            if has_limit(own, domain, rule) and not at_limit(own, domain, rule):
                what = "no case stands exactly at the limit, where one step of a number or a time changes what the rule says"
                yield problem_at(file, "rule", rule, "", f"{what}: add a [[rule.{rule}.case]] that does")


def clause_problems(clause: str, spec: ClauseSpec, used: Iterable[str]) -> Found:
    """What is wrong with a clause: its id, its editions' order, gaps and overlaps, or that nothing uses it."""
    if not _KEBAB.fullmatch(clause):
        yield "", f"id {clause!r} is not kebab-case: write it in a-z, 0-9 and single hyphens"
    if clause not in used:
        yield "", _UNUSED
    if not spec.edition:
        yield "", f"no edition: add [[clause.{clause}.edition]]"
    for place in dict.fromkeys(edition.adcode for edition in spec.edition):
        of_place = [(n, edition) for n, edition in enumerate(spec.edition) if edition.adcode == place]
        for (_, before), (n, after) in pairwise(of_place):
            for message in _seam(before, after, place):
                yield f"edition[{n}]", message
    for n, edition in enumerate(spec.edition):
        if edition.until is not None and edition.until <= edition.since:
            message = f"{edition.edition} ends ({edition.until}) before it begins ({edition.since}): correct from or to"
            yield f"edition[{n}]", message
        for _, message in _texts("text", edition.text):
            yield f"edition[{n}]", message


def rule_problems(rule: str, spec: RuleSpec, setting: Setting) -> Found:
    """What is wrong with a rule, its cases aside: the field and a message."""
    if not _KEBAB.fullmatch(rule):
        yield "", f"id {rule!r} is not kebab-case: write it in a-z, 0-9 and single hyphens"
    row = _ROW.fullmatch(spec.row)
    if not row or PHASES[row["phase"] or "I"] != spec.phase:
        rows = "rows are like ENV-I01, DQ-01 and OPS-01 (in-process) or ENV-P01 (post-event)"
        yield "row", f"row {spec.row!r} with phase {spec.phase!r}: {rows}"
    yield from _texts("title", spec.title)
    yield from _texts("guidance", spec.guidance)
    if spec.title.zh.endswith("。") or spec.title.en.endswith("."):
        yield "title", "the title ends with a period: remove it"
    if spec.department not in setting.departments:
        yield "department", f"department {spec.department!r} is unknown: {one_of(setting.departments)}"
    times = {"re_alarm": spec.re_alarm, "conclude_within": spec.conclude_within}
    times |= {f"escalate.{severity}": each for severity, each in spec.escalate.items()}
    for name, given in times.items():
        try:
            if given:
                span(given)
        except ValueError as error:
            yield name, str(error)
    for each in spec.suppress:
        yield from _texts("suppress", each.why)
    if spec.first_out and not _KEBAB.fullmatch(spec.first_out):
        yield "first_out", f"group {spec.first_out!r} is not kebab-case: write it in a-z, 0-9 and single hyphens"
    yield from _unit_problems(spec)
    yield from _kind_problems(spec, setting.payloads)
    if spec.clause not in setting.clauses:
        yield "clause", f"clause {spec.clause!r} is unknown: add it to agents/law/clauses or {one_of(setting.clauses)}"
        return
    yield from _judge_problems(rule, spec, setting)


def _unit_problems(spec: RuleSpec) -> Found:
    for item in spec.items or ("",):
        unit = unit_of(spec, item)
        if unit not in UNITS:
            message = f"unit {unit!r} of {item or 'the value'} is unknown: {one_of(UNITS)}"
            yield "units" if item in spec.units else "unit", message
    if stray := sorted(spec.units.keys() - set(spec.items)):
        yield "units", f"units names {stray[0]!r}, which is not among items: remove it or add the item"


def _kind_problems(spec: RuleSpec, payloads: Payloads) -> Found:
    for kind in kinds_of(spec):
        if kind not in payloads:
            yield "on" if kind in spec.on else "with", f"kind {kind!r} is unknown: {one_of(payloads)}"
    if not spec.on:
        yield "on", f"on is empty: {one_of(payloads)}"
    elif spec.on[0] in payloads and "field" not in spec.params:
        fields = payloads[spec.on[0]].__struct_fields__
        for item in spec.items:
            if item not in fields:
                yield "items", f"item {item!r} is no field of {spec.on[0]}: {one_of(fields)}"


def _judge_problems(rule: str, spec: RuleSpec, setting: Setting) -> Found:
    if spec.judge not in setting.judges:
        yield "judge", f"judge {spec.judge!r} is unknown: {one_of(setting.judges)}"
        return
    if setting.made:
        return
    for binding in bindings(rule, spec, setting.clauses[spec.clause].edition, setting.payloads, ground().calendar):
        try:
            setting.judges[spec.judge](binding)
        except (ValueError, TypeError) as error:
            yield "judge", f"judge {spec.judge} cannot be made: {error}; correct `with` or the clause"


def _heard_problems(rule: str, domain: str, heard: Mapping[str, tuple[str, ...]]) -> Found:
    """Whether the rules whose alerts a rule reads are there, and do not read its own in turn; `heard` as by `_heard`."""
    for name in heard[rule]:
        if name not in heard:
            yield "on", f"reads alerts of {name!r}, which is no rule of {domain}: {one_of(heard)}"
    if circle := _circle(rule, heard):
        yield "on", f"reads alerts that rest on its own: {' reads '.join(circle)}; take one of them out"


def _heard(spec: RuleSpec) -> tuple[str, ...]:
    return tuple(kind.removeprefix(ALERT) for kind in kinds_of(spec) if kind.startswith(ALERT))


def _circle(rule: str, heard: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The way from a rule back to itself along the alerts that rules read, or nothing."""
    ways: list[tuple[str, ...]] = [(rule, name) for name in heard[rule]]
    known: set[str] = set()
    for way in ways:
        if way[-1] == rule:
            return way
        if way[-1] not in known:
            known.add(way[-1])
            ways += [(*way, name) for name in heard.get(way[-1], ())]
    return ()


def _seam(before: Edition, after: Edition, place: str) -> Iterator[str]:
    names = f"{before.edition} and {after.edition}" + (f" of the place {place}" if place else "")
    if after.since <= before.since:
        yield f"{names} are not in order: write the one from {after.since} first"
    elif after.seam:
        if before.until == after.since:
            yield f"{names} join: take `seam` out of the second"
    elif before.until is None or before.until > after.since:
        yield f"{names} overlap: write to = {after.since} in the first, a later from in the second, or why in its `seam`"
    elif before.until < after.since:
        gap = f"nothing is in force from {before.until} to {after.since} between {names}"
        yield f"{gap}: let them join, or say why in the second's `seam`"


def _texts(field: str, text: Text) -> Found:
    for language in ("zh", "en"):
        if not getattr(text, language).strip():
            yield field, f"{field} has no {language}: write one"


def _makers(domain: str) -> Makers:
    return {**judges.STOCK, **makers_of(domain)}


def unnamed(clauses: Mapping[str, ClauseSpec]) -> list[tuple[str, Edition]]:
    """The editions that do not name their instrument yet, each with its clause: what is still to be read."""
    return [(name, each) for name, spec in clauses.items() for each in spec.edition if not each.instrument]


def _place_problems() -> Iterator[Problem]:
    """The places, this one and all that have a folder, of which something cannot be read: departments above all."""
    for code in dict.fromkeys([places.here(), *places.known()]):
        try:
            read_place(code)
        except ValueError as error:
            file, _, message = str(error).partition(": ")
            yield Problem(file, 1, code, message)


def read_place(code: str, root: Path = places.ROOT) -> None:
    """Read all of a place's folder; ValueError names the file and what is wrong, also a duty of a department that is none."""
    known = places.departments(code, root)
    build(calendar.here(code, root))
    places.areas(code, root)
    prefixes = {places.place(each, root).prefix for each in places.chain(code) if each in places.known(root)}
    for role in duties.duties(code, root).duty:
        if not {f"{prefix}-{role}" for prefix in prefixes} & known.keys():
            file = places.files(code, "duties.toml", root)[-1]
            raise ValueError(
                f"{file}: duty.{role}: place {code} has no department of this role; it has {', '.join(sorted(known))}"
            )


def _of_file(file: Path, known: Mapping[str, ClauseSpec]) -> dict[str, ClauseSpec]:
    """The clauses of a file; in that of a place with the place's editions alone."""
    if not (place := places.place_of(file)):
        return specs(file, "clause", ClauseSpec)[0]
    return {
        name: structs.replace(known[name], edition=tuple(structs.replace(each, place=place) for each in local.edition))
        for name, local in specs(file, "clause", law.LocalClause)[0].items()
    }


def _instrument_problems(by_file: Mapping[Path, Mapping[str, ClauseSpec]]) -> Iterator[Problem]:
    """Editions whose instrument has another issuer or rank than elsewhere under the same number."""
    known: dict[str, Enactment] = {}
    for file, clauses in by_file.items():
        for clause, spec in clauses.items():
            for n, edition in enumerate(spec.edition):
                if (said := edition.instrument) and known.setdefault(said.number, said) != said:
                    other = known[said.number]
                    message = f"{said.number} is elsewhere of {other.issuer}, a {other.rank}: one number is one instrument"
                    yield problem_at(file, "clause", clause, f"edition[{n}]", message)


def _clauses(files: Iterable[Path]) -> tuple[dict[str, ClauseSpec], list[Problem]]:
    known: dict[str, ClauseSpec] = {}
    found: list[Problem] = []
    for file in files:
        if place := places.place_of(file):
            found += _local_clauses(file, place, known)
            continue
        of_file, more = specs(file, "clause", ClauseSpec)
        more += [
            problem_at(
                file, "clause", name, f"edition[{n}]", f"move it to streams/places/{each.adcode}/clauses, without `place`"
            )
            for name, spec in of_file.items()
            for n, each in enumerate(spec.edition)
            if each.adcode
        ]
        twice = [name for name in of_file if name in known]
        found += more + [problem_at(file, "clause", name, "", "stands in another file too: remove one") for name in twice]
        known |= of_file
    return known, found


def _local_clauses(file: Path, place: str, known: dict[str, ClauseSpec]) -> list[Problem]:
    """Add the clauses of a place's file to those that are known; what is wrong with it."""
    of_file, found = specs(file, "clause", law.LocalClause)
    for name, local in of_file.items():
        try:
            known[name] = law.joined(known.get(name), local, place)
        except ValueError as error:
            found.append(problem_at(file, "clause", name, "", str(error)))
    return found
