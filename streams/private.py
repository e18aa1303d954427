"""Folders that only their owner may look into: what stands in them is the city's."""

import os
from pathlib import Path

MODE = 0o700
_OTHERS = 0o007


def private(folder: Path) -> Path:
    """The folder, made for its owner alone where it is missing; OSError where that cannot be.

    One that is there loses what everybody may do; what its owner lets a group do stays.
    """
    try:
        folder.mkdir(mode=MODE, parents=True)
    except FileExistsError:
        found = folder.stat()
        if found.st_mode & _OTHERS and found.st_uid == os.geteuid():
            folder.chmod(found.st_mode & 0o770)
    return folder
