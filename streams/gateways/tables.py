"""Rows of a table as text, and CloudEvents of a JSON-lines file, one by one."""

import csv
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from streams.catalogue import domains
from streams.command import Trouble
from streams.gateways.timeline import Undated
from streams.messages import TICK, DecodeError, decode_event, parse_time


def read_table(path: Path) -> Iterator[list[str]]:
    """The header and then the rows of a CSV or Parquet file, each cell as text (empty where Parquet has a null)."""
    return _parquet(path) if path.suffix.lower() == ".parquet" else _csv(path)


def _csv(path: Path) -> Iterator[list[str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file)
            yield from (row for row in reader if row)
    except UnicodeDecodeError as error:
        raise Trouble(f"{path} is not UTF-8 ({error.reason}): convert it, as by `iconv -f gb18030 -t utf-8`") from None
    except csv.Error as error:
        raise Trouble(f"{path}, line {reader.line_num}: {error} (is a quotation mark left open?)") from None


def _parquet(path: Path) -> Iterator[list[str]]:
    try:
        file = pq.ParquetFile(path)
    except pa.ArrowInvalid as error:
        raise Trouble(f"{path} is no Parquet file: {error}") from None
    with file:
        yield list(file.schema_arrow.names)
        for batch in file.iter_batches():
            columns = [["" if cell is None else str(cell) for cell in column.to_pylist()] for column in batch.columns]
            yield from map(list, zip(*columns, strict=True))


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
            if type_ == TICK and at is not None:
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
