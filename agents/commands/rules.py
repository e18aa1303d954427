"""`python -m agents rules list|show|book|check|todo|test|docs|adopt`: what the rules say, are they sound, do their cases hold.

`adopt` lets a log be judged by another rule book while its workers run.
"""

import argparse
import getpass
import sys
from difflib import get_close_matches
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from agents.commands.adoption import run
from agents.commands.signed import cosign_option
from agents.core.rules.book import Book
from agents.core.rules.rule import RuleSpec, kinds_of
from agents.lines import write_lines
from agents.measures.book.read import book_faults
from agents.measures.cases.counted import DUTIES
from agents.measures.facts.folded import watch_faults
from agents.measures.index.read import index_faults
from agents.rulebook.cases import Result, results
from agents.rulebook.cited import statute_problems
from agents.rulebook.effective_book import adopted, told
from agents.rulebook.grouping import grouping_problems
from agents.rulebook.lint import problems, sound_book, unnamed
from agents.rulebook.pages import MARKS, in_force_words, mark_of, pages, parameters
from agents.rulebook.tables import Problem
from agents.signs.book.read import missing_signs, sign_book, sign_faults
from agents.signs.book.wall import wall_faults
from agents.signs.book.world import sign_world
from agents.signs.cases import SignResult, sign_results
from agents.signs.pages import SIGNS, signs_page
from streams.catalogue import domains
from streams.messages import Severity
from streams.settings import load
from streams.topics import LIVE

COLOURS: dict[Severity, str] = {"red": "bold red", "orange": "dark_orange", "yellow": "yellow", "blue": "blue"}

COMMANDS = {
    "list": "every rule",
    "show": "one rule with its clause and cases",
    "book": "the whole rule book as one line of JSON: the one that the log has adopted, else that of the files",
    "check": "are rules, clauses, measures and indexes sound",
    "todo": "the editions of clauses that name no instrument yet: number, issuer and rank are still to be read",
    "test": "judge every case",
    "docs": "write the rule book as Markdown, a page for each domain",
    "adopt": "judge a log by these rules from now on; what check or test would find wrong is refused, and nothing is written",
}


def main(argv: list[str]) -> int:
    """Entry of the command; exit 1 where a check or a case fails."""
    parser = argparse.ArgumentParser(prog="python -m agents rules", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, text in COMMANDS.items():
        command = commands.add_parser(name, help=text, description=text)
        if name == "docs":
            command.add_argument("folder", metavar="DIR", type=Path, help="where the pages go")
        elif name == "adopt":
            _adopt_options(command)
        elif name == "book":
            command.add_argument("--log", metavar="LOG", help="name of the log; without it no Kafka is asked")
        else:
            command.add_argument("--json", action="store_true", help="JSON lines")
        if name in {"list", "test"}:
            command.add_argument("--domain", metavar="NAME", help="only this domain")
        if name == "show":
            command.add_argument("id", metavar="ID", help="a rule's id or its row, as ENV-I01")
    options = parser.parse_args(argv)
    do = {
        "check": lambda: _check(options.json),
        "adopt": lambda: run(options.log, options.rules, options.by, options.reason, options.cosign),
        "book": lambda: write_lines([told(*adopted(load(), options.log)) if options.log else told(sound_book())]),
        "docs": lambda: _docs(sound_book(draft=True), options.folder),
        "todo": lambda: _todo(sound_book(draft=True), options.json),
        "test": lambda: _test(sound_book(draft=True), options.domain, options.json),
        "list": lambda: _list(sound_book(draft=True), options.domain, options.json),
        "show": lambda: _show(sound_book(draft=True), options.id, options.json),
    }
    return do[options.command]()


def _adopt_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("--rules", metavar="DIR", type=Path, help="the files that replace committed ones, as for whatif")
    command.add_argument("--log", default=LIVE, help="name of the log (default %(default)s)")
    command.add_argument("--by", default=getpass.getuser(), metavar="ACCOUNT", help="who adopts it (default %(default)s)")
    command.add_argument("--reason", default="", help="why; it stands in the log")
    cosign_option(command)


def _list(book: Book, domain: str | None, as_json: bool) -> int:
    if domain not in (None, *domains()):
        raise ValueError(f"no domain {domain!r}; domains are {', '.join(domains())}")
    of = _domains(book)
    rules = {rule: spec for rule, spec in book.rules.items() if domain in (None, of[rule])}
    if as_json:
        return write_lines({"id": rule, "domain": of[rule], "rule": spec} for rule, spec in rules.items())
    table = Table(box=SIMPLE_HEAD)
    for heading in ("row", "id", "title", "severity", "mark", "cases"):
        table.add_column(heading, no_wrap=heading != "title")
    for name in dict.fromkeys(of[rule] for rule in rules):
        table.add_section()
        for rule, spec in rules.items():
            if of[rule] == name:
                table.add_row(*_row(book, rule, spec))
    Console().print(table)
    sys.stderr.write(f"{len(rules)} rules\n")
    return 0


def _row(book: Book, rule: str, spec: RuleSpec) -> tuple[str | Text, ...]:
    severity = Text(spec.severity, COLOURS[spec.severity])
    mark = mark_of(book.clauses[spec.clause])
    return spec.row, rule, Text(f"{spec.title.zh}\n{spec.title.en}"), severity, mark, str(len(spec.case))


def _show(book: Book, asked: str, as_json: bool) -> int:
    found = [rule for rule, spec in book.rules.items() if asked in (rule, spec.row)]
    if not found:
        raise ValueError(f"no rule {asked!r}; `python -m agents rules list` shows all{_near(asked, book)}")
    if as_json:
        return write_lines(
            {
                "id": rule,
                "domain": _domains(book)[rule],
                "rule": book.rules[rule],
                "clause": book.clauses[book.rules[rule].clause],
            }
            for rule in found
        )
    for rule in found:
        Console().print(_card(book, rule, book.rules[rule]))
    return 0


def _near(asked: str, book: Book) -> str:
    near = get_close_matches(asked, book.rules, 3)
    return f"; near it are {', '.join(near)}" if near else ""


def _card(book: Book, rule: str, spec: RuleSpec) -> Table:
    """One rule as a terminal shows it."""
    table = Table(show_header=False, title=f"{rule} · {spec.title.zh} · {spec.title.en}", box=SIMPLE_HEAD)
    table.add_column(no_wrap=True, style="bold")
    table.add_column(overflow="fold")
    table.add_row("row", f"{spec.row}, {spec.phase}, {spec.severity}")
    table.add_row("on", ", ".join(kinds_of(spec)))
    table.add_row("judge", Text(parameters(spec)))
    if spec.items:
        table.add_row("items", ", ".join(spec.items))
    table.add_row("department", book.departments[spec.department].name.zh)
    table.add_row("guidance", f"{spec.guidance.zh}\n{spec.guidance.en}")
    table.add_section()
    for edition in book.clauses[spec.clause].edition:
        head = f"{edition.edition} {edition.article} [{MARKS[edition.mark]}]"
        table.add_row(in_force_words(edition), Text(f"{head}\n{edition.text.zh}\n{edition.text.en}"))
    table.add_section()
    for case in spec.case:
        table.add_row("case", Text(f"{case.name}: {len(case.given)} events, {len(case.alerts)} revisions"))
    return table


def _check(as_json: bool) -> int:
    if not (found := problems()):
        book = sound_book()
        rules = book.rules
        duties = [name for name, spec in rules.items() if spec.judge in DUTIES]
        signs = sign_faults(world=sign_world(rules))
        walls = [] if signs else wall_faults(sign_book())
        faults = (*book_faults(duties=duties), *watch_faults(book), *index_faults(), *signs, *walls)
        figures = (Problem(each.file, each.line, each.id, each.message) for each in faults)
        found = [*grouping_problems(rules), *statute_problems(rules), *figures]
    if as_json:
        write_lines(found)
    else:
        for problem in found:
            sys.stdout.write(f"{problem.file}:{problem.line}: {problem.id}: {problem.message}\n")
        sound = "rules, clauses, grouping, measures, indexes and signs are sound"
        sys.stderr.write(f"{len(found)} problems\n" if found else f"{sound}\n")
    return 1 if found else 0


def _todo(book: Book, as_json: bool) -> int:
    found = unnamed(book.clauses)
    if as_json:
        return write_lines({"clause": clause, "edition": edition.edition, "from": edition.since} for clause, edition in found)
    for clause, edition in found:
        sys.stdout.write(f"{clause}: {edition.edition}, {in_force_words(edition)}: no instrument\n")
    sys.stderr.write(
        f"{len(found)} of {sum(len(spec.edition) for spec in book.clauses.values())} editions name no instrument\n"
    )
    return 0


def _test(book: Book, domain: str | None, as_json: bool) -> int:
    signs = {name: row for name, row in sign_book().items() if domain in (None, row.owner)}
    judged: list[Result | SignResult] = [*results(book, domain), *sign_results(signs)]
    failed = [result for result in judged if result.differences]
    if as_json:
        write_lines(judged)
    else:
        for result in failed:
            of = result.sign if isinstance(result, SignResult) else result.rule
            sys.stdout.write(f"{of}: {result.case}\n" + "".join(f"  {each}\n" for each in result.differences))
        sys.stderr.write(f"{len(judged) - len(failed)} of {len(judged)} cases hold\n")
    return 1 if failed else 0


def _docs(book: Book, folder: Path) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    written = pages(book) | {SIGNS: signs_page(sign_book(), missing_signs())}
    for name, text in written.items():
        (folder / name).write_text(text, "utf-8")
    sys.stderr.write(f"wrote {len(written)} pages into {folder}\n")
    return 0


def _domains(book: Book) -> dict[str, str]:
    return {bound.rule.id: bound.rule.domain for bound in book.bounds.values()}
