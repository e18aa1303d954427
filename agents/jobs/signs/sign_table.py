"""The signs of the city as a table of an export: each area's as it stands in the log, with its coverage and its band."""

from collections.abc import Callable
from typing import Any

import pyarrow as pa

from agents.jobs.tables import Columns, ReleasedTables
from agents.jobs.work import Work
from agents.signs.book.read import sign_book
from streams.kafka import clients
from streams.messages import CitySign, Text
from streams.release.sheet import Sheet
from streams.settings import Settings
from streams.topics import topic_name

_TEXT, _INT, _FLOAT = pa.string(), pa.int64(), pa.float64()

COLUMNS: Columns = {
    **dict.fromkeys(("sign", "name_zh", "name_en", "owner", "unit", "provenance", "version", "area"), _TEXT),
    **dict.fromkeys(("at", "state", "since"), _TEXT),
    **dict.fromkeys(("value", "numerator", "denominator"), _FLOAT),
    "valid": _INT,
    "due": _INT,
    "coverage": _FLOAT,
    "newest": _TEXT,
    "late": _INT,
    "corrected": _INT,
    "p10": _FLOAT,
    "p90": _FLOAT,
}
"""Times are RFC 3339, +08:00; `area`: six digits of GB/T 2260, a district or a city; `p10` and `p90`: the adopted baseline's
for the newest full hour before `at`."""

SHEET = Sheet(dict.fromkeys(COLUMNS, "whole"), holds=("output.signs",))
"""How signs leave the system: they are figures of districts and cities, of nobody."""

NAMELESS = Text("", "")


def write_signs(work: Work, wanted: Callable[[CitySign, str], bool], tables: ReleasedTables) -> int:
    """Put the signs that are wanted (by record and owner) into the table `signs`; how many.

    The log keeps the newest record of each: it is what they are now, whatever the period of the export.
    """
    table, book = tables.table("signs", COLUMNS, SHEET), sign_book()
    for each in sorted(signs_of(work.settings, work.log), key=lambda each: (each.sign, each.area)):
        row = book.get(each.sign)
        if wanted(each, row.owner if row else ""):
            table.take(sign_columns(each))
    return table.count


def signs_of(settings: Settings, log: str) -> list[CitySign]:
    """The newest record of each sign and area."""
    return clients.newest_messages(settings, topic_name(log, "signs"), CitySign, "jobs")


def sign_columns(each: CitySign) -> dict[str, Any]:
    """The row of a record; of a sign that the book has no more without its name."""
    row = sign_book().get(each.sign)
    name = row.name if row else NAMELESS
    band = each.band[-1] if each.band else None
    return {
        "sign": each.sign,
        "name_zh": name.zh,
        "name_en": name.en,
        "owner": row.owner if row else "",
        "unit": row.unit if row else "",
        "provenance": row.provenance if row else "",
        "version": each.version,
        "area": each.area,
        "at": each.at,
        "state": each.state,
        "since": each.since,
        "value": each.value,
        "numerator": each.numerator,
        "denominator": each.denominator,
        "valid": each.valid,
        "due": each.due,
        "coverage": each.coverage,
        "newest": each.newest,
        "late": each.late,
        "corrected": each.corrected,
        "p10": band[0] if band else None,
        "p90": band[1] if band else None,
    }
