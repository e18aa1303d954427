"""Workbooks (ECMA-376) written by hand, so that what reads them is tried with files of no library of its own."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from xml.sax.saxutils import escape
from zipfile import ZipFile

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"
FORMATS = {date: (1, 14), datetime: (2, 22), timedelta: (3, 46)}
"""Style and number format of a cell by its type (ECMA-376 18.8.30: 14 is a date, 22 one with a time, 46 a duration)."""

Cell = str | float | date | timedelta | None


def write_workbook(path: Path, sheets: dict[str, Sequence[Sequence[Cell]]]) -> None:
    """A workbook of these sheets; dates, times and durations are numbers of days with a format, as Excel keeps them."""
    names = list(sheets)
    with ZipFile(path, "w") as file:
        parts = "".join(
            f'<Override PartName="/xl/worksheets/{n}.xml" ContentType="{SHEET}.worksheet+xml"/>' for n in range(len(names))
        )
        kinds = f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>{parts}'
        book = f'<Override PartName="/xl/workbook.xml" ContentType="{SHEET}.sheet.main+xml"/>'
        styles = f'<Override PartName="/xl/styles.xml" ContentType="{SHEET}.styles+xml"/>'
        file.writestr("[Content_Types].xml", f'<Types xmlns="{TYPES}">{kinds}{book}{styles}</Types>')
        file.writestr("_rels/.rels", _related([("book", "officeDocument", "xl/workbook.xml")]))
        listed = "".join(f'<sheet name="{escape(name)}" sheetId="{n + 1}" r:id="s{n}"/>' for n, name in enumerate(names))
        file.writestr("xl/workbook.xml", f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{listed}</sheets></workbook>')
        related = [(f"s{n}", "worksheet", f"worksheets/{n}.xml") for n in range(len(names))]
        file.writestr("xl/_rels/workbook.xml.rels", _related([*related, ("styles", "styles", "styles.xml")]))
        formats = "".join(f'<xf numFmtId="{number}"/>' for number in (0, 14, 22, 46))
        file.writestr("xl/styles.xml", f'<styleSheet xmlns="{MAIN}"><cellXfs>{formats}</cellXfs></styleSheet>')
        for n, name in enumerate(names):
            rows = "".join(f'<row r="{r}">{"".join(_cells(row, r))}</row>' for r, row in enumerate(sheets[name], 1))
            file.writestr(f"xl/worksheets/{n}.xml", f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>')


def _related(parts: list[tuple[str, str, str]]) -> str:
    each = "".join(f'<Relationship Id="{id_}" Type="{OFFICE}/{kind}" Target="{target}"/>' for id_, kind, target in parts)
    return f'<Relationships xmlns="{PACKAGE}">{each}</Relationships>'


def _cells(row: Sequence[Cell], number: int) -> Iterator[str]:
    for n, cell in enumerate(row):
        place = f"{chr(ord('A') + n)}{number}"
        if isinstance(cell, str):
            yield f'<c r="{place}" t="inlineStr"><is><t>{escape(cell)}</t></is></c>'
        elif cell is not None:
            style = FORMATS[type(cell)][0] if type(cell) in FORMATS else 0
            yield f'<c r="{place}" s="{style}"><v>{_days(cell)!r}</v></c>'


def _days(cell: float | date | timedelta) -> float:
    if isinstance(cell, timedelta):
        return cell / timedelta(days=1)
    if isinstance(cell, datetime):
        return (cell - datetime(1899, 12, 30)) / timedelta(days=1)
    return (cell - date(1899, 12, 30)).days if isinstance(cell, date) else cell
