"""Kind `export`: alerts and orders of a period, and signs, as de-identified tables, CSV and Parquet; or alerts as CAP messages.

Tables leave by `streams.release` alone: pseudonyms of this export, coarse places and times, no text of people, of a level of
their own. CAP messages are for other systems of warning, which must know the place; they never stand beside tables.
"""

import zipfile
from collections.abc import Iterable, Sequence
from typing import Any, Literal

import pyarrow as pa
from msgspec import Raw, structs
from msgspec.structs import replace

from agents.jobs.alerts import newest_incidents, revisions
from agents.jobs.order_tables import write_tables
from agents.jobs.signs.sign_table import write_signs
from agents.jobs.tables import Columns, ReleasedTables
from agents.jobs.work import JobPeriod, Work, read, span
from agents.offline.reading import RefusedError
from agents.reports import cap
from agents.rulebook.lint_cases import one_of
from streams.catalogue import domains
from streams.catalogue.described import DescribedType, catalogue
from streams.catalogue.entry import Rank
from streams.catalogue.sight import NOBODY, seen
from streams.messages import DAY, Alert, CitySign, Order, Severity, decode, parse_time
from streams.messages.words import Line
from streams.places import place
from streams.release.aliases import Aliases, fresh_purpose, place_key
from streams.release.level import level_of, refusal
from streams.release.sheet import Alias, Sheet
from streams.release.told import COVER, ReleaseTold, cover, file_metadata, metadata

LONGEST = 3_660 * DAY
MOST = 50_000
"""The longest period, and how many alerts an export holds at most; choices: what fits into memory and into a spreadsheet."""

TABLES = 0.3
"""The share of the work that finding what is wanted is; the rest is writing it."""

COLUMNS: Columns = {
    "id": pa.string(),
    "log": pa.string(),
    "rule": pa.string(),
    "title_zh": pa.string(),
    "title_en": pa.string(),
    "domain": pa.string(),
    "severity": pa.string(),
    "phase": pa.string(),
    "state": pa.string(),
    "ended": pa.bool_(),
    "occurrence": pa.int64(),
    "subject": pa.string(),
    "name_zh": pa.string(),
    "name_en": pa.string(),
    "item": pa.string(),
    "value": pa.float64(),
    "limit": pa.float64(),
    "unit": pa.string(),
    "adcode": pa.string(),
    "lon": pa.float64(),
    "lat": pa.float64(),
    "department": pa.string(),
    "department_zh": pa.string(),
    "department_en": pa.string(),
    "opened_at": pa.string(),
    "raised_at": pa.string(),
    "changed_at": pa.string(),
    "cleared_at": pa.string(),
    "due": pa.string(),
    "clause": pa.string(),
    "edition": pa.string(),
    "article": pa.string(),
    "mark": pa.string(),
    "finding": pa.string(),
}
"""The columns of both tables; times are RFC 3339, +08:00."""


SHEET = Sheet(
    {
        **dict.fromkeys(COLUMNS, "whole"),
        "id": Alias("alert"),
        "subject": Alias("subject"),
        **dict.fromkeys(("name_zh", "name_en"), "out"),
        "adcode": "district",
        **dict.fromkeys(("lon", "lat"), "area"),
        **dict.fromkeys(("opened_at", "raised_at", "changed_at", "cleared_at", "due"), "hour"),
    },
    holds=("output.alerts",),
    cell=("adcode", "rule"),
    place=("adcode", "lon", "lat", "department", "department_zh", "department_en"),
)
"""How alerts leave the system: by what else a subject is known stays out, its name first of all.

A department may be that of one district.
"""


class ExportParams(JobPeriod, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A period, and which alerts and orders of it: empty means all. `districts` are adcodes; an order has no severity.

    Signs stand beside them as they are now, of the domains that answer for them and the areas that are asked for.

    `form`: de-identified tables, or CAP messages of the alerts. `purpose`: what it is for, told on the cover.
    """

    domains: tuple[str, ...] = ()
    severities: tuple[Severity, ...] = ()
    districts: tuple[str, ...] = ()
    form: Literal["tables", "cap"] = "tables"
    purpose: Line = ""


def export(params: Raw, work: Work) -> None:
    """Write the files; RefusedError where there are too many, or the level of all together is not for who asks."""
    asked = read(params, ExportParams)
    begin, end = span(asked.since, asked.until, LONGEST)
    if strange := sorted(set(asked.domains) - domains().keys()):
        raise RefusedError(
            f"没有 {strange[0]!r} 这一领域，可用的有：{'、'.join(sorted(domains()))}",
            f"there is no domain {strange[0]!r}: {one_of(domains())}",
        )

    def wanted(alert: Alert) -> bool:
        return (
            begin <= parse_time(alert.raised_at) < end
            and (not asked.domains or alert.domain in asked.domains)
            and (not asked.severities or alert.severity in asked.severities)
            and (not asked.districts or alert.adcode in asked.districts)
        )

    found: dict[str, bytes] = {}
    known: dict[str, dict[str, None]] = {}
    for number, (alert, value) in enumerate(revisions(work.settings, work.log)):
        if number % 1_000 == 0:
            work.tell(0.0)
        if wanted(alert):
            found[alert.id] = value
            known.setdefault(alert.id, {})[cap.reference(alert, work.sender)] = None
        else:  # another severity than before
            found.pop(alert.id, None)
        if len(found) > MOST:
            raise RefusedError(
                f"时段内的告警超过 {MOST:,} 条，请缩短时段或减少领域",
                f"the period has more than {MOST:,} alerts: choose a shorter one, or fewer domains",
            )
    alerts = sorted((decode(value, Alert) for value in found.values()), key=lambda each: (parse_time(each.raised_at), each.id))

    def of_period(order: Order) -> bool:
        about = {each.link.domain for each in order.alerts}
        return (
            begin <= parse_time(order.opened_at) < end
            and (not asked.domains or not about.isdisjoint(asked.domains))
            and (not asked.districts or order.adcode in asked.districts)
        )

    def of_area(sign: CitySign, owner: str) -> bool:
        return (not asked.domains or owner in asked.domains) and (not asked.districts or sign.area in asked.districts)

    summary: dict[str, Any] = {"log": work.log, "from": begin, "to": end, "alerts": len(alerts)}
    told = ReleaseTold(
        work.log,
        asked.since,
        asked.until,
        asked.purpose,
        *work.asker,
        work.at,
        Rank(),
        {},
        0,
    )
    if asked.form == "cap":
        told = replace(
            told, rank=level_for(work, told.role, [catalogue()["output.alerts"]], len(alerts), {a.adcode for a in alerts})
        )
        _write_cap(work, alerts, known)
        work.write("summary.json", summary | {"release": metadata(told)})
        return
    with ReleasedTables(work.folder, Aliases(place_key(work.settings), f"{asked.purpose}\x1f{fresh_purpose()}")) as tables:
        table = tables.table("alerts", COLUMNS, SHEET)
        for alert in alerts:
            table.take(columns(alert))
        counts = structs.asdict(write_tables(work, of_period, TABLES, tables)) | {"signs": write_signs(work, of_area, tables)}
        rank = level_for(work, told.role, tables.holds, sum(tables.rows.values()), tables.districts)
        told = replace(told, rank=rank, rows=tables.rows, small=tables.settle())
        sheets = {name: each.sheet for name, each in tables.tables.items()}
        tables.close(file_metadata(told))
    (work.folder / COVER).write_text(cover(told, sheets), "utf-8")
    work.write("summary.json", summary | counts | {"release": metadata(told)})


def level_for(work: Work, role: str, types: Sequence[DescribedType], rows: int, districts: Iterable[str]) -> Rank:
    """The level of an export; RefusedError where it is not for the role that asks."""
    all_ = place(work.settings.place).districts.keys()
    rank = level_of(types, rows, everywhere=bool(all_) and {code[:6] for code in districts} >= all_)
    if why := refusal(role, rank):
        raise RefusedError(why.zh, why.en)
    return rank


def columns(alert: Alert) -> dict[str, Any]:
    """The row of an alert, what is marked masked for everybody; its subject is whole, for the sheet makes a pseudonym of it."""
    subject, alert = alert.subject, seen(alert, NOBODY)
    return {
        "id": alert.id,
        "log": alert.log,
        "rule": alert.rule,
        "title_zh": alert.title.zh,
        "title_en": alert.title.en,
        "domain": alert.domain,
        "severity": alert.severity,
        "phase": alert.phase,
        "state": alert.state,
        "ended": alert.ended,
        "occurrence": alert.occurrence,
        "subject": subject,
        "name_zh": alert.name.zh,
        "name_en": alert.name.en,
        "item": alert.item,
        "value": alert.value,
        "limit": alert.limit,
        "unit": alert.unit,
        "adcode": alert.adcode,
        "lon": alert.lon,
        "lat": alert.lat,
        "department": alert.department.id,
        "department_zh": alert.department.name.zh,
        "department_en": alert.department.name.en,
        "opened_at": alert.opened_at,
        "raised_at": alert.raised_at,
        "changed_at": alert.changed_at,
        "cleared_at": alert.cleared_at,
        "due": alert.due,
        "clause": alert.clause.id,
        "edition": alert.clause.edition,
        "article": alert.clause.article,
        "mark": alert.clause.mark,
        "finding": alert.case.finding if alert.case else None,
    }


def _write_cap(work: Work, alerts: list[Alert], known: dict[str, dict[str, None]]) -> None:
    """A message of each alert's newest revision, which refers to those before it that Kafka still has."""
    homes = cap.homes(newest_incidents(work.settings, work.log))
    with zipfile.ZipFile(work.folder / "alerts-cap.zip", "w", zipfile.ZIP_DEFLATED) as file:
        for number, alert in enumerate(alerts):
            if number % 100 == 0:
                work.tell(TABLES + (1 - TABLES) * number / len(alerts))
            own = cap.reference(alert, work.sender)
            earlier = [each for each in known[alert.id] if each != own]
            made = cap.message(alert, earlier, work.sender, homes.get(alert.id, ""))
            file.writestr(zipfile.ZipInfo(f"{cap.identifier(alert)}.xml"), made, zipfile.ZIP_DEFLATED)
