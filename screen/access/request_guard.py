"""What every request that is no mere look must pass before anything answers it, ours or Streamlit's: one ASGI middleware.

It knows the addresses that take acts (`declared_routes.py`) and refuses every other POST, PUT, DELETE, …, so that neither a
handler of tomorrow nor one of Streamlit's is reached by accident; and every websocket that is not of a page of ours.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import IO

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from screen.access.declared_routes import BODY, FOREIGN
from screen.access.security import HEADER, HEADER_VALUE, from_own_page
from screen.web.json_response import JSON, RefusedError

MOST_BODY = 64 << 10
"""Bytes of a body at most; a choice: the longest act has two texts of 2,000 characters, of at most 12 bytes each in JSON."""

WITHIN = 10.0
"""Seconds within which a body must have come; a choice: as long as a page waits for the answer (`press.js`)."""

BYTES = "application/octet-stream"
"""What a file is sent as, whatever it is: what it is its content says."""

FILE_WITHIN = 120.0
"""Seconds within which a file must have come; a choice: 20 MiB over 1.4 Mbit/s, as a telephone has it in a cellar."""

LOOKS = frozenset({"GET", "HEAD"})
"""Methods that change nothing (RFC 9110 9.2.1). OPTIONS is not among them: this screen answers no other site."""

_CLOSE = {"connection": "close"}
"""The rest of a body that is refused unread is not waited for."""


class RequestGuard:
    """ASGI middleware; `acts` are the paths that take a POST, `uploads` those that take a file, and of how many bytes."""

    def __init__(self, app: ASGIApp, acts: frozenset[str], uploads: Mapping[str, int] | None = None) -> None:
        self._app, self._acts, self._uploads = app, acts, uploads or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let looks pass, acts with their whole body, and websockets of our own pages."""
        if scope["type"] == "websocket" and not from_own_page(Headers(scope=scope)):
            await send({"type": "websocket.close", "code": FOREIGN})
            return
        if scope["type"] == "http" and scope["method"] not in LOOKS:
            try:
                self._check(scope)
                most = self._uploads.get(scope["path"])
                headers = Headers(scope=scope)
                scope[BODY] = await whole_body(headers, receive) if most is None else upload(headers, receive, most)
            except RefusedError as refused:
                await refused.response(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _check(self, scope: Scope) -> None:
        headers = Headers(scope=scope)
        if not from_own_page(headers):
            raise RefusedError(403, f"the Origin {headers.get('origin', '')!r} is not this screen")
        takes = scope["path"] in self._acts or scope["path"] in self._uploads
        if scope["method"] != "POST" or not takes:
            raise RefusedError(405, f"this address takes no {scope['method']}", {"allow": "POST" if takes else "GET, HEAD"})
        type_ = BYTES if scope["path"] in self._uploads else JSON
        if headers.get("content-type", "").partition(";")[0].strip().lower() != type_:
            raise RefusedError(415, f"the content type must be {type_}")
        if headers.get(HEADER) != HEADER_VALUE:
            raise RefusedError(403, f"the header {HEADER}: {HEADER_VALUE} is missing")


async def whole_body(headers: Headers, receive: Receive) -> bytes:
    """The body of a request; RefusedError as soon as it is known to be too long, or has not come in time.

    What `content-length` says is believed only where it is too much: what counts is what comes.
    """
    said = headers.get("content-length", "")
    if said.isdecimal() and int(said[:20]) > MOST_BODY:
        raise _too_long()
    body = bytearray()
    try:
        async with asyncio.timeout(WITHIN):
            more = True
            while more:
                message = await receive()
                if message["type"] != "http.request":
                    raise RefusedError(400, "the request ended before its body was whole", _CLOSE)
                body += message.get("body", b"")
                if len(body) > MOST_BODY:
                    raise _too_long()
                more = message.get("more_body", False)
    except TimeoutError:
        raise RefusedError(408, f"the body has not come within {WITHIN:g} s", _CLOSE) from None
    return bytes(body)


def said_size(headers: Headers) -> int | None:
    """How many bytes a request says that its body has."""
    said = headers.get("content-length", "")
    return int(said[:20]) if said.isdecimal() else None


def upload(headers: Headers, receive: Receive, most: int) -> Callable[[IO[bytes]], Awaitable[None]]:
    """What fills a file with a request's body, asked once it is known who sends it.

    RefusedError before a byte is read where it says no size or too large a one, later where more comes than was said, or too
    slowly.
    """

    async def fill(file: IO[bytes]) -> None:
        size = said_size(headers)
        if size is None:
            raise RefusedError(411, "a file must come with its size", _CLOSE)
        if not 0 < size <= most:
            raise RefusedError(413, f"文件过大 / the file has {size} bytes: 1 to {most} are taken", _CLOSE)
        got, more = 0, True
        try:
            async with asyncio.timeout(FILE_WITHIN):
                while more:
                    message = await receive()
                    if message["type"] != "http.request":
                        raise RefusedError(400, "the request ended before its file was whole", _CLOSE)
                    got += len(message.get("body", b""))
                    if got > size:
                        raise RefusedError(413, f"more bytes come than the {size} that were said", _CLOSE)
                    file.write(message.get("body", b""))
                    more = message.get("more_body", False)
        except TimeoutError:
            raise RefusedError(408, f"the file has not come within {FILE_WITHIN:g} s", _CLOSE) from None
        if got != size:
            raise RefusedError(400, f"{got} bytes came of the {size} that were said", _CLOSE)

    return fill


def _too_long() -> RefusedError:
    return RefusedError(413, f"a body has at most {MOST_BODY} bytes", _CLOSE)
