"""The books of a partition of orders behind a real socket, as the oversight service answers there."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec.json import Decoder, Encoder

from streams.oversight.wire import MAX_QUESTION, OversightAsked
from streams.peers.server import LineServer
from tests.support.orders.kept import KeptOrders

_asked: Decoder[OversightAsked] = Decoder(OversightAsked)
_encode = Encoder().encode


@contextmanager
def answering(kept: KeptOrders, path: Path) -> Iterator[None]:
    """Answer at a socket while a test runs."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    server = LineServer(
        path, {os.geteuid()}, lambda _uid, line, _rest: [_encode(kept.ask(_asked.decode(line))) + b"\n"], MAX_QUESTION
    )
    try:
        yield
    finally:
        server.close()
