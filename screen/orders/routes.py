"""The own routes of the page of orders: its live list, the story of an order, and its text to paste into a document."""

from typing import Any
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute
from starlette.websockets import WebSocket

from screen.access.declared_routes import Audience, LookRoute, SocketRoute
from screen.access.people import Person, person_of
from screen.feed.hub import Hub
from screen.feed.slices.clock import Clock
from screen.feed.slices.law_in_force import LawInForce
from screen.feed.slices.orders import Orders
from screen.feed.view import View
from screen.orders.page import OrderAsk, OrdersPage
from screen.orders.rights import is_of
from screen.orders.seen import as_seen, known_to, looker
from screen.orders.story import story
from screen.orders.worktime import told_calendar
from screen.web.json_response import json_response
from screen.web.live_list import live_list
from streams.clock import wall_time
from streams.orders.kinds import kinds
from streams.orders.words import states
from streams.places import areas
from streams.places.organs import units


class OrderRoutes:
    """The routes of one log's orders."""

    def __init__(self, hub: Hub, phone: str = "") -> None:
        """`phone`: the number of the dispatcher's desk, which the phone page calls."""
        self._hub, self._phone = hub, phone

    def table(self) -> list[BaseRoute]:
        """All of them."""
        return [
            SocketRoute("/screen/orders", self.live, right=Audience.SIGNED_IN),
            LookRoute("/screen/order/{id}", self.story, right=Audience.SIGNED_IN),
            LookRoute("/screen/order/{id}/document", self.document, right="order.paper"),
        ]

    async def live(self, socket: WebSocket) -> None:
        """Answer what the page asks, now and whenever there is a newer list, until it goes away."""
        person, hub = person_of(socket), self._hub
        page = OrdersPage(looker(person))
        await live_list(
            socket,
            hub,
            OrderAsk,
            lambda: names(hub.view, person, self._phone),
            lambda asked: page.answer(hub.view, asked),
        )

    async def story(self, request: Request) -> Response:
        """An order with its lines and what this person may do, or for `behalf`; 404 where it is not known, or not its."""
        asked = request.query_params
        name, line, behalf = request.path_params["id"], asked.get("line", ""), asked.get("behalf", "")
        told = await run_in_threadpool(story, self._hub.view, name, line, person_of(request), behalf)
        return json_response(told, 200 if told else 404)

    async def document(self, request: Request) -> Response:
        """The text of an order as DOCX, to be pasted into the office's own system."""
        from screen.orders.document import DOCX, document  # noqa: PLC0415 - lxml is 15 MB, which nothing else needs

        view, name = self._hub.view, request.path_params["id"]
        found = known_to(view, name, person_of(request))
        if found is None:
            return json_response(None, 404)
        shown = as_seen(*found, view[Orders].trails.get(name, ()), person_of(request))
        made = await run_in_threadpool(document, *shown)
        headers = {
            "cache-control": "no-store",
            "content-disposition": f"attachment; filename*=UTF-8''{quote(shown[0].number)}.docx",
        }
        return Response(made, 200, headers, DOCX)


def names(view: View, person: Person, phone: str) -> dict[str, Any]:
    """The names of what may be filtered by and named, and the calendar in which the page reckons the time that is left.

    `mine`: the bodies for which the person takes orders; `phone`: the number of the dispatcher's desk.
    """
    who = looker(person)
    return {
        "unit": {unit.id: unit.name for unit in units()},
        "mine": sorted(unit for unit in who.units or () if who.bound and is_of(person, unit)),
        "phone": phone,
        "kind": {name: {"title": kind.title, "states": states(kind), "clocks": kind.clocks} for name, kind in kinds().items()},
        "district": dict(areas()),
        "calendar": told_calendar(view[LawInForce].law.calendar, view[Clock].now or wall_time()),
    }
