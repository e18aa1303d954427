"""The sealed originals of a log, each a file below the id of its key: when the key goes the whole folder goes."""

import shutil
from collections.abc import Collection, Iterator
from hashlib import sha256
from pathlib import Path
from typing import IO

from streams.messages.words import Sealed
from streams.originals.folder import NewFile, clear_new, digest_of, sealed_originals, sealed_path
from streams.sealing.file import PIECE, sealed_pieces
from streams.sealing.record import Spot, key_id

FOLDER_MODE, FILE_MODE = 0o750, 0o640
"""Cipher text, which the group may read: so the audit finds a file that was changed without a key."""


class Shelf:
    """Writes, finds and removes sealed originals. `folder`: that of the log's originals."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        clear_new(folder / "sealed")

    def seal(self, key: bytes, spot: Spot, size: int, source: IO[bytes]) -> Sealed:
        """Seal what comes from a source, `size` bytes, durable once this returns; ValueError where it is not as long."""
        kid, found = key_id(key), sha256()
        with NewFile(self._folder / "sealed", FOLDER_MODE, FILE_MODE) as new:
            for piece in sealed_pieces(key, spot, size, _pieces(source, size)):
                found.update(piece)
                new.write(piece)
            reference = Sealed(kid, found.hexdigest(), size)
            new.place(sealed_path(self._folder, reference))
        return reference

    def path(self, reference: Sealed) -> Path | None:
        """Where a sealed original stands; None where it does not."""
        path = sealed_path(self._folder, reference)
        return path if path.is_file() else None

    def is_whole(self, reference: Sealed) -> bool:
        """Whether its bytes are those that were written."""
        with sealed_path(self._folder, reference).open("rb") as file:
            return digest_of(file) == reference.digest

    def bury(self, kids: Collection[str]) -> None:
        """Remove the originals of keys that are gone."""
        for kid in kids:
            shutil.rmtree(self._folder / "sealed" / kid, ignore_errors=True)

    def drop(self, digest: str) -> bool:
        """Remove one original to which nothing refers; whether it stood there."""
        found = list((self._folder / "sealed").glob(f"*/{digest}"))
        for path in found:
            path.unlink(missing_ok=True)
        return bool(found)

    def all(self) -> Iterator[tuple[str, int]]:
        """Digest, and time of writing (ms), of each."""
        return sealed_originals(self._folder)


def _pieces(source: IO[bytes], size: int) -> Iterator[bytes]:
    left = size
    while left:
        piece = source.read(min(PIECE, left))
        if not piece:
            return
        left -= len(piece)
        yield piece
