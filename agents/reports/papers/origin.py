"""How a report says what it rests on, of which level it is, and how it is made again byte for byte. Pure."""

from collections.abc import Iterable, Sequence

from msgspec import Struct

from agents.reports.asked import ReportAsked
from agents.reports.papers.paper import Paper, PaperColumn, PaperTable, Says, Section
from agents.reports.papers.telling import Teller
from agents.reports.source import ReadOrigin
from streams.catalogue.described import catalogue
from streams.catalogue.entry import Rank
from streams.places import here, place
from streams.release.level import level_of, said
from streams.topics import LIVE

HOLDS = ("output.alerts", "output.incidents", "output.orders", "output.quality")
"""The types of the catalogue of which a report is made."""


class Tools(Struct, frozen=True):
    """With what its files are made: name and version, or digest, of each."""

    used: tuple[tuple[str, str], ...]


def whole_paper(
    asked: ReportAsked,
    origin: ReadOrigin,
    tools: Tools,
    *,
    title: str,
    subtitle: str,
    of: tuple[str, str],
    at: int,
    sections: Sequence[Section],
    adcodes: Iterable[str],
) -> tuple[Paper, Rank]:
    """The report of these sections, about these areas, with what stands on every one, and its level.

    `of`: name and value of what it is of, which stands first below its title; `at`: the log's time (ms).
    """
    tell, rank = Teller(asked.lang), _rank(sections, adcodes)
    paper = Paper(
        lang=asked.lang,
        title=title,
        subtitle=subtitle,
        at=at,
        about=(
            of,
            (tell.of("日志", "Log"), origin.log),
            (tell.of("数据截至", "Data up to"), tell.moment(at)),
            (tell.of("数据级别", "Level"), _level(rank, tell)),
        ),
        warning=_warning(origin.log, tell),
        foot=f"{title} · {subtitle}",
        sections=(*sections, _origin_section(asked, origin, rank, tools, tell)),
    )
    return paper, rank


def command_of(asked: ReportAsked) -> str:
    """The command by which it is made again from an archive."""
    if asked.period:
        what = f"--{asked.period.span} {asked.period.name}" + (f" --unit {asked.unit}" if asked.unit else "")
    else:
        what = f"--order {asked.order}" if asked.order else f"--alert {asked.alert}"
    return f"python -m agents report {what} --archive DIR --lang {asked.lang} --role {asked.role} --out FOLDER"


def _rank(sections: Iterable[Section], adcodes: Iterable[str]) -> Rank:
    """The level of a report, as that of an export of so many rows of these areas."""
    all_ = place(here()).districts.keys()
    rows = sum(len(block.rows) for section in sections for block in section.blocks if isinstance(block, PaperTable))
    types = [catalogue()[name] for name in HOLDS]
    return level_of(types, rows, everywhere=bool(all_) and {code[:6] for code in adcodes} >= all_)


def _level(rank: Rank, tell: Teller) -> str:
    """The level in words, with what makes it so."""
    return f"{tell(said(rank))}{tell.of('（', ' (')}{tell(rank.basis)}{tell.of('）', ')')}"


def _warning(log: str, tell: Teller) -> str:
    """What must be seen first of a log that is not what happens now."""
    if log == LIVE:
        return ""
    return tell.of(
        f"日志 {log}：模拟、演练、历史或回放，不是实况", f"Log {log}: a simulation, a drill, history or a replay, not live"
    )


def _origin_section(asked: ReportAsked, origin: ReadOrigin, rank: Rank, tools: Tools, tell: Teller) -> Section:
    """The section at the end of every report."""
    marks = tell.of(
        f"按角色“{tell.word('role', asked.role)}”遮蔽个人信息；办事人员和诉求人的姓名一律不写。",
        f"Personal data are masked as for “{tell.word('role', asked.role)}”; names of clerks and callers never stand here.",
    )
    nature = tell.of(
        "本报告由系统按日志生成，不是公文：没有发文机关标志、文号和印章。OFD 版式未做。",
        "Made by the system from the log. It is no official document (公文): no head, number or seal. OFD is not done.",
    )
    again = tell.of(
        "同一日志、同一规则手册、同一版本的程序，得到逐字节相同的文件：",
        "The same log, rule book and version of the program give the same files byte for byte: ",
    )
    rows = [
        (tell.of("数据级别", "Level"), _level(rank, tell)),
        (tell.of("规则手册（文件）", "Rule book (files)"), origin.files),
        (tell.of("事件归并规则", "Grouping rules"), origin.grouping),
        (tell.of("工单类别", "Kinds of orders"), origin.orders),
        (tell.of("指标", "Measures"), origin.measures),
        (tell.of("体征", "Signs"), origin.signs),
        *tools.used,
    ]
    return Section(
        tell.of("来源与复现", "Where it is from, and how it is made again"),
        (
            Says(nature),
            Says(marks),
            Says(again + command_of(asked)),
            PaperTable(
                name="origin",
                title=tell.of("所依据的版本", "Versions that it rests on"),
                columns=(
                    PaperColumn(tell.of("项目", "What"), width=1.4),
                    PaperColumn(tell.of("版本或摘要", "Version or digest"), "code", 3.6),
                ),
                rows=tuple(rows),
            ),
            PaperTable(
                name="partitions",
                title=tell.of(f"日志 {origin.log} 的分区和偏移", f"Partitions and offsets of log {origin.log}"),
                columns=(
                    PaperColumn(tell.of("主题", "Topic"), "code", 2.6),
                    PaperColumn(tell.of("分区", "Partition"), "number", 0.8),
                    PaperColumn(tell.of("首偏移", "First"), "number", 0.9),
                    PaperColumn(tell.of("末偏移", "Last"), "number", 0.9),
                    PaperColumn(tell.of("采用的规则手册", "Book adopted"), "code", 2.8),
                ),
                rows=tuple(
                    (each.topic, each.partition, each.first, each.last, each.book or tell.of("文件", "files"))
                    for each in origin.partitions
                ),
            ),
        ),
    )
