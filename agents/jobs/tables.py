"""Tables that leave the system, each as CSV and Parquet, and xlsx: the only way in which rows become files here."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, Self, TypeVar

import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter

from streams.catalogue.described import DescribedType, catalogue
from streams.release.aliases import Aliases
from streams.release.cells import held, safe_cell
from streams.release.sheet import Sheet, released

Row = TypeVar("Row")

Columns = dict[str, pa.DataType]
"""The columns of a table by name."""

BATCH = 10_000
"""Rows that are written at once; a choice."""


class TableFiles:
    """The files `name`.csv (RFC 4180, UTF-8 with a byte order mark, which Excel wants) and `name`.parquet of a folder.

    With `workbook` also `name`.xlsx, in which nothing is a formula or a link. A text that a cell cannot hold is cut there and
    says so; `cut`: how many cells that are.

    Rows leave as their sheet says (`streams.release`). `count`: how many there are; `small`: how many of them lost their place
    in a small cell; `districts`: those that they are of. Files are whole once it is closed.
    """

    def __init__(
        self, folder: Path, name: str, columns: Columns, sheet: Sheet, aliases: Aliases, *, workbook: bool = False
    ) -> None:
        if strange := sorted(columns.keys() ^ sheet.columns.keys()):
            raise KeyError(f"table {name}: nobody has said how {', '.join(strange)} leaves the system")
        self.count = self.small = 0
        self.districts = set[str]()
        self.sheet = sheet
        self._aliases, self._columns, self._rows = aliases, columns, list[dict[str, Any]]()
        self._file = (folder / f"{name}.csv").open("w", encoding="utf-8-sig", newline="")
        self._csv = csv.writer(self._file)
        self._csv.writerow(columns)
        self._parquet = pq.ParquetWriter(folder / f"{name}.parquet", pa.schema(list(columns.items())))
        self._book = _Workbook(folder / f"{name}.xlsx", name, list(columns)) if workbook else None

    @property
    def cut(self) -> int:
        """How many cells of the workbook hold a part of their text."""
        return 0 if self._book is None else self._book.cut

    def take(self, row: dict[str, Any]) -> None:
        """One more row, as it stands in the log."""
        self.count += 1
        if code := row.get("adcode"):
            self.districts.add(code[:6])
        self._rows.append(row)
        if len(self._rows) >= BATCH and not self.sheet.cell:
            self.settle()

    def settle(self) -> None:
        """Write what waits; where small cells count, all rows must have been taken."""
        found = released(self.sheet, self._rows, self._aliases)
        for some in batched(found, BATCH):
            rows = [row for row, _ in some]
            self.small += sum(small for _, small in some)
            self._csv.writerows([safe_cell(row[name]) for name in self._columns] for row in rows)
            self._parquet.write_table(pa.Table.from_pylist(rows, pa.schema(list(self._columns.items()))))
            if self._book is not None:
                self._book.write(rows)
        self._rows.clear()

    def close(self, metadata: Mapping[bytes, bytes]) -> None:
        """Write the rest and close both files; what is said of them stands in the Parquet file's metadata."""
        self.settle()
        self._parquet.add_key_value_metadata(metadata)
        self.abandon()

    def abandon(self) -> None:
        """Close the files as they are: nobody will see them."""
        self._file.close()
        self._parquet.close()
        if self._book is not None:
            self._book.close()


class _Workbook:
    """An Excel file of one sheet, written row by row."""

    def __init__(self, path: Path, name: str, columns: list[str]) -> None:
        plain = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        self.cut = 0
        self._book, self._columns, self._at = xlsxwriter.Workbook(path, plain), columns, 1
        self._sheet = self._book.add_worksheet(name)
        self._sheet.write_row(0, 0, columns, self._book.add_format({"bold": True}))
        self._sheet.freeze_panes(1, 0)

    def write(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Write more rows; what is not known stays an empty cell."""
        for row in rows:
            self._sheet.write_row(self._at, 0, [self._cell(row[name]) for name in self._columns])
            self._at += 1

    def _cell(self, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        shown = held(value)
        self.cut += shown != value
        return shown

    def close(self) -> None:
        """Write the file."""
        self._book.close()


class ReleasedTables:
    """The tables of one export in a folder, which leave with the same pseudonyms; used with `with`.

    `tables`: those that there are, by name.
    """

    def __init__(self, folder: Path, aliases: Aliases) -> None:
        self.tables: dict[str, TableFiles] = {}
        self._folder, self._aliases = folder, aliases

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for each in self.tables.values():
            each.abandon()

    def table(self, name: str, columns: Columns, sheet: Sheet, *, workbook: bool = False) -> TableFiles:
        """A further table."""
        made = self.tables[name] = TableFiles(self._folder, name, columns, sheet, self._aliases, workbook=workbook)
        return made

    @property
    def rows(self) -> dict[str, int]:
        """How many rows each has."""
        return {name: each.count for name, each in self.tables.items()}

    @property
    def districts(self) -> set[str]:
        """The districts of them all."""
        return set().union(*(each.districts for each in self.tables.values()))

    @property
    def holds(self) -> list[DescribedType]:
        """The types whose records stand in those that have rows; of all where none has any."""
        used = [each for each in self.tables.values() if each.count] or list(self.tables.values())
        return [catalogue()[name] for name in dict.fromkeys(name for each in used for name in each.sheet.holds)]

    @property
    def cut(self) -> int:
        """How many cells of workbooks hold a part of their text, as far as rows are written."""
        return sum(each.cut for each in self.tables.values())

    def settle(self) -> int:
        """Write all rows; how many lost their place in a small cell."""
        for each in self.tables.values():
            each.settle()
        return sum(each.small for each in self.tables.values())

    def close(self, metadata: Mapping[bytes, bytes]) -> None:
        """Close all files."""
        for each in self.tables.values():
            each.close(metadata)
        self.tables = {}


def batched(rows: Iterable[Row], most: int) -> Iterator[list[Row]]:
    """Rows in lists of at most so many."""
    found = iter(rows)
    while some := list(islice(found, most)):
        yield some
