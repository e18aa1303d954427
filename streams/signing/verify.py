"""Verification by libraries: `verify` for whoever judges, and a memory of its verdicts.

A verdict is pure: the same for the same bytes on every machine. So a machine that lacks a suite's library gives none: it stops.
"""

from collections import OrderedDict
from collections.abc import Callable
from functools import lru_cache
from hashlib import algorithms_available, sha256
from importlib import import_module
from types import ModuleType

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from streams.signing import merkle
from streams.signing.envelope import strict_json
from streams.signing.keys import Verify
from streams.signing.preimage import key_id, tree_preimage
from streams.signing.suites import SUITES
from streams.signing.words import base64url, from_base64url

TREE = "ed25519-sha256-tree"
"""The suite of bulk."""

_PRESENT_AND_VERIFIED = 0x05
"""WebAuthn Level 2 §6.1: the flags UP and UV, user present and user verified."""

_SM2_ORDER = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
"""The order of sm2p256v1 (GB/T 32918.5-2017)."""

_SM2_USER = b"1234567812345678"
"""The default identity of a signer (GB/T 35276-2017 §10)."""


class MissingSuiteError(RuntimeError):
    """This machine has no library for a suite that the log has adopted: it must not judge the log."""


def verify(suite: str, public: str, preimage: bytes, signature: str) -> bool:
    """Whether a signature of a suite and public key (both base64url) is one over these bytes; never raises on garbage."""
    check, key = _CHECKS.get(suite), from_base64url(public)
    return check is not None and key is not None and check(key, preimage, signature)


def available(suite: str) -> bool:
    """Whether this machine can verify a suite."""
    return suite in SUITES and (suite != "sm2-sm3" or ("sm3" in algorithms_available and _gmssl() is not None))


def remembering(check: Verify, most: int = 4_096) -> Verify:
    """`check` with a memory of its newest verdicts, by SHA-256 of all that they depend on."""
    verdicts: OrderedDict[bytes, bool] = OrderedDict()

    def remembered(suite: str, public: str, preimage: bytes, signature: str) -> bool:
        name = sha256(f"{suite} {public} {signature} ".encode("utf-8", "surrogatepass") + preimage).digest()
        found = verdicts.get(name)
        if found is None:
            found = verdicts[name] = check(suite, public, preimage, signature)
            if len(verdicts) > most:
                verdicts.popitem(last=False)
        else:
            verdicts.move_to_end(name)
        return found

    return remembered


@lru_cache(maxsize=256)
def _ed25519_key(key: bytes) -> Ed25519PublicKey | None:
    try:
        return Ed25519PublicKey.from_public_bytes(key)
    except ValueError:
        return None


def _holds(key: bytes, message: bytes, raw: bytes) -> bool:
    loaded = _ed25519_key(key)
    try:
        if loaded is not None and len(raw) == 64:
            loaded.verify(raw, message)
            return True
    except InvalidSignature:
        pass
    return False


def _ed25519(key: bytes, preimage: bytes, signature: str) -> bool:
    raw = from_base64url(signature)
    return raw is not None and _holds(key, preimage, raw)


_root_holds = lru_cache(maxsize=1_024)(_holds)
"""Of a tree the root's signature is verified once, not for each leaf; what is kept is short: a root's preimage."""


def _tree(key: bytes, preimage: bytes, signature: str) -> bool:
    """The signature is `signature~index~size~path`: the root's, the leaf's number from 0, how many, the path's hashes."""
    parts = signature.split("~")
    if len(parts) != 4:
        return False
    raw, index, size, path = from_base64url(parts[0]), _number(parts[1]), _number(parts[2]), from_base64url(parts[3])
    if raw is None or index is None or size is None or path is None or len(path) % 32:
        return False
    name = SUITES[TREE].hash
    nodes = [path[at : at + 32] for at in range(0, len(path), 32)]
    top = merkle.included(name, merkle.leaf_hash(name, preimage), index, size, nodes)
    return top is not None and _root_holds(key, tree_preimage(TREE, key_id(TREE, base64url(key)), size, top), raw)


def _number(text: str) -> int | None:
    """The number of a text of digits without a leading zero."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 10 and str(int(text)) == text else None


def _webauthn(key: bytes, preimage: bytes, signature: str) -> bool:
    """The signature is `authenticator data~client data~signature`; the challenge is SHA-256 of the preimage."""
    parts = [from_base64url(part) for part in signature.split("~")]
    if len(parts) != 3 or len(key) != 96:
        return False
    authenticator, client, raw = parts
    if authenticator is None or client is None or raw is None:
        return False
    return asserted(key, sha256(preimage).digest(), authenticator, client, raw)


def asserted(key: bytes, challenge: bytes, authenticator: bytes, client: bytes, raw: bytes) -> bool:
    """Whether an assertion answers a challenge, by a person who was present and verified (WebAuthn Level 2 §7.2).

    `key`: SHA-256 of the relying party's id, then x ‖ y. The origin is the authenticator's and the browser's business: the id
    of the relying party is what binds.
    """
    try:
        said = strict_json(client)
    except ValueError:
        return False
    if not isinstance(said, dict) or said.get("type") != "webauthn.get" or said.get("challenge") != base64url(challenge):
        return False
    if len(authenticator) < 37 or authenticator[:32] != key[:32] or said.get("crossOrigin", False) is not False:
        return False
    if authenticator[32] & _PRESENT_AND_VERIFIED != _PRESENT_AND_VERIFIED:
        return False
    try:
        loaded = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), b"\4" + key[32:])
        loaded.verify(raw, authenticator + sha256(client).digest(), ECDSA(SHA256()))
    except (InvalidSignature, ValueError):
        return False
    return True


@lru_cache(maxsize=1)
def _gmssl() -> ModuleType | None:
    try:
        return import_module("gmssl_pyx")  # an extra that few install
    except ImportError:
        return None


def _sm2(key: bytes, preimage: bytes, signature: str) -> bool:
    """The signature is r ‖ s in 64 bytes, of SM2 with the default identity."""
    gmssl, raw = _gmssl(), from_base64url(signature)
    if gmssl is None:
        raise MissingSuiteError("sm2-sm3 is not available here: install the extra of the name sm2")
    if raw is None or len(raw) != 64 or len(key) != 64:
        return False
    r, s = int.from_bytes(raw[:32]), int.from_bytes(raw[32:])
    if not (0 < r < _SM2_ORDER and 0 < s < _SM2_ORDER):
        return False
    der = encode_dss_signature(r, s)
    try:
        return bool(gmssl.sm2_verify(key, preimage, der, signer_id=_SM2_USER))
    except (gmssl.InvalidValueError, gmssl.GmsslInnerError):
        return False


_CHECKS: dict[str, Callable[[bytes, bytes, str], bool]] = {
    "ed25519-sha256": _ed25519,
    TREE: _tree,
    "webauthn-es256": _webauthn,
    "sm2-sm3": _sm2,
}
