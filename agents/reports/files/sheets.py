"""The rows of a report: one workbook with a sheet for each table, and a CSV file for each. Numbers stay numbers."""

import csv
from datetime import UTC, datetime
from io import BytesIO, StringIO

from xlsxwriter import Workbook

from agents.reports.papers.paper import Cell, Chart, Form, Paper, PaperColumn, PaperTable
from streams.messages import SECOND
from streams.release.cells import CELL, held, safe_cell, writable

FORMATS: dict[Form, str] = {"count": "#,##0", "share": "0.0%", "hours": "#,##0.0", "number": "0", "text": "@", "code": "@"}
"""How the cells of each form are shown."""

WIDTH = 14
"""Characters of a column of width 1."""

NOTE = "说明 Note"
"""The name of the sheet that says what is cut."""

SHEET_NAME = 31
"""Characters of the name of a sheet (the format's limit)."""


def tables_of(paper: Paper) -> list[PaperTable]:
    """The tables of a paper, its charts as tables."""
    found: list[PaperTable] = []
    for section in paper.sections:
        for block in section.blocks:
            if isinstance(block, PaperTable):
                found.append(block)
            elif isinstance(block, Chart):
                found.append(_of_chart(block))
    return found


def workbook(paper: Paper) -> bytes:
    """The tables as xlsx, the same bytes for the same paper.

    A text that a cell cannot hold is cut and says so; a last sheet, with which the workbook opens, says how many these are.
    """
    file = BytesIO()
    book = Workbook(file, {"in_memory": True})
    created = datetime.fromtimestamp(paper.at / SECOND, UTC).replace(tzinfo=None)
    book.set_properties({"title": f"{paper.title} {paper.subtitle}", "created": created})
    head = book.add_format({"bold": True, "bg_color": "#F3F5F7", "bottom": 1, "text_wrap": True})
    forms = {form: book.add_format({"num_format": shown}) for form, shown in FORMATS.items()}
    cut = 0
    for table in tables_of(paper):
        sheet = book.add_worksheet(table.name[:SHEET_NAME])
        sheet.freeze_panes(1, 0)
        for x, column in enumerate(table.columns):
            sheet.set_column(x, x, WIDTH * column.width, forms[column.form])
            sheet.write_string(0, x, writable(column.title), head)
        for y, row in enumerate(table.rows, 1):
            for x, cell in enumerate(row):
                if isinstance(cell, str):
                    shown = held(writable(cell))
                    cut += shown != writable(cell)
                    sheet.write_string(y, x, shown)
                elif cell is not None:
                    sheet.write_number(y, x, cell, forms[table.columns[x].form])
    if cut:
        _note(book, cut)
    book.close()
    return file.getvalue()


def _note(book: Workbook, cut: int) -> None:
    sheet = book.add_worksheet(NOTE)
    sheet.write_string(0, 0, f"{cut:,} 个单元格的文字超过 {CELL:,} 字符，已截断；全文见 CSV。")
    sheet.write_string(1, 0, f"{cut:,} cells hold a part of a text of more than {CELL:,} characters; CSV has all of it.")
    sheet.activate()


def csv_files(paper: Paper) -> dict[str, bytes]:
    """A file for each table, by name: RFC 4180, UTF-8 with a byte order mark, which Excel wants."""
    return {f"{table.name}.csv": _csv(table) for table in tables_of(paper)}


def _csv(table: PaperTable) -> bytes:
    file = StringIO(newline="")
    rows = csv.writer(file)
    rows.writerow([column.title for column in table.columns])
    rows.writerows([safe_cell(cell) for cell in row] for row in table.rows)
    return b"\xef\xbb\xbf" + file.getvalue().encode("utf-8", "replace")


def _of_chart(chart: Chart) -> PaperTable:
    columns = (PaperColumn(chart.axis, "code", 0.6), *(PaperColumn(each.title, "count") for each in chart.series))
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (label, *(each.values[slot] for each in chart.series)) for slot, label in enumerate(chart.labels)
    )
    return PaperTable(name=chart.name, title=chart.title, columns=columns, rows=rows)
