"""What a seal signs, byte for byte, and whether one holds (docs/develop/signing.md, "Seals")."""

from collections.abc import Iterable

from msgspec.structs import replace

from streams.messages.services.seal import Seal, SealedHead
from streams.signing import merkle
from streams.signing.keys import Verify
from streams.signing.kinds import matches
from streams.signing.sign import Signer, over
from streams.signing.state import KeyRow, Trust
from streams.signing.suites import SUITES
from streams.signing.words import digest, labelled

SEAL, ANCHOR, MANIFEST = "seal", "anchor", "manifest"
"""The kinds by which the row of a key says that it may seal, anchor, or sign the manifests of an archive."""


def in_order(heads: Iterable[SealedHead]) -> tuple[SealedHead, ...]:
    """Heads in the order in which a seal has them: by the bytes of the kind and then of the id."""
    return tuple(sorted(heads, key=lambda head: (head.kind.encode(), head.id.encode())))


def head_leaves(name: str, heads: Iterable[SealedHead]) -> list[bytes]:
    """The leaves of the tree of a seal's heads, as they stand in it."""
    return [
        merkle.leaf_hash(name, labelled("sealed", head.kind, head.id, str(head.n), head.hash, head.revision)) for head in heads
    ]


def seal_preimage(seal: Seal) -> bytes:
    """What the signature of a seal is over: short, however many heads it has."""
    name = SUITES[seal.sigsuite].hash
    tree = (str(len(seal.heads)), merkle.root(name, head_leaves(name, seal.heads)).hex())
    place = (seal.logid, seal.topic, str(seal.partition), str(seal.n), seal.prev, str(seal.begin), str(seal.end))
    return labelled("seal", seal.sigsuite, seal.sigkid, *place, *tree, seal.trust, seal.at)


def seal_hash(seal: Seal) -> str:
    """What the next seal of the partition names as `prev`: the hash (hex) of what this one signs."""
    return digest(SUITES[seal.sigsuite].hash, seal_preimage(seal)).hex()


def signed_seal(seal: Seal, signer: Signer) -> Seal:
    """The seal with its signature; `sigsuite` and `sigkid` stand in it already."""
    return replace(seal, sig=over(seal_preimage(seal), signer))


def key_for(trust: Trust, kind: str, suite: str, kid: str, at: int) -> KeyRow | str:
    """The row of the key that signs something of a kind; or why there is none that may.

    `trust` as `read_series` has it. `at`: when Kafka got it (ms, -1 where that is not known): a key counts for good for what
    Kafka got before its end.
    """
    row = trust.keys.get(kid)
    if row is None:
        return f"key {kid[:16]} was not adopted"
    if row.suite != suite or suite not in SUITES:
        return f"key {kid[:16]} has another suite"
    if not matches(row.may, kind):
        return f"the key of {row.part} may not sign a {kind}"
    if row.ended is not None and (at < 0 or at >= row.ended):
        return f"the key of {row.part} had ended{' by then' if at >= 0 else ', and when Kafka got it is not known'}"
    return row


def seal_fault(seal: Seal, trust: Trust, verify: Verify, at: int) -> str:
    """Why a seal is none of its log's workers; empty where it is one. Its place among others is not looked at.

    `at`: when Kafka got it, as of `key_for`.
    """
    if seal.logid != trust.logid:
        return "it is of another log"
    row = key_for(trust, SEAL, seal.sigsuite, seal.sigkid, at)
    if isinstance(row, str):
        return row
    if seal.heads != in_order(seal.heads) or len({(head.kind, head.id) for head in seal.heads}) != len(seal.heads):
        return "its heads are not in their order"
    return "" if verify(row.suite, row.public, seal_preimage(seal), seal.sig) else "its signature does not hold"
