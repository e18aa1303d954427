"""The manifests of an archive's files: beside each file of an opened log, signed with the archive's key, and checked again.

`<first>-<last>.manifest` is the statement, `<first>-<last>.salt` the file's own key, for its owner alone. Both stand before the
file does: a process that is killed leaves a manifest without a file, never a file without its manifest.
"""

import os
from collections.abc import Callable, Iterator
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from secrets import token_bytes

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
from msgspec import Struct

from streams.archive.files import HOLES, REDACTED, Chunk, Hole, read_stub
from streams.archive.verdicts import holds
from streams.signing.machine.part import Part
from streams.signing.proofs.manifest import Manifest, row_leaf, rows_root
from streams.signing.state import Trust
from streams.signing.suites import SUITES

MANIFEST, SALT = ".manifest", ".salt"
_BATCH = 4_096


class Manifests:
    """Writes the manifest of each file, where the log was opened."""

    def __init__(self, part: Part, trust: Callable[[], Trust] = Trust) -> None:
        """`part`: what the archive signs with. `trust`: the keys of the log as `<log>.keys` has them now."""
        self._part = part
        self._trust = trust

    def write(self, path: Path, topic: str, partition: int, chunk: Chunk, data: bytes) -> None:
        """Write the manifest and the key of a file that is about to be there; nothing in a log that was never opened."""
        key = self._part.key
        if key is None:
            return
        name, secret, trust = SUITES[key.suite].hash, token_bytes(32), self._trust()
        verdicts = [(offset, holds(trust, value)) for offset, value in zip(chunk.offsets, chunk.values, strict=True)]
        rows = zip(chunk.offsets, chunk.timestamps, chunk.keys, chunk.values, strict=True)
        made = Manifest(
            logid=self._part.logid,
            file=f"{topic}/{partition}/{path.stem}",
            rows=chunk.rows,
            root=rows_root(name, [row_leaf(name, secret, *row) for row in rows]),
            holes=tuple((first, last) for first, last in chunk.holes),
            failed=tuple(offset for offset, held in verdicts if held is False),
            size=len(data),
            digest=sha256(data).hexdigest(),
            signed=sum(held is not None for _, held in verdicts),
        )
        _put(path.with_suffix(SALT), secret)
        _put(path.with_suffix(MANIFEST), made.stored(key))


def manifests_of(root: Path) -> Iterator[tuple[str, Path]]:
    """Name (`<topic>/<partition>/<first>-<last>`) and manifest of every file of an archive that has both."""
    for path in sorted(root.glob(f"*/*/*{MANIFEST}")):
        if path.with_suffix(".parquet").exists():
            yield "/".join((*path.parts[-3:-1], path.stem)), path


def clean(root: Path) -> None:
    """Remove what stands beside a file that never came to be; the manifest of one that was deleted past its ceiling stays."""
    for end in (MANIFEST, SALT):
        for path in root.glob(f"*/*/*{end}"):
            left = end == MANIFEST and path.with_suffix(".expired").exists()
            if not (left or path.with_suffix(".parquet").exists()):
                path.unlink()


class Fault(Struct, frozen=True):
    """What is wrong with a file: in words, and whether it is not there at all."""

    message: str
    missing: bool = False


def file_fault(root: Path, name: str, manifest: Manifest, hash_name: str) -> Fault | None:
    """How the file of this name differs from what its manifest says; None where it is the one that was written.

    So it is too where rows of it were redacted since: of these the leaf counts that their stub has kept.
    `hash_name`: the hash of the suite that has signed the manifest.
    """
    path = root / f"{name}.parquet"
    try:
        data = path.read_bytes()
    except OSError:
        return Fault("the file is not there", missing=True)
    if manifest.file != name:
        return Fault(f"its manifest is that of {manifest.file}")
    same = sha256(data).hexdigest() == manifest.digest
    try:
        secret = path.with_suffix(SALT).read_bytes()
    except OSError:
        return None if same else Fault("its bytes are others, and the file's own key is gone")
    try:
        rows = _rows(data, secret, hash_name)
        found = _rows_fault(rows, manifest, hash_name)
        return found if found or same or rows.redacted else Fault("its bytes are others, its records the same")
    except (OSError, ValueError) as error:  # pyarrow's and msgspec's errors are ValueErrors
        return Fault(f"it cannot be read: {error}")


class _Rows(Struct, frozen=True):
    offsets: list[int]
    leaves: list[bytes]
    holes: tuple[Hole, ...]
    redacted: bool


def _rows(data: bytes, secret: bytes, name: str) -> _Rows:
    leaves, offsets = [], []
    with pq.ParquetFile(pa.BufferReader(data)) as file:
        told = (file.schema_arrow.metadata or {}).get(HOLES, b"[]")
        holes = tuple(msgspec.json.decode(told, type=list[Hole]))
        redacted = REDACTED in file.schema_arrow.names
        for batch in file.iter_batches(_BATCH, columns=["offset", "timestamp", "key", "value"]):
            for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                offsets.append(row[0])
                leaves.append(row_leaf(name, secret, *row))
        for n, stub in enumerate(file.read([REDACTED]).column(0).to_pylist() if redacted else ()):
            if stub is not None:
                leaves[n] = bytes.fromhex(read_stub(stub).stub.leaf)
    return _Rows(offsets, leaves, holes, redacted)


def _rows_fault(rows: _Rows, manifest: Manifest, name: str) -> Fault | None:
    if len(rows.leaves) != manifest.rows or rows.holes != manifest.holes:
        return Fault(f"it holds {len(rows.leaves)} records, its manifest {manifest.rows}{_first_gap(rows.offsets, rows.holes)}")
    return (
        None if rows_root(name, rows.leaves) == manifest.root else Fault("a record in it was edited or put in another's place")
    )


def _first_gap(offsets: list[int], holes: tuple[Hole, ...]) -> str:
    behind = {first: last + 1 for first, last in holes}
    for before, after in pairwise(offsets):
        if after != behind.get(before + 1, before + 1):
            return f"; the one of offset {before + 1} is missing"
    return ""


def _put(path: Path, data: bytes) -> None:
    """Write a file for its owner alone, whole and durably, in the place of one that is there."""
    beside = path.with_name(f"{path.name}.tmp")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
