"""What a disk must still have after a power cut."""

import os
from pathlib import Path


def sync_folder(folder: Path) -> None:
    """Make durable which files a folder has; OSError where the disk cannot."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
