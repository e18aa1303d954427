"""The table of suites: signature and hash together, where a signature of it may stand, which public keys it takes.

A key's row has its suite; what a record says must agree with it. `fault` is asked at adoption, once a key: it is in plain
Python, so that no library's idea of a point decides who may sign.
"""

from collections.abc import Callable
from functools import lru_cache

from msgspec import Struct

from streams.signing.words import from_base64url

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
_ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)
"""Edwards25519 (RFC 8032 §5.1): its field, the order of its base point, its d, a square root of -1."""

Point = tuple[int, int, int, int]
"""A point in extended homogeneous coordinates (RFC 8032 §5.1.4)."""

_IDENTITY: Point = (0, 1, 1, 0)


def _add(a: Point, b: Point) -> Point:
    """The sum of two points (RFC 8032 §5.1.4)."""
    e, f = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    g, h = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = f - e, h - g, h + g, f + e
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def _times(n: int, point: Point) -> Point:
    total = _IDENTITY
    while n:
        if n & 1:
            total = _add(total, point)
        point = _add(point, point)
        n >>= 1
    return total


def _is_identity(point: Point) -> bool:
    return point[0] == 0 and point[1] == point[2]


def _decoded(data: bytes) -> Point | None:
    """The point of 32 bytes, None where they are not its one encoding (RFC 8032 §5.1.3)."""
    number = int.from_bytes(data, "little")
    y, odd = number & (1 << 255) - 1, number >> 255
    if y >= P:
        return None
    u, v = (y * y - 1) % P, (D * y * y + 1) % P
    x = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    if v * x * x % P != u:
        x = x * _ROOT_OF_MINUS_ONE % P
    if v * x * x % P != u or (x == 0 and odd):
        return None
    x = P - x if x & 1 != odd else x
    return (x, y, 1, x * y % P)


def ed25519_fault(data: bytes) -> str:
    """Why 32 bytes are no public key to adopt, empty where they are one: canonical, and of the base point's prime order.

    A key of small order verifies one constant signature over any message; one of mixed order is judged differently by libraries
    that multiply by the cofactor and those that do not (Chalkias, Garillot, Nikolaenko: Taming the many EdDSAs, SSR 2020).
    """
    if len(data) != 32:
        return f"{len(data)} bytes are no Ed25519 key, which has 32 (RFC 8032 §5.1.5)"
    point = _decoded(data)
    if point is None:
        return "the bytes are not the canonical encoding of a point (RFC 8032 §5.1.3)"
    if _is_identity(_times(8, point)):
        return "the point is of small order"
    return "" if _is_identity(_times(L, point)) else "the point is not of prime order"


class Curve(Struct, frozen=True):
    """A short Weierstrass curve of prime order: y² = x³ + ax + b over the field of p."""

    name: str
    p: int
    a: int
    b: int

    def fault(self, data: bytes) -> str:
        """Why 64 bytes x ‖ y are no public key, empty where they are one."""
        x, y = int.from_bytes(data[:32]), int.from_bytes(data[32:])
        if len(data) != 64:
            return f"{len(data)} bytes are no key of {self.name}, which has 64: x and y"
        if x >= self.p or y >= self.p or (y * y - x * x * x - self.a * x - self.b) % self.p:
            return f"the point is not on {self.name}"
        return ""


P256 = Curve(
    name="P-256",  # SP 800-186 §3.2.1.3
    p=2**256 - 2**224 + 2**192 + 2**96 - 1,
    a=-3,
    b=0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B,
)
SM2 = Curve(
    name="sm2p256v1",  # GB/T 32918.5-2017
    p=2**256 - 2**224 - 2**96 + 2**64 - 1,
    a=-3,
    b=0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93,
)


def webauthn_fault(data: bytes) -> str:
    """Why 96 bytes are no authenticator's key: SHA-256 of the relying party's id, then x ‖ y of a point of P-256."""
    if len(data) != 96:
        return f"{len(data)} bytes are no authenticator's key, which has 96: SHA-256 of the relying party's id, x and y"
    return P256.fault(data[32:])


class Suite(Struct, frozen=True):
    """One suite: its hash; whether it may stand as `sig`, as `cosig`, and sign as a root; what is wrong with a public key."""

    name: str
    what: str
    hash: str
    sig: bool
    cosig: bool
    root: bool
    fault: Callable[[bytes], str]


_ROWS = (
    Suite("ed25519-sha256", "Ed25519 (RFC 8032), SHA-256", "sha256", True, True, True, ed25519_fault),
    Suite("ed25519-sha256-tree", "Ed25519 over the root of a tree, SHA-256", "sha256", True, False, False, ed25519_fault),
    Suite("webauthn-es256", "a person's authenticator: WebAuthn, ES256", "sha256", False, True, False, webauthn_fault),
    Suite("sm2-sm3", "SM2 (GB/T 32918.2-2016), SM3", "sm3", True, True, True, SM2.fault),
)

SUITES = {suite.name: suite for suite in _ROWS}
"""Every suite by its name. A name is never given to other bytes: what changes is a new suite."""


@lru_cache(maxsize=4096)
def fault(suite: str, public: str) -> str:
    """Why a public key (base64url) must not be adopted under a suite; empty where it may be."""
    if suite not in SUITES:
        return f"there is no suite {suite!r}"
    data = from_base64url(public)
    return "the public key is not base64url without padding" if data is None else SUITES[suite].fault(data)
