"""Bytes that are hashed or signed: each begins with a label, its parts are netstrings.

A netstring (D. J. Bernstein, 1997) is the length in bytes, a colon, the bytes, a comma: two different lists of texts never give
the same bytes. A label says what the bytes are, so that a signature over one thing is never one over another.
"""

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error


def net(text: str) -> bytes:
    r"""N(x): the netstring of a text in UTF-8.

    >>> net("一屏"), net("")
    (b'6:\xe4\xb8\x80\xe5\xb1\x8f,', b'0:,')
    """
    data = text.encode()
    return b"%d:%b," % (len(data), data)


def labelled(what: str, *texts: str) -> bytes:
    r"""The label of a kind of thing, version 1, and the netstrings of its parts.

    >>> labelled("key", "a", "bc")
    b'onescreen/key/1\n1:a,2:bc,'
    """
    return f"onescreen/{what}/1\n".encode() + b"".join(map(net, texts))


def digest(name: str, data: bytes) -> bytes:
    """The hash of some bytes, by its name in `hashlib`: `sha256` (FIPS 180-4) or `sm3` (GB/T 32905-2016), 32 bytes long."""
    return (hashlib.sha256(data) if name == "sha256" else hashlib.new(name, data)).digest()


def base64url(data: bytes) -> str:
    """Base64url without padding (RFC 4648 §5)."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def from_base64url(text: str) -> bytes | None:
    r"""The bytes of a base64url text, or None where it is not the one text that `base64url` gives for them.

    A last character with spare bits that are not zero would be a second text for the same bytes (RFC 4648 §3.5).

    >>> from_base64url("AA"), from_base64url("AB"), from_base64url("AA==")
    (b'\x00', None, None)
    """
    try:
        data = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except (Error, ValueError):
        return None
    return data if base64url(data) == text else None
