"""Asking at the socket of another process: one line, and what comes back."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from streams.originals.folder import pieces_of


@contextmanager
def asked(path: Path, line: bytes, timeout: float, file: IO[bytes] | None = None) -> Iterator[IO[bytes]]:
    """What comes back from a socket for a line, and the bytes of `file` after it; OSError where nobody is there, or in time.

    Who has hung up gives nothing.
    """
    with socket.socket(socket.AF_UNIX) as peer:
        peer.settimeout(timeout)
        peer.connect(str(path))
        peer.sendall(line)
        with suppress(BrokenPipeError, ConnectionResetError):  # it may refuse before it has all, and says why
            for piece in pieces_of(file) if file is not None else ():
                peer.sendall(piece)
        with peer.makefile("rb") as back:
            yield back
