"""The report of a day or a month (日报, 月报), of the place or of one unit: the leader's page, then what is behind it. Pure."""

from agents.measures.book.read import MeasureBook
from agents.reports.asked import ReportAsked, ReportPeriod
from agents.reports.facts import PeriodFacts
from agents.reports.papers.alerts import alert_figures, alert_section, common, districts_of, incident_section, trend
from agents.reports.papers.measured import measured_section
from agents.reports.papers.orders import order_figures, order_section, withheld
from agents.reports.papers.origin import Tools, level_said, origin_section, rank_of, warning
from agents.reports.papers.paper import KeyFigures, Paper, Says, Section
from agents.reports.papers.quality import quality_section
from agents.reports.papers.telling import Teller
from agents.reports.source import ReadOrigin
from streams.catalogue.entry import Rank
from streams.catalogue.sight import marks_of
from streams.places import here, place


def period_paper(
    asked: ReportAsked, period: ReportPeriod, facts: PeriodFacts, origin: ReadOrigin, book: MeasureBook, tools: Tools
) -> tuple[Paper, Rank]:
    """The report, and its level. `facts`: of the unit alone where one is asked for."""
    tell, marks = Teller(asked.lang), marks_of(asked.role)
    sections = [
        _first(facts, origin.began, period, tell),
        alert_section(facts, tell, marks),
        incident_section(facts, tell, marks),
        order_section(facts, tell),
        measured_section(facts, book, period.month, asked.unit, tell),
    ]
    if not asked.unit:
        sections.append(quality_section(facts, origin, tell))
    rows = sum(len(block.rows) for section in sections for block in section.blocks if hasattr(block, "rows"))
    rank = rank_of(rows, districts_of(facts))
    sections.append(origin_section(asked, origin, rank, tools, tell))
    title = _title(asked, period, tell)
    return (
        Paper(
            lang=asked.lang,
            title=title,
            subtitle=_said(period, tell),
            at=period.end,
            about=(
                (tell.of("范围", "Scope"), tell.unit(asked.unit) if asked.unit else tell(place(here()).name)),
                (tell.of("日志", "Log"), origin.log),
                (tell.of("数据截至", "Data up to"), tell.moment(period.end)),
                (tell.of("数据级别", "Level"), level_said(rank, tell)),
            ),
            warning=warning(origin.log, tell),
            foot=f"{title} · {_said(period, tell)}",
            sections=tuple(sections),
        ),
        rank,
    )


def _first(facts: PeriodFacts, began: int, period: ReportPeriod, tell: Teller) -> Section:
    hidden = withheld(facts)
    said = tell.of(
        f"期末为 {tell.moment(period.end)}。举报件（{hidden} 件）计入合计，不逐件列出（信访工作条例第三十条）。",
        f"The end is {tell.moment(period.end)}. Orders that rest on a report (举报), {hidden}, count in sums, unlisted "
        "(信访工作条例 Art. 30).",
    )
    return Section(
        tell.of("概况", "At a glance"),
        (
            KeyFigures(
                name="figures-alerts",
                title=tell.of("告警", "Alerts"),
                figures=alert_figures(facts, began, tell),
            ),
            KeyFigures(name="figures-orders", title=tell.of("工单", "Orders"), figures=order_figures(facts, tell)),
            trend(facts, period, tell),
            common(facts, tell),
            Says(said),
        ),
    )


def _title(asked: ReportAsked, period: ReportPeriod, tell: Teller) -> str:
    span = tell.of("日报", "Daily report") if period.span == "day" else tell.of("月报", "Monthly report")
    if asked.unit:
        return tell.of(f"{tell.unit(asked.unit)}运行{span}", f"{span}: {tell.unit(asked.unit)}")
    name = tell(place(here()).name)
    return tell.of(f"{name}运行监督{span}", f"{span} of oversight, {name}")


def _said(period: ReportPeriod, tell: Teller) -> str:
    first, _ = period.days
    if period.span == "month":
        return tell.of(f"{first.year}年{first.month}月", period.name)
    return tell.of(f"{first.year}年{first.month}月{first.day}日", period.name)
