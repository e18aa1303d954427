"""Kind `report`: the report of a past day or month, of a unit, an order or an alert, from the archive: docs/operate/reports.md.

Its files are for all who may ask for jobs: it is made as for the role `viewer`, whoever asks, and of a level that he may have.
"""

from typing import Annotated

from msgspec import Meta, Raw, Struct

from agents.jobs.work import Work, read
from agents.offline.reading import RefusedError
from agents.offline.telling import Language
from agents.reports.asked import ReportAsked, period_asked
from agents.reports.making import made, write
from agents.reports.source import ArchiveSource
from streams.release.level import refusal

Asked = Annotated[str, Meta(max_length=64)]


class ReportParams(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What it is of: exactly one of `day`, `month`, `order` and `alert`; with a day or month perhaps one `unit`."""

    day: Asked = ""
    month: Asked = ""
    unit: Asked = ""
    order: Asked = ""
    alert: Asked = ""
    lang: Language = "zh"


def report(params: Raw, work: Work) -> None:
    """Write the files; RefusedError says why there is no such report, or that its level is not for who asks."""
    asked = _asked(read(params, ReportParams))
    if not work.records:
        raise RefusedError(f"日志 {work.log} 的归档是空的", f"the archive of log {work.log!r} is empty")
    found = made(asked, ArchiveSource(work.archive), work.tell)
    if work.by is not None and (why := refusal(work.by.role, found.rank)):
        raise RefusedError(why.zh, why.en)
    write(found, asked, work.folder)


def _asked(params: ReportParams) -> ReportAsked:
    if sum(map(bool, (params.day, params.month, params.order, params.alert))) != 1:
        raise RefusedError("请在 day、month、order、alert 中恰好给出一项", "give exactly one of day, month, order and alert")
    if params.unit and not (params.day or params.month):
        raise RefusedError("unit 只与 day 或 month 同用", "unit goes with day or month alone")
    period = period_asked(params.day, params.month)
    return ReportAsked(period=period, unit=params.unit, order=params.order, alert=params.alert, lang=params.lang)
