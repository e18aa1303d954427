"""The files of an archive: `<topic>/<partition>/<first offset>-<last offset>.parquet`, written whole or not at all.

Columns: topic, partition, offset, timestamp (ms, the broker's), key and value (bytes or null). Where the log had no committed
record, but Kafka's own marks and aborted transactions, the file's metadata have the ranges of offsets. A file in which refused
records were redacted has one more: redacted, the stub of such a row (JSON), whose key and value are null. The texts of the rule
books that the log has adopted stand beside them, as `books/<hash>.json`.
"""

import fcntl
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from streams.command import Trouble
from streams.messages import Redacted, Stub
from streams.private import private

SCHEMA = pa.schema(
    [
        pa.field("topic", pa.dictionary(pa.int32(), pa.string()), nullable=False),
        pa.field("partition", pa.int32(), nullable=False),
        pa.field("offset", pa.int64(), nullable=False),
        pa.field("timestamp", pa.int64(), nullable=False),
        pa.field("key", pa.binary()),
        pa.field("value", pa.binary()),
    ]
)

REDACTED = "redacted"
"""The column of the stubs."""

Archived = tuple[str, int, int, bytes | None, bytes | None]
"""Topic, partition, offset, key and value of one record."""

Record = tuple[int, bytes | None, bytes | None]
"""Offset, key and value of one record of a partition."""

BOOKS = "books"
"""The folder of an archive that holds the texts of rule books."""

_HASH = re.compile(r"[0-9a-f]{1,64}")
_BATCH = 4_096  # records in memory while reading
_UNFINISHED = ".tmp"
_STUB = msgspec.json.Decoder(Stub)
_OVERHEAD = 100  # bytes counted for a record beside its key and value


HOLES = b"holes"
"""The file's metadata: first and last offset of each range that the log had no committed record for, as JSON."""

Hole = tuple[int, int]


class Chunk:
    """Records of one partition on their way into a file; `began` is when it was opened (monotonic seconds).

    `expected`: the next offset, None where any may come. `holes`: ranges of offsets that were passed over.
    """

    def __init__(self, began: float, expected: int | None = None) -> None:
        self.began = began
        self.expected = expected
        self.holes: list[Hole] = []
        self.bytes = 0
        self.offsets: list[int] = []
        self.timestamps: list[int] = []
        self.keys: list[bytes | None] = []
        self.values: list[bytes | None] = []

    @property
    def rows(self) -> int:
        """How many records it holds."""
        return len(self.offsets)

    def add(self, offset: int, timestamp: int, key: bytes | None, value: bytes | None) -> None:
        """Take up one record."""
        if self.expected is not None and offset > self.expected:
            self.holes.append((self.expected, offset - 1))
        self.expected = offset + 1
        self.offsets.append(offset)
        self.timestamps.append(timestamp)
        self.keys.append(key)
        self.values.append(value)
        self.bytes += len(key or b"") + len(value or b"") + _OVERHEAD


Beside = Callable[[Path, str, int, Chunk, bytes], None]
"""Writes what stands beside a file before the file does: its path, topic, partition, records, and its bytes."""


def _nothing(*_: object) -> None:
    """Nothing stands beside a file of a log that was never opened."""


def write(root: Path, topic: str, partition: int, chunk: Chunk, beside: Beside = _nothing) -> Path:
    """Write a chunk as one file: it is there whole, on the disk, or it is not there."""
    path = root / topic / str(partition) / f"{chunk.offsets[0]:020d}-{chunk.offsets[-1]:020d}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    made = pa.BufferOutputStream()
    pq.write_table(_columns(topic, partition, chunk), made, compression="zstd")
    data = made.getvalue().to_pybytes()
    with whole(path) as file:
        beside(path, topic, partition, chunk, data)
        file.write(data)
    return path


def write_book(root: Path, key: bytes | None, text: bytes | None) -> None:
    """Keep the text of a rule book, or take it out where there is none any more; what has no hash for a key is left aside."""
    name = (key or b"").decode("utf-8", "replace")
    if not _HASH.fullmatch(name):
        return
    path = root / BOOKS / f"{name}.json"
    if text is None:
        path.unlink(missing_ok=True)
    elif not path.exists() or path.read_bytes() != text:
        path.parent.mkdir(exist_ok=True)
        with whole(path) as file:
            file.write(text)


def read_books(root: Path) -> dict[str, bytes]:
    """The texts of rule books in an archive, by hash."""
    return {path.stem: path.read_bytes() for path in sorted((root / BOOKS).glob("*.json"))}


@contextmanager
def whole(path: Path, ending: str = _UNFINISHED) -> Iterator[BinaryIO]:
    """A file that is on the disk as a whole at the end, or not there, or as it was. `ending`: how it is called until then."""
    unfinished = path.with_suffix(ending)
    try:
        with unfinished.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except OSError as error:
        raise Trouble(
            f"the archive cannot write {path}: {error.strerror}. Nothing is lost: a restart goes on before it"
        ) from error


def _columns(topic: str, partition: int, chunk: Chunk) -> pa.Table:
    rows = chunk.rows
    topics = pa.DictionaryArray.from_arrays(pa.array([0] * rows, pa.int32()), [topic])
    numbers = pa.array([partition] * rows, pa.int32())
    return pa.table(
        [
            topics,
            numbers,
            pa.array(chunk.offsets, pa.int64()),
            pa.array(chunk.timestamps, pa.int64()),
            pa.array(chunk.keys, pa.binary()),
            pa.array(chunk.values, pa.binary()),
        ],
        schema=SCHEMA.with_metadata({HOLES: msgspec.json.encode(chunk.holes)} if chunk.holes else None),
    )


def clean(root: Path) -> None:
    """Remove what a killed process left unfinished."""
    for path in (*root.glob(f"*/*/*{_UNFINISHED}"), *root.glob(f"{BOOKS}/*{_UNFINISHED}")):
        path.unlink()


@contextmanager
def locked(root: Path, lock: str = ".lock") -> Iterator[None]:
    """Hold an archive, or what of it a lock is for, for this process alone; Trouble where another one writes into it."""
    try:
        private(root)
        held = (root / lock).open("w")
    except OSError as error:
        raise Trouble(f"the archive {root} cannot be written: {error.strerror}") from None
    with held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Trouble(
                f"another process is writing the archive {root}: stop that one, or give another place with --out"
            ) from None
        yield


def newest_offset(root: Path, topic: str, partition: int) -> int | None:
    """The last offset that is archived of a partition; None before the first file."""
    return max((last for _, last, _ in _files(root / topic / str(partition))), default=None)


def read_archive(path: Path) -> Iterator[Archived]:
    """Every record of an archive, by topic, partition and offset; Trouble where there is none, and as by `read_partition`."""
    for topic, partition in partitions(path):
        for records in read_partition(path, topic, partition):
            for record in records:
                yield (topic, partition, *record)


def partitions(path: Path) -> list[tuple[str, int]]:
    """The topics and partitions that an archive has files of, in order; Trouble where there is no archive."""
    found = sorted((place.parent.name, int(place.name)) for place in path.glob("*/*") if place.name.isdigit())
    if not found:
        raise Trouble(f"there is no archive in {path}: `python -m streams archive --log LOG --out {path}` makes one")
    return found


def read_partition(path: Path, topic: str, partition: int) -> Iterator[list[Record]]:
    """The records of one partition of an archive in batches, by offset, in bounded memory.

    Trouble where a file cannot be read, and where offsets are missing: those of an events topic follow each other, from
    whatever first one retention left, but for the holes that the archiver saw in the log itself.
    """
    expected: int | None = None
    for _, _, file in files_of(path, topic, partition):
        holes, chunks = _read(file)
        behind = {first: last + 1 for first, last in holes}
        for records in chunks:
            number = records[0][0] if expected is None else expected
            if not behind and [record[0] for record in records] == list(range(number, number + len(records))):
                expected = number + len(records)
                yield records
                continue
            for record in records:
                number = behind.get(number, number)
                if record[0] != number:
                    raise Trouble(f"{file}: the record after offset {number - 1} is {record[0]}; archived records are missing")
                number += 1
            expected = number
            yield records


def count(path: Path) -> int:
    """How many records an archive holds, by the names of its files."""
    return sum(last - first + 1 for place in partitions(path) for first, last, _ in files_of(path, *place))


def files_of(path: Path, topic: str, partition: int) -> list[tuple[int, int, Path]]:
    """First and last offset and path of the files of a partition, in order."""
    return _files(path / topic / str(partition))


def _files(folder: Path) -> list[tuple[int, int, Path]]:
    """First and last offset and path of a partition's files, in order."""
    names = ((path.stem.partition("-"), path) for path in folder.glob("*-*.parquet"))
    return sorted((int(first), int(last), path) for (first, _, last), path in names)


def _read(path: Path) -> tuple[list[Hole], Iterator[list[Record]]]:
    """The holes in a file, and its records."""
    try:
        schema = pq.read_schema(path)
        told = (schema.metadata or {}).get(HOLES, b"[]")
        records = _with_stubs(path) if REDACTED in schema.names else _records(path)
        return msgspec.json.decode(told, type=list[Hole]), records
    except (OSError, pa.ArrowInvalid, msgspec.DecodeError) as error:
        raise Trouble(f"the archive's file {path} cannot be read: {error}") from None


def _records(path: Path) -> Iterator[list[Record]]:
    try:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(_BATCH, columns=["offset", "key", "value"]):
                offsets, keys, values = batch.columns
                yield list(zip(offsets.to_numpy().tolist(), _rows(keys), _rows(values), strict=True))
    except (OSError, pa.ArrowInvalid) as error:
        raise Trouble(f"the archive's file {path} cannot be read: {error}") from None


def _rows(column: pa.Array) -> list[bytes | None]:
    """The bytes of a column's rows, cut out of its buffer: `to_pylist` makes an object of Arrow's for each of them first."""
    if column.type != pa.binary():
        return column.to_pylist()  # type: ignore[no-any-return]
    _, edges, buffer = column.buffers()
    ends = memoryview(edges).cast("i")[column.offset : column.offset + len(column) + 1].tolist()
    first = ends[0]
    data = b"" if buffer is None else buffer.slice(first, ends[-1] - first).to_pybytes()
    rows = [data[begin - first : end - first] for begin, end in pairwise(ends)]
    if column.null_count:
        there = column.is_valid().to_numpy(zero_copy_only=False)
        return [row if valid else None for row, valid in zip(rows, there.tolist(), strict=True)]
    return rows


def _with_stubs(path: Path) -> Iterator[list[Record]]:
    """The records of a file of which some are redacted."""
    try:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(_BATCH, columns=["offset", "key", "value", REDACTED]):
                rows = zip(*(batch.column(name).to_pylist() for name in ("offset", "key", "value", REDACTED)), strict=True)
                yield [
                    (offset, *((key, value) if stub is None else (None, read_stub(stub)))) for offset, key, value, stub in rows
                ]
    except (OSError, pa.ArrowInvalid, msgspec.DecodeError) as error:
        raise Trouble(f"the archive's file {path} cannot be read: {error}") from None


def read_stub(stub: bytes) -> Redacted:
    """The value of a row that has a stub; msgspec.DecodeError where that is none."""
    return Redacted(_STUB.decode(stub))
