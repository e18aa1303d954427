"""The keeper's socket: who asks is known by the kernel, each request is one line, and one of them is worked on at a time."""

import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

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
from streams.peers.server import LineServer
from streams.sealing.record import UnopenedError
from streams.signing.envelope import where

MOST_FILE = 20 << 20
"""Bytes of an original at most, where nothing else is said."""

Peers = Mapping[int, frozenset[str]]
"""By uid, what it may ask; of a uid with nothing, everything."""

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
        self._lines = LineServer(path, peers, self._pieces, MAX_LINE)

    def close(self) -> None:
        """Answer no more."""
        self._lines.close()

    def _pieces(self, uid: int, value: bytes, more: IO[bytes]) -> Iterator[bytes]:
        answer, pieces = self.answered(uid, value, more)
        yield _encode(answer) + b"\n"
        with suppress(UnopenedError):  # the file was changed under our hands: it comes short, and is not believed
            yield from pieces

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
