"""An anchor: a signed statement of how far every alert's audit trail had come."""

from typing import Annotated

from msgspec import Meta, Struct

Digest = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
"""32 bytes in hexadecimal digits."""


class Head(Struct, frozen=True, gc=False):
    """The newest entry of an alert's trail: the alert's id, the entry's number and its hash (SHA-256, hex)."""

    alert: str
    n: int
    hash: Digest


class Anchor(Struct, frozen=True, gc=False, kw_only=True):
    """One anchor over all heads of a log; anchors stand in `<log>.anchors`, chained and signed.

    `n`: its number, from 1. `prev`: SHA-256 (hex) of the bytes of anchor `n - 1`, 64 zeros for the first. `at`: wall clock of
    who signs. `offsets`: for each partition of `<log>.audit`, the offset before which its entries are covered. `alerts` and
    `entries`: how many are covered. `heads`: those that moved since the anchor before; with the anchors that it follows they
    are all heads. `key`: id of the signing key. `next_key`: the public key (32 bytes, hex) that signs from the next anchor on,
    null where it stays. `signature`: Ed25519 (RFC 8032, 64 bytes, hex) over the bytes of the anchor with an empty `signature`.
    """

    log: str
    n: int
    prev: Digest
    at: str
    offsets: tuple[int, ...]
    alerts: int
    entries: int
    heads: tuple[Head, ...]
    key: str
    next_key: Digest | None = None
    signature: str = ""
