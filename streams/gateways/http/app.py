"""The gateway as an ASGI application: who posts, how much, what is answered; 202 when it is on the disk, never before."""

import asyncio
from codecs import BOM_UTF8
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from http import HTTPStatus
from typing import Protocol

from msgspec import Struct
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from streams.gateways.drain import packed
from streams.gateways.foreign.engine import Origin, Outcome
from streams.gateways.foreign.mapping import Foreign
from streams.gateways.http.admission import Admission
from streams.gateways.http.answers import Declined, answer_to, is_strict, json_answer, later, problem
from streams.gateways.http.binding import mapped, parts_of
from streams.gateways.http.limits import BODY, TooBig, unpacked
from streams.gateways.http.openapi import document
from streams.gateways.http.reception import HttpReception, Posted, records_of
from streams.gateways.http.signature import Request as SignedRequest
from streams.gateways.http.sources import Register
from streams.gateways.http.webhook import TOKEN, permission
from streams.gateways.intake.cloudevent import Unfit
from streams.gateways.intake.keeping import Lost
from streams.messages import RefusalReason
from streams.risk.following import Following

PATH = "/events"

WITHIN = 12.0
"""Seconds in which a body must have come as a whole; 本系统默认, below what its connection is given."""

SLICE = 200
"""Events of a request after which others are served; 本系统默认."""

STATUS = {"media-type": 415, "too-big": 413, "too-many": 413, "cut-off": 408}
"""The answers to a request that is refused as a whole, by reason; to all others 400."""

HEADERS = {"media-type": {"Accept-Encoding": "gzip"}, "cut-off": {"Connection": "close"}}
"""What stands in their head."""

ALLOW = {"Allow": "POST"}


class KeepsPayloads(Protocol):
    """Keeps payloads: returns when they are on the disk, Lost where they are not."""

    async def keep(self, payloads: list[bytes]) -> None:
        """Keep them."""


class HttpCounts(Struct):
    """What is counted since the start: requests by status, events by sender and what became of them."""

    requests: Counter[int]
    events: Counter[tuple[str, str]]


class HttpGateway:
    """Answers requests with one reception and one keeper; `now` gives the moment (ms), `is_well` whether things are kept.

    `region`: the adcode under which it registers whom it tells the standing watch of.
    """

    def __init__(
        self,
        register: Register,
        reception: HttpReception,
        keeper: KeepsPayloads,
        now: Callable[[], int],
        is_well: Callable[[], bool] = lambda: True,
        region: str = "",
    ) -> None:
        self._reception, self._keeper, self._now = reception, keeper, now
        self._admission, self._is_well = Admission(register, now), is_well
        self._flying: dict[bytes, asyncio.Future[bool]] = {}
        self.counts = HttpCounts(Counter(), Counter())
        self._following = Following("gateway/http", region)
        self.app = Starlette(
            routes=[
                Route(PATH, self._events, methods=["POST", "OPTIONS"]),
                Route(PATH + "/{topic:path}", self._events, methods=["POST", "OPTIONS"]),
                Route("/openapi.json", self._openapi, methods=["GET"]),
                Route("/healthz", self._healthz, methods=["GET"]),
            ],
            exception_handlers={HTTPException: self._no_route},
        )

    def adopt(self, register: Register) -> None:
        """These are the senders of all requests that begin from now on; what was taken of them counts on."""
        self._admission = Admission(register, self._now, self._admission)
        self._reception.adopt(register.sources)

    async def _events(self, request: Request) -> Response:
        return await (self._asked(request) if request.method == "OPTIONS" else self._post(request))

    async def _asked(self, request: Request) -> Response:
        """The answer to one who asks whether it may post here."""
        allowed = permission(self._admission.register.sources, request.headers)
        status = 200 if allowed else 405
        self.counts.requests[status] += 1
        if not allowed:
            return problem(status, "method", "no sender of the register has this WebHook-Request-Origin", headers=ALLOW)
        return Response(status_code=status, headers=allowed | ALLOW)

    async def _post(self, request: Request) -> Response:
        admission, in_address = self._admission, request.query_params.get(TOKEN, "")
        try:
            sender = admission.sender(request.headers, in_address)
            if not sender:
                await self._tell("", "token", "somebody posts without a token, or with one of no sender")
                detail = "post with `Authorization: Bearer TOKEN`, of a sender in the register"
                raise Declined(401, "token", detail, {"WWW-Authenticate": "Bearer"})
            with admission.inside(sender):
                response = await self._posted(request, admission, sender)
        except Declined as error:
            response = problem(error.status, error.reason, error.detail, headers=error.headers)
        if in_address:
            response.headers["Cache-Control"] = "private"
        self.counts.requests[response.status_code] += 1
        return response

    async def _posted(self, request: Request, admission: Admission, sender: str) -> Response:
        """The answer to a request of a sender; what of it is refused as a whole is told first, of what came of it."""
        came = bytearray()
        try:
            await _come(request, came)
            body = bytes(came)
            with admission.signed(sender, SignedRequest(request.method, request.url.path, request.headers, body)):
                return await self._read(request, admission, sender, body)
        except Unfit as error:
            admission.spend(sender, 1)
            await self._tell(sender, error.reason, error.message, bytes(came))
            headers = HEADERS.get(error.reason)
            raise Declined(STATUS.get(error.reason, 400), error.reason, error.message, headers) from None
        except Declined as error:
            if error.status == HTTPStatus.UNAUTHORIZED:
                await self._tell(sender, "signature", error.detail, bytes(came))
            raise

    async def _read(self, request: Request, admission: Admission, sender: str, body: bytes) -> Response:
        await self._follow(sender, request)
        source = admission.register.sources[sender]
        parts = await self._parts(request, admission.register.mappings.get(sender), sender, _unpacked(request, body))
        admission.spend(sender, len(parts))
        strict = is_strict(request.headers.getlist("prefer"))
        posted = self._reception.begun(sender, source, self._now())
        try:
            await self._keep(posted, parts, strict=strict)
        except Lost:
            raise later(503, "unkept", "there is no room to keep it, Kafka takes nothing just now: post it again") from None
        taken = not (strict and posted.refused)
        counts = {"accepted": len(posted.events) * taken, "known": posted.known * taken, "refused": len(posted.refused)}
        for outcome, number in counts.items():
            self.counts.events[sender, outcome] += number
        return answer_to(posted, strict=strict)

    async def _follow(self, sender: str, request: Request) -> None:
        """Tell the standing watch of a sender that is in two places at one time."""
        if request.client and (told := self._following.used(sender, request.client.host, self._now())):
            with suppress(Lost):  # posts are answered whether it is told or not
                await self._keeper.keep([packed(told)])

    async def _keep(self, posted: Posted, parts: Sequence[bytes | Outcome], *, strict: bool) -> None:
        """Return when all that is good is on the disk, and what another request brings just now; Lost where something is not.

        Where the sender is strict and something is no good, only that is kept, as what was refused.
        """
        flying: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        kept = False
        try:
            for number, part in enumerate(parts):
                if name := self._reception.post(posted, part):
                    self._flying[name] = flying
                if number % SLICE == SLICE - 1:
                    await asyncio.sleep(0)
            waited = [self._flying[name] for name in posted.coming if name in self._flying]
            taken = not (strict and posted.refused)
            records = [packed(events, label) for events, label in records_of(posted, with_events=taken)]
            if records:
                await self._keeper.keep(records)
            kept = taken
        finally:
            if kept:
                self._reception.kept(posted)
            else:
                self._reception.lost(posted)
            for name, _ in posted.names:
                del self._flying[name]
            flying.set_result(kept)
        if kept and not all([await each for each in waited]):
            raise Lost("what another request brought could not be kept")

    async def _parts(
        self, request: Request, mappings: Sequence[Foreign] | None, sender: str, body: bytes
    ) -> Sequence[bytes | Outcome]:
        """The events of a body as they came, or what the sender's mappings make of it."""
        if mappings is None:
            return parts_of(request.headers, body)
        origin = Origin(source=sender, now=self._now(), topic=request.path_params.get("topic", ""), areas=self._reception.areas)
        try:
            return await asyncio.to_thread(mapped, mappings, request.headers, body, origin)
        except Unfit:
            raise
        except Exception as error:  # noqa: BLE001 - whatever a document brings up, its sender would post it for ever
            raise Unfit("unreadable", f"{type(error).__name__} while it was read") from None

    async def _tell(self, sender: str, reason: RefusalReason, message: str, body: bytes = b"") -> None:
        """Let it be kept that a request was refused; Declined 503 where that cannot be."""
        if sender:
            self.counts.events[sender, "refused"] += 1
        if told := self._reception.refused(sender, reason, message, self._now(), body):
            try:
                await self._keeper.keep([packed(told)])
            except Lost:
                raise later(503, "unkept", "there is no room to keep anything just now") from None

    async def _openapi(self, _: Request) -> Response:
        return json_answer(200, document())

    async def _healthz(self, _: Request) -> Response:
        return json_answer(200, {"status": "ok"}) if self._is_well() else json_answer(503, {"status": "nothing can be kept"})

    async def _no_route(self, _: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        self.counts.requests[status] += 1
        headers = error.headers if isinstance(error, HTTPException) else None
        reason = "method" if status == HTTPStatus.METHOD_NOT_ALLOWED else "path"
        return problem(status, reason, f"events are posted to {PATH}; /openapi.json describes it", headers=headers)


async def _come(request: Request, came: bytearray) -> None:
    """Let a body come as a whole; Unfit where it is too big, or does not become whole in time."""
    length = request.headers.get("content-length", "")
    if length.isascii() and length.isdigit() and (len(length) > 9 or int(length) > BODY):
        raise Unfit("too-big", f"more than {BODY} bytes, by its Content-Length")
    try:
        async with asyncio.timeout(WITHIN):
            async for piece in request.stream():
                came += piece
                if len(came) > BODY:
                    raise Unfit("too-big", f"more than {BODY} bytes")
    except TimeoutError:
        raise Unfit("cut-off", f"the body was not whole within {WITHIN:.0f} s") from None
    except ClientDisconnect:
        raise Unfit("cut-off", "the connection ended before the body was whole") from None


def _unpacked(request: Request, body: bytes) -> bytes:
    """The body without its coding and a byte order mark; Unfit where it is too big so, or another coding than gzip."""
    coding = request.headers.get("content-encoding", "").strip().lower()
    if coding not in {"", "identity", "gzip"}:
        raise Unfit("media-type", "Content-Encoding is gzip, or none")
    try:
        return unpacked(body, coding).removeprefix(BOM_UTF8)
    except TooBig:
        raise Unfit("too-big", f"unpacked it has more than {BODY} bytes") from None
    except ValueError as error:
        raise Unfit("not-json", f"Content-Encoding says gzip: {error}") from None
