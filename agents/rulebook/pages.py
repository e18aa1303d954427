"""The rule book as Markdown: a page for each domain, and an index that counts; the same book gives the same pages."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from agents.core.rules.book import Book
from agents.core.rules.rule import Case, ClauseSpec, Edition, Expected, RuleSpec, kinds_of, unit_of
from streams import places
from streams.catalogue import Domain, domains
from streams.messages import Mark, Phase, Severity, State, Text

INDEX = "README.md"

MARKS: dict[Mark, str] = {"V": "V: read in the text", "v": "v: second hand", "M": "待核 / to be verified"}
"""How well a clause is confirmed, in words."""

PHASES: dict[Phase, str] = {"in-process": "in-process 事中", "post-event": "post-event 事后"}
SEVERITIES: dict[Severity, str] = {"red": "red 红", "orange": "orange 橙", "yellow": "yellow 黄", "blue": "blue 蓝"}

STATES: dict[State, str] = {
    "A": "ended",
    "B": "stands",
    "C": "acknowledged",
    "D": "returned to normal",
    "C-latched": "acknowledged, waits for its reset",
    "D-latched": "returned to normal, waits for its reset",
    "E": "shelved",
    "F": "suppressed",
    "G": "out of service",
}
"""What a revision of an alert says, in words."""

REVIEW = "review.md"
"""The page beside the written ones that says of each rule in which text it was read; people write it."""

_NOT_JUDGED = "../concepts/rules-not-judged.md"
_SIGNS = "city_signs.md"
_GENERATED = "Written by `make docs` from the rule files: change those, not this page."


def pages(book: Book) -> dict[str, str]:
    """The text of each page by file name."""
    by_domain = {domain: _rules_of(book, domain) for domain in domains()}
    written = {f"{domain}.md": _page(book, domains()[domain], rules) for domain, rules in by_domain.items()}
    return {INDEX: _index(book, by_domain)} | written


def table(headings: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    r"""The lines of a Markdown table.

    >>> table(["a", "b"], [["1|2", "x"]])
    ['| a | b |', '|---|---|', '| 1\\|2 | x |']
    """
    columns = list(headings)
    return [_row(columns), "|" + "---|" * len(columns), *map(_row, rows)]


def parameters(spec: RuleSpec) -> str:
    """A judge and its parameters as one line of TOML."""
    given = ", ".join(f"{name} = {_value(value)}" for name, value in spec.params.items())
    return f"{spec.judge}: {given}" if given else spec.judge


def mark_of(clause: ClauseSpec) -> Mark:
    """How well the newest edition of a clause is confirmed: the nation's, where it has one."""
    return max(clause.edition, key=lambda edition: (not edition.adcode, edition.since)).mark


def in_force_words(edition: Edition) -> str:
    """The days on which an edition is in force, and the place where, if not everywhere."""
    where = f", in {edition.adcode}" if edition.adcode else ""
    return _days(edition) + where


def _days(edition: Edition) -> str:
    return f"from {edition.since}" if edition.until is None else f"{edition.since} to {_day_before(edition.until)}"


def _index(book: Book, by_domain: dict[str, dict[str, RuleSpec]]) -> str:
    described = domains()
    links = {name: f"[{described[name].title.en} {described[name].title.zh}]({name}.md)" for name in by_domain}
    rows = [[links[name], *_counts(book, rules)] for name, rules in by_domain.items()]
    headings = ["Domain", "Rules", *PHASES.values(), *MARKS.values(), "Cases"]
    lines = [
        "# The rule book 规则手册",
        "",
        _GENERATED,
        "",
        *table(headings, [*rows, ["All", *_counts(book, book.rules)]]),
        "",
        "The three columns on texts count rules by how well the newest edition of their clause is confirmed. A text marked",
        "待核 / to be verified was not read in the original: check it before you rely on it.",
        "",
        f"In which text each rule was read, what was changed and what is still not known: [the review]({REVIEW}).",
        f"What cannot be judged from events, and what it would need: [rules that are not judged]({_NOT_JUDGED}).",
        f"How the city is, as figures with their coverage: [the signs of the city]({_SIGNS}).",
    ]
    return "\n".join(lines) + "\n"


def _counts(book: Book, rules: dict[str, RuleSpec]) -> list[str]:
    phases = Counter(spec.phase for spec in rules.values())
    marks = Counter(mark_of(book.clauses[spec.clause]) for spec in rules.values())
    cases = sum(len(spec.case) for spec in rules.values())
    return [str(n) for n in (len(rules), *(phases[p] for p in PHASES), *(marks[m] for m in MARKS), cases)]


def _page(book: Book, domain: Domain, rules: dict[str, RuleSpec]) -> str:
    owner = book.departments[places.answering(domain.owner)].name
    rows = [
        [spec.row, f"[{rule}](#{_anchor(_heading(spec))})", _both(spec.title), PHASES[spec.phase], SEVERITIES[spec.severity]]
        for rule, spec in rules.items()
    ]
    lines = [
        f"# {domain.title.en} {domain.title.zh}",
        "",
        f"{_GENERATED} The data are {owner.en}'s ({owner.zh}).",
        "",
        *table(["Row", "Rule", "Title", "Phase", "Severity"], rows),
    ]
    for rule, spec in rules.items():
        lines += ["", *_rule(book, rule, spec)]
    return "\n".join(lines) + "\n"


def _rule(book: Book, rule: str, spec: RuleSpec) -> Iterator[str]:
    department = book.departments[spec.department]
    clause = book.clauses[spec.clause]
    yield f"## {_heading(spec)}"
    yield ""
    yield from table(
        ["Rule", f"`{rule}`"],
        [
            ["Phase, severity", f"{PHASES[spec.phase]}, {SEVERITIES[spec.severity]}"],
            ["Reads", ", ".join(f"`{kind}`" for kind in kinds_of(spec))],
            *([["Subjects", ", ".join(f"`{kind}`" for kind in spec.subjects)]] if spec.subjects else []),
            ["Judge", f"`{parameters(spec)}`"],
            ["Value", _units(spec)],
            *_life(spec),
            ["Department", f"{_both(department.name)}; {department.basis}"],
            ["Guidance", _both(spec.guidance)],
        ],
    )
    yield ""
    yield f"Clause `{spec.clause}`, {_both(clause.title)}: {clause.standard}"
    yield ""
    yield from table(["In force", "Edition, article", "Mark", "Text"], map(_edition, clause.edition))
    yield ""
    yield from table(["Case", "Events", "Alerts"], map(_case, spec.case))


def _life(spec: RuleSpec) -> Iterator[list[str]]:
    if spec.latch:
        yield ["Latched", "after its return to normal the alarm waits for a reset by hand"]
    if spec.re_alarm:
        yield ["Re-alarm", f"{spec.re_alarm} after its acknowledgement, while the condition stands"]
    if spec.escalate:
        waits = ", ".join(f"{severity} {wait}" for severity, wait in spec.escalate.items())
        yield ["Escalation", f"one level up each time it has waited so long for its acknowledgement: {waits}"]
    if spec.conclude_within:
        yield ["Case", f"opened with each occurrence, to be concluded within {spec.conclude_within}"]
    for each in spec.suppress:
        yield ["Suppressed by design", f"{_both(each.why)}: by the newest `{each.kind}`"]
    if spec.first_out:
        yield ["First out", f"of the group `{spec.first_out}`"]


def _edition(edition: Edition) -> list[str]:
    limits = "".join(f"; {item} {value:g}" for item, value in edition.limits.items())
    limits = f"<br>limits: {limits[2:]}" if limits else ""
    said = edition.instrument
    instrument = f"<br>{said.number}, {said.issuer}, {said.rank}" if said else ""
    return [
        in_force_words(edition),
        f"{edition.edition} {edition.article}{instrument}",
        MARKS[edition.mark],
        _both(edition.text) + limits,
    ]


def _case(case: Case) -> list[str]:
    return [case.name, str(len(case.given)), "<br>".join(map(_expected, case.alerts)) or "none"]


def _expected(expected: Expected) -> str:
    parts = [expected.at, expected.item, STATES[expected.state], expected.severity]
    parts += [] if expected.value is None else [f"value {expected.value:g}"]
    parts += [] if expected.limit is None else [f"limit {expected.limit:g}"]
    parts += [] if expected.due is None else [f"due {expected.due}"]
    return " ".join(filter(None, parts))


def _units(spec: RuleSpec) -> str:
    return ", ".join(f"{item} in {unit_of(spec, item)}" if item else f"in {spec.unit}" for item in spec.items or ("",))


def _rules_of(book: Book, domain: str) -> dict[str, RuleSpec]:
    ids = {bound.rule.id for bound in book.bounds.values() if bound.rule.domain == domain}
    return {rule: spec for rule, spec in sorted(book.rules.items(), key=lambda item: item[1].row) if rule in ids}


def _heading(spec: RuleSpec) -> str:
    return f"{spec.row} {spec.title.zh} {spec.title.en}"


def _anchor(heading: str) -> str:
    """The anchor that Markdown readers make of a heading."""
    kept = "".join(letter for letter in heading.lower() if letter.isalnum() or letter in "_- ")
    return kept.replace(" ", "-")


def _both(text: Text) -> str:
    return f"{text.zh} / {text.en}"


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def _value(value: Any) -> str:
    """A parameter as TOML.

    >>> _value({"limit": 3, "where": {"a": [1, "b"]}})
    '{ limit = 3, where = { a = [1, "b"] } }'
    """
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{name} = {_value(each)}" for name, each in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)


def _day_before(day: date) -> date:
    return day.fromordinal(day.toordinal() - 1)
