"""The exact bytes that are signed and hashed. Nothing is encoded again: `data` counts as its bytes stand."""

from streams.signing.envelope import Envelope
from streams.signing.suites import SUITES
from streams.signing.words import digest, labelled


def key_id(suite: str, public: str) -> str:
    """The id of a key: 32 hex digits of the hash of its suite's name and its public key (base64url)."""
    return digest(SUITES[suite].hash, labelled("key", suite, public)).hex()[:32]


def log_id(suite: str, data: bytes) -> str:
    """The id of a log: the hash, by the log's suite, of the data of its `log.opened` as they stand."""
    return digest(SUITES[suite].hash, labelled("log") + data).hex()


def signature_preimage(envelope: Envelope) -> bytes:
    """What `sig` is over."""
    return _event("sig", envelope.sigsuite, envelope.sigkid, envelope)


def cosignature_preimage(envelope: Envelope, suite: str, kid: str) -> bytes:
    """What a cosignature is over: the same event under the cosigner's own suite and key."""
    return _event("cosig", suite, kid, envelope)


def _event(role: str, suite: str, kid: str, of: Envelope) -> bytes:
    data = digest(SUITES[suite].hash, bytes(of.data)).hex()
    where = (of.logid, of.sigto, of.sigseq)
    return labelled("event", role, suite, kid, *where, *_attributes(of), of.recordedtime, data)


def _attributes(of: Envelope) -> tuple[str, ...]:
    """What the event says, whoever delivers it and however often."""
    return (of.specversion, of.id, of.source, of.type, of.subject, of.time, of.datacontenttype, of.dataschema, of.region)


def content(envelope: Envelope, hash_name: str) -> str:
    """The digest (hex) by which two copies are known as one: without key, number, place, arrival and signature.

    By the log's hash, so that copies under keys of two suites are the same.
    """
    return digest(hash_name, labelled("content", *_attributes(envelope), digest(hash_name, bytes(envelope.data)).hex())).hex()


def book_digest(hash_name: str, text: bytes) -> str:
    """What an adoption names the text of a rule book by, with the algorithm before the digits: over its bytes as they stand."""
    return f"{hash_name}:{digest(hash_name, labelled('book') + text).hex()}"


def proof_preimage(log: str, suite: str, public: str, part: str) -> bytes:
    """What a new key signs to show that who brings it has it: bound to the log and to the part it is for."""
    return labelled("proof", log, suite, public, part)


def tree_preimage(suite: str, kid: str, size: int, root: bytes) -> bytes:
    """What one signature over a tree is over; each leaf is a whole event's preimage."""
    return labelled("tree", suite, kid, str(size), root.hex())
