"""The anchors of an opened log checked: their chain, their tree, and the heads that they are over. A pure fold."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256

from msgspec import Struct
from msgspec.structs import replace

from agents.audit.finding import AuditFinding
from agents.audit.opened.seals import Sealed
from streams.messages import Anchor, DecodeError, SealedHead, decode
from streams.signing import merkle
from streams.signing.kinds import matches
from streams.signing.proofs.anchor import SEALS, LogAnchor, Tree, read_anchor
from streams.signing.proofs.lines import fault
from streams.signing.proofs.note import HASH, SUITE, LogNote, NoteKey, is_note, leaf, log_key, origin, signed_at
from streams.signing.proofs.seal import ANCHOR
from streams.signing.state import Trust
from streams.signing.suites import SUITES
from streams.signing.verify import verify
from streams.signing.words import from_base64url

Heads = Mapping[tuple[str, str], SealedHead]
"""Newest sealed heads, by kind of trail and thing."""


def note_keys(trust: Trust) -> Iterator[NoteKey]:
    """The keys that may sign notes of a log: the anchorer's, of Ed25519."""
    for row in trust.keys.values():
        key = log_key(origin(trust.name, trust.logid), row.public)
        if matches(row.may, ANCHOR) and row.suite == SUITE:
            yield key


def named_key(public: str) -> str:
    """How an anchor of the first version names the key of those of an opened log: its 32 bytes, of a longer one the SHA-256."""
    raw = from_base64url(public) or b""
    return raw.hex() if len(raw) == 32 else sha256(raw).hexdigest()


def is_first(value: bytes) -> bool:
    """Whether bytes are an anchor of the first version by their form."""
    try:
        decode(value, Anchor)
    except DecodeError:
        return False
    return True


def tree_of(name: str, heads: Heads) -> Tree:
    """The tree of some heads, sorted."""
    leaves = merkle.sorted_heads(name, ((head.kind, head.id, head.n, head.hash) for head in heads.values()))
    return Tree(len(leaves), merkle.root(name, leaves).hex())


def newest(heads: dict[tuple[str, str], SealedHead], more: Iterable[SealedHead]) -> None:
    """Put newer heads in the place of older ones."""
    for head in more:
        before = heads.get((head.kind, head.id))
        if before is None or head.n >= before.n:
            heads[head.kind, head.id] = head


class Good(Struct, frozen=True):
    """A good anchor, the name of the hash of its suite, and the key that has signed it."""

    anchor: LogAnchor
    name: str
    kid: str


class AnchoredFile(Struct, frozen=True):
    """The manifest of a file as an anchor has it: its hash, the anchor's number, when Kafka got that (ms, -1 if unknown)."""

    hash: str
    anchor: int
    at: int


class LogAnchors:
    """The chain of an opened log's anchors as far as it was taken up.

    `chain`: the good ones in their order. `leaves`: theirs in the tree. `hash`: of the newest one. `files`: the manifests of
    the archive's files, by the files' names. `notes`: those that were written with anchors, by size.
    """

    def __init__(self, trust: Trust) -> None:
        self.trust = trust
        self.chain: list[Good] = []
        self.notes: dict[int, LogNote] = {}
        self.leaves: list[bytes] = []
        self.hash = ""
        self.files: dict[str, AnchoredFile] = {}
        self._hashes: dict[int, str] = {}

    @property
    def newest(self) -> LogAnchor | None:
        """The newest one."""
        return self.chain[-1].anchor if self.chain else None

    @property
    def n(self) -> int:
        """Its number; 0 before the first."""
        return self.chain[-1].anchor.n if self.chain else 0

    @property
    def read(self) -> Mapping[str, tuple[int, ...]]:
        """How far it has read each topic."""
        return self.chain[-1].anchor.read if self.chain else {}

    def take(self, value: bytes, place: str = "", at: int = -1) -> list[AuditFinding]:
        """Take up one anchor or note, in the order in which they were written; what is wrong with it.

        `at`: when Kafka got it (ms), -1 where that is not known.
        """
        if is_note(value, self.trust.name, self.trust.logid):
            return self._noted(value, place)
        try:
            signed, anchor = read_anchor(value)
        except ValueError as error:
            return [AuditFinding(kind="malformed", message=f"no anchor: {error}", place=place)]
        n, wrong = anchor.n, fault(signed, ANCHOR, self.trust, verify, at)
        if not wrong and anchor.logid != self.trust.logid:
            wrong = "it is one of another log"
        if wrong:
            message = f"anchor {n} is not the anchorer's: {wrong}"
            return [AuditFinding(kind="anchor-forged", message=message, first=n, last=n, place=place)]
        if self._hashes.get(n) == signed.hash():
            return []
        found = list(self._unchained(anchor, place))
        if n > self.n:
            self.hash = self._hashes[n] = signed.hash()
            self.chain.append(Good(anchor, SUITES[signed.suite].hash, signed.kid))
            self.leaves.append(leaf(signed.body))
            self.files |= {file: AnchoredFile(hashed, n, at) for file, hashed in anchor.files.items()}
        return found

    def against(self, note: LogNote) -> Iterator[AuditFinding]:
        """Whether a note is one of the log's, and the anchors here are or continue those that it is over."""
        trust, size = self.trust, note.size
        if note.origin != origin(trust.name, trust.logid):
            message = f"the note is of {note.origin}, this log's are of {origin(trust.name, trust.logid)}"
            yield AuditFinding(kind="wrong-log", message=message)
        elif all(signed_at(note, key) is None for key in note_keys(trust)):
            yield AuditFinding(kind="note-differs", message=f"no key of the anchorer has signed the note over {size} anchors")
        elif size > len(self.leaves):
            message = f"the note is over {size} anchors, here are {len(self.leaves)}: the others were cut off"
            yield AuditFinding(kind="note-differs", message=message, first=len(self.leaves) + 1, last=size)
        elif merkle.root(HASH, self.leaves[:size]) != note.root:
            message = f"the first {size} anchors are others than those that the note is over: this is another history"
            yield AuditFinding(kind="note-differs", message=message, first=1, last=size)

    def _noted(self, value: bytes, place: str) -> list[AuditFinding]:
        try:
            note = LogNote.of(value.decode())
        except ValueError as error:
            return [AuditFinding(kind="malformed", message=f"no note: {error}", place=place)]
        found = [replace(each, place=place) for each in self.against(note)]
        if not found:
            self.notes[note.size] = note
        return found

    def heads_at(self, seals: Sequence[Sealed]) -> Iterator[tuple[Good, dict[tuple[str, str], SealedHead], Heads]]:
        """Each anchor with the heads that moved since the one before it, and every head by then; the last is one and the same.

        `seals`: all good ones of the log.
        """
        rows: dict[int, list[Sealed]] = {}
        for seal in seals:
            rows.setdefault(seal.partition, []).append(seal)
        at = dict.fromkeys(rows, 0)
        every: dict[tuple[str, str], SealedHead] = {}
        for good in self.chain:
            moved: dict[tuple[str, str], SealedHead] = {}
            for partition, end in enumerate(good.anchor.read.get(SEALS, ())):
                mine = rows.get(partition, [])
                begin, until = at.get(partition, 0), bisect_left(mine, end, key=lambda seal: seal.offset)
                for seal in mine[begin:until]:
                    newest(moved, seal.heads)
                at[partition] = max(begin, until)
            newest(every, moved.values())
            yield good, moved, every

    def over(self, seals: Sequence[Sealed]) -> Iterator[AuditFinding]:
        """Whether each anchor is over the heads of the seals that it has read, which are all good ones of the log."""
        for good, moved, every in self.heads_at(seals):
            anchor, name = good.anchor, good.name
            if tree_of(name, moved) != anchor.moved or (anchor.all is not None and tree_of(name, every) != anchor.all):
                message = f"anchor {anchor.n} is over other heads than those of the seals here: seals were removed or changed"
                yield AuditFinding(kind="anchor-differs", message=message, first=anchor.n, last=anchor.n, anchor=anchor.n)

    def _unchained(self, anchor: LogAnchor, place: str) -> Iterator[AuditFinding]:
        """Where a genuine anchor does not follow the one before it."""
        n, last = anchor.n, self.n
        if n > last + 1:
            message = f"anchors {last + 1} to {n - 1} are missing before anchor {n}"
            yield AuditFinding(kind="anchor-removed", message=message, first=last + 1, last=n - 1, anchor=n, place=place)
        elif n <= last or anchor.prev != self.hash:
            message = f"there are two anchors {n if n <= last else last}: the anchorer's key has signed two histories"
            yield AuditFinding(kind="anchor-forked", message=message, first=n, last=n, anchor=last, place=place)
