"""The gateway as an ASGI application: who posts, how much, what is answered; 202 when it is on the disk, never before."""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any, Protocol

import msgspec
from msgspec import Struct
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from streams.gateways.drain import packed
from streams.gateways.foreign.engine import Origin, Outcome, take
from streams.gateways.http.binding import Unfit, as_document, parts_of
from streams.gateways.http.limits import BODY, Rate, TooBig, unpacked
from streams.gateways.http.openapi import document
from streams.gateways.http.reception import HttpReception, Posted, records_of
from streams.gateways.http.signature import Request as SignedRequest
from streams.gateways.http.signature import Signatures
from streams.gateways.http.sources import Register, hash_of
from streams.gateways.intake.keeping import Lost
from streams.messages import RefusalReason

PATH = "/events"

AT_ONCE = 32
"""Bodies that are read and judged at a time; beyond them a sender comes again. 本系统默认 (a default of this system)."""

AT_ONCE_EACH = 8
"""Of one sender; 本系统默认."""

AGAIN = 2
"""Seconds after which one that was turned away for want of room may come again; 本系统默认."""

WITHIN = 12.0
"""Seconds in which a body must have come as a whole; 本系统默认, below what its connection is given."""

SLICE = 200
"""Events of a request after which others are served; 本系统默认."""

TITLES = {"token": 401, "signature": 401, "media-type": 415, "too-big": 413, "too-many": 413}


class KeepsPayloads(Protocol):
    """Keeps payloads: returns when they are on the disk, Lost where they are not."""

    async def keep(self, payloads: list[bytes]) -> None:
        """Keep them."""


class Declined(Exception):  # noqa: N818 - what it says
    """A request is not taken: the status, why, and headers of the answer. `told`: what is kept of it."""

    def __init__(self, status: int, reason: str, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status, self.reason, self.detail, self.headers = status, reason, detail, dict(headers or {})


class HttpCounts(Struct):
    """What is counted since the start: requests by status, events by sender and what became of them."""

    requests: Counter[int]
    events: Counter[tuple[str, str]]


class HttpGateway:
    """Answers requests with one reception and one keeper; `now` gives the moment (ms), `is_well` whether things are kept."""

    def __init__(
        self,
        register: Register,
        reception: HttpReception,
        keeper: KeepsPayloads,
        now: Callable[[], int],
        is_well: Callable[[], bool] = lambda: True,
    ) -> None:
        self._register, self._reception, self._keeper, self._now, self._is_well = register, reception, keeper, now, is_well
        sources = register.sources
        self._by_token = {source.token: name for name, source in sources.items() if source.token}
        self._by_key = {source.signature.key: name for name, source in sources.items() if source.signature}
        self._signatures = {
            name: Signatures(source.signature, register.secrets[name]) for name, source in sources.items() if source.signature
        }
        self._rates = {name: Rate(source.rate, source.rate, 0) for name, source in sources.items()}
        self._inside: Counter[str] = Counter()
        self._flying: dict[bytes, asyncio.Future[bool]] = {}
        self.counts = HttpCounts(Counter(), Counter())
        self.app = Starlette(
            routes=[
                Route(PATH, self._post, methods=["POST"]),
                Route(PATH + "/{topic:path}", self._post, methods=["POST"]),
                Route("/openapi.json", self._openapi, methods=["GET"]),
                Route("/healthz", self._healthz, methods=["GET"]),
            ],
            exception_handlers={HTTPException: self._no_route},
        )

    async def _post(self, request: Request) -> Response:
        sender = ""
        try:
            sender = self._sender(request)
            self._check_room(sender)
            self._inside[sender] += 1
            try:
                response = await self._posted(request, sender)
            finally:
                self._inside[sender] -= 1
        except Declined as error:
            response = _problem(error.status, error.reason, error.detail, headers=error.headers)
        self.counts.requests[response.status_code] += 1
        return response

    async def _posted(self, request: Request, sender: str) -> Response:
        try:
            body = await _body(request)
        except Declined as error:
            if error.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
                await self._tell(sender, "too-big", error.detail, b"")
            raise
        signed = SignedRequest(request.method, request.url.path, request.headers, body)
        await self._check_signature(sender, signed)
        try:
            parts = await self._parts(request, sender, await self._unpacked(request, sender, body))
        except Unfit as error:
            await self._tell(sender, error.reason, error.message, body)
            raise Declined(TITLES.get(error.reason, 400), error.reason, error.message) from None
        self._rates[sender].spend(len(parts))
        strict = _is_strict(request.headers.getlist("prefer"))
        posted = self._reception.begun(sender, self._now())
        try:
            await self._keep(posted, parts, strict=strict)
        except Lost:
            if sender in self._signatures:
                self._signatures[sender].forget(signed)
            raise _later(503, "unkept", "there is no room to keep it, Kafka takes nothing just now: post it again") from None
        return self._answer(posted, strict=strict)

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

    async def _parts(self, request: Request, sender: str, body: bytes) -> Sequence[bytes | Outcome]:
        """The events of a body as they came, or what the sender's mappings make of it."""
        mappings = self._register.mappings.get(sender)
        if mappings is None:
            return parts_of(request.headers, body)
        document, kind = as_document(request.headers, body)
        origin = Origin(source=sender, now=self._now(), topic=request.path_params.get("topic", ""))
        return await asyncio.to_thread(take, mappings, document, kind, origin)

    def _answer(self, posted: Posted, *, strict: bool) -> Response:
        count = self.counts.events
        count[posted.sender, "accepted"] += len(posted.events)
        count[posted.sender, "known"] += posted.known
        count[posted.sender, "refused"] += len(posted.refused)
        headers = {"Preference-Applied": "handling=strict"} if strict else {}
        if strict and posted.refused:
            return _problem(400, "strict", "not all of it is good, and nothing of it was taken", posted, headers)
        if posted.status != HTTPStatus.ACCEPTED:
            reason = "rights" if posted.status == HTTPStatus.FORBIDDEN else posted.refused[0].reason
            return _problem(posted.status, reason, "none of it was taken", posted, headers)
        return _json(202, posted.answer(), headers)

    def _sender(self, request: Request) -> str:
        """Who posts, by its token or its application key; Declined 401."""
        way, _, token = request.headers.get("authorization", "").partition(" ")
        if way.lower() == "bearer" and token:
            name = self._by_token.get(hash_of(token.strip()))
            if name is not None:
                return name
        elif not way:
            for name, source in self._register.sources.items():
                scheme = source.signature
                if scheme and not source.token and request.headers.get(scheme.key_header.lower()) == scheme.key:
                    return name
        told = self._reception.refused("", "token", "somebody posts without a token, or with one of no sender", self._now())
        if told:
            keeping = asyncio.ensure_future(self._keeper.keep([packed(told)]))
            keeping.add_done_callback(lambda done: done.cancelled() or done.exception())
        detail = "post with `Authorization: Bearer TOKEN`, of a sender in the register"
        raise Declined(401, "token", detail, {"WWW-Authenticate": "Bearer"})

    def _check_room(self, sender: str) -> None:
        """Declined 429 or 503 where the sender must wait."""
        if wait := self._rates[sender].wait(self._now()):
            most = self._register.sources[sender].rate
            raise Declined(429, "rate", f"at most {most} events a minute are taken of this sender", {"Retry-After": str(wait)})
        if self._inside[sender] >= AT_ONCE_EACH:
            raise _later(429, "at-once", f"at most {AT_ONCE_EACH} requests of a sender are taken at a time")
        if self._inside.total() >= AT_ONCE:
            raise _later(503, "at-once", f"at most {AT_ONCE} requests are taken at a time")

    async def _check_signature(self, sender: str, signed: SignedRequest) -> None:
        """Declined 401 where the sender signs and this is not its signature."""
        signatures = self._signatures.get(sender)
        if signatures is None:
            return
        if signatures.is_full(self._now()):
            raise Declined(429, "signatures", "too many signatures in their time", {"Retry-After": "60"})
        if wrong := signatures.wrong(signed, self._now()):
            await self._tell(sender, "signature", wrong, signed.body)
            raise Declined(401, "signature", wrong, {"WWW-Authenticate": "Signature"})

    async def _unpacked(self, request: Request, sender: str, body: bytes) -> bytes:
        coding = request.headers.get("content-encoding", "").strip().lower()
        if coding not in {"", "identity", "gzip"}:
            await self._tell(sender, "media-type", "a Content-Encoding other than gzip", body)
            raise Declined(415, "media-type", "Content-Encoding is gzip, or none", {"Accept-Encoding": "gzip"})
        try:
            return unpacked(body, coding)
        except TooBig:
            message = f"unpacked it has more than {BODY} bytes"
            await self._tell(sender, "too-big", message, body)
            raise Declined(413, "too-big", message) from None
        except ValueError as error:
            raise Unfit("not-json", f"Content-Encoding says gzip: {error}") from None

    async def _tell(self, sender: str, reason: RefusalReason, message: str, body: bytes) -> None:
        """Let it be kept that a request was refused; where it cannot be, the spool is full and that is told anyway."""
        self.counts.events[sender, "refused"] += 1
        self._rates[sender].spend(1)
        if told := self._reception.refused(sender, reason, message, self._now(), body):
            try:
                await self._keeper.keep([packed(told)])
            except Lost:
                raise _later(503, "unkept", "there is no room to keep anything just now") from None

    async def _openapi(self, _: Request) -> Response:
        return _json(200, document())

    async def _healthz(self, _: Request) -> Response:
        return _json(200, {"status": "ok"}) if self._is_well() else _json(503, {"status": "nothing can be kept"})

    async def _no_route(self, _: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        self.counts.requests[status] += 1
        headers = error.headers if isinstance(error, HTTPException) else None
        if status == HTTPStatus.METHOD_NOT_ALLOWED:
            return _problem(status, "method", f"events are posted to {PATH}", headers=headers)
        return _problem(status, "path", f"events are posted to {PATH}; /openapi.json describes it", headers=headers)


async def _body(request: Request) -> bytes:
    """The body as it comes; Declined where it is too big, or does not become whole in time."""
    length = request.headers.get("content-length", "")
    if length.isascii() and length.isdigit() and int(length) > BODY:
        raise Declined(413, "too-big", f"{length} bytes; at most {BODY} are taken")
    found = bytearray()
    try:
        async with asyncio.timeout(WITHIN):
            async for piece in request.stream():
                found += piece
                if len(found) > BODY:
                    raise Declined(413, "too-big", f"more than {BODY} bytes")
    except TimeoutError:
        raise Declined(408, "slow", f"the body was not whole within {WITHIN:.0f} s", {"Connection": "close"}) from None
    except ClientDisconnect:
        raise Declined(400, "gone", "the sender went away") from None
    return bytes(found)


def _is_strict(prefer: list[str]) -> bool:
    """Whether the sender prefers that nothing is taken where not all is good (RFC 7240 4.4)."""
    wishes = [each.strip().lower().replace(" ", "") for line in prefer for each in line.replace(";", ",").split(",")]
    handling = next((each for each in wishes if each.startswith("handling=")), "")
    return handling.removeprefix("handling=").strip('"') == "strict"


def _later(status: int, reason: str, detail: str) -> Declined:
    return Declined(status, reason, detail, {"Retry-After": str(AGAIN)})


def _json(status: int, content: Any, headers: Mapping[str, str] | None = None) -> Response:
    return Response(msgspec.json.encode(content), status, headers, "application/json")


def _problem(
    status: int, reason: str, detail: str, posted: Posted | None = None, headers: Mapping[str, str] | None = None
) -> Response:
    """What is wrong, by RFC 9457; of a request that was read, each event that was refused."""
    found: dict[str, Any] = {
        "type": f"urn:onescreen:gateway:{reason}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }
    if posted is not None:
        found["refused"] = posted.refused
    return Response(msgspec.json.encode(found), status, headers, "application/problem+json")
