"""Refused records taken out of an archive's files: a stub in the place of key and value, everything else as it was.

A file is written beside the one that is there and takes its place by one rename: a process that is killed leaves the old one
or the new one.
"""

from collections.abc import Mapping
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
from msgspec.structs import replace

from streams.archive.files import REDACTED, read_stub, whole
from streams.archive.manifests import MANIFEST, SALT, file_fault
from streams.command import Trouble
from streams.messages import Stub
from streams.signing.proofs.manifest import read_manifest, row_leaf
from streams.signing.suites import SUITES

LOCK = ".redact.lock"
"""The lock of an archive for whoever redacts it: the archive may be followed at the same time."""

_UNFINISHED = ".redacting"


def redact_file(root: Path, path: Path, stubs: Mapping[int, Stub]) -> int:
    """Put stubs in the place of the records of a file at these offsets; how many were not redacted before.

    Trouble where the file cannot be read or written, and where it is not the one of its manifest: then nothing changes.
    """
    try:
        table = pq.read_table(path)
        rows = table.select(["offset", "timestamp", "key", "value"]).to_pylist()
        kept = table.column(REDACTED).to_pylist() if REDACTED in table.column_names else [None] * len(rows)
    except (OSError, pa.ArrowInvalid) as error:
        raise Trouble(f"the archive's file {path} cannot be read: {error}") from None
    new = {n: stubs[row["offset"]] for n, row in enumerate(rows) if kept[n] is None and row["offset"] in stubs}
    if not new:
        return 0
    if path.with_suffix(MANIFEST).exists():
        name, secret = _proven(root, path)
        new = {n: replace(stub, leaf=row_leaf(name, secret, *rows[n].values()).hex()) for n, stub in new.items()}
    for n, stub in new.items():
        kept[n] = msgspec.json.encode(stub)
        rows[n]["key"] = rows[n]["value"] = None
    for name in ("key", "value"):
        table = table.set_column(table.column_names.index(name), name, [pa.array([row[name] for row in rows], pa.binary())])
    if REDACTED in table.column_names:
        table = table.drop_columns([REDACTED])
    with whole(path, _UNFINISHED) as file:
        pq.write_table(table.append_column(REDACTED, pa.array(kept, pa.binary())), file, compression="zstd")
    return len(new)


def clean(root: Path) -> None:
    """Remove what a killed process left unfinished."""
    for path in root.glob(f"*/*/*{_UNFINISHED}"):
        path.unlink()


def stubs_in(path: Path) -> dict[int, Stub]:
    """The redacted rows of a file, by offset; Trouble where it cannot be read."""
    try:
        if REDACTED not in pq.read_schema(path).names:
            return {}
        table = pq.read_table(path, columns=["offset", REDACTED])
        rows = zip(table.column("offset").to_pylist(), table.column(REDACTED).to_pylist(), strict=True)
        return {offset: read_stub(stub).stub for offset, stub in rows if stub is not None}
    except (OSError, pa.ArrowInvalid, msgspec.DecodeError) as error:
        raise Trouble(f"the archive's file {path} cannot be read: {error}") from None


def _proven(root: Path, path: Path) -> tuple[str, bytes]:
    """The hash and the own key of a file that is the one of its manifest."""
    name = "/".join((*path.parts[-3:-1], path.stem))
    try:
        signed, manifest = read_manifest(path.with_suffix(MANIFEST).read_bytes())
        secret, suite = path.with_suffix(SALT).read_bytes(), SUITES[signed.suite]
    except (OSError, ValueError, KeyError) as error:
        raise Trouble(f"{path} is not redacted: its manifest or its own key cannot be read: {error}") from None
    if wrong := file_fault(root, name, manifest, suite.hash):
        raise Trouble(f"{path} is not redacted: {wrong.message}. See what `python -m agents audit verify --archive` finds")
    return suite.hash, secret
