"""A person looks at the sealed text of an act: asked of the signer, shown in one answer that nobody keeps, on record before."""

from msgspec import Struct
from msgspec.json import Decoder
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from screen.access.authentication import token_of
from screen.access.declared_routes import ActRoute, reader
from screen.access.people import Person
from screen.feed.hub import Hub
from screen.feed.slices.alarms import Alarms
from screen.feed.view import View
from screen.signer.client import SignerClient
from screen.signer.wire import PATIENCE, LookAt, LookEntry, LookOrder, Purpose, TextPath
from screen.web.json_response import RefusedError, json_response
from streams.keeper.wire import Opened
from streams.messages import Alert, Place, Sealed
from streams.messages.words import Line


class LookRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """What the page sends: which text of the act at a place, on which alert, and what it is looked at for."""

    alert: Line
    place: Place
    path: TextPath
    reference: Sealed
    purpose: Purpose


class Looks:
    """The route by which the sealed texts of one log are looked at; `signer` is None where the log was never opened."""

    def __init__(self, hub: Hub, signer: SignerClient | None) -> None:
        self._hub, self._signer = hub, signer

    def table(self) -> list[BaseRoute]:
        """All of them."""
        return [ActRoute("/screen/look", self.look, reads=reader(LookRequest), right="look", bounds=self._bounds)]

    async def look(self, asked: LookRequest, request: Request) -> Response:
        """The text, or what stands in its place, as `state` and `shown`; an error where the keeper was not asked."""
        alert = known(self._hub.view, asked.alert)
        if alert is None:
            raise RefusedError(404, f"the screen has no alert {asked.alert!r}")
        question = LookAt(
            session=token_of(request),
            place=asked.place,
            path=asked.path,
            reference=asked.reference,
            purpose=asked.purpose,
            alert=alert.id,
            subject=alert.subject,
            department=alert.department.id,
        )
        return await looked(self._signer, question)

    def _bounds(self, asked: LookRequest, person: Person) -> str:
        return person.not_for_alert(known(self._hub.view, asked.alert))


async def looked(signer: SignerClient | None, question: LookAt | LookEntry | LookOrder) -> Response:
    """The text that is asked for, as of `Looks.look`; RefusedError where the log was never opened."""
    if signer is None:
        raise RefusedError(409, "this log was never opened: nothing in it is sealed")
    opened = await run_in_threadpool(signer.ask, question, _OPENED, PATIENCE)
    return json_response({"state": opened.state, "shown": opened.shown}, 200)


def known(view: View, name: str) -> Alert | None:
    """The alert of this id that stands, has ended not long ago, or is among the past ones of its rule."""
    alarms = view[Alarms]
    past = (one for each in alarms.past.values() for one in each if one.id == name)
    return alarms.known(name) or next(past, None)


_OPENED: Decoder[Opened] = Decoder(Opened)
