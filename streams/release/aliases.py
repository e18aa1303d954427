"""Pseudonyms of one export: the same thing has the same one within it, and in no other export.

Keyed (HMAC-SHA-256, RFC 2104) under a key of the place and the export's purpose: a plain hash of a telephone number or of an id
is the number to whoever tries all (个人信息保护法 第七十三条（三）; GB/T 37964-2019, annex A).
"""

import hmac
import os
import secrets
from hashlib import sha256
from pathlib import Path

from streams.command import Trouble
from streams.private import private
from streams.settings import Settings

LABEL = "onescreen/release/1"
_BYTES = 32
_SHOWN = 20
"""Hexadecimal digits of a pseudonym: 80 bits, so that of a million things two have the same one once in 10¹²."""


class Aliases:
    """The pseudonyms of one export. Pure, once the key is at hand."""

    def __init__(self, key: bytes, purpose: str) -> None:
        """`key`: the place's; `purpose`: what the export is for, by which two exports differ."""
        self._key = hmac.digest(key, f"{LABEL}\x1f{purpose}".encode(), sha256)

    def of(self, kind: str, value: str) -> str:
        """The pseudonym of a thing of a kind (`order`); of an empty text an empty one.

        >>> Aliases(b"k" * 32, "a").of("order", "1") == Aliases(b"k" * 32, "b").of("order", "1")
        False
        """
        if not value:
            return ""
        said = f"{kind}\x1f{value}".encode("utf-8", "surrogatepass")
        return f"{kind}-{hmac.digest(self._key, said, sha256).hex()[:_SHOWN]}"


def place_key(settings: Settings) -> bytes:
    """The key of the place, made at its first use: `release/<place>.key` below the data, for its owner alone.

    Trouble where it cannot be read or written, or is none.
    """
    path = settings.data / "release" / f"{settings.place}.key"
    try:
        private(path.parent)
        if not path.exists():
            _make(path)
        found = path.read_bytes()
    except OSError as error:
        raise Trouble(f"the key of exports {path} cannot be had: {error.strerror}; give it to this process's user") from None
    if len(found) != _BYTES:
        raise Trouble(
            f"{path} is no key of exports: it has {len(found)} bytes in place of {_BYTES}; move it away for a new one"
        )
    return found


def fresh_purpose() -> str:
    """A purpose that no other export has, for one that names none."""
    return secrets.token_hex(16)


def _make(path: Path) -> None:
    beside = path.with_suffix(f".{os.getpid()}")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600), "wb") as file:
        file.write(secrets.token_bytes(_BYTES))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(beside, path)
    except FileExistsError:
        pass
    finally:
        beside.unlink()
