"""An anchor: a signed statement of how far every audit trail had come."""

from msgspec import UNSET, Struct, UnsetType

from streams.messages.checked import Count, Digest, Time


class Head(Struct, frozen=True, gc=False):
    """The newest entry of an alert's trail: the alert's id, the entry's number and its hash (SHA-256, hex)."""

    alert: str
    n: Count
    hash: Digest


class TrailHead(Struct, frozen=True, gc=False):
    """The newest entry of the trail of something else: that thing's id, the entry's number and its hash (SHA-256, hex)."""

    id: str
    n: Count
    hash: Digest


class CoveredTrail(Struct, frozen=True, gc=False, kw_only=True):
    """How far the trails of one kind are covered.

    `trail`: their topic, below the log's name. `offsets`: for each partition of it, the offset before which its entries are
    covered. `things` and `entries`: of how many things (incidents, say), and how many, are covered. `heads`: those that moved
    since the anchor before.
    """

    trail: str
    offsets: tuple[Count, ...]
    things: Count
    entries: Count
    heads: tuple[TrailHead, ...]


class Anchor(Struct, frozen=True, gc=False, kw_only=True):
    """One anchor over all heads of a log; anchors stand in `<log>.anchors`, chained and signed.

    `n`: its number, from 1. `prev`: SHA-256 (hex) of the bytes of anchor `n - 1`, 64 zeros for the first. `at`: wall clock of
    who signs. `offsets`: for each partition of `<log>.audit`, the offset before which its entries are covered. `alerts` and
    `entries`: how many are covered. `heads`: those that moved since the anchor before; with the anchors that it follows they
    are all heads. `others`: the same of each other kind of trail of which any entry was read; left out where there is none, as
    in all anchors from before other trails were anchored. `key`: id of the signing key. `next_key`: the public key (32 bytes,
    hex) that signs from the next anchor on, null where it stays. `signature`: Ed25519 (RFC 8032, 64 bytes, hex) over the bytes
    of the anchor with an empty `signature`.
    """

    log: str
    n: Count
    prev: Digest
    at: Time
    offsets: tuple[Count, ...]
    alerts: Count
    entries: Count
    heads: tuple[Head, ...]
    others: tuple[CoveredTrail, ...] | UnsetType = UNSET
    key: str
    next_key: Digest | None = None
    signature: str = ""
