"""Who asks is known before anything answers: one ASGI middleware for requests and websockets, Streamlit's own too."""

import asyncio
from contextlib import suppress
from urllib.parse import quote, unquote

from starlette.requests import HTTPConnection
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit.web.server.starlette.starlette_server_config import TOKENS_COOKIE_NAME, USER_COOKIE_NAME

from screen.access.accounts import token_hash
from screen.access.local_path import local_path
from screen.access.oidc import CALLBACK, LOGIN, LOGOUT, NotLetInError, Provider
from screen.access.people import PERSON, SESSION, Person
from screen.access.security import from_own_page
from screen.access.sessions import Session
from screen.signer.entrance import Entrance
from screen.wall.picture import STATIC
from screen.web.json_response import NOT_KEPT, RefusedError, json_response
from screen.web.pages import PAGES

COOKIE = "onescreen_session"

PROVIDERS_COOKIES = (USER_COOKIE_NAME, TOKENS_COOKIE_NAME)
"""How the cookies begin in which Streamlit keeps what a provider has answered."""

NEXT = "onescreen_next"
"""The cookie that keeps where somebody wanted to go, while the provider is asked."""

SIGNIN = "/signin"

WAYS, OIDC, WALL = f"{SIGNIN}/ways", f"{SIGNIN}/oidc", f"{SIGNIN}/wall"

OPEN = frozenset({SIGNIN, WAYS, OIDC, WALL, "/screen/texts", LOGIN, CALLBACK, LOGOUT, "/_stcore/health", "/screen/health"})
"""What answers without a session, beside the files of `OPEN_FILES`: the page to sign in with what it needs, and health."""

OPEN_FILES = ("/screen/static/common/", "/screen/static/fonts/", "/screen/static/signin/")

ENDED = 4401
"""The code with which a websocket is closed whose session is not there, or has ended (private use, RFC 6455 7.4.2)."""

LATER = 1013
"""The code with which a websocket is closed that may be tried again later (RFC 6455 7.4, IANA's registry)."""

LOOK = 1.0
"""Seconds after which an open websocket's session is looked at again."""

SIGNIN_PAGE = STATIC / "signin" / "signin.html"


class Authentication:
    """ASGI middleware. `local` is who asks where there are no accounts; else each request needs a session."""

    def __init__(self, app: ASGIApp, local: Person | None, entrance: Entrance | None, provider: Provider | None) -> None:
        self._app, self._local, self._entrance, self._provider = app, local, entrance, provider

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as for the person who asks, or say that somebody must sign in."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        asked = HTTPConnection(scope)
        try:
            session = await self._session(asked)
        except RefusedError as away:
            await _turn_away(scope, receive, send, away)
            return
        person = session.person if session else self._local
        scope[SESSION], scope[PERSON] = session, person
        if session and self._entrance and _is_a_sign_of_life(asked):
            await self._entrance.active(session.token)
        if scope["type"] == "websocket":
            await self._socket(scope, receive, send, session)
        elif person is None and not _is_open(scope["path"]):
            await (await self._stranger(asked))(scope, receive, send)
        elif person is not None and not _is_theirs(scope, person):
            await FileResponse(SIGNIN_PAGE, 403, NOT_KEPT)(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _session(self, asked: HTTPConnection) -> Session | None:
        token = token_of(asked)
        return await self._entrance.held(token_hash(token)) if self._entrance and token else None

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
        # the table is asked again and again: another process, or the command, may have ended it
        while self._entrance and (now := await self._entrance.held(session.token)) and now.person == session.person:  # noqa: ASYNC110
            await asyncio.sleep(LOOK)

    async def _stranger(self, asked: HTTPConnection) -> Response:
        """What somebody without a session is answered: a page leads to signing in, all else is refused."""
        said = self._provider.answered(asked.cookies) if self._provider else None
        if asked.scope["method"] == "GET" and "text/html" in asked.headers.get("accept", ""):
            back = local_path(asked.url.path + (f"?{asked.url.query}" if asked.url.query else "")) or "/"
            if said is not None:
                return await self._welcome(said, asked, back)
            return RedirectResponse(f"{SIGNIN}?next={quote(back, safe='')}{_language(asked)}", 303, NOT_KEPT)
        return json_response({"error": f"sign in first: {SIGNIN}"}, 401)

    async def _welcome(self, said: bytes, asked: HTTPConnection, back: str) -> Response:
        """Turn the provider's answer into a session of ours, once, or say why not."""
        try:
            if self._provider is None or self._entrance is None:
                raise NotLetInError("expired")
            entered = await self._entrance.by_provider(said.decode())
        except RefusedError as away:
            return away.response
        except NotLetInError as error:
            refused = RedirectResponse(f"{SIGNIN}?why={error.why}{_language(asked)}", 303, NOT_KEPT)
            for name in asked.cookies:
                if name.startswith(PROVIDERS_COOKIES):
                    refused.delete_cookie(name)
            return refused
        welcome = RedirectResponse(local_path(unquote(asked.cookies.get(NEXT, ""))) or back, 303, NOT_KEPT)
        welcome.delete_cookie(NEXT)
        set_cookie(welcome, entered.token, entered.lasts, secure=self._provider.origin.startswith("https:"))
        return welcome


def token_of(asked: HTTPConnection) -> str:
    """The secret of the session that a browser has sent; "" where it has sent none."""
    return asked.cookies.get(COOKIE, "")


def set_cookie(response: Response, token: str, lasts: float, *, secure: bool) -> None:
    """Give the browser its session. Lax, not Strict: after the provider's answer, a Strict one is not sent to our own page."""
    response.set_cookie(COOKIE, token, max_age=int(lasts), httponly=True, secure=secure, samesite="lax", path="/")


async def _turn_away(scope: Scope, receive: Receive, send: Send, away: RefusedError) -> None:
    """Nobody knows who is signed in: what needs no session is lost with the rest, for a moment."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": LATER})
    else:
        await away.response(scope, receive, send)


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
