"""A table as two files, CSV and Parquet, written row by row."""

import csv
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

Columns = dict[str, pa.DataType]
"""The columns of a table by name."""

BATCH = 10_000
"""Rows that are written at once; a choice."""

ACTIVE = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""How a text begins that a spreadsheet takes for a formula (OWASP, CSV Injection)."""


class TableFiles:
    """The files `name`.csv (RFC 4180, UTF-8 with a byte order mark, which Excel wants) and `name`.parquet of a folder.

    `count`: how many rows they have. Files are whole once it is closed.
    """

    def __init__(self, folder: Path, name: str, columns: Columns) -> None:
        self.count = 0
        self._columns, self._rows = columns, list[dict[str, Any]]()
        self._file = (folder / f"{name}.csv").open("w", encoding="utf-8-sig", newline="")
        self._csv = csv.writer(self._file)
        self._csv.writerow(columns)
        self._parquet = pq.ParquetWriter(folder / f"{name}.parquet", pa.schema(list(columns.items())))

    def __enter__(self) -> "TableFiles":
        """The table."""
        return self

    def __exit__(self, *_: object) -> None:
        """Write what waits and close both files."""
        self._write()
        self._file.close()
        self._parquet.close()

    def take(self, row: dict[str, Any]) -> None:
        """One more row."""
        self.count += 1
        self._rows.append(row)
        if len(self._rows) >= BATCH:
            self._write()

    def _write(self) -> None:
        self._csv.writerows([safe(row[name]) for name in self._columns] for row in self._rows)
        self._parquet.write_table(pa.Table.from_pylist(self._rows, pa.schema(list(self._columns.items()))))
        self._rows.clear()


def safe(value: Any) -> Any:
    """A cell that no spreadsheet reckons with: a text that looks like a formula gets an apostrophe in front.

    >>> safe("=1+1"), safe("-5 °C"), safe(-5.0), safe("a=b")
    ("'=1+1", "'-5 °C", -5.0, 'a=b')
    """
    return f"'{value}" if isinstance(value, str) and value.startswith(ACTIVE) else value
