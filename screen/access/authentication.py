"""Who asks is known before anything answers: one ASGI middleware for requests and websockets, Streamlit's own too."""

import asyncio
import time
from contextlib import suppress
from urllib.parse import quote, unquote

from starlette.requests import HTTPConnection
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from screen.access.local_path import local_path
from screen.access.oidc import CALLBACK, COOKIES, LOGIN, LOGOUT, NotLetInError, Provider
from screen.access.people import PERSON, SESSION, Person
from screen.access.security import from_own_page
from screen.access.sessions import Session, Sessions
from screen.wall.picture import STATIC
from screen.web.json_response import NOT_KEPT, json_response
from screen.web.pages import PAGES

COOKIE = "onescreen_session"

NEXT = "onescreen_next"
"""The cookie that keeps where somebody wanted to go, while the provider is asked."""

SIGNIN = "/signin"

WAYS, OIDC, WALL = f"{SIGNIN}/ways", f"{SIGNIN}/oidc", f"{SIGNIN}/wall"

OPEN = frozenset({SIGNIN, WAYS, OIDC, WALL, "/screen/texts", LOGIN, CALLBACK, LOGOUT, "/_stcore/health", "/screen/health"})
"""What answers without a session, beside the files of `OPEN_FILES`: the page to sign in with what it needs, and health."""

OPEN_FILES = ("/screen/static/common/", "/screen/static/fonts/", "/screen/static/signin/")

ENDED = 4401
"""The code with which a websocket is closed whose session is not there, or has ended (private use, RFC 6455 7.4.2)."""

LOOK = 1.0
"""Seconds after which an open websocket's session is looked at again."""

SIGNIN_PAGE = STATIC / "signin" / "signin.html"


class Authentication:
    """ASGI middleware. `local` is who asks where there are no accounts; else each request needs a session."""

    def __init__(self, app: ASGIApp, local: Person | None, sessions: Sessions | None, provider: Provider | None) -> None:
        self._app, self._local, self._sessions, self._provider = app, local, sessions, provider

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as for the person who asks, or say that somebody must sign in."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        asked = HTTPConnection(scope)
        session = self._session(asked)
        person = session.person if session else self._local
        scope[SESSION], scope[PERSON] = session, person
        if session and self._sessions and _is_a_sign_of_life(asked):
            self._sessions.active(session.token, time.time())
        if scope["type"] == "websocket":
            await self._socket(scope, receive, send, session)
        elif person is None and not _is_open(scope["path"]):
            await self._stranger(asked)(scope, receive, send)
        elif person is not None and not _is_theirs(scope, person):
            await FileResponse(SIGNIN_PAGE, 403, NOT_KEPT)(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _session(self, asked: HTTPConnection) -> Session | None:
        token = asked.cookies.get(COOKIE)
        return self._sessions.of(token, time.time()) if self._sessions and token else None

    async def _socket(self, scope: Scope, receive: Receive, send: Send, session: Session | None) -> None:
        """A websocket lives as long as its session: where that ends, it is closed, whatever runs in it."""
        if session is None and self._local is None:
            await send({"type": "websocket.close", "code": ENDED})
            return
        if session is None:
            await self._app(scope, receive, send)
            return
        running = asyncio.ensure_future(self._app(scope, receive, send))
        watching = asyncio.create_task(self._until_ended(session))
        try:
            await asyncio.wait({running, watching}, return_when=asyncio.FIRST_COMPLETED)
            if not running.done():
                running.cancel()
                await asyncio.wait({running})
                with suppress(RuntimeError):  # it has closed the socket itself
                    await send({"type": "websocket.close", "code": ENDED})
        finally:
            watching.cancel()
            running.cancel()
        if not running.cancelled():
            running.result()

    async def _until_ended(self, session: Session) -> None:
        sessions = self._sessions
        # the table is asked again and again: another process, or the command, may have ended it
        while sessions and (now := sessions.held(session.token, time.time())) and now.person == session.person:  # noqa: ASYNC110
            await asyncio.sleep(LOOK)

    def _stranger(self, asked: HTTPConnection) -> Response:
        """What somebody without a session is answered: a page leads to signing in, all else is refused."""
        said = self._provider.answered(asked.cookies) if self._provider else None
        if asked.scope["method"] == "GET" and "text/html" in asked.headers.get("accept", ""):
            back = local_path(asked.url.path + (f"?{asked.url.query}" if asked.url.query else "")) or "/"
            if said is not None:
                return self._welcome(said, asked, back)
            return RedirectResponse(f"{SIGNIN}?next={quote(back, safe='')}{_language(asked)}", 303, NOT_KEPT)
        return json_response({"error": f"sign in first: {SIGNIN}"}, 401)

    def _welcome(self, said: bytes, asked: HTTPConnection, back: str) -> Response:
        """Turn the provider's answer into a session of ours, once, or say why not."""
        now = time.time()
        try:
            if self._provider is None or self._sessions is None:
                raise NotLetInError("expired")
            person, ends = self._provider.person(said, now)
            ends = min(ends, now + self._sessions.longest)
            token = self._sessions.begin(person, "oidc", said.decode(), now, ends)
            if token is None:
                raise NotLetInError("expired")
        except NotLetInError as error:
            refused = RedirectResponse(f"{SIGNIN}?why={error.why}{_language(asked)}", 303, NOT_KEPT)
            for name in asked.cookies:
                if name.startswith(COOKIES):
                    refused.delete_cookie(name)
            return refused
        welcome = RedirectResponse(local_path(unquote(asked.cookies.get(NEXT, ""))) or back, 303, NOT_KEPT)
        welcome.delete_cookie(NEXT)
        set_cookie(welcome, token, ends - now, secure=self._provider.origin.startswith("https:"))
        return welcome


def set_cookie(response: Response, token: str, lasts: float, *, secure: bool) -> None:
    """Give the browser its session. Lax, not Strict: after the provider's answer, a Strict one is not sent to our own page."""
    response.set_cookie(COOKIE, token, max_age=int(lasts), httponly=True, secure=secure, samesite="lax", path="/")


def _is_open(path: str) -> bool:
    return path in OPEN or path.startswith(OPEN_FILES)


def _is_theirs(scope: Scope, person: Person) -> bool:
    """Whether the address is no page, or one that the person may see."""
    name = scope["path"].strip("/")
    return all(page.is_for(person) for page in PAGES if page.name == name)


def _is_a_sign_of_life(asked: HTTPConnection) -> bool:
    """Whether a person has sent it: pages ask by GET, and another site's page keeps no session awake."""
    return asked.scope.get("method") == "POST" and from_own_page(asked.headers)


def _language(asked: HTTPConnection) -> str:
    return "&lang=en" if asked.query_params.get("lang") == "en" else ""
