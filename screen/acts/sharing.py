"""People ask for other departments' data, and answer who asks: each route answers with the act's place in the log (202)."""

from typing import Annotated

from msgspec import Meta, Struct
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.routing import BaseRoute

from screen.access.authentication import token_of
from screen.access.declared_routes import ActRoute, reader
from screen.access.people import Person, person_of
from screen.acts.commands import Commands
from screen.acts.requests import Key
from screen.feed.directory import Sharings
from screen.feed.hub import Hub
from screen.web.json_response import RefusedError
from streams.catalogue.described import catalogue
from streams.directory.sharing import request_id, right_of, sharing_refusal, wanted_fault
from streams.directory.versions import AUTHORITY
from streams.messages import Place, format_time
from streams.messages.services.catalogue import Day, RequestId, Said, SharingAct, SharingStep, Wanted
from streams.messages.words import Line


class SharingWish(Struct, frozen=True, forbid_unknown_fields=True):
    """What the page sends to ask for a type: which fields (none: all), what for, on what ground, by which way, how long."""

    type: Line
    purpose: Said
    basis: Said
    use: Said
    way: Line
    since: Day
    until: Day
    key: Key
    fields: Annotated[tuple[Line, ...], Meta(max_length=200)] = ()


class SharingPress(Struct, frozen=True, forbid_unknown_fields=True):
    """What the page sends to do something to a request."""

    request: RequestId
    step: SharingAct
    reason: Said = ""


class SharingActs:
    """The routes by which departments ask each other for data, of one log."""

    def __init__(self, hub: Hub, commands: Commands, log: str) -> None:
        self._hub, self._commands, self._log = hub, commands, log

    def table(self) -> list[BaseRoute]:
        """All of them."""
        return [
            ActRoute("/screen/sharing/ask", self.ask, reads=reader(SharingWish), right="share-ask", bounds=None),
            ActRoute(
                "/screen/sharing",
                self.act,
                reads=reader(SharingPress),
                right=lambda press: right_of(press.step),
                bounds=self._bounds,
            ),
        ]

    async def ask(self, wish: SharingWish, request: Request) -> Place:
        """Ask for a type: 422 where the directory says something else of it, 409 where it is the asker's own."""
        person = person_of(request)
        step = SharingStep(
            request=request_id(person.actor, wish.key),
            step="asked",
            at=format_time(self._hub.now()),
            by=person.actor,
            wanted=wanted_of(wish),
        )
        return await self._written(step, request)

    async def act(self, press: SharingPress, request: Request) -> Place:
        """Do something to a request; 409 where it does not offer it now."""
        if press.step == "asked":
            raise RefusedError(422, "asking has a route of its own: POST /screen/sharing/ask")
        step = SharingStep(
            request=press.request,
            step=press.step,
            at=format_time(self._hub.now()),
            by=person_of(request).actor,
            reason=press.reason.strip(),
        )
        return await self._written(step, request)

    async def _written(self, step: SharingStep, request: Request) -> Place:
        name = f"{step.request}/{step.step}/{step.by.id}{f'/{step.reason}' if step.step == 'used' else ''}"
        if place := self._commands.place(name):
            return place
        if why_not := sharing_refusal(self._hub.view[Sharings].requests, step):
            raise RefusedError(409, why_not)
        return await run_in_threadpool(self._commands.record, self._log, step, name, token_of(request))

    def _bounds(self, press: SharingPress, person: Person) -> str:
        request = self._hub.view[Sharings].requests.get(press.request)
        if request is not None and not concerns(person, request.by.department, request.wanted.provider):
            return f"no request {press.request} concerns the department of account {person.id!r}"
        return ""


def wanted_of(wish: SharingWish) -> Wanted:
    """What is wanted, with what the directory says of the type; RefusedError where it has none such, or another way."""
    described = catalogue().get(wish.type)
    if described is None:
        raise RefusedError(422, f"the directory has no type {wish.type!r}")
    entry = described.entry
    way = next((each for each in ("service", "batch", "file") if each == wish.way), None)
    if way is None:
        raise RefusedError(422, f"no way of sharing is called {wish.way!r}")
    wanted = Wanted(
        type=wish.type,
        purpose=wish.purpose.strip(),
        basis=wish.basis.strip(),
        use=wish.use.strip(),
        way=way,
        since=wish.since,
        until=wish.until,
        provider=entry.provider,
        sharing=entry.sharing,
        condition=entry.condition,
        fields=wish.fields,
    )
    if why_not := wanted_fault(wanted):
        raise RefusedError(422, why_not)
    return wanted


def concerns(person: Person, *departments: str) -> bool:
    """Whether a person is of one of these departments, or of the authority."""
    return bool({person.actor.department} & {*departments, AUTHORITY})
