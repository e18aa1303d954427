"""Small disks of the test's own, which really get full: tmpfs, where root allows it."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_PIECE = bytes(64 << 10)


class Disk:
    """A file system of so many MiB in a folder. `fill` it and `clear` it again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._filler = folder / "filler"

    def fill(self) -> None:
        """Leave no byte on it."""
        with suppress(OSError), self._filler.open("wb", buffering=0) as file:
            for piece in (_PIECE, b"\0" * 512, b"\0"):
                with suppress(OSError):
                    while file.write(piece):
                        pass

    def clear(self) -> None:
        """Give the room back."""
        self._filler.unlink(missing_ok=True)


@contextmanager
def small_disk(folder: Path, mib: int) -> Iterator[Disk | None]:
    """A disk mounted on a folder; None where that is not allowed: the folder is then one as any other."""
    folder.mkdir()
    options = ["mount", "-t", "tmpfs", "-o", f"size={mib}m", "tmpfs", str(folder)]
    try:
        mounted = subprocess.run(options, check=False, capture_output=True).returncode == 0
    except OSError:
        mounted = False
    try:
        yield Disk(folder) if mounted else None
    finally:
        if mounted:
            subprocess.run(["umount", "-l", str(folder)], check=True)
