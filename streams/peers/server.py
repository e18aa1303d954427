"""A socket that answers its peers: who asks is known by the kernel, each request is one line, strangers are not read."""

import os
import socket
import socketserver
import struct
import threading
from collections.abc import Callable, Collection, Iterable
from pathlib import Path
from typing import IO, Any, cast

PATIENCE = 10.0
"""Seconds within which a peer must have sent its line, and taken its answer."""

MOST_OPEN = 64
"""How many connections may be open at once."""

_POLL = 0.05
"""Seconds within which a server that is closed has ended."""

_PEER = struct.Struct("3i")

Answering = Callable[[int, bytes, IO[bytes]], Iterable[bytes]]
"""By the uid of who asks, its line and what follows that: the answer in pieces."""


class LineServer:
    """Answers at a socket until it is closed. `uids`: whose processes may ask; `most`: bytes of a line."""

    def __init__(self, path: Path, uids: Collection[int], answering: Answering, most: int) -> None:
        self._uids, self._answering, self._most = uids, answering, most
        path.unlink(missing_ok=True)
        outer, self._slots = self, threading.BoundedSemaphore(MOST_OPEN)

        class PeerLine(socketserver.StreamRequestHandler):
            timeout = PATIENCE

            def handle(self) -> None:
                try:
                    outer.answer_line(self)
                finally:
                    outer.slot_is_free()

        class PeerLines(socketserver.ThreadingUnixStreamServer):
            daemon_threads = True
            request_queue_size = MOST_OPEN

            def verify_request(self, request: Any, client_address: Any) -> bool:  # noqa: ARG002 - the base class's
                return outer.admits(request)

        before = os.umask(0o177 if set(uids) == {os.geteuid()} else 0o111)
        try:
            self._server = PeerLines(str(path), PeerLine)
        finally:
            os.umask(before)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(_POLL,), name=path.name, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Answer no more."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def admits(self, line: socket.socket) -> bool:
        """Whether a connection is a peer's, and there is room for one more; strangers are hung up on before they are read."""
        return _uid(line) in self._uids and self._slots.acquire(blocking=False)

    def slot_is_free(self) -> None:
        """A connection has ended."""
        self._slots.release()

    def answer_line(self, line: socketserver.StreamRequestHandler) -> None:
        """Read one request of a peer, and answer it."""
        try:
            value = line.rfile.readline(self._most)
            if value.endswith(b"\n"):
                for piece in self._answering(_uid(line.request), value, cast("IO[bytes]", line.rfile)):
                    line.wfile.write(piece)
        except OSError:
            return  # whoever asked has gone


def _uid(line: socket.socket) -> int:
    """Whose process is at the other end, as the kernel says."""
    _, uid, _ = _PEER.unpack(line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _PEER.size))
    return int(uid)
