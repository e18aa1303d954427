"""The columns of 《政务信息资源目录编制指南（试行）》 as an Excel file, and the whole directory as markdown."""

from io import BytesIO

import xlsxwriter

from streams.catalogue.described import DescribedType, catalogue, groups
from streams.directory.telling import field_row, type_row
from streams.directory.words import FREQUENCY, LEVEL, PERSONAL, SHARING, WAY
from streams.places.organs import units

COLUMNS = (
    "信息资源分类",
    "信息资源名称",
    "信息资源代码",
    "信息资源提供方",
    "信息资源提供方代码",
    "信息资源摘要",
    "信息资源格式",
    "信息项信息",
    "共享类型",
    "共享条件",
    "共享方式",
    "开放属性",
    "更新周期",
    "发布日期",
    "关联资源代码",
)
"""The guide's columns in its order; there is no newer national one (令809 第十二条) to be found."""

ITEMS = ("信息资源代码", "信息项名称", "字段", "数据类型", "单位", "数据级别", "个人信息标识")
"""The columns of the second sheet: a row a field."""


def rows(published: str = "") -> list[tuple[str, ...]]:
    """The table's rows, one a type. `published`: the day on which this version was published, empty before that."""
    return [_row(each, published) for each in catalogue().values()]


def _row(described: DescribedType, published: str) -> tuple[str, ...]:
    row, entry = type_row(described), described.entry
    return (
        f"{entry.category.industry.zh}/{entry.category.business.zh}",
        described.title.zh,
        described.name,
        row["provider"]["name"].zh,
        code_of(entry.provider),
        entry.purpose.zh,
        entry.format.zh,
        "、".join(field.name.zh for field in described.fields),
        SHARING[entry.sharing].zh,
        entry.condition.zh,
        "、".join(WAY[way].zh for way in entry.ways),
        "可开放" if entry.open else "不开放",
        FREQUENCY[entry.frequency].zh,
        published,
        "",
    )


def code_of(department: str) -> str:
    """信息资源提供方代码: the department's 统一社会信用代码 where the place's units have it, else its id here."""
    unit = units().get(department)
    return unit.uscc if unit and unit.uscc else department


def workbook(published: str = "") -> bytes:
    """The Excel file: the directory, and its items."""
    kept = BytesIO()
    with xlsxwriter.Workbook(kept, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        head = book.add_format({"bold": True})
        for name, columns, lines in (("政务信息资源目录", COLUMNS, rows(published)), ("信息项", ITEMS, _items())):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, columns, head)
            for n, line in enumerate(lines, 1):
                sheet.write_row(n, 0, line)
            sheet.freeze_panes(1, 0)
    return kept.getvalue()


def _items() -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    for each in catalogue().values():
        for field in each.fields:
            row = field_row(field, each)
            level = (
                f"{LEVEL[row['rank'].level].zh}{row['rank'].sublevel}"
                if row["rank"].level == "general"
                else LEVEL[row["rank"].level].zh
            )
            found.append(
                (each.name, row["name"].zh, row["path"], row["format"].zh, row["unit"], level, PERSONAL[row["personal"]].zh)
            )
    return found


def markdown() -> str:
    """The directory as a page: a chapter a group, a table a type."""
    lines = ["# 数据目录 Data directory", ""]
    for group, title in groups().items():
        lines += [f"## {title.zh} {title.en}", ""]
        for each in catalogue().values():
            if each.group == group:
                lines += _chapter(each)
    return "\n".join(lines)


def _chapter(described: DescribedType) -> list[str]:
    row, entry = type_row(described), described.entry
    said = (
        f"{row['provider']['name'].zh} · {entry.system.zh} · {FREQUENCY[entry.frequency].zh} · {SHARING[entry.sharing].zh}"
        f"（{entry.condition.zh}）· {entry.category.industry.zh}/{entry.category.business.zh} · {entry.basis.zh}"
    )
    head = [f"### {described.title.zh} {described.title.en} `{described.name}`", "", _cell(said), ""]
    table = ["| 字段 | 含义 | Meaning | 格式 | 单位 | 级别 | 个人信息 |", "|---|---|---|---|---|---|---|"]
    for field in described.fields:
        told = field_row(field, described)
        level = f"{LEVEL[told['rank'].level].zh} {told['rank'].sublevel}"
        cells = (
            f"`{told['path']}`",
            told["name"].zh,
            told["name"].en,
            told["format"].zh,
            told["unit"],
            level,
            PERSONAL[told["personal"]].zh,
        )
        table.append(f"| {' | '.join(map(_cell, cells))} |")
    return [*head, *(table if described.fields else ["无字段 no fields"]), ""]


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
