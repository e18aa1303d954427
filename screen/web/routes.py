"""The screen's own routes beside Streamlit's: feed, stories, incidents, measures, notes of shifts, files."""

import asyncio
import os
from pathlib import Path
from typing import Any

import pydeck
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket, WebSocketDisconnect

from screen.access.declared_routes import Audience, LookRoute, SocketRoute
from screen.access.people import PERSON, person_of, way_of
from screen.acts.handovers import handovers
from screen.feed.hub import Hub
from screen.feed.signs.board import OwnSigns
from screen.feed.signs.scope import SignScope, city
from screen.feed.slices.alarms import Alarms
from screen.feed.slices.measures import Measures
from screen.feed.snapshot import Sections, body, message
from screen.feed.stories import incident_of, story
from screen.i18n.texts import texts
from screen.orders.seen import looker, sections_for
from screen.signer.entrance import Entrance
from screen.wall.picture import BASE, STATIC
from screen.web.json_response import json_response
from screen.web.pages import pages_of
from screen.web.version import version, versioned
from streams.catalogue.sight import seen
from streams.clock import wall_time
from streams.places import city_map
from streams.topics import LIVE

BUNDLE = Path(pydeck.__file__).parent / "nbextension" / "static" / "index.js"
"""deck.gl as pydeck ships it, with `createDeck` and `updateDeck`."""

SIGN_OF_LIFE = 1.0
"""Seconds after which a page hears from the server even where nothing is new."""

MARKS = {LIVE: "live", "demo": "exercise"}
"""How a log is marked on the wall; every log that is not here is a replay."""


DISTRICTS = "districts.geojson"
"""What a page calls the file of this city's districts, which stands in the place's folder."""


class Files(StaticFiles):
    """Our files and this city's districts, and how long a browser may keep one without asking whether it is still the same."""

    def __init__(self, keep: str) -> None:
        super().__init__(directory=STATIC)
        self._keep = keep

    def lookup_path(self, path: str) -> tuple[str, os.stat_result | None]:
        """Where a file stands, and what the machine knows of it."""
        if path != DISTRICTS:
            return super().lookup_path(path)
        districts = city_map()[1]
        return str(districts), districts.stat()

    def file_response(self, *what: Any, **more: Any) -> Response:
        """The file, or that it has not changed."""
        found = super().file_response(*what, **more)
        found.headers["cache-control"] = self._keep
        return found


class Routes:
    """The routes of one log's screen."""

    def __init__(self, hub: Hub, log: str, entrance: Entrance | None = None) -> None:
        self._hub, self._log, self._entrance = hub, log, entrance
        self._own_signs = OwnSigns()

    def table(self) -> list[BaseRoute]:
        """All of them."""
        return [
            SocketRoute("/screen/feed", self.feed, right=Audience.SIGNED_IN),
            LookRoute("/screen/alert/{id}", self.story, right=Audience.SIGNED_IN),
            LookRoute("/screen/performance", self.performance, right=Audience.SIGNED_IN),
            LookRoute("/screen/incident/{alert}", self.incident, right=Audience.SIGNED_IN),
            LookRoute("/screen/handovers", self.handovers, right=Audience.SIGNED_IN),
            LookRoute("/screen/texts", self.words, right=Audience.ANYBODY),
            LookRoute("/screen/health", self.health, right=Audience.ANYBODY),
            LookRoute("/screen/deck.js", self.bundle, right=Audience.SIGNED_IN),
            Mount(versioned(), Files("max-age=31536000, immutable")),
            Mount(BASE, Files("no-cache")),
        ]

    async def feed(self, socket: WebSocket) -> None:
        """Send everything once, or the sections of `want`, then what changes, and a sign of life each second.

        `area`, `department`: of signs those of a district or department, where that is the person's.
        """
        wanted = frozenset(filter(None, socket.query_params.get("want", "").split(",")))
        await socket.accept()
        gone = asyncio.create_task(_gone(socket))
        try:
            await self._tell(socket, wanted, gone)
        except (WebSocketDisconnect, RuntimeError):  # it went away between two messages
            pass
        finally:
            gone.cancel()

    async def _tell(self, socket: WebSocket, wanted: frozenset[str], gone: "asyncio.Task[None]") -> None:
        person = person_of(socket)
        who = looker(person)
        mark = MARKS.get(self._log, "replay")
        more: dict[str, Any] = {
            "log": self._log,
            "mark": mark,
            "person": person.told | {"way": way_of(socket)},
            "pages": pages_of(person),
            "version": version(),
        }
        scope = _scope(socket)
        sent: Sections = {}
        while not gone.done():
            own = sections_for(self._hub.view, who, sent)
            if scope:
                own["signs"] = self._own_signs.section(self._hub.view, scope, person)
            sections = {name: value for name, value in (self._hub.sections | own).items() if not wanted or name in wanted}
            changed = tuple(name for name, value in sections.items() if sent.get(name) is not value)
            shared = self._hub.body(tuple(name for name in changed if name not in own))
            mine = body({name: own[name] for name in changed if name in own})
            await socket.send_text(message(",".join(filter(None, (shared, mine))), wall_time(), **more))
            sent, more = sections, {}
            await self._hub.newer(SIGN_OF_LIFE)

    async def story(self, request: Request) -> Response:
        """The whole alert with its trail, while it is open or has ended not long ago."""
        told = story(self._hub.view, request.path_params["id"], person_of(request))
        return json_response(told, 200 if told else 404)

    async def performance(self, request: Request) -> Response:
        """The newest measures of the alarm system: of each desk, district, domain and rule."""
        found, marks = self._hub.view[Measures].performance, person_of(request).sees()
        return json_response(seen([found[key] for key in sorted(found)], marks), 200)

    async def incident(self, request: Request) -> Response:
        """The incident of an alert, with its alerts and those with which it may be merged; null where the alert has none."""
        view, alert = self._hub.view, request.path_params["alert"]
        found = incident_of(view, alert, person_of(request))
        return json_response(found, 200 if found or view[Alarms].known(alert) else 404)

    async def handovers(self, request: Request) -> Response:
        """Each department's alerts now, its newest notes at the change of a shift, and who took them over."""
        return json_response(await run_in_threadpool(handovers, self._hub.view, wall_time(), person_of(request)), 200)

    async def health(self, _request: Request) -> Response:
        """200 while the pages show what the log says now, else 503; why not is on the pages, for those who may see them."""
        well = self._hub.well()
        return json_response({"state": "well" if well else "not well"}, 200 if well else 503)

    async def words(self, request: Request) -> Response:
        """The words of every language, with the names of accounts for who may see them."""
        person = request.scope[PERSON]
        names = await self._entrance.names() if self._entrance and person and person.sees() else {}
        return json_response(texts() | ({"names": names} if names else {}), 200)

    async def bundle(self, _request: Request) -> Response:
        """The deck.gl of pydeck."""
        return FileResponse(BUNDLE, media_type="text/javascript", headers={"cache-control": "max-age=86400"})


def _scope(socket: WebSocket) -> SignScope | None:
    """Whose signs a page asks for; None: the whole city's."""
    area, department = (socket.query_params.get(name, "") for name in ("area", "department"))
    return SignScope(area or city(), department) if area or department else None


async def _gone(socket: WebSocket) -> None:
    """Return when the page closes the socket; what it says is not listened to."""
    while (await socket.receive())["type"] != "websocket.disconnect":
        pass
