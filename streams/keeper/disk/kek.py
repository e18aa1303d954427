"""The key that wraps all others, one an epoch: who has a backup of the store and not this key has nothing.

It stands in files of mode 600, one in each folder of the store, or with an outside command (a card, a key server), which never
gives it away. An epoch ends by destroying its key; a backup of the store from before opens nothing then.
"""

import re
import secrets
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from streams.keeper.disk.files import destroy, read_own, write_new
from streams.keeper.errors import KeeperError
from streams.signing.words import base64url, from_base64url

TIMEOUT = 10.0
"""Seconds after which an outside command has not answered."""

_BYTES = 64
_NAME = re.compile(r"kek-([0-9]{1,9})")


class Keks(Protocol):
    """Who has the KEKs. Epochs are numbers that rise."""

    def epochs(self) -> tuple[int, ...]:
        """The epochs whose KEK is there, in order."""

    def make(self, epoch: int) -> None:
        """Make the KEK of a new epoch, durably."""

    def wrap(self, epoch: int, key: bytes, about: bytes) -> bytes:
        """A key wrapped, bound to what is said of it."""

    def unwrap(self, epoch: int, wrapped: bytes, about: bytes) -> bytes:
        """The key; KeeperError where this KEK did not wrap it with just these words."""

    def destroy(self, epoch: int) -> None:
        """Destroy a KEK for good; nothing where there is none."""


class FileKeks:
    """KEKs in files, `kek-<epoch>` in each of the folders."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = folders

    def epochs(self) -> tuple[int, ...]:
        """The epochs whose KEK is in any of the folders; a folder that lacks one gets it again from the other."""
        found = {
            int(match[1]) for folder in self._folders for path in folder.iterdir() if (match := _NAME.fullmatch(path.name))
        }
        for epoch in found:
            self._everywhere(epoch, self._key(epoch))
        return tuple(sorted(found))

    def make(self, epoch: int) -> None:
        """Make the KEK of a new epoch in each folder."""
        self._everywhere(epoch, secrets.token_bytes(_BYTES))

    def wrap(self, epoch: int, key: bytes, about: bytes) -> bytes:
        """A key wrapped by AES-SIV."""
        return AESSIV(self._key(epoch)).encrypt(key, [about])

    def unwrap(self, epoch: int, wrapped: bytes, about: bytes) -> bytes:
        """The key of a wrapped one."""
        try:
            return AESSIV(self._key(epoch)).decrypt(wrapped, [about])
        except InvalidTag:
            raise KeeperError(
                f"the KEK of epoch {epoch} does not open a key of the store: restore both from one moment"
            ) from None

    def destroy(self, epoch: int) -> None:
        """Overwrite the KEK in each folder, and unlink it."""
        for folder in self._folders:
            destroy(folder / f"kek-{epoch}")

    def _everywhere(self, epoch: int, key: bytes) -> None:
        for folder in self._folders:
            if not (folder / f"kek-{epoch}").exists():
                write_new(folder / f"kek-{epoch}", key)

    def _key(self, epoch: int) -> bytes:
        path = next((path for folder in self._folders if (path := folder / f"kek-{epoch}").exists()), None)
        if path is None:
            raise KeeperError(
                f"the KEK of epoch {epoch} is not in {self._folders[0]}: it was destroyed, or the folder is not whole"
            )
        key = read_own(path)
        if len(key) != _BYTES:
            raise KeeperError(f"{path} holds no KEK: restore it from the other folder")
        return key


class CommandKeks:
    """KEKs that an outside command has: `COMMAND epochs`, and `make`, `wrap`, `unwrap`, `destroy` with the epoch.

    It reads base64url on stdin, a line for what is said of the key and one for the key, and writes base64url; for `epochs` the
    numbers with a blank between two.
    """

    def __init__(self, command: Sequence[str]) -> None:
        self._command = tuple(command)

    def epochs(self) -> tuple[int, ...]:
        """The epochs that the command names."""
        return tuple(sorted(int(word) for word in self._run("epochs").split()))

    def make(self, epoch: int) -> None:
        """Let the command make a KEK."""
        self._run("make", str(epoch))

    def wrap(self, epoch: int, key: bytes, about: bytes) -> bytes:
        """Let the command wrap a key; what it gives must open again."""
        wrapped = self._bytes("wrap", epoch, key, about)
        if self.unwrap(epoch, wrapped, about) != key:
            raise KeeperError(f"{self._command[0]} does not unwrap what it wrapped: no key is used before it does")
        return wrapped

    def unwrap(self, epoch: int, wrapped: bytes, about: bytes) -> bytes:
        """Let the command unwrap a key."""
        return self._bytes("unwrap", epoch, wrapped, about)

    def destroy(self, epoch: int) -> None:
        """Let the command destroy a KEK."""
        self._run("destroy", str(epoch))

    def _bytes(self, what: str, epoch: int, data: bytes, about: bytes) -> bytes:
        answer = from_base64url(self._run(what, str(epoch), given=f"{base64url(about)}\n{base64url(data)}\n").strip())
        if answer is None:
            raise KeeperError(f"{self._command[0]} {what} wrote no base64url")
        return answer

    def _run(self, *arguments: str, given: str = "") -> str:
        command = (*self._command, *arguments)
        try:
            done = subprocess.run(command, input=given.encode(), capture_output=True, timeout=TIMEOUT, check=True)
        except (OSError, subprocess.SubprocessError) as error:
            raise KeeperError(f"{' '.join(command)} did not do it: {type(error).__name__}") from None
        return done.stdout.decode("ascii", "replace")
