"""The files of an archive held against their manifests, and these against the anchors."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from agents.audit.finding import AuditFinding
from agents.audit.opened.anchors import AnchoredFile
from streams.archive.manifests import MANIFEST, file_fault, manifests_of
from streams.signing.proofs.lines import fault
from streams.signing.proofs.manifest import read_manifest
from streams.signing.proofs.seal import MANIFEST as KIND
from streams.signing.state import Trust
from streams.signing.suites import SUITES
from streams.signing.verify import verify


def verify_archive(root: Path, trust: Trust, anchored: Mapping[str, AnchoredFile]) -> Iterator[AuditFinding]:
    """What is wrong with an archive. `anchored`: by the files' names, their manifests as anchors have them.

    A manifest counts as old as the anchor that has it: one that none has may be of any day.
    """
    for name in sorted(anchored.keys() | {name for name, _ in manifests_of(root)}):
        yield from _file(root, name, trust, anchored.get(name, _UNANCHORED))


def bare(root: Path) -> int:
    """How many files have no manifest: those from before the log was opened."""
    return sum(not path.with_suffix(MANIFEST).exists() for path in root.glob("*/*/*-*.parquet"))


_UNANCHORED = AnchoredFile("", 0, -1)


def _file(root: Path, name: str, trust: Trust, anchored: AnchoredFile) -> Iterator[AuditFinding]:
    anchor = anchored.anchor
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
    wrong = fault(signed, KIND, trust, verify, anchored.at)
    if not wrong and manifest.logid != trust.logid:
        wrong = "it is of another log"
    if not wrong and anchored.hash and signed.hash() != anchored.hash:
        wrong = f"anchor {anchor} has another one: the file was written anew"
    if wrong:
        yield AuditFinding(kind="manifest-forged", message=f"the manifest is not the one of this file: {wrong}", **named)
        return
    if found := file_fault(root, name, manifest, SUITES[signed.suite].hash):
        yield AuditFinding(kind="file-removed" if found.missing else "file-changed", message=found.message, **named)
