"""Answers to questions of oversight behind a real socket, as the service gives them there."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec.json import Decoder, Encoder

from streams.oversight.wire import MAX_QUESTION, OversightAnswer, OversightAsked
from streams.peers.server import LineServer

_asked: Decoder[OversightAsked] = Decoder(OversightAsked)
_encode = Encoder().encode


@contextmanager
def answering(answer: Callable[[OversightAsked], OversightAnswer], path: Path) -> Iterator[None]:
    """Answer at a socket while a test runs."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    server = LineServer(
        path, {os.geteuid()}, lambda _uid, line, _rest: [_encode(answer(_asked.decode(line))) + b"\n"], MAX_QUESTION
    )
    try:
        yield
    finally:
        server.close()
