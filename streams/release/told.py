"""What an export says of itself: in the metadata of its files, and on its cover (名页). Pure."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct, json

from streams.catalogue.entry import Rank
from streams.messages import Text
from streams.release.cells import CELL
from streams.release.sheet import SAID, Alias, K, Sheet

COVER = "cover.md"
"""The name of the file."""

METADATA = b"onescreen.release"
"""The key of it in the metadata of a Parquet file."""

LEVELS: Mapping[str, Text] = {
    "general": Text("一般数据", "general data"),
    "important": Text("重要数据（拟识别）", "important data (proposed)"),
    "core": Text("核心数据", "core data"),
}
"""数据级别 in words (数据安全法 第二十一条), from the lowest to the highest."""


class ReleaseTold(Struct, frozen=True):
    """An export: log, period, purpose, who asked (role and unit alone), when; level, rows by table.

    `small`: how many rows lost their place in a small cell. `cut`: how many cells of a workbook hold a part of their text.
    """

    log: str
    since: str
    until: str
    purpose: str
    role: str
    unit: str
    at: str
    rank: Rank
    rows: Mapping[str, int]
    small: int
    cut: int = 0


def metadata(told: ReleaseTold) -> dict[str, Any]:
    """The same for a program: level and its reasons, what was done to identifiers."""
    return {
        "level": told.rank.level,
        "sublevel": told.rank.sublevel if told.rank.level == "general" else None,
        "status": told.rank.status,
        "level_basis": told.rank.basis,
        "deidentified": "HMAC-SHA-256 pseudonyms of this export alone; small cells without place; no free text",
        "k": K,
        "k_mark": "本系统默认",
        "small_cells": told.small,
        "purpose": told.purpose,
        "asked_by": {"role": told.role, "unit": told.unit},
        "at": told.at,
    }


def file_metadata(told: ReleaseTold) -> dict[bytes, bytes]:
    """For a Parquet file."""
    return {METADATA: json.encode(metadata(told))}


def cover(told: ReleaseTold, sheets: Mapping[str, Sheet]) -> str:
    """The page that goes with the files."""
    level = LEVELS[told.rank.level]
    step = f" {told.rank.sublevel}" if told.rank.level == "general" else ""
    lines = [
        "# 导出说明 About this export",
        "",
        f"- 数据级别 Level: **{level.zh}{step} / {level.en}{step}**（拟识别 proposed）",
        f"- 定级依据 Because of: {told.rank.basis.zh} / {told.rank.basis.en}",
        f"- 日志 Log: {_cell(told.log)}; {told.since} – {told.until}",
        f"- 用途 Purpose: {_cell(told.purpose)}",
        f"- 申请 Asked by: {_cell(told.role)}, {_cell(told.unit) or '—'}; {told.at}",
        f"- 行数 Rows: {', '.join(f'{name} {count:,}' for name, count in told.rows.items())}",
        f"- 小单元抑制 Small cells: k = {K}（本系统默认 this system's own）; {told.small:,} 行不含位置 rows without place",
        *(
            [f"- xlsx 中截断的单元格 Cells cut in xlsx: {told.cut:,}（至多 {CELL:,} 字符，全文见 CSV、Parquet whole in these）"]
            if told.cut
            else []
        ),
        "",
        "去标识化，不是匿名化（个人信息保护法 第七十三条）。假名由本地密钥对本次导出生成，两次导出不能相互关联。",
        "不得尝试重新识别，不得扩大用途、不得转交（令809 第二十五条）。",
        "",
        "De-identified, not anonymous. Pseudonyms are of this export alone: two exports do not join.",
        "Not to be led back to anybody, put to wider use, or passed on.",
        "",
    ]
    for name, sheet in sheets.items():
        lines += [f"## {name}", "", "| 列 column | 处理 treatment |", "|---|---|"]
        lines += [f"| `{column}` | {_said(how)} |" for column, how in sheet.columns.items()]
        lines.append("")
    return "\n".join(lines)


def _said(how: Any) -> str:
    return f"假名 pseudonym ({how.kind})" if isinstance(how, Alias) else f"{SAID[how].zh} {SAID[how].en}"


def _cell(text: str) -> str:
    """A text of a person on one line, without markup."""
    return "".join(each if each.isprintable() and each not in "|<>[]`*_#\\" else " " for each in text)
