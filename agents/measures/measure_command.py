"""`python -m agents measure list|show|compare ID`: how work is measured, and what it comes to, from an archive or a log.

Each measure is data (agents/measures/book); docs/operate/measures.md says how cases are counted. In a terminal a table, else a
JSON line for each row.
"""

import argparse
import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, get_args

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from agents.lines import write_lines
from agents.measures.answers import WAYS, MeasureAnswer, answers
from agents.measures.book.measure import MeasureRow
from agents.measures.book.read import MeasureBook, measure_book
from agents.measures.cases.case import FIELDS, OF_FACTS
from agents.measures.compare.command import (
    add_objections,
    answered_objection,
    compared,
    known_objections,
    marks_told,
    said_objection,
    told_objections,
)
from agents.measures.compare.counted import standing_id
from agents.measures.compare.objected import ObjectedFigure, figures
from agents.measures.facts.events import books_of, events
from agents.measures.facts.folded import LogFacts, domains_named
from agents.measures.facts.judged import ORDERS, judged_until
from agents.measures.figures import LEFT_OUT, LEFT_OUT_TITLE
from agents.measures.ledger import Ledger, ledger_of
from agents.measures.reckoned.row import MONTHLY, ReckonedBy, reckoned
from agents.measures.reckoned.row import WAYS as RECKONED_BY
from agents.measures.reckoned.show import MeasureAsked, reckon
from agents.rulebook.lint import sound_book
from agents.stages import sound_basis, stage_of
from streams.appraisal.objections import Objected
from streams.archive.files import partitions, read_partition
from streams.command import Trouble
from streams.kafka import clients
from streams.messages import Heartbeat, Order, OrderAudit, OrderLine, Status, Text, day_of, format_time, parse_time
from streams.outputs import BY_TYPE
from streams.places.organs import units
from streams.settings import Settings, load
from streams.topics import LIVE, split_events_topic, topic_name

WHO = "measure"

Told = Order | OrderLine | OrderAudit

OBJECTING: dict[str, Callable[[argparse.Namespace, MeasureBook], int]] = {
    "objections": lambda options, _: told_objections(options.log),
    "object": said_objection,
    "answer": lambda options, _: answered_objection(options),
}
"""What is done about objections to figures."""


def main(argv: list[str]) -> int:
    """Entry of the command; exit 0."""
    options = _parser().parse_args(argv)
    book = measure_book()
    if options.command == "list":
        _list(book, as_json=options.json)
        return 0
    if options.command in OBJECTING:
        return OBJECTING[options.command](options, book)
    if options.command == "show" and options.id in reckoned():
        return _show_reckoned(options)
    if options.id not in book.measures:
        raise Trouble(f"there is no measure {options.id!r}; `python -m agents measure list` shows all")
    if options.command == "show" and options.by not in (None, *WAYS):
        raise Trouble(f"{options.id} is told by {', '.join(WAYS)}, not by {options.by}")
    ledger, known = measured_ledger(book, book.measures[options.id], options), objected_there(options)
    if options.command == "compare":
        return compared(options, book, ledger, known)
    standing = partial(standing_id, units(), day_of(ledger.now))
    since, until = options.since or "", options.until or ""
    found = answers(ledger, options.id, options.by or WAYS[0], since=since, until=until, standing=standing)
    if not found:
        raise Trouble(f"nothing was due by then: no case counts in {options.id} up to {format_time(ledger.now)}")
    _show(book, options.id, ledger, figures(ledger, found, known, standing), cases=options.cases, as_json=options.json)
    return 0


def measured_ledger(book: MeasureBook, row: MeasureRow, options: argparse.Namespace) -> Ledger:
    """The ledger of what a measure counts, of an archive or a log, at the time asked for or the newest there is."""
    now = parse_time(options.at) if options.at else 0
    if row.population in OF_FACTS:
        return _of_facts(book, options, now)
    if options.archive:
        return _of_archive(book, options.archive, now)
    settings = load()
    return ledger_of(book, _of_log(settings, options.log), max(now, _time_of(settings, options.log)))


def objected_there(options: argparse.Namespace) -> tuple[Objected, ...]:
    """The objections of a log; an archive has events alone, and none."""
    return () if options.archive else known_objections(options.log)


def described(name: str, row: MeasureRow, book: MeasureBook) -> dict[str, Any]:
    """A measure as it is told: all of its data, with the titles of the conditions that it names."""
    title = {each: book.conditions[each].title for each in (*row.due, *row.numerator, *row.exclusions)}
    return {"id": name, "measure": row, "month": FIELDS[row.counts_in].month, "conditions": title}


def _list(book: MeasureBook, *, as_json: bool) -> None:
    console = Console()
    if as_json or not console.is_terminal:
        write_lines(described(name, row, book) for name, row in book.measures.items())
        write_lines({"id": name, "measure": row, "by": RECKONED_BY[row.reckoner]} for name, row in reckoned().items())
        return
    table = Table(box=SIMPLE_HEAD)
    for heading in ("id", "name", "counts", "month", "whose", "sure"):
        table.add_column(heading, no_wrap=heading == "id")
    for name, row in book.measures.items():
        month = FIELDS[row.counts_in].month or Text("", "")
        table.add_row(name, _both(row.name), row.population, month.zh, row.provenance, row.mark)
    for name, beside in reckoned().items():
        table.add_row(name, _both(beside.name), beside.reckoner, "", beside.provenance, beside.mark)
    console.print(table)


def _show_reckoned(options: argparse.Namespace) -> int:
    """A measure beside the book: of alarms, of what came back, of calls, of sources."""
    row = reckoned()[options.id]
    ways = RECKONED_BY[row.reckoner]
    if options.by not in (None, *ways):
        raise Trouble(f"{options.id} is told by {', '.join(ways)}, not by {options.by}")
    months = options.since or "", options.until or ""
    if any(months) and row.reckoner not in MONTHLY:
        raise Trouble(f"{options.id} is told of the period that its own page names: leave --from and --to out")
    now = parse_time(options.at) if options.at else 0
    by = options.by or ways[0]
    asked = MeasureAsked(archive=options.archive, log=options.log, by=by, since=months[0], until=months[1], now=now)
    if not (found := reckon(options.id, row, asked)):
        raise Trouble(f"nothing is told of which {options.id} could be reckoned")
    console = Console()
    if options.json or not console.is_terminal:
        write_lines(found)
        return 0
    target = "" if row.target is None else f"; target {row.target:g} {row.unit}"
    title = f"{_both(row.name)}\n{row.provenance}: {row.source.zh}{target}"
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD)
    for heading in ("key", "n", "of", row.unit, "95 %", "beside"):
        table.add_column(heading)
    for each in found:
        spread = "" if each.low is None else f"{each.low:.1f} – {each.high:.1f}"
        beside = ", ".join(f"{name} {n}" for name, n in each.beside.items()) or each.verdict
        value = "-" if each.value is None else f"{each.value:.1f}"
        table.add_row(
            body_named(each.key), *("" if n is None else f"{n:,}" for n in (each.count, each.of)), value, spread, beside
        )
    console.print(table)
    return 0


def _show(book: MeasureBook, name: str, ledger: Ledger, found: list[ObjectedFigure], *, cases: bool, as_json: bool) -> None:
    console = Console()
    if as_json or not console.is_terminal:
        write_lines(_told(each, ledger, cases=cases) for each in found)
        return
    row = book.measures[name]
    target = "" if row.target is None else f"; target {row.target:g} %"
    title = f"{_both(row.name)}, up to {format_time(ledger.now)}\n{row.provenance}: {row.source.zh}{target}"
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD)
    for heading in (
        "key",
        "n",
        "of",
        "median" if row.ends else "share",
        "open" if row.ends else "95 %",
        "left out",
        "objections",
    ):
        table.add_column(heading, justify="left" if heading in {"key", "left out", "objections"} else "right")
    for each, marks in ((one.answer, one.marks) for one in found):
        out = ", ".join(f"{_reason(book, why).zh} {n}" for why, n in each.excluded.items())
        table.add_row(body_named(each.key), f"{each.count:,}", f"{each.of:,}", *_figures(each), out, marks_told(marks))
    console.print(table)
    if cases:
        write_lines(_cases(each.answer, ledger) for each in found)


def _reason(book: MeasureBook, why: str) -> Text:
    """What cases were left out by."""
    return LEFT_OUT_TITLE if why == LEFT_OUT else book.conditions[why].title


def _figures(each: MeasureAnswer) -> tuple[str, str]:
    if each.share is not None and each.low is not None and each.high is not None:
        return f"{each.share:.1%}", f"{each.low:.1%} – {each.high:.1%}"
    age = f"{each.open.count}, oldest {each.open.oldest:.1f} h" if each.open else ""
    return "-" if each.hours is None else f"{each.hours:.1f} h", age


def _told(found: ObjectedFigure, ledger: Ledger, *, cases: bool) -> dict[str, Any]:
    each = found.answer
    told = {name: getattr(each, name) for name in each.__struct_fields__ if name not in {"numerator", "rest", "left_out"}}
    told |= {"at": format_time(ledger.now)} | ({"objections": found.marks} if found.marks else {})
    return told | (_cases(each, ledger) if cases else {})


def _cases(each: MeasureAnswer, ledger: Ledger) -> dict[str, Any]:
    """The cases behind a row: id and number of the order's, those of the numerator, the rest, those left out by reason."""

    def named(ids: Iterable[str]) -> list[dict[str, str]]:
        return [{"case": one, "number": ledger.case(one).number} for one in ids]

    left_out = {why: named(ids) for why, ids in each.left_out.items()}
    return {"key": each.key, "numerator": named(each.numerator), "rest": named(each.rest), "left_out": left_out}


def _of_facts(book: MeasureBook, options: argparse.Namespace, now: int) -> Ledger:
    """The ledger of the cases that facts make, at a time (ms) or their own newest."""
    ledger, rules = Ledger(book), sound_book()
    facts = LogFacts(book, rules, books_of(options.archive, options.log))
    for each in events(options.archive, options.log, domains_named(book, rules)):
        ledger.put(facts.take(*each))
    ledger.told(max(now, facts.now))
    return ledger


def _of_archive(book: MeasureBook, path: Path, now: int) -> Ledger:
    """The ledger of the orders of an archive, judged anew, at its own newest time."""
    basis, ledger = sound_basis(books_of(path, "")), Ledger(book)
    for topic, partition in partitions(path):
        stage = stage_of(basis, topic, partition) if split_events_topic(topic)[1] == ORDERS else None
        if stage is None:
            continue
        for records in read_partition(path, topic, partition):
            for each in stage.run(records):
                if isinstance(each, Told):
                    ledger.take(each)
        now = max(now, stage.now or 0)
    ledger.told(now)
    return ledger


def _of_log(settings: Settings, log: str) -> Iterator[Told]:
    """All revisions of orders and lines that a log has, and all entries of their trails."""
    with clients.consumer(settings) as reader:
        for topic, form in (("orders", Order | OrderLine), ("order-audit", OrderAudit)):
            name = topic_name(log, topic)
            for record in clients.stream(reader, name, {}, clients.end_offsets(reader, name)):
                message: Any = clients.read(record, form, WHO)  # type: ignore[arg-type]
                if message is not None:
                    yield message


def _time_of(settings: Settings, log: str) -> int:
    form: Any = Status
    return judged_until(clients.newest_messages(settings, topic_name(log, BY_TYPE[Heartbeat].topic), form, WHO))


def body_named(key: str) -> str:
    """The key of a row, with the name of the body where it is one's."""
    found = units().get(key)
    return f"{found.name.zh} {key}" if found else key or "-"


def _both(text: Text) -> str:
    return f"{text.zh} {text.en}"


def _month(text: str) -> str:
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", text):
        raise argparse.ArgumentTypeError(f"{text!r} is no month as 2026-03")
    return text


def add_source(command: argparse.ArgumentParser) -> None:
    """Give a command what it counts: an archive or a log, up to when, with the cases or without."""
    source = command.add_mutually_exclusive_group()
    source.add_argument("--archive", type=Path, metavar="DIR", help="an archive of a log, judged anew without Kafka")
    source.add_argument("--log", default=LIVE, help="name of the log (default %(default)s)")
    command.add_argument("--at", default="", metavar="TIME", help="what is due by then too (default: the log's newest time)")
    command.add_argument("--cases", action="store_true", help="with the cases behind each figure")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m agents measure", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser("list", help="every measure, with what it counts, whose it is and by what text")
    show = commands.add_parser("show", help="what a measure comes to", description="What a measure comes to.")
    show.add_argument("id", metavar="ID", help="a measure's id, as request-handled")
    ways = tuple(dict.fromkeys((*WAYS, *get_args(ReckonedBy))))
    show.add_argument("--by", choices=ways, help="a row for each (default: unit, or what it can be told by)")
    beside = "units beside each other: exact limits, bands of their kind, their mix of cases"
    compare = commands.add_parser("compare", help=beside, description=f"{beside[0].upper()}{beside[1:]}.")
    compare.add_argument("id", metavar="ID", help="a measure's id, as request-handled")
    for command in (show, compare):
        add_source(command)
        command.add_argument("--from", dest="since", type=_month, metavar="MONTH", help="the first month, as 2026-03")
        command.add_argument("--to", dest="until", type=_month, metavar="MONTH", help="the last month")
    add_objections(commands)
    for command in commands.choices.values():
        command.add_argument("--json", action="store_true", help="JSON lines in a terminal too")
    return parser
