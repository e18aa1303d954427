"""The routes of evidence: a file is taken, its original given as an attachment, a copy shown, a sealed text looked at.

Each look is on record before anything is given; in a log that was never opened nothing is sealed and nothing recorded.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute

from screen.access.authentication import token_of
from screen.access.declared_routes import ActRoute, LookRoute, UploadRoute, reader
from screen.access.people import Person, person_of
from screen.access.request_guard import said_size
from screen.acts.commands import Commands
from screen.acts.looks import looked
from screen.acts.order_about import About
from screen.acts.order_press import OrderId, OrderPress
from screen.acts.requests import Key
from screen.feed.hub import Hub
from screen.orders.seen import known_to
from screen.originals.copies import DRAWN, NoCopyError, copy_of
from screen.originals.not_taken import RECORDED, ContentRefusedError, press_of, unrecorded, why_of
from screen.originals.scope import FindOrder, Lines, why_no_look, why_not
from screen.signer.client import SignerClient
from screen.signer.wire import LookOrder, OpenOriginal, Purpose, TextName
from screen.web.json_response import NOT_KEPT, RefusedError, json_response
from streams.clock import wall_time
from streams.kafka import clients
from streams.messages import LOOK_ORDER, Actor, Order, OrderAct, OrderAudit, Sealed
from streams.messages.orders import File
from streams.messages.words import Line
from streams.orders.matter_file import write_file
from streams.orders.texts import party_of
from streams.originals.content import ContentError, content_of, end_of
from streams.originals.folder import digest_of, pieces_of, plain_path
from streams.originals.spool import spool
from streams.outputs import BY_TYPE
from streams.settings import Settings
from streams.topics import topic_name

COPY_TYPE = "image/jpeg"
TRAIL = BY_TYPE[OrderAudit].topic

TrailOf = Callable[[str], list[bytes]]
"""The entries of an order's trail as they are stored, in order. Blocking."""


Now = Callable[[], int]
"""The time (ms) of the log, which a simulated one has of its own: an act of another time is refused there."""


class TextRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """What the page sends: which text of an order (`act`: of which act it is), and what it is looked at for."""

    order: OrderId
    act: Annotated[str, Meta(max_length=32)]
    name: TextName
    reference: Sealed
    purpose: Purpose


class FileRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """The query of an upload. `line`: whose it is, empty for the order's; `of`: what the closing condition names it for.

    `made`: when it was made (RFC 3339); `said`: what type the browser takes it for.
    """

    order: OrderId
    key: Key
    line: Line = ""
    of: Line = ""
    made: Line = ""
    said: Annotated[str, Meta(max_length=200)] = ""


class OriginalRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """The query of a look at an original or its copy."""

    order: OrderId
    purpose: Purpose = "handling"


class ArchiveRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """The query of an order's file: with its originals, where they are for who asks, and what for."""

    originals: Literal["", "1"] = ""
    purpose: Purpose = "handling"


class Originals:
    """The routes of one log's evidence.

    `find`: an order and its lines, where they are for who asks; `trail`: its entries as they are stored. `folder`: where plain
    originals are, `most`: bytes of one; `signer`: None where the log was never opened. `now`: the log's time (ms).
    """

    def __init__(
        self,
        find: FindOrder,
        trail: TrailOf,
        commands: Commands,
        log: str,
        folder: Path,
        most: int,
        signer: SignerClient | None,
        now: Now = wall_time,
    ) -> None:
        self._find, self._trail, self._commands, self._log, self._now = find, trail, commands, log, now
        self._folder, self._most, self._signer = folder, most, signer

    def table(self) -> list[BaseRoute]:
        """All of them."""
        return [
            ActRoute("/screen/orders/look", self.look, reads=reader(TextRequest), right=LOOK_ORDER, bounds=self._look_bounds),
            UploadRoute("/screen/orders/file", self.take, self.not_taken, "order.file", self._file_bounds, self._most),
            LookRoute("/screen/orders/archive/{order}", self.archive, right="order.archive"),
            LookRoute("/screen/orders/file/{digest}", self.original, right=LOOK_ORDER),
            LookRoute("/screen/orders/file/{digest}/copy", self.copy, right=LOOK_ORDER),
        ]

    async def look(self, asked: TextRequest, request: Request) -> Response:
        """A sealed text, or what stands in its place, as `state` and `shown`."""
        self._known(asked.order, person_of(request))
        question = LookOrder(
            session=token_of(request),
            order=asked.order,
            name=asked.name,
            reference=asked.reference,
            purpose=asked.purpose,
        )
        return await looked(self._signer, question)

    async def take(self, request: Request, file: IO[bytes]) -> Response:
        """Keep a file and write that it was put to its order: its place in the log, the file, and what is to be told of it."""
        asked = _query(request, FileRequest)
        person = person_of(request)
        order, _ = self._known(asked.order, person)
        found, told = await run_in_threadpool(_looked_into, file, asked)
        press = OrderPress("file", asked.key, act_of(asked, found, told, person.actor))
        about = About(order.kind, dict(order.traits))
        file.seek(0)
        place = await run_in_threadpool(
            self._commands.order, self._log, order.adcode, press, self._now(), token_of(request), about, file
        )
        sealed = self._signer is not None
        return json_response({"place": place, "file": found, "told": told, "sealed": sealed}, 202)

    async def not_taken(self, request: Request, file: IO[bytes], refused: RefusedError) -> RefusedError:
        """Write that a file was not taken, and why, into its order's trail; the refusal, which says whether that was done."""
        why = why_of(refused)
        if not why:
            return refused
        asked, person = _query(request, FileRequest), person_of(request)
        order, _ = self._known(asked.order, person)
        size = said_size(request.headers) or 0
        digest = await run_in_threadpool(_digest_of_whole, file, size)
        press = press_of(order.id, asked.key, person.actor, why, size, digest, asked.said)
        try:
            await run_in_threadpool(self._commands.order, self._log, order.adcode, press, self._now(), token_of(request))
        except RefusedError as error:
            return refused.saying(unrecorded(error))
        return refused.saying(RECORDED)

    async def original(self, request: Request) -> Response:
        """The original, byte for byte, as an attachment whose name is made of its digest."""
        file, held, body = await self._opened(request)
        name = f"original-{file.digest[:16]}.{end_of(file.type)}"
        headers = {
            "content-disposition": f'attachment; filename="{name}"',
            "content-length": str(file.size),
            "x-content-type-options": "nosniff",
            **NOT_KEPT,
        }
        gone = BackgroundTask(held.close)
        return StreamingResponse(pieces_of(body), 200, headers, "application/octet-stream", background=gone)

    async def copy(self, request: Request) -> Response:
        """A copy to look at; 415 of what cannot be drawn."""
        asked = _query(request, OriginalRequest)
        file = self._file(asked.order, request.path_params["digest"], person_of(request))
        if file.type not in DRAWN:
            raise RefusedError(415, f"无副本可看 / no copy is made of {file.type}: take the original")
        _, held, body = await self._opened(request)
        with held:
            try:
                drawn = await run_in_threadpool(copy_of, body)
            except NoCopyError as error:
                raise RefusedError(415, str(error)) from None
        return Response(drawn, 200, {**NOT_KEPT, "content-disposition": "inline"}, COPY_TYPE)

    async def archive(self, request: Request) -> Response:
        """The file of an order (归档): a zip with its index; with `originals` those that are for who asks, each a look."""
        check_own(request)
        asked, person = _query(request, ArchiveRequest), person_of(request)
        name = request.path_params["order"]
        order, lines = self._known(name, person)
        if why := why_not("archive", order, lines, person):
            raise RefusedError(403, why)
        session = token_of(request)

        def original(file: File) -> Iterable[bytes] | None:
            if not asked.originals or why_no_look("office", order, lines, person):
                return None
            body = spool()
            try:
                self._fill(OriginalRequest(order=name, purpose=asked.purpose), file, session, body)
            except RefusedError:
                body.close()
                return None
            body.seek(0)
            return _read_out(body)

        with ExitStack() as held:
            target = held.enter_context(spool())
            try:
                trail = await run_in_threadpool(self._trail, name)
                await run_in_threadpool(write_file, target, order, list(lines.values()), trail, original, {})
            except ValueError as error:
                raise RefusedError(500, str(error)) from None
            size = target.seek(0, 2)
            target.seek(0)
            headers = {
                "content-disposition": f'attachment; filename="order-{name[:16]}.zip"',
                "content-length": str(size),
                **NOT_KEPT,
            }
            gone = BackgroundTask(held.pop_all().close)
            return StreamingResponse(pieces_of(target), 200, headers, "application/zip", background=gone)
        raise AssertionError  # an ExitStack swallows nothing

    async def _opened(self, request: Request) -> tuple[File, ExitStack, IO[bytes]]:
        """A piece of evidence and its bytes, whole, and what lets go of them; RefusedError says why they are not given."""
        check_own(request)
        asked = _query(request, OriginalRequest)
        file = self._file(asked.order, request.path_params["digest"], person_of(request))
        with ExitStack() as held:
            body = held.enter_context(spool())
            await run_in_threadpool(self._fill, asked, file, token_of(request), body)
            body.seek(0)
            if await run_in_threadpool(digest_of, body) != file.digest:
                raise RefusedError(
                    500, f"原件已被改动 / the original {file.digest[:16]} was changed: see python -m agents audit verify"
                )
            body.seek(0)
            return file, held.pop_all(), body
        raise AssertionError  # an ExitStack swallows nothing

    def _fill(self, asked: OriginalRequest, file: File, session: str, body: IO[bytes]) -> None:
        if file.text is None:
            try:
                with plain_path(self._folder, file.digest).open("rb") as original:
                    for piece in pieces_of(original):
                        body.write(piece)
            except OSError as error:
                raise RefusedError(404, f"原件不在 / the original is not there: {error.strerror}") from None
            return
        if self._signer is None:
            raise RefusedError(409, "this original is sealed, and this screen has no signer to ask")
        opened = self._signer.original(OpenOriginal(session=session, order=asked.order, file=file, purpose=asked.purpose), body)
        if opened.state != "open":
            shown = opened.shown
            raise RefusedError(_STATUS[opened.state], f"{shown.zh} / {shown.en}")

    def _file(self, order: str, digest: str, person: Person) -> File:
        known, lines = self._known(order, person)
        if why := why_no_look("office", known, lines, person):
            raise RefusedError(403, why)
        file = next((each for each in known.files if each.digest == digest), None)
        if file is None:
            raise RefusedError(404, "the order has no such file")
        return file

    def _known(self, order: str, person: Person) -> tuple[Order, Lines]:
        """The order; of one that is not for this person to see no more is said than of one that there is not."""
        found = self._find(order, person)
        if found is None:
            raise RefusedError(404, f"the screen has no order {order}")
        return found

    def _look_bounds(self, asked: TextRequest, person: Person) -> str:
        order, lines = self._known(asked.order, person)
        return why_no_look(party_of(order.kind, order.traits, asked.act, asked.name), order, lines, person)

    def _file_bounds(self, request: Request, person: Person) -> str:
        asked = _query(request, FileRequest)
        order, lines = self._known(asked.order, person)
        if asked.line and asked.line not in lines:
            raise RefusedError(409, f"the order has no line {asked.line!r}")
        return why_not("file", order, lines, person)


def finder(hub: Hub) -> FindOrder:
    """What finds an order for a person among those that the screen has."""
    return lambda name, person: known_to(hub.view, name, person)


def check_own(request: Request) -> None:
    """RefusedError where a page of another site makes the browser ask: what is given here is on record as a look."""
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise RefusedError(403, "another site asks for this")


def trail_in(settings: Settings, log: str) -> TrailOf:
    """What reads an order's trail from Kafka, each entry as it is stored, once, in order."""

    def trail(order: str) -> list[bytes]:
        topic, found = topic_name(log, TRAIL), dict[int, bytes]()
        with clients.consumer(settings) as reader:
            ends = clients.end_offsets(reader, topic)
            partition = clients.partition_of(order.encode(), len(ends))
            whole = {each: end for each, end in ends.items() if each != partition}
            for record in clients.stream(reader, topic, whole, ends):
                entry = clients.read(record, OrderAudit, "screen") if record.key == order.encode() else None
                if entry is not None and entry.order == order:
                    found.setdefault(entry.n, record.value)
        return [found[n] for n in sorted(found)]

    return trail


def act_of(asked: FileRequest, file: File, told: str, actor: Actor) -> OrderAct:
    """The act by which a file is put to an order; what is to be told of the file is its reason."""
    return OrderAct(order=asked.order, actor=actor, lines=(asked.line,) if asked.line else (), reason=told, file=file)


def _read_out(body: IO[bytes]) -> Iterator[bytes]:
    """A file's bytes, a piece at a time; it is gone after them."""
    with body:
        yield from pieces_of(body)


def _digest_of_whole(file: IO[bytes], size: int) -> str:
    """SHA-256 of what has come, empty where that is not so many bytes."""
    come = file.seek(0, 2)
    file.seek(0)
    return digest_of(file) if come == size > 0 else ""


def _looked_into(file: IO[bytes], asked: FileRequest) -> tuple[File, str]:
    """The piece of evidence that a file is by its content, and what is to be told of it; RefusedError where it is none."""
    try:
        content = content_of(file, asked.said)
    except ContentError as error:
        raise ContentRefusedError(error.code, str(error)) from None
    size = file.seek(0, 2)
    file.seek(0)
    found = File(digest=digest_of(file), size=size, type=content.type, made_at=asked.made, of=asked.of)
    return found, content.told


def _query(request: Request, shape: type[Any]) -> Any:
    """The query of a request as a struct; RefusedError (422) says what is wrong with it."""
    try:
        return msgspec.convert(dict(request.query_params), shape)
    except msgspec.ValidationError as error:
        raise RefusedError(422, str(error)) from None


_STATUS = {"sealed": 403, "deleted": 410, "unavailable": 503}
