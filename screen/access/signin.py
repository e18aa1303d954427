"""Signing in and out: the page, its routes, and how often somebody may try. No password and no token is written to a log."""

import asyncio
import sys
import time
from typing import Annotated
from urllib.parse import quote, urlencode

from msgspec import Meta, Struct
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from screen.access.accounts import MOST_PASSWORD, Account, Accounts
from screen.access.act_routes import ActRoute, Audience, Nothing, reader
from screen.access.authentication import COOKIE, NEXT, OIDC, SIGNIN, SIGNIN_PAGE, WALL, WAYS, set_cookie
from screen.access.local_path import local_path
from screen.access.login_limits import ACCOUNT, ADDRESS, Limits
from screen.access.oidc import LOGOUT, Provider
from screen.access.people import SESSION, person_of
from screen.access.sessions import WALL_LASTS, Session, Sessions, Way
from screen.web.json_response import NOT_KEPT, RefusedError, json_response

AT_ONCE = 2
"""Passwords that are checked at one time: each takes 64 MiB and a core for a moment."""


class Try(Struct, frozen=True, forbid_unknown_fields=True):
    """What the page sends of a person who signs in."""

    account: Annotated[str, Meta(max_length=100)]
    password: Annotated[str, Meta(max_length=4 * MOST_PASSWORD)]


class WallTry(Struct, frozen=True, forbid_unknown_fields=True):
    """What the page sends of a wall that signs in."""

    token: Annotated[str, Meta(max_length=200)]


class SignIn:
    """The routes of signing in and out. Without accounts and provider there is nothing to sign in to."""

    def __init__(self, accounts: Accounts | None, provider: Provider | None, sessions: Sessions | None) -> None:
        self._accounts, self._provider, self._sessions = accounts, provider, sessions
        self._by_account, self._by_address = Limits(ACCOUNT), Limits(ADDRESS)
        self._at_once = asyncio.Semaphore(AT_ONCE)

    def table(self) -> list[BaseRoute]:
        """All of them."""
        return [
            Route(SIGNIN, self.page),
            ActRoute(SIGNIN, self.enter, reads=reader(Try), right=Audience.ANYBODY, bounds=None),
            Route(WAYS, self.ways),
            Route(OIDC, self.oidc),
            ActRoute(WALL, self.wall, reads=reader(WallTry), right=Audience.ANYBODY, bounds=None),
            ActRoute("/signout", self.leave, reads=reader(Nothing), right=Audience.SIGNED_IN, bounds=None),
            ActRoute("/screen/here", self.here, reads=reader(Nothing), right=Audience.SIGNED_IN, bounds=None),
            Route("/screen/who", self.who),
        ]

    async def page(self, request: Request) -> Response:
        """The page to sign in, without a `next` that leads elsewhere."""
        asked = request.query_params
        if "next" in asked and not local_path(asked["next"]):
            kept = urlencode([(name, value) for name, value in asked.multi_items() if name != "next"])
            return RedirectResponse(f"{SIGNIN}?{kept}" if kept else SIGNIN, 303, NOT_KEPT)
        return FileResponse(SIGNIN_PAGE, headers=NOT_KEPT)

    async def ways(self, request: Request) -> Response:
        """How somebody may sign in here, and who has."""
        session: Session | None = request.scope[SESSION]
        who = session.person.name if session else ""
        return json_response({"local": self._accounts is not None, "oidc": self._provider is not None, "who": who}, 200)

    async def oidc(self, request: Request) -> Response:
        """The way to the organisation's provider; a cookie keeps where to go after its answer."""
        away = RedirectResponse(self._provider.way() if self._provider else SIGNIN, 303, NOT_KEPT)
        away.set_cookie(
            NEXT, quote(local_path(request.query_params.get("next", "")) or "/"), max_age=600, httponly=True, samesite="lax"
        )
        return away

    async def enter(self, tried: Try, request: Request) -> Response:
        """Sign in with a password: 204 and a cookie, 401 where it is wrong, 429 with the seconds to wait."""
        accounts = self._accounts
        if wait := self._must_wait(request, tried.account):
            return _wait(wait)
        async with self._at_once:
            account = await run_in_threadpool(accounts.signed, tried.account, tried.password) if accounts else None
        if account is None:
            return self._refused(request, tried.account, "wrong password")
        return self._signed(request, account, "local", account.hash)

    async def wall(self, tried: WallTry, request: Request) -> Response:
        """Sign a wall in with its token: 204 and a cookie, 401 where it is wrong or revoked, 429 with the seconds to wait."""
        if wait := self._must_wait(request, ""):
            return _wait(wait)
        account = self._accounts.of_wall(tried.token) if self._accounts else None
        if account is None or account.role != "viewer":
            return self._refused(request, "", "a wall's token that is not, or no longer, one")
        return self._signed(request, account, "wall", account.wall)

    async def leave(self, _sent: Nothing, request: Request) -> Response:
        """Sign out: the session ends here and now, and with it every websocket of its pages."""
        session: Session | None = request.scope[SESSION]
        if session is None or self._sessions is None:
            raise RefusedError(409, "nobody is signed in")
        self._sessions.end(session.token)
        _log(f"{session.person.id} has signed out")
        left = json_response({"to": LOGOUT if session.way == "oidc" else SIGNIN}, 200)
        left.delete_cookie(COOKIE)
        return left

    async def here(self, _sent: Nothing, _request: Request) -> Response:
        """Somebody is before the page: an idle session is one without this, and without acts."""
        return Response(status_code=204)

    async def who(self, request: Request) -> Response:
        """Who asks; 401 where nobody is signed in."""
        return json_response(person_of(request).told, 200)

    def _must_wait(self, request: Request, name: str) -> float:
        """Seconds to wait, or 0.0; then the attempt counts already, so that many at one time do too. "": for no account.

        Accounts that do not exist wait as others do, so that nobody learns which ones do.
        """
        now, wait = time.monotonic(), self._wait(request, name)
        if not wait:
            self._by_address.tried(_address(request), now)
            if name:
                self._by_account.tried(name, now)
        return wait

    def _wait(self, request: Request, name: str) -> float:
        now = time.monotonic()
        return max(self._by_account.wait(name, now) if name else 0.0, self._by_address.wait(_address(request), now))

    def _refused(self, request: Request, name: str, why: str) -> Response:
        """401; an unknown account is not named in the log: it may be a password that was typed into the wrong field."""
        known = name if self._accounts and self._accounts.of(name) else "an unknown account" if name else "a wall"
        wait = self._wait(request, name)
        _log(f"sign-in refused: {known} from {_address(request)}: {why}; next try in {wait:.0f} s")
        return json_response({"error": "wrong account or password"}, 401)

    def _signed(self, request: Request, account: Account, way: Way, proof: str) -> Response:
        if self._sessions is None:
            raise RuntimeError("accounts without sessions")
        self._by_account.forget(account.id)
        self._by_address.undo(_address(request))
        if before := request.scope[SESSION]:
            self._sessions.end(before.token)
        now, lasts = time.time(), WALL_LASTS if way == "wall" else self._sessions.longest
        token = self._sessions.begin(account.person, way, proof, now, now + lasts)
        _log(f"{account.id} ({account.role}) has signed in from {_address(request)}{' as a wall' if way == 'wall' else ''}")
        welcome = Response(status_code=204, headers=NOT_KEPT)
        if token:
            secure = request.url.scheme == "https" or request.headers.get("origin", "").startswith("https:")
            set_cookie(welcome, token, lasts, secure=secure)
        return welcome


def _wait(seconds: float) -> Response:
    whole = int(seconds) + 1
    later = json_response({"error": "too many attempts", "wait": whole}, 429)
    later.headers["retry-after"] = str(whole)
    return later


def _address(request: Request) -> str:
    return request.client.host if request.client else "unknown"


def _log(text: str) -> None:
    sys.stderr.write(f"screen: {text}\n")
