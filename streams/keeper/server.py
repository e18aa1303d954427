"""The keeper's socket: who asks is known by the kernel, each request is one line, and one of them is worked on at a time."""

import os
import socket
import socketserver
import sqlite3
import struct
import threading
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import IO, Any, cast

from msgspec import DecodeError, ValidationError
from msgspec.json import Decoder, Encoder

from streams.keeper.errors import AwayError, KeeperError, RefusedError
from streams.keeper.forgetting import Forgetting
from streams.keeper.keeper import Keeper
from streams.keeper.wire import (
    MAX_LINE,
    Answer,
    Asked,
    AskStatus,
    HandOrder,
    NamePerson,
    OpenFile,
    OpenText,
    Rotate,
    SealFile,
    SealText,
    Sweep,
)
from streams.messages.words import Sealed
from streams.sealing.record import UnopenedError
from streams.signing.envelope import where

PATIENCE = 10.0
"""Seconds within which a peer must have sent its line, and taken its answer."""

MOST_FILE = 20 << 20
"""Bytes of an original at most, where nothing else is said."""

MOST_LINES = 64
"""How many connections may be open at once."""

Peers = Mapping[int, frozenset[str]]
"""By uid, what it may ask; of a uid with nothing, everything."""

_POLL = 0.05
"""Seconds within which a server that is closed has ended."""

_asked = Decoder(Asked)
_encode = Encoder().encode


def peers_of(text: str, own: int) -> Peers:
    """The peers of `ONESCREEN_KEEPER_PEERS`, `1001:seal+person 1002:open`; the keeper's own uid may ask everything.

    >>> sorted(peers_of("1001:open 1002", 7).items())
    [(7, frozenset()), (1001, frozenset({'open'})), (1002, frozenset())]
    """
    found: dict[int, frozenset[str]] = {}
    for word in text.split():
        uid, _, asks = word.partition(":")
        if not uid.isascii() or not uid.isdigit():
            raise ValueError(f"ONESCREEN_KEEPER_PEERS has {word!r}: give uid, or uid:ask+ask, with a blank between two")
        found[int(uid)] = frozenset(filter(None, asks.split("+")))
    return {own: frozenset(), **found}


class KeeperServer:
    """Answers at a socket until it is closed. `lock`: whoever has it may use keeper and store."""

    def __init__(
        self, path: Path, keeper: Keeper, forgetting: Forgetting, log: str, peers: Peers, most: int = MOST_FILE
    ) -> None:
        self.lock = threading.Lock()
        self._peers, self._keeper, self._most = peers, keeper, most
        self._work: dict[type, Callable[[Any], Answer]] = {
            SealText: lambda asked: Answer(sealed=keeper.seal(asked)),
            OpenText: lambda asked: Answer(opened=keeper.open(asked)),
            NamePerson: lambda asked: Answer(person=keeper.person(asked)),
            HandOrder: lambda asked: Answer(done=forgetting.hand(asked.event.encode())),
            AskStatus: lambda _: Answer(standing=keeper.standing(log)),
            Rotate: lambda _: Answer(done=str(keeper.rotate())),
            Sweep: lambda asked: Answer(done=str(keeper.sweep(asked.digests))),
        }
        path.unlink(missing_ok=True)
        outer, self._slots = self, threading.BoundedSemaphore(MOST_LINES)

        class PeerLine(socketserver.StreamRequestHandler):
            timeout = PATIENCE

            def handle(self) -> None:
                try:
                    outer.answer_line(self)
                finally:
                    outer.slot_is_free()

        class PeerLines(socketserver.ThreadingUnixStreamServer):
            daemon_threads = True
            request_queue_size = MOST_LINES

            def verify_request(self, request: Any, client_address: Any) -> bool:  # noqa: ARG002 - the base class's
                return outer.admits(request)

        before = os.umask(0o177 if set(peers) == {os.geteuid()} else 0o111)
        try:
            self._server = PeerLines(str(path), PeerLine)
        finally:
            os.umask(before)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(_POLL,), name="keeper", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Answer no more."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def admits(self, line: socket.socket) -> bool:
        """Whether a connection is a peer's, and there is room for one more; strangers are hung up on before they are read."""
        return _uid(line) in self._peers and self._slots.acquire(blocking=False)

    def slot_is_free(self) -> None:
        """A connection has ended."""
        self._slots.release()

    def answer_line(self, line: socketserver.StreamRequestHandler) -> None:
        """Read one request of a peer, and answer it."""
        try:
            value = line.rfile.readline(MAX_LINE)
            if value.endswith(b"\n"):
                answer, pieces = self.answered(_uid(line.request), value, cast("IO[bytes]", line.rfile))
                line.wfile.write(_encode(answer) + b"\n")
                for piece in pieces:
                    line.wfile.write(piece)
        except (OSError, UnopenedError):
            return  # whoever asked has gone, or the file was changed under our hands: it comes short, and is not believed

    def answered(self, uid: int, value: bytes, more: IO[bytes]) -> tuple[Answer, Iterable[bytes]]:
        """The answer to a request of a uid, and the bytes that follow it; `more`: what follows the request."""
        try:
            asked = _asked.decode(value)
        except (ValidationError, DecodeError, UnicodeDecodeError) as error:
            return Answer(error="refused", words=f"no request{where(error)}"), ()
        may, name = self._peers[uid], str(type(asked).__struct_config__.tag)
        if may and name not in may:
            return Answer(error="refused", words=f"uid {uid} may not ask for {name}: see ONESCREEN_KEEPER_PEERS"), ()
        try:
            return self._answer(asked, more)
        except RefusedError as error:
            return Answer(error="refused", words=str(error)), ()
        except AwayError as error:
            return Answer(error="away", words=str(error)), ()
        except (KeeperError, sqlite3.Error, OSError) as error:
            return Answer(error="broken", words=str(error)), ()

    def _answer(self, asked: Asked, more: IO[bytes]) -> tuple[Answer, Iterable[bytes]]:
        if isinstance(asked, SealFile):
            return Answer(sealed=self._keep_file(asked, more)), ()
        with self.lock:
            if isinstance(asked, OpenFile):
                opened, pieces = self._keeper.open_file(asked)
                return Answer(opened=opened), pieces
            return self._work[type(asked)](asked), ()

    def _keep_file(self, asked: SealFile, more: IO[bytes]) -> Sealed:
        """Seal a file as it comes: others are answered meanwhile."""
        if asked.size > self._most:
            raise RefusedError(f"a file of {asked.size} bytes: at most {self._most} are taken (ONESCREEN_ORIGINAL_MOST)")
        with self.lock:
            key, spot = self._keeper.file_key(asked)
        try:
            reference = self._keeper.shelf.seal(key, spot, asked.size, more)
        except ValueError as error:
            raise RefusedError(str(error)) from None
        with self.lock:
            return self._keeper.keep_file(reference)


def _uid(line: socket.socket) -> int:
    """Whose process is at the other end, as the kernel says."""
    _, uid, _ = struct.unpack("3i", line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
    return int(uid)
