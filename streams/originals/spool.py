"""A file on its way: in memory while it is small, then on the disk without a name, so that it is gone with its process."""

from tempfile import SpooledTemporaryFile
from typing import IO

PIECE = 1 << 16
"""Bytes that are moved at once."""

IN_MEMORY = 32 << 20
"""Bytes up to which a file is held in memory."""


def spool() -> IO[bytes]:
    """An empty one; used with `with`."""
    return SpooledTemporaryFile(IN_MEMORY)
