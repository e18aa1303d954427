"""Kind `cases`: the cases behind a figure of 监督一览 as a de-identified table, CSV, Parquet and xlsx.

It leaves as every table does, by `streams.release`: pseudonyms of this export alone, times to the hour, a level of its own.
"""

from collections.abc import Iterator
from typing import Any

import pyarrow as pa
from msgspec import Raw, Struct
from msgspec.structs import asdict, replace

from agents.jobs.export import level_for
from agents.jobs.order_rows import body_name
from agents.jobs.order_tables import both
from agents.jobs.tables import Columns, ReleasedTables
from agents.jobs.work import Work, read
from agents.measures.book.read import measure_book
from agents.measures.facts.folded import types_of
from agents.offline.reading import RefusedError
from agents.rulebook.lint import sound_book
from streams.messages import Text
from streams.messages.words import Line
from streams.orders.kinds import kinds
from streams.oversight.client import OversightAwayError, OversightClient, OversightRefusedError, socket_of
from streams.oversight.wire import (
    ALL,
    MOST_CASES,
    AskCases,
    AskWork,
    Behind,
    CaseList,
    CaseRow,
    FigureScope,
    OversightAsked,
    Word,
    WorkGroup,
)
from streams.release.aliases import Aliases, fresh_purpose, place_key
from streams.release.sheet import Alias, Sheet
from streams.release.told import COVER, ReleaseTold, cover, file_metadata, metadata

MOST = 50_000
"""How many cases an export holds at most, as of alerts and orders; a choice."""

_TEXT, _INT = pa.string(), pa.int64()

COLUMNS: Columns = {
    **dict.fromkeys(("order", "line", "number", "kind", "kind_zh", "kind_en", "unit", "unit_zh", "unit_en"), _TEXT),
    **dict.fromkeys(("unit_kind", "adcode", "domain", "matter"), _TEXT),
    "urgent": pa.bool_(),
    **dict.fromkeys(("begun", "due", "done", "counted", "state"), _TEXT),
    "reworked": _INT,
    "returns": _INT,
    "parent": _TEXT,
}
"""Times are RFC 3339, +08:00; what each is says `streams.oversight.wire.CaseRow`."""

SHEET = Sheet(
    {
        **dict.fromkeys(COLUMNS, "whole"),
        **dict.fromkeys(("order", "parent"), Alias("order")),
        "number": Alias("number"),
        "adcode": "district",
        **dict.fromkeys(("begun", "due", "done", "counted"), "hour"),
    },
    holds=("output.orders", "output.orders.line"),
    cell=("adcode", "kind"),
    place=("adcode",),
)
"""How cases leave the system. Units stay: their work is what is looked at. Those that facts make are of their types' level."""


class CasesParams(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which cases: behind a figure of a measure over months, or of a `group` as they stand; `purpose`: what it is for."""

    measure: Word = ""
    behind: Behind = "rest"
    reason: Word = ""
    group: WorkGroup | None = None
    since: Word = ""
    until: Word = ""
    scope: FigureScope = ALL
    purpose: Line = ""


def cases(params: Raw, work: Work) -> None:
    """Write the files; RefusedError where there are none, too many, or the level of all together is not for who asks."""
    asked = read(params, CasesParams)
    if not asked.purpose.strip():
        raise RefusedError("导出须写明用途", "an export says what it is for")
    found = list(_all(asked, work))
    told = [each for each in found if not each.report]
    role, unit = work.asker
    sheet = replace(SHEET, holds=types_of(measure_book(), sound_book(), asked.measure) or SHEET.holds)
    with ReleasedTables(work.folder, Aliases(place_key(work.settings), f"{asked.purpose}\x1f{fresh_purpose()}")) as tables:
        table = tables.table("cases", COLUMNS, sheet, workbook=True)
        for each in told:
            table.take(_row(each))
        rank = level_for(work, role, tables.holds, sum(tables.rows.values()), tables.districts)
        small = tables.settle()
        release = ReleaseTold(
            work.log, asked.since, asked.until, asked.purpose, role, unit, work.at, rank, tables.rows, small, tables.cut
        )
        tables.close(file_metadata(release))
    (work.folder / COVER).write_text(cover(release, {"cases": sheet}), "utf-8")
    counts = {"cases": len(told), "reports": len(found) - len(told)}
    work.write("summary.json", {"log": work.log} | asdict(replace(asked, purpose="")) | counts | {"release": metadata(release)})


def _all(asked: CasesParams, work: Work) -> Iterator[CaseRow]:
    """The cases, page by page, as the service has them now."""
    client, offset = OversightClient(socket_of(work.settings, work.log)), 0
    while True:
        try:
            page = client.ask(_question(asked, offset), CaseList)
        except OversightAwayError as away:
            raise _refused(away.words) from None
        except OversightRefusedError as refused:
            raise _refused(refused.told.words) from None
        if page.total > MOST:
            raise RefusedError(f"案件超过 {MOST:,} 件，请缩小范围", f"there are more than {MOST:,} cases: choose less")
        yield from page.cases
        offset += len(page.cases)
        work.tell(offset / max(page.total, 1))
        if not page.cases or offset >= page.total:
            return


def _question(asked: CasesParams, offset: int) -> OversightAsked:
    page: dict[str, Any] = {"scope": asked.scope, "sort": "begun", "offset": offset, "count": MOST_CASES}
    if asked.group is not None:
        return AskWork(group=asked.group, **page)
    return AskCases(
        measure=asked.measure, behind=asked.behind, reason=asked.reason, since=asked.since, until=asked.until, **page
    )


def _refused(words: Text) -> RefusedError:
    return RefusedError(words.zh, words.en)


def _row(case: CaseRow) -> dict[str, Any]:
    kind, told = kinds().get(case.kind), asdict(case)
    for name in ("case", "district", "report"):
        del told[name]
    title = kind.title if kind else Text(case.kind, case.kind)
    return told | {"adcode": case.district} | both("kind", title) | both("unit", body_name(case.unit))
