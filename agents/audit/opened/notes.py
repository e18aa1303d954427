"""Notes printed, kept, and signed by a witness: what stands in files and on paper."""

from pathlib import Path

from agents.audit.opened.anchors import LogAnchors
from streams.command import Trouble
from streams.signing.proofs.note import (
    LogNote,
    NoteKey,
    continues,
    cosigned_note,
    proof_of,
    read_vkey,
    request,
    requested,
    signed_at,
)
from streams.signing.sign import Signer
from streams.signing.words import from_base64url


def note_in(path: Path, witnesses: list[str]) -> LogNote:
    """The note in a file; ValueError where it is none, or where one of the witnesses has not signed it."""
    note = _read(path)
    for text in witnesses:
        if signed_at(note, read_vkey(text)) is None:
            raise ValueError(f"{path} bears no signature of the witness {text.partition('+')[0]}")
    return note


def note_for(anchors: LogAnchors, day: str | None) -> LogNote:
    """The newest note, or the one that closes a day; Trouble where there is none."""
    if day is None:
        size = max(anchors.notes, default=0)
    else:
        size = next((good.anchor.n for good in anchors.chain if good.anchor.day == day), 0)
    note = anchors.notes.get(size)
    if note is None:
        what = "no note yet" if day is None else f"no note that closes {day}: the first anchor of the next day does"
        raise Trouble(f"the log has {what}; `python -m agents audit anchor` writes one with each anchor")
    return note


def told_note(anchors: LogAnchors, day: str | None, since: Path | None) -> str:
    """The newest note, or the one that closes a day; with an earlier one, what a witness of that is asked with."""
    note = note_for(anchors, day)
    if since is None:
        return note.whole()
    before = _read(since).size if since.exists() else 0
    if before > note.size:
        raise Trouble(f"{since} is over {before} anchors, the note over {note.size}: give an earlier one with --since")
    return request(note, before, proof_of(anchors.leaves[: note.size], before))


def witnessed(asked: Path, seen: Path, of: NoteKey, name: str, signer: Signer, now: int) -> str:
    """The note of a request with a witness's signature (s since 1970), kept as the one that was signed last.

    Trouble where the log's key has not signed it, or where it does not continue the note that was signed last: then two
    histories are shown.
    """
    try:
        size, proof, note = requested(asked.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise Trouble(f"{asked} is no request to a witness: {error}; give what `audit note --since` printed") from None
    before = _read(seen) if seen.exists() else LogNote(of.name, 0, b"")
    if note.origin != of.name or signed_at(note, of) is None:
        raise Trouble(f"not signed: the note in {asked} bears no signature of {of.name}")
    if size != before.size:
        raise Trouble(f"not signed: the request continues a note over {size} anchors, the last one is over {before.size}")
    if not continues(before, note, proof):
        raise Trouble(
            f"not signed: the note over {note.size} anchors does not continue the one over {before.size} in {seen}. Keep both "
            "files: together they show that the log's key has signed two histories"
        )
    public = from_base64url(getattr(signer, "public", "")) or b""
    signed = cosigned_note(note, NoteKey(name, public, witness=True), signer, now)
    beside = seen.with_name(f"{seen.name}.new")
    beside.write_text(signed.whole(), "utf-8")
    beside.replace(seen)
    return signed.whole()


def _read(path: Path) -> LogNote:
    try:
        return LogNote.of(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ValueError(f"{path} holds no note: {error}") from None
