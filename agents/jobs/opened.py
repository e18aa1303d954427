"""Kind `open`: how many alerts there were, by month, district, domain and severity, as open data (开放数据).

No row is about one alert, and a cell of fewer than K has no number. Open is what the data directory says is open (`open`,
开放属性): a department decides that there, with its basis, and no job does.
"""

from collections import Counter

import pyarrow as pa
from msgspec import Raw

from agents.jobs.alerts import revisions
from agents.jobs.export import LONGEST
from agents.jobs.tables import Columns, ReleasedTables
from agents.jobs.work import JobPeriod, Work, read, span
from agents.offline.reading import RefusedError
from streams.catalogue.described import catalogue
from streams.catalogue.entry import Rank
from streams.messages import parse_time
from streams.release.aliases import Aliases
from streams.release.level import COUNTED
from streams.release.sheet import Sheet, count_cells
from streams.release.told import COVER, ReleaseTold, cover, file_metadata, metadata

OPENED = "output.alerts"
"""The type of the catalogue of which the table is made."""

NAME = "alerts-open"

COLUMNS: Columns = {
    "month": pa.string(),
    "adcode": pa.string(),
    "domain": pa.string(),
    "severity": pa.string(),
    "alerts": pa.int64(),
}
"""`alerts` is empty where there are fewer than K. There are no sums: what is empty could be reckoned from them."""

SHEET = Sheet({**dict.fromkeys(COLUMNS, "whole"), "adcode": "district"}, (OPENED,))


class OpenParams(JobPeriod, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A period; each month counts as it was raised in, China Standard Time."""


def opened(params: Raw, work: Work) -> None:
    """Write the table and its cover; RefusedError where the directory does not say that alerts are open."""
    asked = read(params, OpenParams)
    begin, end = span(asked.since, asked.until, LONGEST)
    described = catalogue()[OPENED]
    if not described.entry.open:
        raise RefusedError(
            "数据目录未将告警列为可开放：先在目录中写明开放属性，按版本审核发布",
            f"the data directory does not say that {OPENED} is open: say so there, and have that version published",
        )
    newest = {alert.id: alert for alert, _ in revisions(work.settings, work.log) if begin <= parse_time(alert.raised_at) < end}
    counts = Counter((each.raised_at[:7], each.adcode[:6], each.domain, each.severity) for each in newest.values())
    cells = count_cells(counts)
    role, unit = work.asker
    told = ReleaseTold(
        log=work.log,
        since=asked.since,
        until=asked.until,
        purpose="开放数据 open data",
        role=role,
        unit=unit,
        at=work.at,
        rank=Rank(sublevel=1, basis=COUNTED),
        rows={NAME: len(cells)},
        small=sum(count is None for count in cells.values()),
    )
    with ReleasedTables(work.folder, Aliases(b"", "")) as tables:
        table = tables.table(NAME, COLUMNS, SHEET)
        for cell in sorted(cells):
            table.take(dict(zip(COLUMNS, (*cell, cells[cell]), strict=True)))
        tables.close(file_metadata(told))
    (work.folder / COVER).write_text(cover(told, {NAME: SHEET}), "utf-8")
    work.write("summary.json", {"log": work.log, "from": begin, "to": end, "cells": len(cells), "release": metadata(told)})
