"""What a report says of the measures of work: each with how many of how many, what is left out, and whose it is. Pure."""

from collections.abc import Iterator

from agents.measures.answers import MeasureAnswer, answers
from agents.measures.book.measure import MeasureRow
from agents.measures.book.read import MeasureBook
from agents.reports.facts import PeriodFacts
from agents.reports.papers.paper import Cell, PaperColumn, PaperTable, Says, Section
from agents.reports.papers.telling import Teller


def measured_section(facts: PeriodFacts, book: MeasureBook, month: str, unit: str, tell: Teller) -> Section:
    """The measures of a month, of all or of one body, as far as anything counts in them; shares first, then times."""
    answered = (each for each in _answers(facts, book, month, unit) if each.of or each.excluded)
    found = [(book.measures[each.measure], each) for each in answered]
    shares = [(row, answer) for row, answer in found if not row.ends]
    times = [(row, answer) for row, answer in found if row.ends]
    said = tell.of(
        f"指标按自然月计：{month}，截至本报告所及的时刻。应计为已到期限的，未办结而超期的算作超期；没有应计的不显示为100%。"
        "考核口径与分析口径（原期限等）并列，不相混。区间为 Wilson 95 % 区间。不对个人计算，不排名。",
        f"Measures are of a calendar month, {month}, up to the moment of this report. Of what was due: open and overdue counts "
        "as late; where nothing was due there is no share. Assessment and analysis (the first limit, for one) stand side by "
        "side. Intervals are those of Wilson, 95 %. No person is measured, nobody is ranked.",
    )
    return Section(tell.of("办理指标", "Measures of work"), (Says(said), _shares(shares, book, tell), _times(times, tell)))


def _answers(facts: PeriodFacts, book: MeasureBook, month: str, unit: str) -> Iterator[MeasureAnswer]:
    for name in book.measures:
        by = answers(facts.ledger, name, "unit" if unit else "month", since=month, until=month, standing=facts.standing)
        yield from (each for each in by if not unit or each.key == unit)


def _shares(found: list[tuple[MeasureRow, MeasureAnswer]], book: MeasureBook, tell: Teller) -> PaperTable:
    return PaperTable(
        name="measures",
        title=tell.of("比率", "Shares"),
        columns=(
            PaperColumn(tell.of("指标", "Measure"), width=2.3),
            PaperColumn(tell.of("口径", "Reading"), width=0.9),
            PaperColumn(tell.of("分子", "n"), "count", 0.65),
            PaperColumn(tell.of("应计", "of N"), "count", 0.65),
            PaperColumn(tell.of("比率", "Share"), "share", 0.8),
            PaperColumn(tell.of("95 % 区间", "95 %"), "code", 1.5),
            PaperColumn(tell.of("不计", "Left out"), width=2.0),
            PaperColumn(tell.of("出处", "Whose"), width=1.2),
        ),
        rows=tuple(_share(row, answer, book, tell) for row, answer in found),
        note=tell.of(
            "出处：国家标准、上级文件、本市办法、本系统自定；各指标的依据见 docs/operate/measures.md",
            "whose: 国家标准 national standard, 上级文件 of higher bodies, 本市办法 of the city, 本系统自定 this system's own; "
            "sources: docs/operate/measures.md",
        ),
        none=tell.of("本月没有应计的", "Nothing was due in the month"),
    )


def _share(row: MeasureRow, answer: MeasureAnswer, book: MeasureBook, tell: Teller) -> tuple[Cell, ...]:
    between = "—" if answer.low is None or answer.high is None else f"{answer.low:.1%} – {answer.high:.1%}"
    out = tell.of("；", "; ").join(f"{tell(book.conditions[why].title)} {n}" for why, n in answer.excluded.items())
    reading = tell.of("考核", "assessment") if row.reading == "assessment" else tell.of("分析", "analysis")
    return tell(row.name), reading, answer.count, answer.of, answer.share, between, out, row.provenance


def _times(found: list[tuple[MeasureRow, MeasureAnswer]], tell: Teller) -> PaperTable:
    return PaperTable(
        name="measures-time",
        title=tell.of("用时", "Times"),
        columns=(
            PaperColumn(tell.of("指标", "Measure"), width=2.4),
            PaperColumn(tell.of("已完成", "Done"), "count"),
            PaperColumn(tell.of("全部", "All"), "count"),
            PaperColumn(tell.of("中位数（小时）", "Median (h)"), "hours", 1.3),
            PaperColumn(tell.of("未完成", "Open"), "count"),
            PaperColumn(tell.of("未完成中位（小时）", "Open, middle (h)"), "hours", 1.5),
            PaperColumn(tell.of("最久（小时）", "Oldest (h)"), "hours", 1.2),
        ),
        rows=tuple(
            (
                tell(row.name),
                answer.count,
                answer.of,
                answer.hours,
                answer.open.count if answer.open else 0,
                answer.open.median if answer.open else None,
                answer.open.oldest if answer.open else None,
            )
            for row, answer in found
        ),
        note=tell.of(
            "中位数为 Kaplan–Meier 估计，未完成的以已经过的时间参加计算；不足半数完成的没有中位数",
            "medians by Kaplan and Meier: what is open takes part by its age; where fewer than half are done there is none",
        ),
        none=tell.of("本月没有", "None in the month"),
    )
