"""Whether the signatures of an archived record hold: looked at once, where its file is written."""

from streams.signing.envelope import Cosignature, claim
from streams.signing.kinds import Unverified
from streams.signing.preimage import cosignature_preimage, signature_preimage
from streams.signing.state import Trust
from streams.signing.verify import MissingSuiteError, verify


def holds(trust: Trust, value: bytes | None) -> bool | None:
    """Whether every signature of a record holds, each under the key or root that its kid names; None of one without any.

    What is not known to hold does not: an unknown key, another suite than its row's, a suite that this machine lacks. A record
    that cannot be read strictly has no signature that anybody would ask about.
    """
    if value is None or not _may_be_signed(value):
        return None
    try:
        said = claim(value)
    except Unverified:
        return None
    event = said.envelope
    signatures = [Cosignature(event.sigsuite, event.sigkid, event.sig), *said.cosignatures]
    if not all(_known(trust, each) for each in signatures):
        return False
    preimages = [signature_preimage(event), *(cosignature_preimage(event, each.suite, each.kid) for each in said.cosignatures)]
    try:
        return all(
            verify(each.suite, _known(trust, each), preimage, each.sig)
            for each, preimage in zip(signatures, preimages, strict=True)
        )
    except MissingSuiteError:
        return False


def _may_be_signed(value: bytes) -> bool:
    """Whether a reader of JSON may find the name `sigkid`: as it stands, or written with escapes."""
    return b"sigkid" in value or b"\\" in value


def _known(trust: Trust, signature: Cosignature) -> str:
    """The public key of a signature's kid, where its row has the suite that is named; empty where there is none."""
    row = trust.keys.get(signature.kid) or trust.roots.get(signature.kid)
    return row.public if row is not None and row.suite == signature.suite else ""
