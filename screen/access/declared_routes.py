"""The only routes of ours: by which a person looks at something, changes something, or keeps a websocket open.

Each declares whose it is, and an act what it reads; the screen does not start with one that does not. `RequestGuard` has
checked where an act comes from and how long it is; here it is decoded, and the person's right to it, as to a look, is looked
at before a handler is asked. A handler of acts gets what was sent as a struct, and answers or raises `RefusedError`.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from enum import Enum
from typing import IO, Generic, TypeVar

import msgspec
from msgspec import Raw, Struct
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket

from screen.access.people import PERSON, Person
from screen.web.json_response import RefusedError, json_response
from streams.messages import RIGHTS
from streams.originals.spool import spool

BODY = "onescreen.body"
"""Where an act's scope has its whole body; that of an upload what fills a file with it.

A route takes it from nowhere else: without `RequestGuard` none answers.
"""

FOREIGN = 1008
"""The code with which a websocket is closed that a page of ours has not opened (policy violation, RFC 6455 7.4.1)."""

UPLOADS_AT_ONCE = 4
"""Files that one route takes at one time: each is held in memory up to 32 MiB."""

Sent = TypeVar("Sent")


class Audience(Enum):
    """Whose a route is that needs no right of the table: everybody's, or that of everybody who is signed in."""

    ANYBODY = "anybody"
    SIGNED_IN = "signed in"


Bounds = Callable[[Sent, Person], str]
"""Why what was sent is beyond the person's departments and districts, or an empty text."""


class UndeclaredRouteError(TypeError):
    """A route does not say whose it is, or says it by an act that there is not."""


class Nothing(Struct, frozen=True):
    """What a page sends where there is nothing to say: an object."""


class ActRoute(Route, Generic[Sent]):
    """A POST of a person.

    `reads` makes the struct of a body, or says by ValueError what is wrong with it. `right` is an act of the table of rights,
    finds it in what was sent, or is an audience. `bounds` is None where the act is on nothing that is a department's or in a
    district. The answer is a response, or a value, which goes out with 202.
    """

    def __init__(
        self,
        path: str,
        answer: Callable[[Sent, Request], Awaitable[object]],
        *,
        reads: Callable[[bytes], Sent],
        right: Audience | str | Callable[[Sent], str],
        bounds: Bounds[Sent] | None,
    ) -> None:
        super().__init__(path, self._respond, methods=["POST"])
        _check_known(path, right)
        self._answer, self._reads, self.right, self._bounds = answer, reads, right, bounds

    async def _respond(self, request: Request) -> Response:
        try:
            sent = self._decoded(request.scope[BODY])
            self._check(sent, request)
            answer = await self._answer(sent, request)
        except RefusedError as refused:
            return refused.response
        return answer if isinstance(answer, Response) else json_response(answer, 202)

    def _decoded(self, body: bytes) -> Sent:
        """What was sent; 400 where it is no JSON, 422 where it is not what is read here."""
        try:
            msgspec.json.decode(body.decode(), type=Raw)  # its grammar and depth, whatever the struct would pass over
            return self._reads(body)
        except msgspec.ValidationError as error:
            raise RefusedError(422, str(error)) from error
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise RefusedError(400, f"the body is no JSON: {error}") from error
        except RecursionError as error:
            raise RefusedError(400, "the body is nested too deep") from error
        except ValueError as error:
            raise RefusedError(422, str(error)) from error

    def _check(self, sent: Sent, request: Request) -> None:
        right = self.right(sent) if callable(self.right) else self.right
        person = may(request, right)
        if person and self._bounds and (why_not := self._bounds(sent, person)):
            raise RefusedError(403, why_not)


class UploadRoute(Route):
    """A POST of a person whose body is a file, of at most `most` bytes: it is read once the person's right to it is known.

    `answer` gets the request and the file, which is gone after it; what it gives is answered as of `ActRoute`. `refused` gets
    them too where the file, or what has come of it, is not taken: it puts that on record, and gives what is answered.
    """

    def __init__(
        self,
        path: str,
        answer: Callable[[Request, IO[bytes]], Awaitable[object]],
        refused: Callable[[Request, IO[bytes], RefusedError], Awaitable[RefusedError]],
        right: str,
        bounds: Callable[[Request, Person], str],
        most: int,
    ) -> None:
        super().__init__(path, self._respond, methods=["POST"])
        _check_known(path, right)
        self._answer, self.right, self._bounds, self.most, self._refused = answer, right, bounds, most, refused
        self._room = asyncio.Semaphore(UPLOADS_AT_ONCE)

    async def _respond(self, request: Request) -> Response:
        try:
            person = may(request, self.right)
            if person and (why_not := self._bounds(request, person)):
                raise RefusedError(403, why_not)
            if self._room.locked():
                raise RefusedError(503, "other files are being taken: send it again in a while")
            async with self._room:
                with spool() as file:
                    answer = await self._taken(request, file)
        except RefusedError as refused:
            return refused.response
        return answer if isinstance(answer, Response) else json_response(answer, 202)

    async def _taken(self, request: Request, file: IO[bytes]) -> object:
        try:
            await request.scope[BODY](file)
            file.seek(0)
            return await self._answer(request, file)
        except RefusedError as refused:
            raise await self._refused(request, file, refused) from None


class LookRoute(Route):
    """A GET of a page, or of what a page shows; `right` is an act of the table of rights, or an audience."""

    def __init__(self, path: str, answer: Callable[[Request], Awaitable[Response]], *, right: Audience | str) -> None:
        super().__init__(path, self._respond, methods=["GET"])
        _check_known(path, right)
        self._answer, self.right = answer, right

    async def _respond(self, request: Request) -> Response:
        try:
            may(request, self.right)
            return await self._answer(request)
        except RefusedError as refused:
            return refused.response


class SocketRoute(WebSocketRoute):
    """A websocket of a page; `right` is an act of the table of rights, or an audience."""

    def __init__(self, path: str, endpoint: Callable[[WebSocket], Awaitable[None]], *, right: Audience | str) -> None:
        super().__init__(path, self._enter)
        _check_known(path, right)
        self._listen, self.right = endpoint, right

    async def _enter(self, socket: WebSocket) -> None:
        try:
            may(socket, self.right)
        except RefusedError:
            await socket.close(FOREIGN)
        else:
            await self._listen(socket)


def may(asked: HTTPConnection, right: Audience | str) -> Person | None:
    """Who asks, None for a stranger where those are let in; RefusedError, 401 or 403, where it may not."""
    person: Person | None = asked.scope.get(PERSON)
    if right is Audience.ANYBODY:
        return person
    if person is None:
        raise RefusedError(401, "sign in first")
    if isinstance(right, str) and (why_not := person.may_not(right)):
        raise RefusedError(403, why_not)
    return person


def reader(shape: type[Sent]) -> Callable[[bytes], Sent]:
    """What decodes a body into this struct."""
    return msgspec.json.Decoder(shape).decode


def acts_of(routes: Iterable[BaseRoute]) -> frozenset[str]:
    """The paths of the acts among our routes; UndeclaredRouteError where one does not say whose it is."""
    acts = set()
    for route in routes:
        if isinstance(route, ActRoute):
            acts.add(route.path)
        elif isinstance(route, UploadRoute):
            continue
        elif not isinstance(route, LookRoute | SocketRoute) and not _has_files_alone(route):
            raise UndeclaredRouteError(
                f"{getattr(route, 'path', route)!r} does not say whose it is: "
                "make it an ActRoute, an UploadRoute, a LookRoute or a SocketRoute"
            )
    return frozenset(acts)


def uploads_of(routes: Iterable[BaseRoute]) -> dict[str, int]:
    """The paths of the uploads among our routes, and how many bytes each takes."""
    return {route.path: route.most for route in routes if isinstance(route, UploadRoute)}


def _has_files_alone(route: BaseRoute) -> bool:
    """Whether it has our own files, which tell nothing of the log; `authentication.py` says which of them a stranger gets."""
    return isinstance(route, Mount) and isinstance(route.app, StaticFiles)


def _check_known(path: str, right: object) -> None:
    if isinstance(right, str) and right not in RIGHTS:
        raise UndeclaredRouteError(f"{path}: there is no act {right!r} in the table of rights")
