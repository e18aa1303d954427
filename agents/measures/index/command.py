"""`python -m agents index`: the indexes of a place (评估指标体系), their scores, what other weights would make, and adoption.

A score rests on the version that was adopted for its period; with --draft on the place's file as it stands, which counts for
nothing. docs/operate/index.md has the files and the rules.
"""

import argparse
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import msgspec
from msgspec import Struct
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from agents.lines import write_lines
from agents.measures.answers import answers
from agents.measures.book.read import MeasureBook, measure_book
from agents.measures.cases.case import OF_FACTS
from agents.measures.compare.counted import standing_id
from agents.measures.compare.objected import ObjectedFigure, figures
from agents.measures.drafting import STEP_OF, decide, draft, log_option, step_options, tell_versions, version_option
from agents.measures.index.read import index_book
from agents.measures.index.score import IndexScore, Part, index_scores
from agents.measures.index.spec import (
    IndexBy,
    IndexRow,
    IndexText,
    definition,
    digest_of_text,
    index_text,
    read_text,
    with_weights,
    written,
)
from agents.measures.index.whatif import changes
from agents.measures.ledger import Ledger
from agents.measures.measure_command import add_source, body_named, measured_ledger, objected_there
from streams import places
from streams.appraisal.adoptions import AppraisalPeriod, adoptions, holding, period
from streams.appraisal.log import adopted_bytes, appraisal_records, index_steps
from streams.command import Trouble
from streams.messages import Text
from streams.messages.services.appraisal import IndexStep
from streams.places.appraisal import appraisal
from streams.places.organs import units
from streams.settings import load

_CASES = frozenset({"numerator", "rest", "left_out"})


class _Held(Struct, frozen=True):
    """The text by which a period is scored, and whether it was adopted."""

    text: IndexText
    version: str
    adopted: bool
    changed: tuple[str, ...]


def main(argv: list[str]) -> int:
    """Entry of the command; exit 0."""
    options = _parser().parse_args(argv)
    work: Callable[[argparse.Namespace], int] = options.work
    return work(options)


def _list(options: argparse.Namespace) -> int:
    book = index_book()
    console = Console()
    if options.json or not console.is_terminal:
        return write_lines({"id": name, "index": row} for name, row in book.items())
    table = Table(box=SIMPLE_HEAD)
    for heading in ("id", "name", "period", "weights", "whose", "sure"):
        table.add_column(heading, no_wrap=heading == "id")
    for name, row in book.items():
        weights = ", ".join(f"{each.name.zh} {each.weight:g}" for each in row.weighted.values())
        table.add_row(name, f"{row.name.zh} {row.name.en}", row.period, weights, row.provenance, row.mark)
    console.print(table)
    return 0


def _show(options: argparse.Namespace) -> int:
    held, scores = _scores(options)
    found = scores(held.text)
    console = Console()
    if options.json or not console.is_terminal:
        told = {"version": held.version, "adopted": held.adopted, "changed": held.changed}
        return write_lines(told | _told(each, cases=options.cases) for each in found)
    console.print(_table(held, found))
    return 0


def _whatif(options: argparse.Namespace) -> int:
    weights = _weights(options.weights)
    held, scores = _scores(options)
    other = with_weights(held.text, weights)
    found = list(changes(scores(held.text), scores(other)))
    console = Console()
    if options.json or not console.is_terminal:
        given = {name: each.weight for name, each in other.row.weighted.items()}
        return write_lines({"weights": given} | msgspec.to_builtins(each) | {"by": each.by} for each in found)
    table = Table(title=f"{_title(held)}\n→ {options.weights}", title_justify="left", box=SIMPLE_HEAD)
    for heading in ("key", "before", "after", "by", "band before", "band after"):
        table.add_column(heading, justify="left" if heading in {"key", "band before", "band after"} else "right")
    for each in found:
        by = "–" if each.by is None else f"{each.by:+.2f}"
        bands = (_words(each.band_before), _words(each.band_after))
        table.add_row(body_named(each.key), _number(each.before), _number(each.after), by, *bands)
    console.print(table)
    return 0


def _versions(options: argparse.Namespace) -> int:
    return tell_versions(index_steps(appraisal_records(load(), options.log)), "index")


def _step(options: argparse.Namespace) -> int:
    """Draft the place's file as it stands, or adopt or return what was drafted."""
    if options.command == "draft":
        text = written(index_text(options.id, _sound(options.id), measure_book()))
        return draft(options, IndexStep, {"index": options.id, "since": options.since}, text)
    return decide(options, index_steps(appraisal_records(load(), options.log)), options.id)


def _sound(name: str) -> Mapping[str, IndexRow]:
    """The indexes of the place, among them this one."""
    found = index_book()
    if name not in found:
        raise Trouble(f"place {places.here()} has no index {name!r}: it has {', '.join(found) or 'none'}")
    return found


def _scores(options: argparse.Namespace) -> tuple[_Held, Callable[[IndexText], list[IndexScore]]]:
    """What holds for a period, and what gives the scores of that by a text of the same measures."""
    book, of = measure_book(), period(options.period)
    held = _held(options, book, of)
    if strange := sorted(set(held.text.measures) - set(book.measures)):
        raise Trouble(f"version {held.version} rests on measures that are no more: {', '.join(strange)}")
    ledgers = _ledgers(held.text, book, options)
    known, standing = objected_there(options), partial(standing_id, units(), of.last)

    def found(measure: str, by: IndexBy, within: AppraisalPeriod) -> list[ObjectedFigure]:
        ledger = ledgers[measure]
        return figures(ledger, answers(ledger, measure, by, since=within.since, until=within.until), known, standing)

    now = max(each.now for each in ledgers.values())
    return held, lambda text: index_scores(text, book.measures, found, of, options.by, units(), now)


def _held(options: argparse.Namespace, book: MeasureBook, of: AppraisalPeriod) -> _Held:
    if options.draft:
        text = index_text(options.id, _sound(options.id), book)
        return _Held(text, digest_of_text(written(text))[:16], adopted=False, changed=())
    if options.archive:
        raise Trouble("an archive has no adoptions: score by the place's file as it stands with --draft")
    settings = load()
    adopted = adoptions(index_steps(appraisal_records(settings, options.log)), appraisal().office)
    found = holding(adopted, options.id, of)
    if found is None:
        raise Trouble(f"no version of {options.id} was adopted for {of.name}: adopt one, or see --draft; there is no score")
    text = read_text(adopted_bytes(settings, options.log, found))
    there = {name: definition(book.measures[name], book) for name in text.measures if name in book.measures}
    changed = tuple(name for name, digest in text.measures.items() if there.get(name, digest) != digest)
    return _Held(text, found.version, adopted=True, changed=changed)


def _ledgers(text: IndexText, book: MeasureBook, options: argparse.Namespace) -> dict[str, Ledger]:
    """By measure the ledger of what it counts: all that is made of orders has one together, and all that facts make."""
    made: dict[bool, Ledger] = {}
    found = {}
    for name in text.measures:
        row = book.measures[name]
        of_facts = row.population in OF_FACTS
        if of_facts not in made:
            made[of_facts] = measured_ledger(book, row, options)
        found[name] = made[of_facts]
    return found


def _told(each: IndexScore, *, cases: bool) -> dict[str, Any]:
    told: dict[str, Any] = msgspec.to_builtins(each)
    if not cases:
        _bare(told["parts"])
    return told


def _bare(parts: Sequence[dict[str, Any]]) -> None:
    """Take the ids of cases out of parts, and of those within them."""
    for each in parts:
        for name in _CASES:
            each.pop(name, None)
        _bare(each["parts"])


def _title(held: _Held) -> str:
    row = held.text.row
    whose = "已印发 adopted" if held.adopted else "草案，未印发 a draft that counts for nothing"
    changed = f"\n指标定义已变 definitions have changed since: {', '.join(held.changed)}" if held.changed else ""
    return f"{row.name.zh} {row.name.en}, {held.version}, {whose}\n{row.provenance}: {row.source.zh}{changed}"


def _table(held: _Held, found: list[IndexScore]) -> Table:
    over = "" if found[0].over else "；期间未结束 the period is not over"
    table = Table(title=f"{_title(held)}\n{found[0].period}{over}", title_justify="left", box=SIMPLE_HEAD)
    table.add_column("key")
    table.add_column("score", justify="right")
    table.add_column("band")
    for name, indicator in held.text.row.indicator.items():
        weight = f"\n{indicator.weight:g} %" if indicator.weight else ""
        table.add_column(f"{indicator.name.zh} {name}{weight}", justify="right")
    for each in found:
        parts = [_part(part) for part in each.parts]
        table.add_row(body_named(each.key), _number(each.score), _words(each.band) or _words(each.why), *parts)
    return table


def _part(part: Part) -> str:
    if part.score is None and part.rule != "veto":
        return {"redistribute": "缺，权重分摊 missing", "none": "缺 missing"}.get(part.missing, "–")
    return f"{part.points:+.2f}\n{part.count:,}/{part.of:,}"


def _number(score: float | None) -> str:
    return "–" if score is None else f"{score:.2f}"


def _words(text: Text | None) -> str:
    return "" if text is None else f"{text.zh} {text.en}"


def _weights(text: str) -> dict[str, float]:
    """Weights of `a=30,b=70`; ValueError of what is none."""
    try:
        return {name.strip(): float(number) for name, _, number in (each.partition("=") for each in text.split(","))}
    except ValueError:
        raise ValueError(f"{text!r} are no weights: write a=30,b=70") from None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m agents index", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, what: str, work: Callable[[argparse.Namespace], int]) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=what, description=f"{what[0].upper()}{what[1:]}.")
        made.set_defaults(work=work)
        return made

    told = command("list", "the indexes of the place, as its files have them", _list)
    show = command("show", "the scores of a period, with what each indicator gives", _show)
    whatif = command("whatif", "the scores of a period by other weights, beside those that hold", _whatif)
    whatif.add_argument("--weights", required=True, metavar="A=30,B=70", help="weights (%%); others stay; 100 together")
    for each in (show, whatif):
        each.add_argument("id", metavar="ID", help="an index, as request-handling")
        each.add_argument("--period", required=True, metavar="PERIOD", help="2026-03, 2026-Q1 or 2026")
        each.add_argument("--by", choices=("unit", "district"), default="unit", help="whose scores (default %(default)s)")
        each.add_argument("--draft", action="store_true", help="by the place's file as it stands, adopted or not")
        add_source(each)
    for each in (told, show, whatif):
        each.add_argument("--json", action="store_true", help="JSON lines in a terminal too")
    versions = command("versions", "the versions in a log, their steps and from when on they hold", _versions)
    drafting = _by(command("draft", "draft the place's file as it stands, as the measuring office (拟定)", _step))
    drafting.add_argument("--since", required=True, metavar="MONTH", help="from the period of which month on, as 2026-04")
    for name, what in (("adopt", "adopt what another has drafted (印发)"), ("return", "send back to the drafter (退回)")):
        version_option(_by(command(name, what, _step)))
    for each in (versions, *(commands.choices[name] for name in STEP_OF)):
        log_option(each)
    return parser


def _by(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser.add_argument("id", metavar="ID", help="an index, as request-handling")
    step_options(parser)
    return parser
