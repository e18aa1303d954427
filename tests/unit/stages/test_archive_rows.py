"""Reading an archive back: what was written is read, whatever keys and values are missing, empty or not ASCII."""

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pyarrow.parquet as pq
import pytest

from streams.archive.files import Chunk, Record, read_partition, write
from streams.command import Trouble

TOPIC = "live.events.environment"
BATCH = 4_096
"""How many records are read at once."""


def _records(count: int) -> list[Record]:
    """Records of which some have no key, as ticks, and some no value, an empty one, or bytes beyond ASCII."""
    random = Random(30)
    values = (None, b"", b"{}", "水质".encode(), bytes(range(256)), b"x" * 5_000)
    return [(n, random.choice((None, b"", b"a", "站".encode())), random.choice(values)) for n in range(count)]


def _written(root: Path, records: list[Record]) -> Path:
    chunk = Chunk(0)
    for offset, key, value in records:
        chunk.add(offset, 0, key, value)
    return write(root, TOPIC, 0, chunk)


def _read(root: Path) -> Iterator[Record]:
    return (record for records in read_partition(root, TOPIC, 0) for record in records)


@pytest.mark.parametrize("count", [1, BATCH - 1, BATCH, 2 * BATCH + 1])
def test_records_are_read_as_they_were_written(tmp_path: Path, count: int) -> None:
    """Offset, key and value of each record come back, in one batch and in several; None stays apart from no bytes at all."""
    records = _records(count)
    _written(tmp_path, records)
    assert list(_read(tmp_path)) == records


@pytest.mark.parametrize("missing", ["key", "value"])
def test_a_column_of_which_nothing_is_there_is_read(tmp_path: Path, missing: str) -> None:
    """A partition of ticks alone has no key at all, one of tombstones no value."""
    records: list[Record] = [(n, None, b"{}") if missing == "key" else (n, b"a", None) for n in range(10)]
    _written(tmp_path, records)
    assert list(_read(tmp_path)) == records


def test_a_file_that_another_program_wrote_with_wider_columns_is_read(tmp_path: Path) -> None:
    """Parquet has one form for bytes, but readers may be told of another one: large binary has 64-bit offsets."""
    records = _records(100)
    path = _written(tmp_path, records)
    table = pq.read_table(path)
    wider = [(name, "large_binary") for name in ("key", "value")]
    for name, type_ in wider:
        table = table.set_column(table.schema.get_field_index(name), name, table[name].cast(type_))
    pq.write_table(table, path)
    assert list(_read(tmp_path)) == records


@pytest.mark.parametrize(("files", "wrong"), [(((0, 0, 1),), 0), (((5, 6, 6),), 6), (((0, 1, 0),), 0), (((0, 1), (3, 4)), 3)])
def test_records_out_of_their_order_are_told(tmp_path: Path, files: tuple[tuple[int, ...], ...], wrong: int) -> None:
    """The offsets of a partition follow each other, from file to file too: the first record that does not is named."""
    for offsets in files:
        _written(tmp_path, [(offset, b"a", b"{}") for offset in offsets])
    with pytest.raises(Trouble, match=f"is {wrong}; archived records are missing"):
        list(_read(tmp_path))


def test_a_hole_that_the_archiver_saw_is_passed_over(tmp_path: Path) -> None:
    """Where the log itself had no record, the file says so, and nothing is missing."""
    records: list[Record] = [(offset, b"a", b"{}") for offset in (0, 1, 3, 7, 8)]
    _written(tmp_path, records)
    assert list(_read(tmp_path)) == records
