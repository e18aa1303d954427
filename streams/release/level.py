"""Of which level (分级) an export is, and whose role it is for. Pure.

A data set is judged anew, by the gravest of what it holds (就高从严) and by its size and cover (GB/T 43697-2024 6.3, annex I):
more records together outrank one. Nobody declares his own data important: it is proposed (拟识别), told so, and given to fewer
(网络数据安全管理条例 第二十九条). The standard leaves numbers to each sector: those here are 本系统默认.
"""

from collections.abc import Iterable

from msgspec.structs import replace

from streams.catalogue.described import DescribedType
from streams.catalogue.entry import Rank
from streams.directory.telling import OURS
from streams.messages import Text
from streams.messages.rights import RELEASE_RIGHTS
from streams.release.told import LEVELS

MANY = 10_000
"""Rows of an export from which on it is a step higher."""

COVERING = 1_000
"""Rows from which on an export that covers every district of the place is a step higher."""

MASSES = 1_000_000
"""Rows from which on an export is proposed as important."""

COUNTED = Text(
    "汇总计数、小单元抑制：衍生数据重新定级（GB/T 43697-2024 附录 I；级别为本系统默认）",
    "counts without small cells: derived data are judged anew (GB/T 43697-2024 annex I; the step is this system's own)",
)
"""Why counts are of the lowest step."""

TOP = 4
"""The highest step of 一般数据."""


def level_of(types: Iterable[DescribedType], rows: int, *, everywhere: bool) -> Rank:
    """The level of so many rows made of these types; `everywhere`: they cover every district of the place."""
    ranks = [each.entry.rank for each in types]
    found = max(ranks, key=height)
    why, steps = [Text("就高从严：取所含数据类型的最高级别", "the gravest of what it holds")], 0
    if rows >= MANY:
        steps += 1
        why.append(Text(f"规模：{rows:,} 行（≥ {MANY:,}，{OURS.zh}）", f"size: {rows:,} rows (from {MANY:,}, {OURS.en})"))
    if everywhere and rows >= COVERING:
        steps += 1
        en = f"cover: every district (from {COVERING:,} rows, {OURS.en})"
        why.append(Text(f"覆盖度：全部区县（≥ {COVERING:,} 行，{OURS.zh}）", en))
    if found.level == "general":
        found = replace(found, sublevel=min(TOP, found.sublevel + steps))
    if rows >= MASSES and found.level == "general":
        en = f"size: from {MASSES:,} rows proposed as important ({OURS.en})"
        why.append(Text(f"规模：≥ {MASSES:,} 行拟识别为重要数据（{OURS.zh}）", en))
        found = replace(found, level="important")
    basis = Text("；".join(each.zh for each in why), "; ".join(each.en for each in why))
    return replace(found, status="proposed", authority="", document="", day="", basis=basis)


def height(rank: Rank) -> tuple[int, int]:
    """By what levels are compared."""
    return tuple(LEVELS).index(rank.level), rank.sublevel if rank.level == "general" else 0


def refusal(role: str, rank: Rank) -> Text | None:
    """Why a role does not get an export of a level; None where it does."""
    name = f"general-{rank.sublevel}" if rank.level == "general" else rank.level
    allowed = RELEASE_RIGHTS[name]
    if role in allowed:
        return None
    who = sorted(allowed)
    zh, en = said(rank).zh, said(rank).en
    return Text(
        f"导出内容合计为{zh}（{rank.basis.zh}），角色 {role} 无权取得；可由 {'、'.join(who) or '无人'} 申请，或缩小范围",
        f"together this export is {en} ({rank.basis.en}), which is not for the role {role!r}: "
        f"{', '.join(who) or 'nobody'} may ask, or choose less",
    )


def said(rank: Rank) -> Text:
    """A level in words."""
    word = LEVELS[rank.level]
    return Text(f"{word.zh} {rank.sublevel} 级", f"{word.en}, step {rank.sublevel}") if rank.level == "general" else word
