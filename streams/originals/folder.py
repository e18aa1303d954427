"""Where the originals of a log stand: files by their digest, sealed ones below the key that seals them.

In a log that was never opened they are plain, mode 600. In an opened one the keeper alone writes, and what stands is sealed.
"""

import os
import re
import secrets
from collections.abc import Iterable, Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import IO

from streams.durable import sync_folder
from streams.messages.orders import File
from streams.messages.words import Sealed
from streams.originals.spool import PIECE
from streams.settings import Settings

_HEX = re.compile(r"[0-9a-f]{64}")
_NEW = "new-"


def folder_of(settings: Settings, log: str) -> Path:
    """The folder of a log's originals."""
    return settings.originals / log


def plain_path(folder: Path, digest: str) -> Path:
    """Where a plain original stands."""
    return folder / "plain" / _checked(digest)


def sealed_path(folder: Path, reference: Sealed) -> Path:
    """Where a sealed original stands."""
    return folder / "sealed" / _checked(reference.kid) / _checked(reference.digest)


def path_of(folder: Path, file: File) -> tuple[Path, str]:
    """Where the original of a piece of evidence stands, and the SHA-256 that its bytes there must have."""
    return (sealed_path(folder, file.text), file.text.digest) if file.text else (plain_path(folder, file.digest), file.digest)


def digest_of(file: IO[bytes]) -> str:
    """SHA-256 (hex) of a file's bytes, from where it stands."""
    found = sha256()
    for piece in pieces_of(file):
        found.update(piece)
    return found.hexdigest()


def pieces_of(file: IO[bytes]) -> Iterator[bytes]:
    """A file's bytes from where it stands, a piece at a time."""
    while piece := file.read(PIECE):
        yield piece


def keep_plain(folder: Path, digest: str, pieces: Iterable[bytes]) -> Path:
    """Write a plain original, durable once this returns; ValueError where its bytes have another digest."""
    target = plain_path(folder, digest)
    if target.exists():
        return target
    with NewFile(target.parent, 0o700, 0o600) as new:
        found = sha256()
        for piece in pieces:
            found.update(piece)
            new.write(piece)
        if found.hexdigest() != digest:
            raise ValueError("the file's bytes are not those of its digest")
        new.place(target)
    return target


def state_of(folder: Path, file: File) -> str:
    """How the original of a piece of evidence stands: `whole`, `changed`, `missing`, or `unread` where this user may not."""
    path, digest = path_of(folder, file)
    try:
        with path.open("rb") as original:
            return "whole" if digest_of(original) == digest else "changed"
    except FileNotFoundError:
        return "missing"
    except OSError:
        return "unread"


def sealed_originals(folder: Path) -> Iterator[tuple[str, int]]:
    """Digest, and time of writing (ms), of each sealed original."""
    for path in sorted((folder / "sealed").glob("*/*")):
        if _HEX.fullmatch(path.name):
            with suppress(FileNotFoundError):
                yield path.name, path.stat().st_mtime_ns // 1_000_000


class NewFile:
    """A file without a name of its own until it is whole and durable; used with `with`: nothing half done is left."""

    def __init__(self, folder: Path, folder_mode: int, mode: int) -> None:
        folder.mkdir(folder_mode, parents=True, exist_ok=True)
        self._path, self._folder_mode = folder / f"{_NEW}{secrets.token_hex(8)}", folder_mode
        self._file = os.fdopen(os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb")

    def __enter__(self) -> "NewFile":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
        self._path.unlink(missing_ok=True)

    def write(self, piece: bytes) -> None:
        """Write on."""
        self._file.write(piece)

    def place(self, target: Path) -> None:
        """Give it its name, once the disk has it."""
        self._file.flush()
        os.fsync(self._file.fileno())
        target.parent.mkdir(self._folder_mode, parents=True, exist_ok=True)
        self._path.rename(target)
        for folder in (target.parent, target.parent.parent):
            sync_folder(folder)


def clear_new(folder: Path) -> None:
    """Remove what a process has left that ended while it wrote."""
    for path in folder.glob(f"{_NEW}*"):
        path.unlink(missing_ok=True)


def _checked(digest: str) -> str:
    if not _HEX.fullmatch(digest):
        raise ValueError("an original is named by the 64 digits of a SHA-256")
    return digest
