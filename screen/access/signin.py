"""Signing in and out: the page, its routes, and how often somebody may try. No password and no token is written to a log."""

import asyncio
import time
from typing import Annotated
from urllib.parse import quote, urlencode

from msgspec import Meta, Struct
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import BaseRoute

from screen.access.accounts import MOST_PASSWORD
from screen.access.authentication import COOKIE, NEXT, OIDC, SIGNIN, SIGNIN_PAGE, WALL, WAYS, set_cookie
from screen.access.declared_routes import ActRoute, Audience, LookRoute, Nothing, reader
from screen.access.devices import LASTS, Devices
from screen.access.local_path import local_path
from screen.access.login_limits import Attempt, SignInLimits, network_of
from screen.access.oidc import LOGOUT, Provider
from screen.access.people import SESSION, person_of
from screen.access.sessions import Session
from screen.signer.entrance import Entered, Entrance
from screen.web.json_response import NOT_KEPT, RefusedError, json_response
from screen.web.server_log import log_line, printable

AT_ONCE = 2
"""Passwords that are checked at one time, of known devices and of strangers each: one takes 64 MiB and a core for a moment."""

MOST_QUEUED = 20
"""Strangers whose passwords are checked or wait for it at most, a choice: some seconds; the next one is told to come again."""

MOST_ADDRESS = 64
"""Characters of an address that are looked at: of IPv6 with a zone there are less."""


class Try(Struct, frozen=True, forbid_unknown_fields=True):
    """What the page sends of a person who signs in."""

    account: Annotated[str, Meta(max_length=100)]
    password: Annotated[str, Meta(max_length=4 * MOST_PASSWORD)]


class WallTry(Struct, frozen=True, forbid_unknown_fields=True):
    """What the page sends of a wall that signs in."""

    token: Annotated[str, Meta(max_length=200)]


class SignIn:
    """The routes of signing in and out. Without accounts and provider there is nothing to sign in to."""

    def __init__(self, entrance: Entrance | None, provider: Provider | None) -> None:
        self._entrance, self._provider = entrance, provider
        self._limits = SignInLimits()
        self._known, self._strangers = asyncio.Semaphore(AT_ONCE), asyncio.Semaphore(AT_ONCE)
        self._queued = 0

    def table(self) -> list[BaseRoute]:
        """All of them."""
        return [
            LookRoute(SIGNIN, self.page, right=Audience.ANYBODY),
            ActRoute(SIGNIN, self.enter, reads=reader(Try), right=Audience.ANYBODY, bounds=None),
            LookRoute(WAYS, self.ways, right=Audience.ANYBODY),
            LookRoute(OIDC, self.oidc, right=Audience.ANYBODY),
            ActRoute(WALL, self.wall, reads=reader(WallTry), right=Audience.ANYBODY, bounds=None),
            ActRoute("/signout", self.leave, reads=reader(Nothing), right=Audience.SIGNED_IN, bounds=None),
            ActRoute("/screen/here", self.here, reads=reader(Nothing), right=Audience.SIGNED_IN, bounds=None),
            LookRoute("/screen/who", self.who, right=Audience.SIGNED_IN),
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
        local = self._entrance is not None and self._entrance.has_accounts
        return json_response({"local": local, "oidc": self._provider is not None, "who": who}, 200)

    async def oidc(self, request: Request) -> Response:
        """The way to the organisation's provider; a cookie keeps where to go after its answer."""
        away = RedirectResponse(self._provider.way() if self._provider else SIGNIN, 303, NOT_KEPT)
        away.set_cookie(
            NEXT, quote(local_path(request.query_params.get("next", "")) or "/"), max_age=600, httponly=True, samesite="lax"
        )
        return away

    async def enter(self, tried: Try, request: Request) -> Response:
        """Sign in with a password: 204 and a cookie, 401 where it is wrong, 429 with the seconds to wait."""
        entrance = self._open()
        devices = Devices(await entrance.device_key())
        attempt = _attempt(request, tried.account, devices)
        if wait := self._must_wait(attempt):
            return _wait(wait)
        entered = await self._checked(entrance, tried, known=bool(attempt.device))
        if entered is None:
            return await self._refused(entrance, request, attempt, "wrong password")
        self._limits.succeeded(attempt)
        welcome = await _signed(entrance, request, entered)
        name, value = devices.made(entered.person.id)
        secure = _is_secure(request)
        welcome.set_cookie(name, value, max_age=LASTS, httponly=True, secure=secure, samesite="strict", path=SIGNIN)
        return welcome

    async def wall(self, tried: WallTry, request: Request) -> Response:
        """Sign a wall in with its token: 204 and a cookie, 401 where it is wrong or revoked, 429 with the seconds to wait.

        A right token never waits: it has 256 random bits, so that nobody is helped by trying, and its wall must come up.
        """
        entrance, attempt = self._open(), _attempt(request, "")
        if entered := await entrance.by_wall(tried.token):
            return await _signed(entrance, request, entered, " as a wall")
        if wait := self._must_wait(attempt):
            return _wait(wait)
        return await self._refused(entrance, request, attempt, "a wall's token that is not, or no longer, one")

    async def leave(self, _sent: Nothing, request: Request) -> Response:
        """Sign out: the session ends here and now, and with it every websocket of its pages."""
        session: Session | None = request.scope[SESSION]
        if session is None:
            raise RefusedError(409, "nobody is signed in")
        await self._open().end(session.token)
        log_line(f"{session.person.id} has signed out")
        left = json_response({"to": LOGOUT if session.way == "oidc" else SIGNIN}, 200)
        left.delete_cookie(COOKIE)
        return left

    async def here(self, _sent: Nothing, _request: Request) -> Response:
        """Somebody is before the page: an idle session is one without this, and without acts."""
        return Response(status_code=204)

    async def who(self, request: Request) -> Response:
        """Who asks; 401 where nobody is signed in."""
        return json_response(person_of(request).told, 200)

    def _open(self) -> Entrance:
        if self._entrance is None:
            raise RefusedError(409, "nobody has an account here: see python -m screen people --help")
        return self._entrance

    def _must_wait(self, attempt: Attempt) -> float:
        """Seconds to wait, or 0.0; then the attempt counts already, so that many at one time do too."""
        now = time.monotonic()
        if wait := self._limits.wait(attempt, now):
            return wait
        if attempt.account and not attempt.device and self._queued >= MOST_QUEUED:
            return 1.0
        self._limits.tried(attempt, now)
        return 0.0

    async def _checked(self, entrance: Entrance, tried: Try, *, known: bool) -> Entered | None:
        """Who has entered with a password. Strangers, however many, do not make a known device wait for its turn."""
        self._queued += not known
        try:
            async with self._known if known else self._strangers:
                return await entrance.by_password(tried.account, tried.password)
        finally:
            self._queued -= not known

    async def _refused(self, entrance: Entrance, request: Request, attempt: Attempt, why: str) -> Response:
        """401; an unknown account is not named in the log: it may be a password that was typed into the wrong field."""
        name = attempt.account
        known = "a wall" if not name else name if await entrance.knows(name) else "an unknown account"
        wait = self._limits.wait(attempt, time.monotonic())
        log_line(f"sign-in refused: {known} from {_address(request)}: {why}; next try in {wait:.0f} s")
        return json_response({"error": "wrong account or password"}, 401)


async def _signed(entrance: Entrance, request: Request, entered: Entered, what: str = "") -> Response:
    if before := request.scope[SESSION]:
        await entrance.end(before.token)
    log_line(f"{entered.person.id} ({entered.person.role}) has signed in from {_address(request)}{what}")
    welcome = Response(status_code=204, headers=NOT_KEPT)
    set_cookie(welcome, entered.token, entered.lasts, secure=_is_secure(request))
    return welcome


def _attempt(request: Request, account: str, devices: Devices | None = None) -> Attempt:
    device = devices.known(request.cookies, account) if devices else ""
    return Attempt(account, network_of(_address(request)), device)


def _is_secure(request: Request) -> bool:
    return request.url.scheme == "https" or request.headers.get("origin", "").startswith("https:")


def _wait(seconds: float) -> Response:
    whole = int(seconds) + 1
    later = json_response({"error": "too many attempts", "wait": whole}, 429)
    later.headers["retry-after"] = str(whole)
    return later


def _address(request: Request) -> str:
    """Where it comes from, as a proxy says it, which may be any text."""
    return printable(request.client.host[:MOST_ADDRESS]) if request.client else "unknown"
