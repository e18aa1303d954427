"""Making a report: reading the log anew, saying what it says, and writing the same content into every file."""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import cast

from msgspec import Struct

from agents.measures.book.read import measure_book, of_orders
from agents.measures.compare.counted import standing_id
from agents.offline.reading import RefusedError, Tell
from agents.reports.asked import ReportAsked, ReportPeriod, unit_of
from agents.reports.facts import PeriodFacts, StoryFacts, rests_on_report
from agents.reports.files import document, filing, sheets, typeset
from agents.reports.files.fonts import FALLBACK
from agents.reports.papers.origin import Tools
from agents.reports.papers.paper import Paper
from agents.reports.papers.period import period_paper
from agents.reports.papers.story import alert_paper, order_paper
from agents.reports.source import ReadOrigin, ReportSource, check_reached, read_source
from agents.signs.book.read import sign_book
from streams.catalogue.entry import Rank
from streams.messages import NEVER, Alert, Audit, Order, OrderAudit
from streams.places.organs import units


class MadeReport(Struct, frozen=True):
    """What a report says, of which level it is, and what it rests on."""

    paper: Paper
    rank: Rank
    origin: ReadOrigin


def made(asked: ReportAsked, source: ReportSource, tell: Tell) -> MadeReport:
    """The content of a report; RefusedError says why there can be none."""
    if asked.period is not None:
        return _of_period(asked, asked.period, source, tell)
    return _of_one(asked, source, tell)


def write(report: MadeReport, asked: ReportAsked, folder: Path, fallback: Path = FALLBACK) -> list[Path]:
    """Write the files into a folder: PDF, xlsx, DOCX, CSV for each table, and the metadata for filing."""
    folder.mkdir(parents=True, exist_ok=True)
    paper = report.paper
    found = {
        "report.pdf": typeset.typeset(paper, fallback),
        "report.xlsx": sheets.workbook(paper),
        "report.docx": document.text_document(paper),
        **sheets.csv_files(paper),
    }
    found["filing.json"] = filing.filing(paper, asked, report.rank, report.origin, found)
    for name, data in found.items():
        (folder / name).write_bytes(data)
    return [folder / name for name in found]


def _of_period(asked: ReportAsked, period: ReportPeriod, source: ReportSource, tell: Tell) -> MadeReport:
    if asked.unit:
        unit_of(units(), asked.unit, period)
    book = of_orders(measure_book())
    standing = partial(standing_id, units(), period.days[1] - timedelta(days=1))
    facts = PeriodFacts(book, period.begin, period.end, standing)
    origin = read_source(source, facts.take, book, period.begin, period.end, tell)
    check_reached(origin, period.begin, period.end)
    facts.over()
    told = facts.only(asked.unit) if asked.unit else facts
    paper, rank = period_paper(asked, period, told, origin, (book, sign_book()), _tools())
    return MadeReport(paper, rank, origin)


def _of_one(asked: ReportAsked, source: ReportSource, tell: Tell) -> MadeReport:
    story = StoryFacts(asked.order or asked.alert)
    gives = frozenset({Order if asked.order else Alert})
    origin = read_source(source, story.take, of_orders(measure_book()), NEVER, NEVER, tell, gives)
    if asked.alert:
        if story.alert is None:
            raise RefusedError(
                f"日志 {origin.log} 中没有告警 {asked.alert!r}", f"log {origin.log!r} has no alert {asked.alert!r}"
            )
        paper, rank = alert_paper(asked, story.alert, cast("Mapping[int, Audit]", story.trail), origin, _tools())
        return MadeReport(paper, rank, origin)
    life = story.orders.get(asked.order)
    if life is None or life.order is None:
        raise RefusedError(f"日志 {origin.log} 中没有工单 {asked.order!r}", f"log {origin.log!r} has no order {asked.order!r}")
    if rests_on_report(life.order, story.orders):
        raise RefusedError(
            "该工单来自举报，不生成报告（信访工作条例第三十条）",
            "this order rests on a report (举报): no file of it is made (信访工作条例 Art. 30)",
        )
    paper, rank = order_paper(asked, life.order, life.lines, cast("Mapping[int, OrderAudit]", story.trail), origin, _tools())
    return MadeReport(paper, rank, origin)


def _tools() -> Tools:
    return Tools(typeset.tools())
