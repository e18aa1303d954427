"""Verdicts on signatures from the manifests of an archive: what was verified when a file was written is not verified again.

A manifest names the records of which not every signature was found to hold: these are verified here, and of all others the
verdict is that they hold. So the outputs are the same bytes. Keys are taken from the partition's own series of the roots, as
its stage takes them.
"""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from msgspec import Struct

from streams.archive.files import files_of
from streams.archive.manifests import MANIFEST, file_fault
from streams.command import Trouble
from streams.kafka.series import folded
from streams.signing.keys import Verify
from streams.signing.proofs.lines import Signed, fault
from streams.signing.proofs.manifest import Manifest, read_manifest
from streams.signing.proofs.seal import MANIFEST as KIND
from streams.signing.state import Trust
from streams.signing.suites import SUITES
from streams.signing.verify import verify
from streams.signing.words import labelled

_EVENT = labelled("event")
"""How the preimages of records begin; the proof of a new key, which is no record's signature, is verified always."""

_BEFORE = 0
"""The number of the opening in the series: before the end of every key, which is asked about apart."""


class _File(Struct, frozen=True):
    """A file of a partition: its offsets, and its manifest where it has one."""

    first: int
    last: int
    path: Path
    signed: Signed | None
    manifest: Manifest | None


class Attested:
    """The verdicts of one partition of an archive; a `Verify` for the record at offset `at`, which whoever judges moves on.

    `taken` and `verified`: how many files are believed, and how many are not, so that all of their signatures are verified:
    those without a manifest or verdicts, and those whose manifest is of a key that has ended, for it may be of any day.
    Trouble where a manifest is not one of the archive's key, or not that of its file.
    """

    def __init__(self, root: Path, topic: str, partition: int, check: Verify = verify) -> None:
        self.at = -1
        self.taken = self.verified = 0
        self._check = check
        self._believed: list[tuple[int, int, frozenset[int]]] = []
        found, series = list[_File](), list[bytes]()
        for first, last, path in files_of(root, topic, partition):
            data = _bytes(path)
            if found and first <= found[-1].last:
                raise _refused(path, f"its offsets begin within those of {found[-1].path.name}")
            found.append(_with_manifest(first, last, path, data, f"{topic}/{partition}/{path.stem}"))
            series += _series(found[-1], data)
        self.logid = (trust := folded((0, value) for value in series).trust).logid
        for file in found:
            if file.manifest is None or file.signed is None or not self._believes(file, file.signed, file.manifest, trust):
                self.verified += 1
            else:
                self.taken += 1
                self._believed.append((file.first, file.last, frozenset(file.manifest.failed)))

    def __call__(self, suite: str, public: str, preimage: bytes, signature: str) -> bool:
        """Whether a signature holds that stands in the record at `at`."""
        return (preimage.startswith(_EVENT) and self._holds()) or self._check(suite, public, preimage, signature)

    def _holds(self) -> bool:
        while self._believed and self._believed[0][1] < self.at:
            del self._believed[0]
        first, _, failed = self._believed[0] if self._believed else (self.at + 1, 0, frozenset())
        return first <= self.at and self.at not in failed

    @staticmethod
    def _believes(file: _File, signed: Signed, manifest: Manifest, trust: Trust) -> bool:
        wrong = fault(signed, KIND, trust, verify, _BEFORE)
        if not wrong and manifest.logid != trust.logid:
            wrong = "it is of another log"
        if wrong:
            raise _refused(file.path, f"its manifest is not the archive's: {wrong}")
        return manifest.signed is not None and trust.keys[signed.kid].ended is None


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Trouble(f"the archive's file {path} cannot be read: {error}") from None


def _with_manifest(first: int, last: int, path: Path, data: bytes, name: str) -> _File:
    try:
        signed, manifest = read_manifest(path.with_suffix(MANIFEST).read_bytes())
    except FileNotFoundError:
        return _File(first, last, path, None, None)
    except (OSError, ValueError) as error:
        raise _refused(path, f"its manifest cannot be read: {error}") from None
    if manifest.file != name:
        raise _refused(path, f"its manifest is that of {manifest.file}")
    if sha256(data).hexdigest() != manifest.digest and not _redacted(path, name, signed, manifest):
        raise _refused(path, "its bytes are not those of its manifest")
    return _File(first, last, path, signed, manifest)


def _redacted(path: Path, name: str, signed: Signed, manifest: Manifest) -> bool:
    """Whether a file of other bytes than its manifest has is the same but for refused records that were redacted."""
    suite = SUITES.get(signed.suite)
    return suite is not None and file_fault(path.parents[2], name, manifest, suite.hash) is None


def _refused(path: Path, why: str) -> Trouble:
    return Trouble(
        f"{path} cannot be judged as attested: {why}. See what `python -m agents audit verify --archive` finds, or verify "
        "every signature (--full)"
    )


def _series(of: _File, data: bytes) -> Iterator[bytes]:
    """The records of a file that may be events of the roots.

    Trouble where its offsets go beyond its name: they could be those of another file, whose verdicts are believed.
    """
    try:
        with pq.ParquetFile(pa.BufferReader(data)) as file:
            for batch in file.iter_batches(columns=["offset", "value"]):
                offsets, values = pc.min_max(batch.column("offset")).as_py(), batch.column("value")
                if not of.first <= offsets["min"] <= offsets["max"] <= of.last:
                    raise _refused(of.path, f"it holds the offsets {offsets['min']} to {offsets['max']}")
                maybe = pc.or_(pc.match_substring(values, "log."), pc.match_substring(values, "key."))
                yield from values.filter(pc.fill_null(maybe, False)).to_pylist()
    except (OSError, pa.ArrowInvalid) as error:
        raise Trouble(f"the archive's file {of.path} cannot be read: {error}") from None
