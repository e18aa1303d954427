"""The files of an archive held against their manifests, and these against the anchors."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from msgspec.structs import astuple, replace

from agents.audit.finding import AuditFinding
from agents.audit.opened.anchors import AnchoredFile
from streams.archive.expired import read_expired
from streams.archive.manifests import MANIFEST, file_fault, manifests_of
from streams.archive.redaction import stubs_in
from streams.command import Trouble
from streams.directory.keeping import ceiling_of
from streams.messages import DAY, SECOND, DecodeError, Place, Quality, Stub, decode
from streams.signing.proofs.lines import fault
from streams.signing.proofs.manifest import read_manifest
from streams.signing.proofs.seal import MANIFEST as KIND
from streams.signing.state import Trust
from streams.signing.suites import SUITES
from streams.signing.verify import verify
from streams.topics import split_events_topic


def verify_archive(
    root: Path, trust: Trust, anchored: Mapping[str, AnchoredFile], now: int | None = None
) -> Iterator[AuditFinding]:
    """What is wrong with an archive. `anchored`: by the files' names, their manifests as anchors have them.

    A manifest counts as old as the anchor that has it: one that none has may be of any day. A file that was deleted past its
    ceiling is missing lawfully where its anchor is that old at `now` (ms, default the present).
    """
    now = int(time.time() * SECOND) if now is None else now
    for name in sorted(anchored.keys() | {name for name, _ in manifests_of(root)}):
        yield from _file(root, name, trust, anchored.get(name, _UNANCHORED), now)


def verify_redacted(root: Path, told: Iterable[bytes] | None, count: Callable[[int], None]) -> Iterator[AuditFinding]:
    """The redacted rows of an archive of which the log tells no such refusal: somebody may have taken out a good record.

    `told`: the records of the log's topic `quality`; None where they are not at hand. `count` gets how many rows there are.
    """
    stubs: dict[Place, Stub] = {}
    for path in sorted(root.glob("*/*/*-*.parquet")):
        topic, partition = path.parts[-3:-1]
        try:
            stubs |= {Place(topic, int(partition), offset): replace(stub, leaf="") for offset, stub in stubs_in(path).items()}
        except (Trouble, ValueError) as error:
            named = "/".join((topic, partition, path.stem))
            yield AuditFinding(kind="file-changed", trail="archive", of=named, place=str(path), message=str(error))
    count(len(stubs))
    if told is None:
        return
    for value in told if stubs else ():
        with suppress(DecodeError):
            quality = decode(value, Quality)
            if stubs.get(quality.place) == Stub.of(quality):
                del stubs[quality.place]
    for place in sorted(stubs, key=astuple):
        where = f"{place.topic}/{place.partition}/{place.offset}"
        message = f"the record of offset {place.offset} was taken out as refused, and the log tells of no such refusal"
        yield AuditFinding(
            kind="file-changed", trail="archive", of=f"{place.topic}/{place.partition}", place=where, message=message
        )


def bare(root: Path) -> int:
    """How many files have no manifest: those from before the log was opened."""
    return sum(not path.with_suffix(MANIFEST).exists() for path in root.glob("*/*/*-*.parquet"))


_UNANCHORED = AnchoredFile("", 0, -1)


def _deleted_early(name: str, anchored: AnchoredFile, now: int) -> str:
    """Why a file that is said to have been past its ceiling was not, by the anchor that has it; empty where it was."""
    ceiling = ceiling_of(split_events_topic(name.partition("/")[0])[1])
    if ceiling is None:
        return "the file was deleted as past its ceiling, and the catalogue has none for it"
    if anchored.at < 0 or now - anchored.at < ceiling.days * DAY:
        return f"the file was deleted as past its ceiling of {ceiling.days} days, and no anchor shows that it was so old"
    return ""


def _file(root: Path, name: str, trust: Trust, anchored: AnchoredFile, now: int) -> Iterator[AuditFinding]:
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
    found = file_fault(root, name, manifest, SUITES[signed.suite].hash)
    if found and found.missing and read_expired(root, name):
        if early := _deleted_early(name, anchored, now):
            yield AuditFinding(kind="file-removed", message=early, **named)
    elif found:
        yield AuditFinding(kind="file-removed" if found.missing else "file-changed", message=found.message, **named)
