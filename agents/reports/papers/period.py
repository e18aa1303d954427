"""The report of a day or a month (日报, 月报), of the place or of one unit: the leader's page, then what is behind it. Pure."""

from collections.abc import Iterator, Mapping

from agents.measures.book.read import MeasureBook
from agents.reports.asked import ReportAsked, ReportPeriod
from agents.reports.facts import PeriodFacts
from agents.reports.papers.alerts import alert_figures, alert_section, common, incident_section, trend
from agents.reports.papers.measured import measured_section
from agents.reports.papers.orders import order_figures, order_section, withheld
from agents.reports.papers.origin import Tools, whole_paper
from agents.reports.papers.paper import KeyFigures, Paper, Says, Section
from agents.reports.papers.quality import quality_section
from agents.reports.papers.signs import sign_section
from agents.reports.papers.telling import Teller
from agents.reports.source import ReadOrigin
from agents.signs.book.sign import SignRow
from streams.catalogue.entry import Rank
from streams.catalogue.sight import marks_of
from streams.places import here, place


def period_paper(
    asked: ReportAsked,
    period: ReportPeriod,
    facts: PeriodFacts,
    origin: ReadOrigin,
    books: tuple[MeasureBook, Mapping[str, SignRow]],
    tools: Tools,
) -> tuple[Paper, Rank]:
    """The report, and its level. `facts`: of the unit alone where one is asked for; `books`: of measures, and of signs."""
    tell, marks = Teller(asked.lang), marks_of(asked.role)
    book, signs = books
    sections = [
        *(() if asked.unit else (sign_section(facts, signs, f"{here():0<6}", tell),)),
        _first(facts, origin.began, period, tell),
        alert_section(facts, tell, marks),
        incident_section(facts, tell, marks),
        order_section(facts, tell),
        measured_section(facts, book, period.month, asked.unit, tell),
    ]
    if not asked.unit:
        sections.append(quality_section(facts, origin, tell))
    return whole_paper(
        asked,
        origin,
        tools,
        title=_title(asked, period, tell),
        subtitle=_said(period, tell),
        of=(tell.of("范围", "Scope"), tell.unit(asked.unit) if asked.unit else tell(place(here()).name)),
        at=period.end,
        sections=sections,
        adcodes=_adcodes(facts),
    )


def _adcodes(facts: PeriodFacts) -> Iterator[str]:
    """The areas of all that is told."""
    yield from (life.alert.adcode for life in facts.alerts.values())
    yield from (life.order.adcode for life in facts.orders.values() if life.order)


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
