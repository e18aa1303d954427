"""The routes by which an order is prepared: the sheet of an alert, the proposal of a filed matter. `screen.acts` sends."""

from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from screen.access.declared_routes import ActRoute, LookRoute, reader
from screen.access.people import Person, person_of
from screen.dispatch.matter import matter, queue
from screen.dispatch.sheet import SheetRequest, sheet
from screen.feed.hub import Hub
from screen.feed.slices.alarms import Alarms
from screen.web.json_response import RefusedError, json_response
from streams.messages.orders import Passage


class DispatchRoutes:
    """The routes of one log's dispatching."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    def table(self) -> list[BaseRoute]:
        """All of them."""
        return [
            ActRoute("/screen/dispatch", self.sheet, reads=reader(SheetRequest), right="order.issue", bounds=self._bounds),
            ActRoute(
                "/screen/dispatch/document", self.document, reads=reader(SheetRequest), right="order.paper", bounds=self._bounds
            ),
            LookRoute("/screen/dispatch/queue", self.queue, right="order.dispatch"),
            LookRoute("/screen/dispatch/{order}", self.matter, right="order.dispatch"),
        ]

    async def sheet(self, asked: SheetRequest, request: Request) -> Response:
        """The sheet as the draft stands: nothing is sent and nothing is kept."""
        told: dict[str, Any] | None = await run_in_threadpool(sheet, self._hub.view, person_of(request), asked)
        if told is None:
            raise RefusedError(404, f"the screen has no alert {asked.alert!r}")
        return json_response(told, 200)

    async def document(self, asked: SheetRequest, request: Request) -> Response:
        """The draft's text as DOCX, to be pasted into the office's own system, where documents are made."""
        from screen.orders.document import DOCX, written  # noqa: PLC0415 - lxml is 15 MB, which nothing else needs

        told = await run_in_threadpool(sheet, self._hub.view, person_of(request), asked)
        if told is None:
            raise RefusedError(404, f"the screen has no alert {asked.alert!r}")
        text = [Passage(each["name"], each["words"]) for each in told["text"]]
        receivers = [each.name.zh for each in told["receivers"].candidates if each.part != "assist"]
        made = await run_in_threadpool(written, told["title"].zh, receivers, text)
        return Response(made, 200, {"cache-control": "no-store"}, DOCX)

    async def queue(self, request: Request) -> Response:
        """What waits for a dispatcher: return applications first, then filed matters; and the loads of units."""
        return json_response(await run_in_threadpool(queue, self._hub.view, person_of(request)), 200)

    async def matter(self, request: Request) -> Response:
        """Of one filed matter the proposal with its basis, like orders, and those with which it may be merged."""
        told = await run_in_threadpool(matter, self._hub.view, person_of(request), request.path_params["order"])
        return json_response(told, 200 if told else 404)

    def _bounds(self, asked: SheetRequest, person: Person) -> str:
        alert = self._hub.view[Alarms].find(asked.alert)
        return person.not_for_alert(alert)
