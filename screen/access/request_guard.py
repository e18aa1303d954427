"""What every request that is no mere look must pass before anything answers it, ours or Streamlit's: one ASGI middleware.

It knows the addresses that take acts (`declared_routes.py`) and refuses every other POST, PUT, DELETE, …, so that neither a
handler of tomorrow nor one of Streamlit's is reached by accident; and every websocket that is not of a page of ours.
"""

import asyncio

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from screen.access.declared_routes import BODY, FOREIGN
from screen.access.security import HEADER, HEADER_VALUE, from_own_page
from screen.web.json_response import JSON, RefusedError

MOST_BODY = 64 << 10
"""Bytes of a body at most; a choice: the longest act has two texts of 2,000 characters, of at most 12 bytes each in JSON."""

WITHIN = 10.0
"""Seconds within which a body must have come; a choice: as long as a page waits for the answer (`press.js`)."""

LOOKS = frozenset({"GET", "HEAD"})
"""Methods that change nothing (RFC 9110 9.2.1). OPTIONS is not among them: this screen answers no other site."""

_CLOSE = {"connection": "close"}
"""The rest of a body that is refused unread is not waited for."""


class RequestGuard:
    """ASGI middleware; `acts` are the paths that take a POST."""

    def __init__(self, app: ASGIApp, acts: frozenset[str]) -> None:
        self._app, self._acts = app, acts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let looks pass, acts with their whole body, and websockets of our own pages."""
        if scope["type"] == "websocket" and not from_own_page(Headers(scope=scope)):
            await send({"type": "websocket.close", "code": FOREIGN})
            return
        if scope["type"] == "http" and scope["method"] not in LOOKS:
            try:
                self._check(scope)
                scope[BODY] = await whole_body(Headers(scope=scope), receive)
            except RefusedError as refused:
                await refused.response(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _check(self, scope: Scope) -> None:
        headers = Headers(scope=scope)
        if not from_own_page(headers):
            raise RefusedError(403, f"the Origin {headers.get('origin', '')!r} is not this screen")
        if scope["method"] != "POST" or scope["path"] not in self._acts:
            allowed = "POST" if scope["path"] in self._acts else "GET, HEAD"
            raise RefusedError(405, f"this address takes no {scope['method']}", {"allow": allowed})
        if headers.get("content-type", "").partition(";")[0].strip().lower() != JSON:
            raise RefusedError(415, f"the content type must be {JSON}")
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


def _too_long() -> RefusedError:
    return RefusedError(413, f"a body has at most {MOST_BODY} bytes", _CLOSE)
