"""`python -m agents rules list|show ID|check|test`: what the rules say, whether they are sound, whether their cases hold."""

import argparse
import sys
from collections.abc import Iterable
from typing import Any

from rich.console import Console
from rich.table import Table

from agents.cases import results
from agents.core.book import Book, load_book
from agents.lint import problems
from streams.messages import encode


def main(argv: list[str]) -> int:
    """Entry of the command; exit 1 where a check or a case fails."""
    parser = argparse.ArgumentParser(prog="python -m agents rules", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, text in (
        ("list", "every rule"),
        ("show", "one rule with its clause and cases"),
        ("check", "are rules and clauses sound"),
        ("test", "judge every case"),
    ):
        command = commands.add_parser(name, help=text, description=text)
        command.add_argument("--json", action="store_true", help="JSON lines")
        if name == "show":
            command.add_argument("id", metavar="ID")
    options = parser.parse_args(argv)
    if options.command == "check":
        return _check(options.json)
    if options.command == "test":
        return _test(options.json)
    return _list(load_book(), options.json) if options.command == "list" else _show(load_book(), options.id, options.json)


def _list(book: Book, as_json: bool) -> int:
    domains = _domains(book)
    rows = [{"id": rule, "domain": domains[rule], "rule": spec} for rule, spec in book.rules.items()]
    if as_json:
        return _lines(rows)
    table = Table()
    for heading in ("id", "row", "title", "severity", "clause", "cases"):
        table.add_column(heading, overflow="fold", no_wrap=heading in {"id", "row"})
    for rule, spec in book.rules.items():
        table.add_row(rule, spec.row, f"{spec.title.zh}\n{spec.title.en}", spec.severity, spec.clause, str(len(spec.case)))
    Console().print(table)
    return 0


def _show(book: Book, rule: str, as_json: bool) -> int:
    if rule not in book.rules:
        raise ValueError(f"no rule {rule!r}; known are {', '.join(book.rules)}")
    spec = book.rules[rule]
    clause = book.clauses[spec.clause]
    if as_json:
        return _lines([{"id": rule, "domain": _domains(book)[rule], "rule": spec, "clause": clause}])
    table = Table(show_header=False, title=f"{rule} · {spec.title.zh} · {spec.title.en}")
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    table.add_row("row", f"{spec.row}, {spec.phase}, {spec.severity}")
    table.add_row("on", ", ".join(spec.on))
    table.add_row("judge", f"{spec.judge} {dict(spec.params)}")
    table.add_row("items", ", ".join(spec.items))
    table.add_row("department", book.departments[spec.department].name.zh)
    table.add_row("guidance", f"{spec.guidance.zh}\n{spec.guidance.en}")
    for edition in clause.edition:
        until = edition.until or "…"
        text = f"{edition.edition} {edition.article} [{edition.mark}]\n{edition.text.zh}\n{edition.text.en}"
        table.add_row(f"{edition.since} – {until}", text.replace("[", "\\["))
    for case in spec.case:
        table.add_row("case", f"{case.name}: {len(case.given)} events, {len(case.alerts)} revisions")
    Console().print(table)
    return 0


def _check(as_json: bool) -> int:
    found = problems()
    if as_json:
        _lines(found)
    else:
        for problem in found:
            sys.stdout.write(f"{problem.file}:{problem.line}: {problem.id}: {problem.message}\n")
        sys.stderr.write(f"{len(found)} problems\n" if found else "rules and clauses are sound\n")
    return 1 if found else 0


def _test(as_json: bool) -> int:
    judged = list(results(load_book()))
    failed = [result for result in judged if result.differences]
    if as_json:
        _lines(judged)
    else:
        for result in failed:
            sys.stdout.write(f"{result.rule}: {result.case}\n" + "".join(f"  {each}\n" for each in result.differences))
        sys.stderr.write(f"{len(judged) - len(failed)} of {len(judged)} cases hold\n")
    return 1 if failed else 0


def _domains(book: Book) -> dict[str, str]:
    return {bound.rule.id: bound.rule.domain for bound in book.bounds.values()}


def _lines(rows: Iterable[Any]) -> int:
    for row in rows:
        sys.stdout.write(encode(row).decode() + "\n")
    return 0
