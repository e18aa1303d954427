"""The files of an archive held against their manifests, and these against the anchors."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from agents.audit.finding import AuditFinding
from streams.archive.manifests import MANIFEST, file_fault, manifests_of
from streams.signing.proofs.lines import fault
from streams.signing.proofs.manifest import read_manifest
from streams.signing.proofs.seal import MANIFEST as KIND
from streams.signing.state import Trust
from streams.signing.suites import SUITES
from streams.signing.verify import verify


def verify_archive(root: Path, trust: Trust, anchored: Mapping[str, tuple[str, int]]) -> Iterator[AuditFinding]:
    """What is wrong with an archive. `anchored`: by file the hash of its manifest and the number of the anchor that has it."""
    for name in sorted(anchored.keys() | {name for name, _ in manifests_of(root)}):
        hashed, anchor = anchored.get(name, ("", 0))
        yield from _file(root, name, trust, hashed, anchor)


def bare(root: Path) -> int:
    """How many files have no manifest: those from before the log was opened."""
    return sum(not path.with_suffix(MANIFEST).exists() for path in root.glob("*/*/*-*.parquet"))


def _file(root: Path, name: str, trust: Trust, hashed: str, anchor: int) -> Iterator[AuditFinding]:
    path = root / f"{name}{MANIFEST}"
    named: dict[str, Any] = {"trail": "archive", "of": name, "anchor": anchor, "place": str(path)}
    try:
        signed, manifest = read_manifest(path.read_bytes())
    except OSError:
        gone = "" if path.with_suffix(".parquet").exists() else " and the file"
        yield AuditFinding(kind="file-removed", message=f"the manifest{gone} that anchor {anchor} has are not there", **named)
        return
    except ValueError as error:
        yield AuditFinding(kind="manifest-forged", message=f"the manifest is none: {error}", **named)
        return
    wrong = fault(signed, KIND, trust, verify)
    if not wrong and manifest.logid != trust.logid:
        wrong = "it is of another log"
    if not wrong and hashed and signed.hash() != hashed:
        wrong = f"anchor {anchor} has another one: the file was written anew"
    if wrong:
        yield AuditFinding(kind="manifest-forged", message=f"the manifest is not the one of this file: {wrong}", **named)
        return
    if found := file_fault(root, name, manifest, SUITES[signed.suite].hash):
        yield AuditFinding(kind="file-removed" if found.missing else "file-changed", message=found.message, **named)
