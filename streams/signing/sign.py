"""Signing: an event addressed to a log, a second signature, a batch under one. Who has the key is another's business."""

from collections.abc import Sequence
from typing import Protocol

from msgspec.structs import replace

from streams.messages.event import Event
from streams.signing import merkle
from streams.signing.envelope import Envelope
from streams.signing.preimage import cosignature_preimage, proof_preimage, signature_preimage, tree_preimage
from streams.signing.suites import SUITES
from streams.signing.verify import TREE
from streams.signing.words import base64url


class Signer(Protocol):
    """Whoever has a key: `sign` gives the text of its signature over some bytes."""

    @property
    def suite(self) -> str:
        """The suite of its key."""

    @property
    def kid(self) -> str:
        """The id of its key."""

    def sign(self, message: bytes) -> str:
        """The signature (base64url) over some bytes."""


def addressed(event: Event, log: str, to: str, number: int, recorded: str = "") -> Envelope:
    """An event, whose data are JSON, for one log and place under a number, not signed yet. `recorded`: when it arrived."""
    return Envelope(
        specversion=event.specversion,
        id=event.id,
        source=event.source,
        type=event.type,
        subject=event.subject,
        time=event.time,
        dataschema=event.dataschema,
        region=event.region,
        recordedtime=recorded,
        logid=log,
        sigto=to,
        sigseq=str(number),
        sigsuite="",
        sigkid="",
        sig="",
        data=event.data,
    )


def over(message: bytes, signer: Signer) -> str:
    """The signature, as the signer's suite has it, over some bytes; of a suite of trees over a tree of one leaf."""
    return in_tree([message], signer)[0] if signer.suite == TREE else signer.sign(message)


def in_tree(messages: Sequence[bytes], signer: Signer) -> list[str]:
    """One signature over the root of a tree of all these, given to each with its path: `signature~index~size~path`."""
    name, size = SUITES[signer.suite].hash, len(messages)
    leaves = [merkle.leaf_hash(name, message) for message in messages]
    sig = signer.sign(tree_preimage(signer.suite, signer.kid, size, merkle.root(name, leaves)))
    paths = merkle.paths(name, leaves)
    return [f"{sig}~{index}~{size}~{base64url(b''.join(path))}" for index, path in enumerate(paths)]


def signed(envelope: Envelope, signer: Signer) -> Envelope:
    """The envelope with a signature."""
    named = _named(envelope, signer)
    return replace(named, sig=over(signature_preimage(named), signer))


def cosigned(envelope: Envelope, signer: Signer) -> Envelope:
    """The envelope with one more signature, of a second person or part."""
    sig = signer.sign(cosignature_preimage(envelope, signer.suite, signer.kid))
    more = f"{signer.suite}.{signer.kid}.{sig}"
    return replace(envelope, cosig=f"{envelope.cosig} {more}".strip())


def batch(envelopes: Sequence[Envelope], signer: Signer) -> list[Envelope]:
    """Many envelopes under one signature of a suite of trees."""
    named = [_named(envelope, signer) for envelope in envelopes]
    sigs = in_tree([signature_preimage(each) for each in named], signer)
    return [replace(each, sig=sig) for each, sig in zip(named, sigs, strict=True)]


def proof(signer: Signer, log: str, public: str, part: str) -> str:
    """What a new key signs to be adopted by a log for a part."""
    return over(proof_preimage(log, signer.suite, public, part), signer)


def _named(envelope: Envelope, signer: Signer) -> Envelope:
    return replace(envelope, sigsuite=signer.suite, sigkid=signer.kid)
