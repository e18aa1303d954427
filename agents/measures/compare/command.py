"""`python -m agents measure compare|object|answer|objections`: units beside each other, and what units object to."""

import argparse
from collections.abc import Iterable
from functools import partial
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from agents.lines import write_lines
from agents.measures.answers import answers
from agents.measures.book.measure import MeasureRow
from agents.measures.book.read import MeasureBook
from agents.measures.compare.bands import BANDS, CLASSES
from agents.measures.compare.comparison import ComparedUnit, comparison
from agents.measures.compare.counted import standing_id
from agents.measures.compare.objected import ObjectionMark, figures
from agents.measures.drafting import actor_of, log_option, person_options, write_said
from agents.measures.ledger import Ledger
from streams.appraisal.log import appraisal_records, said_of_figures
from streams.appraisal.objections import STATES, Objected, objection_id, objections
from streams.command import Trouble
from streams.directory.log import now_text
from streams.messages import day_of, format_time
from streams.messages.services.appraisal import Objection, ObjectionAnswer, ObjectionOutcome
from streams.organs.unit import Units
from streams.places.appraisal import appraisal
from streams.places.organs import units
from streams.settings import load

_OUTCOME: dict[str, ObjectionOutcome] = {
    "leave-out": "left-out",
    "put-right": "put-right",
    "refuse": "refused",
    "withdraw": "withdrawn",
}


def add_objections(commands: Any) -> None:
    """Give `measure` its commands about objections."""
    told = commands.add_parser("objections", help="what units object to, and what was answered (申诉)")
    log_option(told)
    said = _person(commands.add_parser("object", help="object to how cases of one's own unit count (申诉)"))
    said.add_argument("id", metavar="ID", help="a measure's id, as request-handled")
    said.add_argument("--unit", default="", metavar="ID", help="whose figure it is (default: the department)")
    said.add_argument("--from", dest="since", required=True, metavar="MONTH", help="the first month, as 2026-03")
    said.add_argument("--to", dest="until", default="", metavar="MONTH", help="the last month (default: the first)")
    said.add_argument("--case", action="append", required=True, metavar="CASE", help="a case, as `show --cases` has it")
    answer = _person(commands.add_parser("answer", help="answer an objection as the measuring office, or take it back"))
    answer.add_argument("objection", metavar="OBJECTION", help="its 32 digits")
    answer.add_argument("outcome", choices=_OUTCOME, help="what becomes of it")
    answer.add_argument("--case", action="append", default=[], metavar="CASE", help="for which of its cases (default: all)")


def _person(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    log_option(parser)
    person_options(parser, "zz-ee")
    parser.add_argument("--reason", required=True, metavar="TEXT", help="why")
    return parser


def known_objections(log: str) -> tuple[Objected, ...]:
    """The objections of a log, in the order in which they were said."""
    return tuple(objections(said_of_figures(appraisal_records(load(), log)), appraisal().office).values())


def told_objections(log: str) -> int:
    """Show the objections of a log, a JSON line each."""
    return write_lines({"state": each.state, "said": each.said, "answer": each.answer} for each in known_objections(log))


def said_objection(options: argparse.Namespace, book: MeasureBook) -> int:
    """Write an objection."""
    if options.id not in book.measures:
        raise Trouble(f"there is no measure {options.id!r}; `python -m agents measure list` shows all")
    actor, at = actor_of(options), now_text()
    return _written(
        options,
        {
            "what": "objection",
            "objection": objection_id(actor, at),
            "measure": options.id,
            "unit": options.unit or options.department,
            "since": options.since,
            "until": options.until or options.since,
            "cases": options.case,
            "reason": options.reason,
            "at": at,
            "by": actor,
        },
    )


def answered_objection(options: argparse.Namespace) -> int:
    """Write what becomes of an objection."""
    said = {"what": "answer", "objection": options.objection, "outcome": _OUTCOME[options.outcome], "cases": options.case}
    return _written(options, said | {"reason": options.reason, "at": now_text(), "by": actor_of(options)})


def _written(options: argparse.Namespace, said: dict[str, Any]) -> int:
    write_said(options, Objection | ObjectionAnswer, said)
    return write_lines([{name: said[name] for name in ("objection", "what", "at")}])


def compared(options: argparse.Namespace, book: MeasureBook, ledger: Ledger, known: Iterable[Objected]) -> int:
    """Show the units of a measure beside each other."""
    row = book.measures[options.id]
    there, day = units(), day_of(ledger.now)
    counted = answers(ledger, options.id, "unit", since=options.since or "", until=options.until or "")
    found = figures(ledger, counted, known, partial(standing_id, there, day))
    if not found:
        raise Trouble(f"nothing was due by then: no case counts in {options.id} up to {format_time(ledger.now)}")
    ranking = appraisal().ranking.get(options.id)
    rows = comparison(ledger, row, found, there, day, ranking.basis if ranking else None)
    console = Console()
    if options.json or not console.is_terminal:
        return write_lines(_told(each, cases=options.cases) for each in rows)
    console.print(_table(row, rows, there))
    return 0


def _told(each: ComparedUnit, *, cases: bool) -> dict[str, Any]:
    return {name: getattr(each, name) for name in each.__struct_fields__ if cases or name not in {"numerator", "rest"}}


def _table(row: MeasureRow, rows: list[ComparedUnit], there: Units) -> Table:
    title = f"{row.name.zh} {row.name.en}\n95 %: Wilson; limits: exact, 95 % and 99.8 %; O/E: misses against the unit's own mix"
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD)
    for heading in ("unit", "band", "n", "of", "share", "95 %", "limits (n)", "O/E", "alone", "objections"):
        table.add_column(heading, justify="left" if heading in {"unit", "band", "objections"} else "right")
    for kind in CLASSES:
        among = [each for each in rows if each.kind == kind]
        for n, each in enumerate(among):
            table.add_row(*_cells(each, there), end_section=n == len(among) - 1)
        if among:
            table.add_row(_among(among[0]), end_section=True)
    return table


def _among(each: ComparedUnit) -> str:
    """What units of a kind have together."""
    centre = "–" if each.centre is None else f"{each.centre:.1%}"
    around = {"target": "目标 target", "common": "本类合计 of this kind"}[each.around]
    over = f"；φ {each.phi:.2f}：离散超出偶然，界限已放宽 limits are wider" if each.over else ""
    return f"{CLASSES[each.kind].zh} {CLASSES[each.kind].en}: {around} {centre}{over}"


def _cells(each: ComparedUnit, there: Units) -> tuple[str, ...]:
    name, expected = there.get(each.unit), each.expected
    share = "–" if each.share is None or each.low is None or each.high is None else f"{each.share:.1%}"
    interval = "–" if each.low is None or each.high is None else f"{each.low:.1%} – {each.high:.1%}"
    limits = each.limits
    ratio = "–"
    if expected.ratio is not None and expected.warning is not None:
        ratio = f"{expected.ratio:.2f} ({expected.warning[0]:.2f} – {expected.warning[1]:.2f})"
    return (
        f"{name.name.zh if name else ''} {each.unit}",
        BANDS[each.band].zh + (f" {each.ranks[0]}–{each.ranks[1]}" if each.ranks else ""),
        f"{each.count:,}",
        f"{each.of:,}",
        share,
        interval,
        "–" if limits is None else f"{limits.warning[0]}–{limits.warning[1]} / {limits.alarm[0]}–{limits.alarm[1]}",
        ratio,
        f"{expected.alone:,}",
        marks_told(each.marks),
    )


def marks_told(marks: Iterable[ObjectionMark]) -> str:
    """The objections beside a figure, in a few words."""
    return ", ".join(f"{STATES[mark.state].zh} {len(mark.changed) or ''}".strip() for mark in marks)
