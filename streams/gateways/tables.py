"""Rows of a table as text, and CloudEvents of a JSON-lines file, one by one."""

import codecs
import csv
import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq
from python_calamine import CalamineError, SheetVisibleEnum, load_workbook

from streams.catalogue import domains
from streams.command import Trouble
from streams.gateways.timeline import Undated
from streams.messages import RESUMED, TICK, DecodeError, decode_event, parse_time

SHEETS = frozenset({".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"})
"""Names of files that hold sheets end so."""

SEPARATORS = ",;\t"
BROKEN = "\ufffd"
"""What stands where bytes are no text in the file's encoding."""

_ESCAPED = re.compile("[\ud800-\udfff]")  # what Python makes of a byte that is no text
_PIECE = 1 << 20  # bytes read at once
_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


class Record(NamedTuple):
    """One row: its number from 1 (in a text the line where it begins) and its cells as text, empty where there is nothing."""

    line: int
    cells: list[str]

    def fitted(self, width: int) -> "Record":
        """The row without empty cells beyond the width of the header."""
        return self if any(map(str.strip, self.cells[width:])) else Record(self.line, self.cells[:width])


class Table(NamedTuple):
    """An open table: how it is written, its rows (the header first), and what else is in the file and not read."""

    form: str
    rows: Iterator[Record]
    unread: tuple[str, ...] = ()


def read_table(path: Path) -> Table:
    """The rows of a file, by its name: Parquet, sheets, or text in UTF-8, UTF-16 or GB18030 with its own separator."""
    suffix = path.suffix.lower()
    if suffix == ".parquet":
        return Table("Parquet", _parquet(path))
    return _sheets(path) if suffix in SHEETS else _text(path)


def _text(path: Path) -> Table:
    encoding = encoding_of(path)
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        first = file.readline()
    separator = max(SEPARATORS, key=first.count)
    return Table(f"{encoding.removesuffix('-sig')}, separated by {separator!r}", _csv(path, encoding, separator))


def _csv(path: Path, encoding: str, separator: str) -> Iterator[Record]:
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        reader = csv.reader(file, delimiter=separator)
        line = 1
        try:
            for row in reader:
                if any(map(str.strip, row)):
                    yield Record(line, row)
                line = reader.line_num + 1
        except csv.Error as error:
            raise Trouble(f"{path}, line {reader.line_num}: {error} (is a quotation mark left open?)") from None


def encoding_of(path: Path) -> str:
    """The encoding of a text: by its mark, the zeros of UTF-16, else UTF-8 or GB18030, whichever fits but for single bytes."""
    with path.open("rb") as file:
        head = file.read(512)
    marked = next((name for mark, name in _MARKS.items() if head.startswith(mark)), "")
    if marked:
        return marked
    if head[1::2].count(0) > len(head) // 4 or head[::2].count(0) > len(head) // 4:
        return "utf-16-le" if head[1::2].count(0) > head[::2].count(0) else "utf-16-be"
    fits = [encoding for encoding in ("utf-8", "gb18030") if _is_in(path, encoding)]
    if not fits:
        raise Trouble(f"{path} is neither UTF-8 nor GB18030 nor UTF-16: is it a text at all? Save it as CSV in UTF-8")
    return fits[0]


def _is_in(path: Path, encoding: str) -> bool:
    """Whether a text is in an encoding: of ten characters beyond ASCII at most one cannot be read."""
    decoder = codecs.getincrementaldecoder(encoding)(errors="surrogateescape")
    broken = beyond = 0
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            if not piece.isascii():
                text = decoder.decode(piece)
                broken += len(_ESCAPED.findall(text))
                beyond += len(text) - len(text.encode("ascii", "ignore"))
    return broken * 10 <= beyond


def _sheets(path: Path) -> Table:
    try:
        book = load_workbook(path)
        visible = [sheet.name for sheet in book.sheets_metadata if sheet.visible == SheetVisibleEnum.Visible]
        rows = {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in visible}
    except CalamineError as error:
        raise Trouble(f"{path} is no workbook that can be read: {error}") from None
    filled = [name for name in visible if rows[name]]
    if not filled:
        raise Trouble(f"{path} has no visible sheet with anything in it")
    return Table(f"sheet {filled[0]}", _sheet(rows[filled[0]]), tuple(filled[1:]))


def _sheet(rows: Sequence[Sequence[object]]) -> Iterator[Record]:
    """A sheet's rows; a day in a column that has times of day is its midnight."""
    timed = {n for row in rows for n, cell in enumerate(row) if isinstance(cell, datetime)}
    for line, row in enumerate(rows, 1):
        cells = [_cell(cell, n in timed) for n, cell in enumerate(row)]
        if any(cells):
            yield Record(line, cells)


def _cell(cell: object, timed: bool) -> str:
    """A cell as it would stand in a CSV file: whole numbers without a point, times to the second."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return f"{cell + timedelta(milliseconds=500):%Y-%m-%d %H:%M:%S}"
    if isinstance(cell, date):
        return f"{cell:%Y-%m-%d} 00:00:00" if timed else f"{cell:%Y-%m-%d}"
    if isinstance(cell, timedelta):
        minutes, seconds = divmod(round(cell.total_seconds()), 60)
        return f"{minutes // 60:02d}:{minutes % 60:02d}:{seconds:02d}"
    return str(cell)


def _parquet(path: Path) -> Iterator[Record]:
    try:
        file = pq.ParquetFile(path)
    except pa.ArrowInvalid as error:
        raise Trouble(f"{path} is no Parquet file: {error}") from None
    with file:
        yield Record(1, list(file.schema_arrow.names))
        line = 1
        for batch in file.iter_batches():
            columns = [["" if cell is None else str(cell) for cell in column.to_pylist()] for column in batch.columns]
            for cells in zip(*columns, strict=True):
                line += 1
                yield Record(line, list(cells))


def read_events(path: Path, domain: str) -> Iterator[Undated]:
    """The lines of a JSON-lines file of CloudEvents, as they stand.

    A file that has ticks says itself when its events arrive: at the newest tick above them. Without ticks an event arrives at
    its own time, which may be unreadable. Events of a type that no domain has go to `domain`.
    """
    newest_tick: int | None = None
    with path.open("rb") as file:
        for line in file:
            value = line.rstrip(b"\r\n")
            type_, subject, at = _outline(value)
            if type_ in {TICK, RESUMED} and at is not None:
                newest_tick = at
            elif value:
                owner = type_.partition(".")[0]
                yield Undated(newest_tick or at, owner if owner in domains() else domain, subject.encode(), value)


def _outline(value: bytes) -> tuple[str, str, int | None]:
    """Type, subject and time (ms) of a CloudEvent, as far as the bytes say them."""
    try:
        event = decode_event(value)
    except DecodeError:
        return "", "", None
    try:
        return event.type, event.subject, parse_time(event.time)
    except (ValueError, OverflowError):
        return event.type, event.subject, None


def is_event_lines(path: Path) -> bool:
    """Whether a file holds CloudEvents, by its name."""
    return path.suffix.lower() in {".jsonl", ".ndjson", ".json"}
