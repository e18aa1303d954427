"""Anchors signed, and their chain checked: a pure fold over anchors, from the first, with the public key alone."""

from collections.abc import Iterator
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from msgspec.structs import replace

from agents.audit.finding import AuditFinding
from streams.messages import GENESIS, Anchor, Audit, CoveredTrail, DecodeError, TrailHead, decode, encode
from streams.outputs import BY_TYPE

ALERTS = BY_TYPE[Audit].topic
"""The trail that an anchor has in its own fields, as all anchors had before others were anchored too."""


def key_id(key: Ed25519PublicKey) -> str:
    """The name of a key: the first 16 hex digits of the SHA-256 of its 32 bytes."""
    return sha256(key.public_bytes_raw()).hexdigest()[:16]


def signed(anchor: Anchor, key: Ed25519PrivateKey) -> Anchor:
    """The anchor with the id and the signature of a key."""
    unsigned = replace(anchor, key=key_id(key.public_key()), signature="")
    return replace(unsigned, signature=key.sign(encode(unsigned)).hex())


def is_signed(anchor: Anchor, key: Ed25519PublicKey) -> bool:
    """Whether the anchor bears the signature of this key."""
    try:
        key.verify(bytes.fromhex(anchor.signature), encode(replace(anchor, signature="")))
    except (InvalidSignature, ValueError):  # ValueError: no hexadecimal digits
        return False
    return True


def covered(anchor: Anchor) -> Iterator[CoveredTrail]:
    """What an anchor says of each kind of trail, that of alerts first."""
    heads = tuple(TrailHead(head.alert, head.n, head.hash) for head in anchor.heads)
    yield CoveredTrail(trail=ALERTS, offsets=anchor.offsets, things=anchor.alerts, entries=anchor.entries, heads=heads)
    yield from anchor.others or ()


class Anchors:
    """The chain of a log's anchors as far as it was taken up.

    `key`: the public key that must sign the next one; it begins as the one that is trusted, and each rotation hands it on.
    `newest` and `hash`: the newest anchor and the SHA-256 of its bytes. By kind of trail, its topic below the log's name:
    `offsets`, before which of each partition every entry is covered, and `heads`, of each thing its anchored entries, oldest
    first: number, hash, number of the anchor. `hashes`: of all anchors. `sound`: nothing was wrong with any.
    """

    def __init__(self, trusted: Ed25519PublicKey, log: str = "") -> None:
        """`log`: whose anchors these must be; empty: those of the log that the first one names."""
        self.key = trusted
        self.newest: Anchor | None = None
        self.hash = GENESIS
        self.offsets: dict[str, tuple[int, ...]] = {}
        self.heads: dict[str, dict[str, list[tuple[int, str, int]]]] = {}
        self.hashes: set[str] = set()
        self.sound = True
        self._log = log

    @property
    def n(self) -> int:
        """Number of the newest anchor; 0 before the first."""
        return self.newest.n if self.newest else 0

    def anchored(self, trail: str, name: str) -> int:
        """Number of the newest anchored entry of the trail of a thing; 0 where there is none."""
        heads = self.heads.get(trail, {}).get(name)
        return heads[-1][0] if heads else 0

    def take(self, value: bytes, place: str = "") -> list[AuditFinding]:
        """Take up one anchor, in the order in which they were written; what is wrong with it."""
        hashed = sha256(value).hexdigest()
        if hashed in self.hashes:
            return []  # the very same bytes once more
        found = list(self._checked(value, hashed, place))
        self.sound = self.sound and not found
        return found

    def _checked(self, value: bytes, hashed: str, place: str) -> Iterator[AuditFinding]:
        try:
            anchor = decode(value, Anchor)
        except DecodeError as error:
            yield AuditFinding(kind="malformed", message=f"no anchor: {error}", place=place)
            return
        n = anchor.n
        if encode(anchor) != value or not is_signed(anchor, self.key):
            message = f"anchor {n} is not signed by key {key_id(self.key)}, whose turn it is"
            yield AuditFinding(kind="anchor-forged", message=message, first=n, last=n, place=place)
            return
        self._log = self._log or anchor.log
        if anchor.log != self._log:
            message = f"anchor {n} is one of log {anchor.log!r}, not of {self._log!r}"
            yield AuditFinding(kind="anchor-forged", message=message, first=n, last=n, place=place)
            return
        yield from self._unchained(anchor, place)
        self._keep(anchor, hashed)

    def _unchained(self, anchor: Anchor, place: str) -> Iterator[AuditFinding]:
        """Where a genuine anchor does not follow the one before it."""
        n, last = anchor.n, self.n
        if n > last + 1:
            message = f"anchors {last + 1} to {n - 1} are missing before anchor {n}"
            yield AuditFinding(kind="anchor-removed", message=message, first=last + 1, last=n - 1, anchor=n, place=place)
        elif n <= last:
            message = f"anchor {n} stands behind anchor {last}"
            yield AuditFinding(kind="anchor-reordered", message=message, first=n, last=n, anchor=last, place=place)
        elif anchor.prev != self.hash:
            message = f"anchor {n} was made after another anchor {last} than the one here"
            yield AuditFinding(kind="anchor-forged", message=message, first=last, last=last, anchor=n, place=place)

    def _keep(self, anchor: Anchor, hashed: str) -> None:
        self.hashes.add(hashed)
        for part in covered(anchor):
            known = self.heads.setdefault(part.trail, {})
            for head in part.heads:
                heads = known.setdefault(head.id, [])
                heads.append((head.n, head.hash, anchor.n))
                if len(heads) > 1 and heads[-2][0] > head.n:
                    heads.sort()
            if anchor.n > self.n:
                self.offsets[part.trail] = part.offsets
        if anchor.n > self.n:
            self.newest, self.hash = anchor, hashed
            if anchor.next_key:
                self.key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(anchor.next_key))
