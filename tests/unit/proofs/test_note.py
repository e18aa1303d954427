"""Notes as the C2SP specifications have them: signed notes, checkpoints, cosignatures, requests to a witness."""

from base64 import b64decode, b64encode
from pathlib import Path

import pytest
from msgspec.structs import replace

from agents.audit.opened.notes import told_note, witnessed
from streams.command import Trouble
from streams.signing.merkle import leaf_hash
from streams.signing.proofs.note import (
    LogNote,
    NoteKey,
    continues,
    cosigned_note,
    log_key,
    note_of,
    proof_of,
    read_vkey,
    request,
    requested,
    signed_at,
    signed_note,
    vkey,
)
from streams.signing.verify import verify
from streams.signing.words import base64url, from_base64url
from tests.support.events import START, clean, registered, tick
from tests.support.proofs.sealed import SealedLog
from tests.support.signing import Hand

LOG, WITNESS = Hand("a log"), Hand("a witness")
LOGID = "ab" * 32
LEAVES = [leaf_hash("sha256", b"%d" % n) for n in range(9)]
KEY = log_key("onescreen/live/" + LOGID[:16], LOG.public)
W1 = NoteKey("witness.example.cn/w1", from_base64url(WITNESS.public) or b"", witness=True)


def note(size: int) -> LogNote:
    """The signed note over the first anchors."""
    return signed_note(note_of("live", LOGID, LEAVES[:size]), KEY, LOG)


def test_a_key_and_a_signature_are_those_of_the_go_implementation() -> None:
    """golang.org/x/mod/sumdb/note, the documentation's example: verifier key, text and signature line."""
    told = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    key = read_vkey(told)
    text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
    line = "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
    raw = b64decode(line)
    assert (vkey(key), raw[:4]) == (told, key.id)
    assert verify("ed25519-sha256", base64url(key.public), text.encode(), base64url(raw[4:]))


def test_a_note_is_three_lines_and_a_signature() -> None:
    """Origin, size, root in base64 (tlog-checkpoint); a blank line; an em dash, the name and the signature (signed-note)."""
    whole = note(5).whole()
    origin, size, root, blank, line, end = whole.split("\n")
    assert (origin, size, blank, end) == ("onescreen/live/abababababababab", "5", "", "")
    assert len(b64decode(root)) == 32
    assert line.startswith(f"— {origin} ")
    assert len(b64decode(line.rpartition(" ")[2])) == 4 + 64
    assert LogNote.of(whole) == note(5)
    assert signed_at(note(5), KEY) == 0


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a\n1\n\n— a AAAAAAA=\n",
        note(5).whole().replace("\n5\n", "\n05\n"),
        note(5).whole().replace("\n5\n", "\n5\n\n"),
        note(5).whole()[:-1],
        note(5).whole().replace("—", "-"),
        note(5).whole().replace("=\n\n", "=\nmore\n\n"),
    ],
)
def test_what_is_no_note_is_refused(text: str) -> None:
    """A leading zero, a missing line, an extension line, a signature without its dash."""
    with pytest.raises(ValueError, match=r"note|number|base64|signature"):
        LogNote.of(text)


def test_another_size_or_root_is_not_signed() -> None:
    """The signature is over the three lines."""
    assert signed_at(replace(note(5), size=6), KEY) is None
    assert signed_at(replace(note(5), root=note(6).root), KEY) is None
    assert signed_at(note(5), log_key(KEY.name, WITNESS.public)) is None


def test_a_witness_signs_the_time_too() -> None:
    """cosignature/v1: key id of type 4; eight bytes of time, then Ed25519 over two lines and the note."""
    cosigned = cosigned_note(note(5), W1, WITNESS, 1_780_272_000)
    raw = cosigned.signatures[-1].raw
    assert (signed_at(cosigned, W1), signed_at(cosigned, KEY)) == (1_780_272_000, 0)
    assert int.from_bytes(raw[:8]) == 1_780_272_000
    message = f"cosignature/v1\ntime 1780272000\n{cosigned.text}".encode()
    assert verify("ed25519-sha256", WITNESS.public, message, base64url(raw[8:]))
    later = replace(cosigned.signatures[-1], raw=(1_780_272_001).to_bytes(8) + raw[8:])
    assert signed_at(replace(cosigned, signatures=(later,)), W1) is None
    assert read_vkey(vkey(W1)) == W1


def test_a_request_to_a_witness_is_read_as_it_was_written() -> None:
    """tlog-witness: the old size, a hash a line, a blank line, the note."""
    proof = proof_of(LEAVES[:8], 3)
    told = request(note(8), 3, proof)
    assert told.split("\n")[: len(proof) + 2] == ["old 3", *(b64encode(each).decode() for each in proof), ""]
    assert requested(told) == (3, proof, note(8))
    assert requested(request(note(8), 0, [])) == (0, [], note(8))


def test_a_note_continues_an_earlier_one_or_does_not() -> None:
    """By the consistency proof of RFC 9162 §2.1.4; of another origin or history never."""
    assert all(continues(note(old), note(new), proof_of(LEAVES[:new], old)) for new in range(1, 10) for old in range(new + 1))
    other = signed_note(note_of("live", LOGID, [*LEAVES[:2], LEAVES[0], *LEAVES[3:8]]), KEY, LOG)
    assert not continues(note(5), other, proof_of(LEAVES[:8], 5))
    assert not continues(note(5), replace(note(8), origin="x"), proof_of(LEAVES[:8], 5))
    assert not continues(note(8), note(5), [])


def written(folder: Path, name: str, text: str) -> Path:
    """A file with this text."""
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def test_a_witness_refuses_a_fork(tmp_path: Path) -> None:
    """C19: it signs what continues the note it signed last, keeps that, and refuses a history that does not, or is shorter."""
    seen, of = tmp_path / "seen", KEY

    def sign(new: LogNote, old: int, proof: list[bytes]) -> str:
        asked = written(tmp_path, "asked", request(new, old, proof))
        return witnessed(asked, seen, of, W1.name, WITNESS, 1_780_272_000)

    first = LogNote.of(sign(note(5), 0, []))
    assert signed_at(first, W1) == 1_780_272_000
    sign(note(8), 5, proof_of(LEAVES[:8], 5))
    assert LogNote.of(seen.read_text("utf-8")).size == 8
    fork = [*LEAVES[:6], LEAVES[0], LEAVES[1], LEAVES[2]]
    forked = signed_note(note_of("live", LOGID, fork), KEY, LOG)
    with pytest.raises(Trouble, match="two histories"):
        sign(forked, 8, proof_of(fork, 8))
    with pytest.raises(Trouble, match="the last one is over 8"):
        sign(note(9), 5, proof_of(LEAVES, 5))
    with pytest.raises(Trouble, match="bears no signature"):
        sign(signed_note(note_of("live", LOGID, LEAVES), log_key(KEY.name, WITNESS.public), WITNESS), 8, proof_of(LEAVES, 8))


def test_the_note_of_a_day_and_what_a_witness_is_asked_with(tmp_path: Path) -> None:
    """The newest note; the one of the anchor that closes a day; with an earlier one, the proof that it was continued."""
    log = SealedLog()
    log.judge(registered(), tick(START), clean(START, o3=230))
    log.seal()
    first = log.anchor()
    closing = log.anchor("2026-06-02T00:00:30+08:00", day="2026-06-01")
    newest = log.anchor("2026-06-02T00:01:30+08:00")
    before = written(tmp_path, "before", first.whole())
    assert told_note(log.anchors, None, None) == newest.whole()
    assert told_note(log.anchors, "2026-06-01", None) == closing.whole()
    size, proof, note_ = requested(told_note(log.anchors, None, before))
    assert (size, note_) == (1, newest)
    assert continues(first, note_, proof)
    with pytest.raises(Trouble, match="no note that closes 2026-06-02"):
        told_note(log.anchors, "2026-06-02", None)
