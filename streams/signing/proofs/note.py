"""The note of a log: a C2SP checkpoint over the tree of its anchors, signed, cosigned by witnesses, shown to be continued.

Formats: https://c2sp.org/signed-note, https://c2sp.org/tlog-checkpoint, https://c2sp.org/tlog-cosignature (cosignature/v1),
https://c2sp.org/tlog-witness (the request that a witness answers). All of them have the hash SHA-256 and keys of Ed25519.
"""

from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Sequence
from hashlib import sha256
from typing import Self

from msgspec import Struct
from msgspec.structs import replace

from streams.signing import merkle
from streams.signing.sign import Signer
from streams.signing.verify import verify
from streams.signing.words import from_base64url

HASH = "sha256"
"""The hash of the anchors' tree, whatever the log's suite: witnesses know no other."""

SUITE = "ed25519-sha256"
MOST_SIGNATURES, MOST_PROOF = 16, 63
"""Signatures of a note that are read (signed-note), hashes of a proof (tlog-witness)."""

_LOG, _WITNESS = b"\1", b"\4"
_DASH = "\N{EM DASH} "


class NoteKey(Struct, frozen=True):
    """Whose signature: a name and a public key (32 bytes); a witness signs the time too."""

    name: str
    public: bytes
    witness: bool = False

    @property
    def id(self) -> bytes:
        """The first four bytes of SHA-256 over name, type and key (signed-note, "Signatures")."""
        return sha256(self.name.encode() + b"\n" + (_WITNESS if self.witness else _LOG) + self.public).digest()[:4]


class NoteSignature(Struct, frozen=True):
    """A signature line: the key's name and id, and what the key gave."""

    name: str
    id: bytes
    raw: bytes

    def line(self) -> str:
        """The line, with its line feed."""
        return f"{_DASH}{self.name} {b64encode(self.id + self.raw).decode()}\n"


class LogNote(Struct, frozen=True):
    """Origin, number of anchors, root over them (32 bytes), and signatures. Extension lines are not taken."""

    origin: str
    size: int
    root: bytes
    signatures: tuple[NoteSignature, ...] = ()

    @property
    def text(self) -> str:
        """The three lines that are signed, and printed."""
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"

    def whole(self) -> str:
        """The note as a file has it."""
        return f"{self.text}\n{''.join(each.line() for each in self.signatures)}"

    @classmethod
    def of(cls, text: str) -> Self:
        """The note in a text; ValueError where it is none. No signature is looked at."""
        body, blank, lines = text.rpartition("\n\n")
        parts = body.split("\n")
        if not blank or len(parts) != 3 or not parts[0] or not lines.endswith("\n"):
            raise ValueError("a note has three lines, a blank one, and lines of signatures")
        if not (parts[1].isascii() and parts[1].isdigit()) or str(int(parts[1])) != parts[1]:
            raise ValueError(f"{parts[1]!r} is no number of anchors")
        signatures = tuple(_signature(line) for line in lines[:-1].split("\n"))
        if len(signatures) > MOST_SIGNATURES:
            raise ValueError(f"{len(signatures)} signatures are more than {MOST_SIGNATURES}")
        made = cls(parts[0], int(parts[1]), _base64(parts[2]), signatures)
        if len(made.root) != 32 or made.text != body + "\n":
            raise ValueError("the third line of a note is a root in base64")
        return made


def origin(name: str, logid: str) -> str:
    """The origin of a log's notes, which is its key's name too."""
    return f"onescreen/{name}/{logid[:16]}"


def leaf(body: bytes) -> bytes:
    """The leaf of an anchor, of the bytes that it signs."""
    return merkle.leaf_hash(HASH, body)


def is_note(value: bytes, name: str, logid: str) -> bool:
    """Whether bytes say that they are a note of this log."""
    return value.startswith(f"{origin(name, logid)}\n".encode())


def vkey(key: NoteKey) -> str:
    """A key as people hand it on (signed-note, "Verifier keys"): name, id and key, with + between them."""
    told = b64encode((_WITNESS if key.witness else _LOG) + key.public).decode()
    return f"{key.name}+{key.id.hex()}+{told}"


def read_vkey(text: str) -> NoteKey:
    """The key in such a text; ValueError where it is none of Ed25519."""
    name, _, rest = text.strip().partition("+")
    _, _, told = rest.partition("+")
    data = _base64(told)
    key = NoteKey(name, data[1:], witness=data[:1] == _WITNESS)
    if len(data) != 33 or data[:1] not in {_LOG, _WITNESS} or vkey(key) != text.strip():
        raise ValueError(f"{text!r} is no key of a log or a witness: NAME+ID+KEY")
    return key


def note_of(name: str, logid: str, leaves: Sequence[bytes]) -> LogNote:
    """The note over these anchors, not signed yet."""
    return LogNote(origin(name, logid), len(leaves), merkle.root(HASH, leaves))


def log_key(origin: str, public: str) -> NoteKey:
    """The key of the log's own signature, of its public key in base64url."""
    return NoteKey(origin, from_base64url(public) or b"")


def signed_note(note: LogNote, key: NoteKey, signer: Signer) -> LogNote:
    """The note with the signature of the log's key, which must be of Ed25519."""
    raw = from_base64url(signer.sign(note.text.encode())) or b""
    return _with(note, NoteSignature(key.name, key.id, raw))


def cosigned_note(note: LogNote, key: NoteKey, signer: Signer, now: int) -> LogNote:
    """The note with a witness's signature, at a time (s since 1970)."""
    raw = from_base64url(signer.sign(_cosigned(note, now))) or b""
    return _with(note, NoteSignature(key.name, key.id, now.to_bytes(8) + raw))


def signed_at(note: LogNote, key: NoteKey) -> int | None:
    """When a witness has signed (s since 1970), 0 for a log's own signature; None where no signature of the key holds."""
    times = [_time(note, key, each.raw) for each in note.signatures if (each.name, each.id) == (key.name, key.id)]
    return None if not times or None in times else max(time for time in times if time is not None)


def continues(before: LogNote, note: LogNote, proof: Sequence[bytes]) -> bool:
    """Whether a note's tree continues that of an earlier one of the same log, as the proof shows; any continues none."""
    if before.origin != note.origin or len(proof) > MOST_PROOF:
        return False
    if before.size == 0:
        return not proof
    return merkle.is_continued(HASH, before.size, note.size, (before.root, note.root), proof)


def proof_of(leaves: Sequence[bytes], before: int) -> list[bytes]:
    """The proof that the tree of these leaves continues that of the first ones; ValueError where there are fewer."""
    return merkle.consistency(HASH, leaves, before) if before else []


def request(note: LogNote, before: int, proof: Sequence[bytes]) -> str:
    """What a witness is asked with (tlog-witness, "add-checkpoint")."""
    lines = [f"old {before}", *(b64encode(each).decode() for each in proof), "", note.whole()]
    return "\n".join(lines)


def requested(text: str) -> tuple[int, list[bytes], LogNote]:
    """Size before, proof and note of a request; ValueError where it is none."""
    head, blank, rest = text.partition("\n\n")
    first, *lines = head.split("\n")
    word, _, size = first.partition(" ")
    if not blank or word != "old" or not (size.isascii() and size.isdigit()) or str(int(size)) != size:
        raise ValueError("a request begins with `old` and the number of anchors of the note before")
    return int(size), [_base64(line) for line in lines], LogNote.of(rest)


def _with(note: LogNote, signature: NoteSignature) -> LogNote:
    others = tuple(each for each in note.signatures if (each.name, each.id) != (signature.name, signature.id))
    return replace(note, signatures=(*others, signature))


def _cosigned(note: LogNote, now: int) -> bytes:
    return f"cosignature/v1\ntime {now}\n{note.text}".encode()


def _time(note: LogNote, key: NoteKey, raw: bytes) -> int | None:
    public = b64encode(key.public, b"-_").rstrip(b"=").decode()
    at, sig = (int.from_bytes(raw[:8]), raw[8:]) if key.witness else (0, raw)
    message = _cosigned(note, at) if key.witness else note.text.encode()
    return at if verify(SUITE, public, message, b64encode(sig, b"-_").rstrip(b"=").decode()) else None


def _signature(line: str) -> NoteSignature:
    name, _, told = line.removeprefix(_DASH).partition(" ")
    data = _base64(told)
    if not line.startswith(_DASH) or not name or "+" in name or len(data) <= 4:
        raise ValueError(f"{line!r} is no line of a signature")
    return NoteSignature(name, data[:4], data[4:])


def _base64(text: str) -> bytes:
    try:
        data = b64decode(text, validate=True)
    except (Error, ValueError):
        raise ValueError(f"{text!r} is no base64") from None
    if b64encode(data).decode() != text:
        raise ValueError(f"{text!r} is not the one base64 of its bytes")
    return data
