"""Files that must be there after a crash, and files that must not: written, synced, overwritten, locked."""

import fcntl
import os
import stat
from pathlib import Path

from streams.durable import sync_folder
from streams.keeper.errors import KeeperError

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def write_new(path: Path, data: bytes) -> None:
    """Write a file for its owner alone, durably and whole or not at all; it must not be there."""
    beside = path.with_name(f"{path.name}.new")
    beside.unlink(missing_ok=True)
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.link(beside, path)
    beside.unlink()
    sync_folder(path.parent)


def read_own(path: Path) -> bytes:
    """A file that nobody but its owner may read; KeeperError where others may, or it is not there."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError as error:
        raise KeeperError(f"{path} cannot be read: {error.strerror}") from None
    with os.fdopen(descriptor, "rb") as file:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode) or found.st_mode & _OTHERS or found.st_uid != os.geteuid():
            raise KeeperError(f"others may read {path} (mode {stat.S_IMODE(found.st_mode):o}): give it the mode 600, rotate")
        return file.read()


def destroy(path: Path) -> None:
    """Overwrite a file with zeros, durably, and unlink it; nothing where there is none."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_NOFOLLOW)
    except FileNotFoundError:
        return
    with os.fdopen(descriptor, "wb") as file:
        file.write(bytes(os.fstat(descriptor).st_size))
        file.flush()
        os.fsync(descriptor)
    path.unlink()
    sync_folder(path.parent)


def locked(path: Path) -> int:
    """A descriptor that has a file's lock for as long as it is open; KeeperError where another process has it."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise KeeperError(f"another keeper has {path.parent}: one store, one process; stop that one first") from None
    return descriptor
