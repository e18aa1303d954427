"""Who asks is known before anything answers: one ASGI middleware for requests and websockets alike."""

from starlette.types import ASGIApp, Receive, Scope, Send

from screen.people import PERSON, Person


class Gate:
    """ASGI middleware: says who asks. Without accounts it is one local supervisor."""

    def __init__(self, app: ASGIApp, local: Person) -> None:
        self._app, self._local = app, local

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as for this person."""
        if scope["type"] in {"http", "websocket"}:
            scope[PERSON] = self._local
        await self._app(scope, receive, send)
