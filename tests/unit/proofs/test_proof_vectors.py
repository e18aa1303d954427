"""The committed vectors of seals, anchors, manifests and notes: written by the second implementation, read by the first."""

import json
from typing import Any

import pytest

from streams.messages import Seal, SealedHead, decode, encode
from streams.signing.proofs.anchor import LABEL, read_anchor
from streams.signing.proofs.manifest import LABEL as MANIFEST
from streams.signing.proofs.manifest import read_manifest, row_leaf, rows_root
from streams.signing.proofs.note import LogNote, leaf, log_key, note_of, signed_at
from streams.signing.proofs.seal import head_leaves, seal_preimage
from streams.signing.verify import verify
from tests.support.events import START, clean, registered, tick
from tests.support.proofs.sealed import SealedLog
from tests.unit.signing import verifier

GIVEN: dict[str, Any] = json.loads((verifier.VECTORS / "proofs.json").read_text("utf-8"))
SUITE = "ed25519-sha256"


def test_a_seal_of_the_vectors() -> None:
    """Preimage and signature, of the record as it is stored."""
    seal = decode(json.dumps(GIVEN["seal"]).encode(), Seal)
    assert seal_preimage(seal) == GIVEN["signs"].encode()
    assert verify(SUITE, GIVEN["public"], seal_preimage(seal), seal.sig)
    assert json.loads(encode(seal)) == GIVEN["seal"]


def test_an_anchor_and_a_manifest_of_the_vectors() -> None:
    """Their lines say what they should, their signatures are over the bytes; the anchor has the hash of the manifest."""
    signed, manifest = read_manifest(GIVEN["manifest"].encode())
    anchored, anchor = read_anchor(GIVEN["anchor"].encode())
    assert all(verify(SUITE, GIVEN["public"], each.body, each.sig) for each in (signed, anchored))
    assert anchor.files == {manifest.file: signed.hash()}
    assert (anchor.n, anchor.prev, anchor.day, anchor.moved) == (1, "", "2026-06-01", anchor.all)
    assert anchor.read == {"audit": (1, 2), "seals": (2,)}
    assert (manifest.holes, manifest.failed, manifest.size) == (((8, 8),), (), 5)
    rows = [(o, at, k and k.encode(), value and value.encode()) for o, at, k, value in GIVEN["rows"]]
    leaves = [row_leaf("sha256", bytes.fromhex(GIVEN["secret"]), *row) for row in rows]
    assert rows_root("sha256", leaves) == manifest.root


def test_a_note_of_the_vectors() -> None:
    """Over the one anchor, with the log's signature."""
    note = LogNote.of(GIVEN["note"])
    assert note_of("live", "ab" * 32, [leaf(read_anchor(GIVEN["anchor"].encode())[0].body)]).text == note.text
    assert signed_at(note, log_key(note.origin, GIVEN["public"])) == 0


def test_what_we_write_the_second_implementation_verifies() -> None:
    """Seals, anchors and notes of a log, and not one with a byte changed."""
    log = SealedLog()
    log.judge(registered(), tick(START), clean(START, o3=230))
    log.seal()
    log.anchor()
    seal = json.loads(log.topics["seals"][0])
    worker, audit = log.worker.public, log.anchorer.public
    assert verifier.holds(SUITE, worker, verifier.seal_signs(seal), seal["sig"])
    assert not verifier.holds(SUITE, worker, verifier.seal_signs(seal | {"to": 1}), seal["sig"])
    anchor, note = (value.decode() for value in log.topics["anchors"])
    said = verifier.stated(LABEL, anchor, audit)
    assert said["log"] == [log.roots.logid]
    with pytest.raises(ValueError, match="no statement"):
        verifier.stated(LABEL, anchor.replace("n 1", "n 2"), audit)
    assert verifier.noted(note, f"onescreen/live/{log.roots.logid[:16]}", audit, 1)
    assert not verifier.noted(note.replace("\n1\n", "\n2\n"), f"onescreen/live/{log.roots.logid[:16]}", audit, 1)


def test_the_leaves_of_a_seal_are_its_heads_as_they_stand() -> None:
    """Kind, id, number, hash and revision of each."""
    head = SealedHead("audit", "a1", 3, "sha256:" + "22" * 32, "sha256:" + "33" * 32)
    (found,) = head_leaves("sha256", [head])
    text = verifier.spoken("sealed", "audit", "a1", "3", head.hash, head.revision)
    assert found == verifier.hashlib.sha256(b"\0" + text).digest()


def test_labels_are_lines_of_their_own() -> None:
    """So that one kind of statement is never read as another."""
    assert (LABEL, MANIFEST) == ("onescreen/anchor/2", "onescreen/manifest/1")
    with pytest.raises(ValueError, match="no onescreen"):
        read_manifest(GIVEN["anchor"].encode())
