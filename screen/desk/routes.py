"""The desk's own routes: its live list, what stands around an alert, and what its subject sent."""

from kafka.errors import KafkaError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute
from starlette.websockets import WebSocket

from screen.access.declared_routes import Audience, LookRoute, SocketRoute
from screen.access.people import person_of
from screen.desk.alert_context import around
from screen.desk.page import Ask, DeskPage
from screen.desk.readings import BusyError, Reader
from screen.feed.hub import Hub
from screen.feed.slices.alarms import Alarms
from screen.i18n.texts import departments
from screen.web.json_response import json_response
from screen.web.live_list import live_list
from streams.catalogue import domains
from streams.catalogue.sight import seen
from streams.command import Trouble
from streams.messages import Text
from streams.places import areas


class DeskRoutes:
    """The routes of one log's desk."""

    def __init__(self, hub: Hub, reader: Reader) -> None:
        self._hub, self._reader = hub, reader

    def table(self) -> list[BaseRoute]:
        """All of them."""
        return [
            SocketRoute("/screen/desk", self.desk, right=Audience.SIGNED_IN),
            LookRoute("/screen/around/{id}", self.around, right=Audience.SIGNED_IN),
            LookRoute("/screen/readings/{id}", self.readings, right=Audience.SIGNED_IN),
        ]

    async def desk(self, socket: WebSocket) -> None:
        """Answer what the page asks, now and whenever there is a newer list, until it goes away."""
        page = DeskPage(person_of(socket))
        await live_list(socket, self._hub, Ask, names, lambda asked: page.answer(self._hub.index, asked))

    async def around(self, request: Request) -> Response:
        """What stands around an alert."""
        view, name = self._hub.view, request.path_params["id"]
        alert = view[Alarms].known(name)
        if alert is None:
            return json_response(None, 404)
        return json_response(await run_in_threadpool(around, view, alert, person_of(request)), 200)

    async def readings(self, request: Request) -> Response:
        """What the subject of an alert sent around it: 503 where Kafka is away or others read."""
        view, name = self._hub.view, request.path_params["id"]
        alert = view[Alarms].known(name)
        if alert is None:
            return json_response(None, 404)
        try:
            found = await run_in_threadpool(self._reader.readings, alert)
            return json_response(seen(found, person_of(request).sees(alert)), 200)
        except (KafkaError, Trouble, BusyError) as error:
            return json_response({"error": str(error)}, 503)


def names() -> dict[str, dict[str, Text]]:
    """The names of what may be filtered by."""
    return {
        "domain": {name: domain.title for name, domain in domains().items()},
        "department": departments(),
        "district": dict(areas()),
    }
