"""What of each request and websocket is told to the standing watch, seen from outside all others: one ASGI middleware.

A refusal (403) of a look, and a websocket that is refused, are readings outside one's role; an attachment is an export; a look
at a sealed text that is answered is a reveal (one at a masked value is told by its own route, before it is shown). Only whoever
is signed in is told of, by account, with the page's address without what was asked for there.
"""

import re
import time
from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from screen.access.declared_routes import FOREIGN
from screen.access.people import PERSON, SESSION
from screen.access.request_guard import LOOKS
from streams.messages import Access, AccessKind
from streams.risk.places import Networks

PART = "screen"
SHOWN, FORBIDDEN = 200, 403
LOOKING = re.compile("/screen/((orders/)?look|orders/file/[^/]+/copy)")
"""The addresses of looks at sealed texts, and at copies of originals."""

READING = re.compile("/screen/((orders/)?look|reveal)")
"""The addresses that are asked by POST and change nothing: these, and looks at masked values."""

_WORD = re.compile("[a-z][a-z_.-]{0,39}")
_MOST = 100


class _Sent:
    """What of an answer was sent: whether it is an attachment, and its bytes."""

    attachment = False
    size = 0


class AccessTold:
    """ASGI middleware; `tell` takes what is told and never waits, `now` is the machine's time in ms."""

    def __init__(
        self, app: ASGIApp, tell: Callable[[Access], None], now: Callable[[], int] = lambda: time.time_ns() // 10**6
    ) -> None:
        self._app, self._tell, self._now = app, tell, now
        self._networks = Networks()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let all pass, and look at what is answered."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        sent = _Sent()

        async def seen(message: Message) -> None:
            match message["type"]:
                case "http.response.start":
                    self._place(scope)
                    sent.attachment = _is_attachment(message)
                    if message["status"] == FORBIDDEN and _reads(scope):
                        self._told(scope, "refused-read")
                    if message["status"] == SHOWN and LOOKING.fullmatch(scope["path"]):
                        self._told(scope, "reveal")
                case "http.response.body":
                    sent.size += len(message.get("body", b""))
                case "websocket.accept":
                    self._place(scope)
                case "websocket.close" if message.get("code") == FOREIGN:
                    self._told(scope, "refused-read")
            await send(message)

        try:
            await self._app(scope, receive, seen)
        finally:
            if sent.attachment and sent.size:  # as far as it went, where whoever asked has gone
                self._told(scope, "export", sent.size)

    def _told(self, scope: Scope, kind: AccessKind, size: int = 0, networks: int = 0) -> None:
        if (person := scope.get(PERSON)) is not None:
            what = PART if networks else page_of(scope["path"])
            self._tell(Access(kind=kind, who=person.id, what=what, size=size, networks=networks))

    def _place(self, scope: Scope) -> None:
        session, client = scope.get(SESSION), scope.get("client")
        if session is None or not client:
            return
        if networks := self._networks.used(session.token, client[0], self._now()):
            self._told(scope, "two-places", networks=networks)


def page_of(path: str) -> str:
    """A page's address without what was asked for there.

    >>> page_of("/screen/orders/file/9f86d081884c7d65"), page_of("/wall")
    ('/screen/orders/file/*', '/wall')
    """
    return "/".join(part if not part or _WORD.fullmatch(part) else "*" for part in path.split("/"))[:_MOST]


def _is_attachment(start: Message) -> bool:
    return Headers(raw=start["headers"]).get("content-disposition", "").startswith("attachment")


def _reads(scope: Scope) -> bool:
    return scope["method"] in LOOKS or READING.fullmatch(scope["path"]) is not None
