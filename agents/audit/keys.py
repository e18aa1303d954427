"""The files of a log's signing keys: Ed25519 in PEM, the private ones for their owner alone (mode 600).

`<log>.key` is the private key that signs now, `<log>.pub` the public key of the log's first anchor: the one to give away.
`<log>.key.next` is there while a key is being made or handed on.
"""

import os
from pathlib import Path
from typing import cast

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from streams.command import Trouble
from streams.private import private


class Keys:
    """The keys of one log in a folder, which is made at first use (mode 700)."""

    def __init__(self, folder: Path, log: str) -> None:
        self.folder = folder
        self._now, self._next, self._first = (folder / f"{log}.{end}" for end in ("key", "key.next", "pub"))

    def current(self) -> Ed25519PrivateKey | None:
        """The key that signs now, or None where the log has none yet."""
        return _private(self._now) if self._now.exists() else None

    def prepared(self) -> Ed25519PrivateKey | None:
        """The key that is to sign next, where one is being handed on."""
        return _private(self._next) if self._next.exists() else None

    def first(self) -> Ed25519PublicKey:
        """The public key of the log's first anchor."""
        return read_public(self._first)

    def begin(self) -> Ed25519PrivateKey:
        """The log's first key, made and kept."""
        key = self.prepare()
        self._first.write_bytes(public_pem(key.public_key()))
        self.adopt()
        return key

    def prepare(self) -> Ed25519PrivateKey:
        """Make a key and keep it as the next one."""
        key = Ed25519PrivateKey.generate()
        private(self.folder)
        self._next.unlink(missing_ok=True)
        with os.fdopen(os.open(self._next, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
            file.flush()
            os.fsync(file.fileno())
        return key

    def adopt(self) -> None:
        """From now on the next key signs; the one before is gone."""
        self._next.replace(self._now)


def public_pem(key: Ed25519PublicKey) -> bytes:
    """A public key as PEM (SubjectPublicKeyInfo, RFC 8410)."""
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def read_public(path: Path) -> Ed25519PublicKey:
    """The public key in a PEM file; ValueError names the file and says what would do."""
    try:
        key = load_pem_public_key(path.read_bytes())
    except (OSError, ValueError, UnsupportedAlgorithm) as error:
        raise ValueError(f"no public key in {path}: {error}; put there what `python -m agents audit key` prints") from None
    if not isinstance(key, Ed25519PublicKey):
        raise ValueError(f"the key in {path} is not of Ed25519; put there what `python -m agents audit key` prints")  # noqa: TRY004 - wrong use
    return key


def _private(path: Path) -> Ed25519PrivateKey:
    try:
        return cast("Ed25519PrivateKey", load_pem_private_key(path.read_bytes(), None))
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise Trouble(f"{path} cannot be used as a private key: {error}; put the right file back") from None
