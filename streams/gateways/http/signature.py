"""The signatures of senders that have an application key: HMAC-SHA256 over a text that has the time and the body in it.

What they sign differs from platform to platform, so it is data: names of headers, and the text with placeholders. Not in the
time that is allowed, or seen before, a signature is refused.
"""

import hmac
import re
from base64 import b64decode
from binascii import Error
from collections import OrderedDict
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta, Struct

from streams.messages import SECOND

MOST = 100_000
"""Signatures of one sender that are remembered; beyond them it must wait. 本系统默认 (a default of this system)."""

LEAST_SECRET = 16
"""Bytes of a secret at least: as strong as the 128 bits that GB/T 39786-2021's algorithms have. 本系统默认."""

_NONCE = re.compile(r"[A-Za-z0-9+/=._:-]{0,128}")
"""What a nonce may be: it often stands right before the body, of which nobody may move a part into it."""

_PLACES = re.compile(r"\{(\w+)\}")
_KNOWN = ("key", "time", "nonce", "method", "path", "body", "sha256")


class Scheme(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How a sender signs. `secret` names a file beside the register that holds the secret and nothing else.

    `text`: what is signed: {key}, {time}, {nonce} as the headers have them, {method}, {path}, {body}, {sha256} (hex, of the
    body). `unit`: of the time, which counts from 1970. `skew`: how far it may be from ours, in seconds.
    """

    key: Annotated[str, Meta(min_length=1, max_length=100)]
    secret: str
    text: str = "{key}{time}{nonce}{body}"
    key_header: str = "X-App-Key"
    time_header: str = "X-Timestamp"
    nonce_header: str = "X-Nonce"
    signature_header: str = "X-Signature"
    unit: Literal["s", "ms"] = "ms"
    encoding: Literal["hex", "base64"] = "hex"
    skew: Annotated[int, Meta(ge=1, le=3_600)] = 300

    @property
    def fault(self) -> str:
        """The first thing that is wrong with it, or an empty text."""
        places = _PLACES.findall(self.text)
        if strange := [each for each in places if each not in _KNOWN]:
            return f"text has {{{strange[0]}}}; it may have {', '.join(f'{{{each}}}' for each in _KNOWN)}"
        if "time" not in places or not {"body", "sha256"} & {*places}:
            return "text must have {time}, and {body} or {sha256}: else a signature could be used for something else"
        return ""


def read_secret(path: Path) -> bytes:
    """The secret in a file, without the end of its line; ValueError where it is too short or others may read it."""
    if path.stat().st_mode & 0o077:
        raise ValueError("others may read it: chmod 600")
    secret = path.read_bytes().strip()
    if len(secret) < LEAST_SECRET:
        raise ValueError(f"the secret has {len(secret)} bytes, at least {LEAST_SECRET} are needed")
    return secret


class Request(Struct, frozen=True):
    """What of a request is signed: method, path, headers by lower-case name, and the body as it came."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


class Signatures:
    """Whether signatures of one sender are right; it remembers those that were, so that none is taken twice."""

    def __init__(self, scheme: Scheme, secret: bytes, before: "Signatures | None" = None) -> None:
        """`before`: those of the register before this one; what was taken then is taken no more."""
        self._scheme, self._secret = scheme, secret
        self._seen: OrderedDict[bytes, int] = OrderedDict() if before is None else before._seen

    def wrong(self, request: Request, now: int) -> str:
        """What is wrong with a request's signature at a moment (ms), or an empty text: then it is remembered."""
        scheme = self._scheme
        time = request.headers.get(scheme.time_header.lower(), "")
        if not (time.isascii() and time.isdigit() and len(time) <= 16):
            return f"{scheme.time_header} is no number of {scheme.unit} since 1970"
        if not _NONCE.fullmatch(request.headers.get(scheme.nonce_header.lower(), "")):
            return f"{scheme.nonce_header} has more than 128 signs, or others than letters, digits and + / = . _ : -"
        at, skew = int(time) * (SECOND if scheme.unit == "s" else 1), scheme.skew * SECOND
        right = hmac.digest(self._secret, signed(scheme, request, time), "sha256")
        if not hmac.compare_digest(self._given(request), right):
            return f"{scheme.signature_header} is not the HMAC-SHA256 of this request with this key"
        if abs(at - now) > skew:
            return f"{scheme.time_header} is {(at - now) // SECOND} s from our clock, at most {scheme.skew} s are allowed"
        if right in self._seen:
            return "this very signature was taken before: sign anew, with a time or nonce of its own"
        self._seen[right] = at + skew
        return ""

    def is_full(self, now: int) -> bool:
        """Whether no further signature can be remembered just now."""
        while self._seen and next(iter(self._seen.values())) < now:
            self._seen.popitem(last=False)
        return len(self._seen) >= MOST

    def forget(self, request: Request) -> None:
        """The request was not taken for want of room: it may come again as it is."""
        time = request.headers.get(self._scheme.time_header.lower(), "")
        self._seen.pop(hmac.digest(self._secret, signed(self._scheme, request, time), "sha256"), None)

    def _given(self, request: Request) -> bytes:
        text = request.headers.get(self._scheme.signature_header.lower(), "")
        try:
            return bytes.fromhex(text) if self._scheme.encoding == "hex" else b64decode(text, validate=True)
        except (ValueError, Error):
            return b""


def signed(scheme: Scheme, request: Request, time: str) -> bytes:
    """The text of a request that is signed, at a time as its header has it."""
    parts: dict[str, bytes] = {
        "key": scheme.key.encode(),
        "time": time.encode(),
        "nonce": request.headers.get(scheme.nonce_header.lower(), "").encode(),
        "method": request.method.encode(),
        "path": request.path.encode(),
        "body": request.body,
        "sha256": sha256(request.body).hexdigest().encode(),
    }
    texts = _PLACES.split(scheme.text)
    return b"".join(parts[text] if n % 2 else text.encode() for n, text in enumerate(texts))
