"""A second implementation of docs/develop/signing.md, from its text: the standard library, and one for the curves.

It imports nothing of `streams`. `python -m tests.unit.signing.verifier` writes the committed vectors.
"""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.hashes import SHA256

VECTORS = Path(__file__).parent / "vectors"
HASH = {"ed25519-sha256": "sha256", "ed25519-sha256-tree": "sha256", "webauthn-es256": "sha256", "sm2-sm3": "sm3"}
ORDER = ("specversion", "id", "source", "type", "subject", "time", "datacontenttype", "dataschema", "region")
SIGNING = ("logid", "sigto", "sigseq", "sigsuite", "sigkid", "sig", "cosig", "recordedtime")


class NotStrictError(ValueError):
    """Bytes that are no strict record."""


# --- words -----------------------------------------------------------------------------------------


def netstring(text: str) -> str:
    """N(x)."""
    return f"{len(text.encode())}:{text},"


def spoken(what: str, *parts: str) -> bytes:
    """A label and netstrings."""
    return ("onescreen/" + what + "/1\n" + "".join(netstring(part) for part in parts)).encode()


def hexed(suite: str, data: bytes) -> str:
    """H of a suite, hex."""
    return hashlib.new(HASH[suite], data).hexdigest()


def encoded(data: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def decoded(text: str) -> bytes:
    """The bytes of a base64url text that has no second form; ValueError for any other."""
    if not re.fullmatch(r"[A-Za-z0-9_-]*", text) or len(text) % 4 == 1:
        raise ValueError("no base64url")
    data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    if encoded(data) != text:
        raise ValueError("spare bits")
    return data


def kid(suite: str, public: str) -> str:
    """The id of a key."""
    return hexed(suite, spoken("key", suite, public))[:32]


# --- the record ------------------------------------------------------------------------------------


def _no_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    if len(set(names)) < len(names):
        raise NotStrictError("a name twice")
    return dict(pairs)


def _never(text: str) -> None:
    raise NotStrictError(text)


_READER = json.JSONDecoder(object_pairs_hook=_no_twice, parse_constant=_never, strict=True)
_BLANK = re.compile(r"[ \t\n\r]*")


def read(value: bytes) -> tuple[dict[str, str], bytes]:
    """The attributes of a record, and the bytes of its data as they stand: walks over the object's members one by one."""
    text = value.decode()
    at = _BLANK.match(text).end()
    if text[at : at + 1] != "{":
        raise NotStrictError("no object")
    attributes: dict[str, str] = {}
    data, at = b"null", _BLANK.match(text, at + 1).end()
    while True:
        name, at = _READER.raw_decode(text, at)
        at = _BLANK.match(text, at).end()
        if not isinstance(name, str) or text[at : at + 1] != ":":
            raise NotStrictError("no member")
        start = _BLANK.match(text, at + 1).end()
        member, end = _READER.raw_decode(text, start)
        if name in attributes or (name == "data" and data != b"null"):
            raise NotStrictError("a name twice")
        if name == "data":
            data = text[start:end].encode()
        elif name in (*ORDER, *SIGNING) and isinstance(member, str) and member:
            member.encode()
            attributes[name] = member
        else:
            raise NotStrictError(f"attribute {name!r}")
        at = _BLANK.match(text, end).end()
        mark, at = text[at : at + 1], at + 1
        if mark == "}":
            break
        if mark != ",":
            raise NotStrictError("no object")
        at = _BLANK.match(text, at).end()
    if text[at:].strip(" \t\n\r"):
        raise NotStrictError("something behind the object")
    return attributes, data


def preimage(of: dict[str, str], data: bytes, role: str, suite: str, key: str) -> bytes:
    """What is signed."""
    said = [of.get(name) or ("application/json" if name == "datacontenttype" else "") for name in ORDER]
    where = [of["logid"], of["sigto"], of["sigseq"]]
    return spoken("event", role, suite, key, *where, *said, of.get("recordedtime", ""), hexed(suite, data))


def content(of: dict[str, str], data: bytes, suite: str) -> str:
    """By what copies are known."""
    said = [of.get(name) or ("application/json" if name == "datacontenttype" else "") for name in ORDER]
    return hexed(suite, spoken("content", *said, hexed(suite, data)))


def verdict(value: bytes, keys: dict[str, tuple[str, str]]) -> bool:
    """Whether every signature of a record is one of these keys (kid to suite and public key) over its bytes."""
    try:
        of, data = read(value)
        signers = [("sig", of["sigsuite"], of["sigkid"], of["sig"])]
        signers += [("cosig", *each.split(".")) for each in of.get("cosig", "").split(" ") if each]
        for role, suite, key, signature in signers:
            known, public = keys[key]
            if known != suite or not holds(suite, public, preimage(of, data, role, suite, key), signature):
                return False
    except (ValueError, KeyError, TypeError):
        return False
    return True


# --- suites ----------------------------------------------------------------------------------------


def holds(suite: str, public: str, message: bytes, signature: str) -> bool:
    """Whether a signature holds."""
    try:
        parts = signature.split("~")
        key = decoded(public)
        if suite == "ed25519-sha256" and len(parts) == 1:
            return _ed25519(key, message, decoded(parts[0]))
        if suite == "ed25519-sha256-tree" and len(parts) == 4:
            index, size = (int(part) if re.fullmatch("0|[1-9][0-9]{0,9}", part) else -1 for part in parts[1:3])
            flat = decoded(parts[3])
            path = [flat[at : at + 32] for at in range(0, len(flat), 32)]
            top = climbed(hashlib.sha256(b"\0" + message).digest(), index, size, path)
            return _ed25519(key, spoken("tree", suite, kid(suite, public), parts[2], top.hex()), decoded(parts[0]))
        if suite == "webauthn-es256" and len(parts) == 3:
            return _webauthn(key, message, *map(decoded, parts))
        if suite == "sm2-sm3" and len(parts) == 1:
            return sm2_holds(key, message, decoded(parts[0]))
    except ValueError:
        pass
    return False


def _ed25519(key: bytes, message: bytes, raw: bytes) -> bool:
    try:
        ed25519.Ed25519PublicKey.from_public_bytes(key).verify(raw, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _webauthn(key: bytes, message: bytes, authenticator: bytes, client: bytes, raw: bytes) -> bool:
    said = json.loads(client)
    wanted = ("webauthn.get", encoded(hashlib.sha256(message).digest()), False)
    if (said["type"], said["challenge"], said.get("crossOrigin", False)) != wanted:
        return False
    if authenticator[:32] != key[:32] or len(authenticator) < 37 or not authenticator[32] & 1 or not authenticator[32] & 4:
        return False
    public = ec.EllipticCurvePublicNumbers(int.from_bytes(key[32:64]), int.from_bytes(key[64:]), ec.SECP256R1()).public_key()
    try:
        public.verify(raw, authenticator + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True


ED_P = 2**255 - 19
ED_L = 2**252 + 27742317777372353535851937790883648493
ED_D = -121665 * pow(121666, ED_P - 2, ED_P) % ED_P


def _ed_x(y: int, sign: int) -> int | None:
    """The x of a y and a sign, by trying both roots (RFC 8032 §5.1.3); y is taken modulo p, as the libraries do."""
    square = (y * y - 1) * pow(ED_D * y * y + 1, ED_P - 2, ED_P) % ED_P
    for x in (root := pow(square, (ED_P + 3) // 8, ED_P), root * pow(2, (ED_P - 1) // 4, ED_P) % ED_P):
        if x * x % ED_P == square:
            return x if x & 1 == sign else -x % ED_P
    return None


def _ed_sum(a: tuple[int, int], b: tuple[int, int]) -> tuple[int, int]:
    """The sum of two points, affine (RFC 8032 §5.1.4 gives the formula in other coordinates)."""
    turn = ED_D * a[0] * b[0] * a[1] * b[1] % ED_P
    x = (a[0] * b[1] + a[1] * b[0]) * pow(1 + turn, ED_P - 2, ED_P) % ED_P
    return x, (a[1] * b[1] + a[0] * b[0]) * pow(1 - turn, ED_P - 2, ED_P) % ED_P


def _ed_times(n: int, point: tuple[int, int]) -> tuple[int, int]:
    total = (0, 1)
    for bit in bin(n)[2:]:
        total = _ed_sum(total, total)
        if bit == "1":
            total = _ed_sum(total, point)
    return total


def ed25519_by_hand(key: bytes, message: bytes, raw: bytes) -> bool:
    """RFC 8032 §5.1.7 without the cofactor and without any library: S below L, and S·B - k·A encoded is R byte for byte."""
    number, s = int.from_bytes(key, "little"), int.from_bytes(raw[32:], "little")
    y = number & 2**255 - 1
    x = _ed_x(y % ED_P, number >> 255)
    if x is None or s >= ED_L or len(raw) != 64:
        return False
    k = int.from_bytes(hashlib.sha512(raw[:32] + key + message).digest(), "little") % ED_L
    base_y = 4 * pow(5, ED_P - 2, ED_P) % ED_P
    found = _ed_sum(_ed_times(s, (_ed_x(base_y, 0) or 0, base_y)), _ed_times(k, (-x % ED_P, y % ED_P)))
    return (found[1] | (found[0] & 1) << 255).to_bytes(32, "little") == raw[:32]


SM2_P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
SM2_N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
SM2_B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
SM2_G = (
    0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
    0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0,
)
Affine = tuple[int, int] | None


def sm2_sum(a: Affine, b: Affine) -> Affine:
    """The sum of two points of sm2p256v1 (GB/T 32918.1-2016 §3.2.3.1)."""
    if a is None or b is None:
        return a or b
    if a[0] == b[0]:
        if (a[1] + b[1]) % SM2_P == 0:
            return None
        slope = (3 * a[0] * a[0] - 3) * pow(2 * a[1], -1, SM2_P)
    else:
        slope = (b[1] - a[1]) * pow(b[0] - a[0], -1, SM2_P)
    x = (slope * slope - a[0] - b[0]) % SM2_P
    return x, (slope * (a[0] - x) - a[1]) % SM2_P


def sm2_times(n: int, point: Affine) -> Affine:
    """A multiple of a point."""
    total: Affine = None
    for bit in bin(n)[2:]:
        total = sm2_sum(total, total)
        if bit == "1":
            total = sm2_sum(total, point)
    return total


def _sm2_e(key: bytes, message: bytes) -> int:
    user = b"1234567812345678"
    parts = [SM2_P - 3, SM2_B, *SM2_G]
    z = len(user) * 8
    head = z.to_bytes(2) + user + b"".join(part.to_bytes(32) for part in parts) + key
    return int.from_bytes(hashlib.new("sm3", hashlib.new("sm3", head).digest() + message).digest())


def sm2_holds(key: bytes, message: bytes, raw: bytes) -> bool:
    """GB/T 32918.2-2016 §7.1."""
    r, s = int.from_bytes(raw[:32]), int.from_bytes(raw[32:])
    if len(raw) != 64 or len(key) != 64 or not (0 < r < SM2_N and 0 < s < SM2_N) or (t := (r + s) % SM2_N) == 0:
        return False
    point = sm2_sum(sm2_times(s, SM2_G), sm2_times(t, (int.from_bytes(key[:32]), int.from_bytes(key[32:]))))
    return point is not None and (_sm2_e(key, message) + point[0]) % SM2_N == r


def sm2_signed(secret: int, message: bytes, k: int) -> tuple[bytes, bytes]:
    """Public key and signature r ‖ s (GB/T 32918.2-2016 §6.1), with a given k: for vectors alone."""
    x, y = sm2_times(secret, SM2_G) or (0, 0)
    key = x.to_bytes(32) + y.to_bytes(32)
    r = (_sm2_e(key, message) + (sm2_times(k, SM2_G) or (0, 0))[0]) % SM2_N
    s = pow(1 + secret, -1, SM2_N) * (k - r * secret) % SM2_N
    return key, r.to_bytes(32) + s.to_bytes(32)


# --- trees, chains ---------------------------------------------------------------------------------


def mth(leaves: Sequence[bytes], name: str = "sha256") -> bytes:
    """The root over leaf hashes, by the recursion of RFC 9162 §2.1.1."""
    if not leaves:
        return hashlib.new(name, b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return hashlib.new(name, b"\1" + mth(leaves[:half], name) + mth(leaves[half:], name)).digest()


def climbed(leaf: bytes, index: int, size: int, path: Sequence[bytes], name: str = "sha256") -> bytes:
    """The root that a path leads to, by the recursion of RFC 9162 §2.1.3.1 read backwards; ValueError for none."""
    if not 0 <= index < size or (size == 1) != (not path):
        raise ValueError("no path of this tree")
    if size == 1:
        return leaf
    half = 1
    while half * 2 < size:
        half *= 2
    *below, top = path
    if index < half:
        return hashlib.new(name, b"\1" + climbed(leaf, index, half, below, name) + top).digest()
    return hashlib.new(name, b"\1" + top + climbed(leaf, index - half, size - half, below, name)).digest()


def path_of(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """PATH(m, D_n) of RFC 9162 §2.1.3.1."""
    if len(leaves) == 1:
        return []
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    if index < half:
        return [*path_of(leaves[:half], index), mth(leaves[half:])]
    return [*path_of(leaves[half:], index - half), mth(leaves[:half])]


def chain(secret: bytes, n: int, name: str = "sha256") -> list[bytes]:
    """The links of ticks, from 0."""
    found = [secret]
    for _ in range(n):
        found.insert(0, hashlib.new(name, b"onescreen/tick/1\n" + found[0]).digest()[:16])
    return found


def first_prev(name: str, log: str, kind: str, thing: str) -> str:
    """What a trail begins with."""
    return name + ":" + hashlib.new(name, spoken("trail", log, kind, thing)).hexdigest()


def entry_hash(stored: str, prev: str) -> str:
    """The hash that an entry must have: over the text before its hash, which is the last member."""
    head, _, tail = stored.rpartition('"hash":"')
    name = tail.split(":")[0]
    body = b"onescreen/entry/1\n" + netstring(prev).encode() + (head + '"hash":""}').encode()
    return name + ":" + hashlib.new(name, body).hexdigest()


def revision(name: str, stored: str) -> str:
    """What an entry says of the revision that it makes: over the members of its text as they stand, but three."""
    kept, at = [], 1
    while stored[at - 1] != "}":
        member, colon = _READER.raw_decode(stored, at)
        _, end = _READER.raw_decode(stored, colon + 1)
        if member not in {"audit", "head", "verbs"}:
            kept.append(stored[at:end])
        at = end + 1
    body = b"onescreen/revision/1\n" + ("{" + ",".join(kept) + "}").encode()
    return name + ":" + hashlib.new(name, body).hexdigest()


# --- seals, statements, manifests, notes -----------------------------------------------------------


def seal_signs(seal: dict[str, Any]) -> bytes:
    """What the signature of a seal is over."""
    suite = seal["sigsuite"]
    leaves = [
        hashlib.new(HASH[suite], b"\0" + spoken("sealed", kind, thing, str(n), hashed, revised)).digest()
        for kind, thing, n, hashed, revised in seal["heads"]
    ]
    place = [seal["logid"], seal["topic"], str(seal["partition"]), str(seal["n"]), seal["prev"]]
    span = [str(seal["from"]), str(seal["to"]), str(len(leaves)), mth(leaves, HASH[suite]).hex()]
    return spoken("seal", suite, seal["sigkid"], *place, *span, seal["trust"], seal["at"])


def stated(label: str, stored: str, public: str) -> dict[str, list[str]]:
    """The lines of a statement by their words, whose signature holds; ValueError for any other."""
    body, sig = stored.split("\n\n")
    first, *lines = body.split("\n")
    words: dict[str, list[str]] = {}
    for line in lines:
        word, _, said = line.partition(" ")
        words.setdefault(word, []).append(said)
    suite, key = words["key"][0].split(" ")
    if first != label or key != kid(suite, public) or not holds(suite, public, (body + "\n").encode(), sig.rstrip("\n")):
        raise ValueError("no statement of this key")
    return words


def statement_hash(stored: str) -> str:
    """What the next anchor names: the hash of the signed bytes."""
    return hashlib.sha256((stored.split("\n\n", maxsplit=1)[0] + "\n").encode()).hexdigest()


def salted(name: str, secret: bytes, offset: int, timestamp: int, key: bytes | None, value: bytes | None) -> bytes:
    """The leaf of a record of an archived file."""
    salt = hmac.new(secret, str(offset).encode(), name).hexdigest()
    digests = ["" if each is None else hashlib.new(name, each).hexdigest() for each in (key, value)]
    return hashlib.new(name, b"\0" + spoken("row", salt, str(offset), str(timestamp), *digests)).digest()


def noted(note: str, name: str, public: str, kind: int) -> bool:
    """Whether a note bears a signature of a key of this name: 1, of a log; 4, of a witness, which signs the time before it."""
    text, _, lines = note.rpartition("\n\n")
    key = decoded(public)
    wanted = hashlib.sha256(name.encode() + b"\n" + bytes([kind]) + key).digest()[:4]
    for line in lines.splitlines():
        _, who, told = line.split(" ")
        raw = base64.b64decode(told)
        if (who, raw[:4]) == (name, wanted):
            before, sig = ("", raw[4:]) if kind == 1 else (f"cosignature/v1\ntime {int.from_bytes(raw[4:12])}\n", raw[12:])
            return _ed25519(key, f"{before}{text}\n".encode(), sig)
    return False
