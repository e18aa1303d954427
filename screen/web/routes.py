"""The screen's own routes beside Streamlit's: feed, stories, incidents, measures, notes of shifts, a person's acts, files."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pydeck
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket, WebSocketDisconnect

from screen.access.people import person_of, way_of
from screen.access.security import from_own_page, why_not_an_act
from screen.acts.commands import Commands, NotAcceptedError, command_id, taking_id
from screen.acts.handovers import handovers, summary_now
from screen.acts.requests import act_of, read, read_handover, read_regroup, read_takeover, regroup_of
from screen.feed.hub import Hub
from screen.feed.slices.alarms import Alarms
from screen.feed.slices.clock import Clock
from screen.feed.slices.incidents import Incidents
from screen.feed.slices.measures import Measures
from screen.feed.slices.shifts import Shifts
from screen.feed.snapshot import Sections, message
from screen.feed.stories import incident_of, story
from screen.i18n.texts import texts
from screen.wall.picture import BASE, STATIC
from screen.web.json_response import json_response
from screen.web.pages import pages_of
from screen.web.version import version, versioned
from streams.clock import wall_time
from streams.handover import Record, handed, refusal, taken
from streams.messages import Place
from streams.topics import LIVE

BUNDLE = Path(pydeck.__file__).parent / "nbextension" / "static" / "index.js"
"""deck.gl as pydeck ships it, with `createDeck` and `updateDeck`."""

SIGN_OF_LIFE = 1.0
"""Seconds after which a page hears from the server even where nothing is new."""

MARKS = {LIVE: "live", "demo": "exercise"}
"""How a log is marked on the wall; every log that is not here is a replay."""


class Files(StaticFiles):
    """Our files, and how long a browser may keep one without asking whether it is still the same."""

    def __init__(self, keep: str) -> None:
        super().__init__(directory=STATIC)
        self._keep = keep

    def file_response(self, *what: Any, **more: Any) -> Response:
        """The file, or that it has not changed."""
        found = super().file_response(*what, **more)
        found.headers["cache-control"] = self._keep
        return found


class Routes:
    """The routes of one log's screen."""

    def __init__(self, hub: Hub, commands: Commands, log: str) -> None:
        self._hub, self._commands, self._log = hub, commands, log

    def table(self) -> list[BaseRoute]:
        """All of them."""
        return [
            WebSocketRoute("/screen/feed", self.feed),
            Route("/screen/alert/{id}", self.story),
            Route("/screen/performance", self.performance),
            Route("/screen/incident/{alert}", self.incident),
            Route("/screen/act", self.act, methods=["POST"]),
            Route("/screen/regroup", self.regroup, methods=["POST"]),
            Route("/screen/handovers", self.handovers),
            Route("/screen/handover", self.handover, methods=["POST"]),
            Route("/screen/takeover", self.takeover, methods=["POST"]),
            Route("/screen/texts", self.words),
            Route("/screen/deck.js", self.bundle),
            Mount(versioned(), Files("max-age=31536000, immutable")),
            Mount(BASE, Files("no-cache")),
        ]

    async def feed(self, socket: WebSocket) -> None:
        """Send everything once, or the sections of `want`, then what changes, and a sign of life each second."""
        if not from_own_page(socket.headers):
            await socket.close(1008)
            return
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
        mark = MARKS.get(self._log, "replay")
        more: dict[str, Any] = {
            "log": self._log,
            "mark": mark,
            "person": person.told | {"way": way_of(socket)},
            "pages": pages_of(person),
            "version": version(),
        }
        sent: Sections = {}
        while not gone.done():
            sections = {name: value for name, value in self._hub.sections.items() if not wanted or name in wanted}
            changed = tuple(name for name, value in sections.items() if sent.get(name) is not value)
            await socket.send_text(message(self._hub.body(changed), wall_time(), **more))
            sent, more = sections, {}
            await self._hub.newer(SIGN_OF_LIFE)

    async def story(self, request: Request) -> Response:
        """The whole alert with its trail, while it is open or has ended not long ago."""
        told = story(self._hub.view, request.path_params["id"])
        return json_response(told, 200 if told else 404)

    async def performance(self, _request: Request) -> Response:
        """The newest measures of the alarm system: of each desk, district, domain and rule."""
        found = self._hub.view[Measures].performance
        return json_response([found[key] for key in sorted(found)], 200)

    async def incident(self, request: Request) -> Response:
        """The incident of an alert, with its alerts and those with which it may be merged."""
        found = incident_of(self._hub.view, request.path_params["alert"])
        return json_response(found, 200 if found else 404)

    async def regroup(self, request: Request) -> Response:
        """Take a person's merge or split, as `act` takes an act; whether it can be done is the log's to say."""
        if why_not := why_not_an_act(request.headers):
            return json_response({"error": why_not}, 403)
        try:
            move = read_regroup(await request.body())
        except ValueError as error:
            return json_response({"error": str(error)}, 422)
        incident = self._hub.view[Incidents].incidents.get(move.incident)
        if incident is None or incident.state == "ended":
            return json_response({"error": f"there is no open incident {move.incident}"}, 409)
        person = person_of(request)
        others = [found for name in move.others if (found := self._hub.view[Incidents].incidents.get(name))]
        if why_not := person.why_not_incident(move.verb, incident, *others):
            return json_response({"error": why_not}, 403)
        act, now = regroup_of(move, person.actor), self._hub.view[Clock].now or wall_time()
        return await self._sent(self._commands.regroup, incident, move.verb, act, now)

    async def act(self, request: Request) -> Response:
        """Take a person's act: 202 with its place in the log, or why it was not accepted. Nothing is done here."""
        if why_not := why_not_an_act(request.headers):
            return json_response({"error": why_not}, 403)
        try:
            press = read(await request.body())
        except ValueError as error:
            return json_response({"error": str(error)}, 422)
        person = person_of(request)
        act = act_of(press, person.actor)
        if place := self._commands.place(command_id(press.verb, act, press.key)):
            return json_response(place, 202)
        alert = self._hub.view[Alarms].find(press.alert)
        if alert is None or press.verb not in alert.verbs or press.occurrence != alert.occurrence:
            return json_response({"error": f"cannot {press.verb} occurrence {press.occurrence} of {press.alert} now"}, 409)
        if why_not := person.why_not(press.verb, alert.department.id, alert.adcode or ""):
            return json_response({"error": why_not}, 403)
        now = self._hub.view[Clock].now or wall_time()
        return await self._sent(self._commands.act, alert, press.verb, act, press.key, now)

    async def handovers(self, _request: Request) -> Response:
        """Each department's alerts now, its newest notes at the change of a shift, and who took them over."""
        return json_response(await run_in_threadpool(handovers, self._hub.view, wall_time()), 200)

    async def handover(self, request: Request) -> Response:
        """Take a person's note to the next shift, as `act` takes an act; 503 while it is not known how the alerts stand."""
        if why_not := why_not_an_act(request.headers):
            return json_response({"error": why_not}, 403)
        try:
            handing = read_handover(await request.body())
        except ValueError as error:
            return json_response({"error": str(error)}, 422)
        person = person_of(request)
        if why_not := person.why_not("hand-over", handing.department):
            return json_response({"error": why_not}, 403)
        if not (self._hub.health.broker and self._hub.health.loaded):
            return json_response({"error": "the log is not read yet: its alerts cannot be counted"}, 503)
        now = wall_time()
        found = await run_in_threadpool(summary_now, self._hub.view, handing.department, now)
        note = handed(handing.department, person.actor, handing.note.strip(), found, handing.key, now)
        return await self._sent(self._commands.handover, self._log, note, note.id)

    async def takeover(self, request: Request) -> Response:
        """Take over a note: 409 where the person has written it, or somebody has taken it over."""
        if why_not := why_not_an_act(request.headers):
            return json_response({"error": why_not}, 403)
        try:
            taking = read_takeover(await request.body())
        except ValueError as error:
            return json_response({"error": str(error)}, 422)
        person = person_of(request)
        actor = person.actor
        name = taking_id(taking.handover, actor, taking.key)
        if place := self._commands.place(name):
            return json_response(place, 202)
        view = self._hub.view
        records: tuple[Record, ...] = (*view[Shifts].handovers.values(), *view[Shifts].takeovers.values())
        if why_not := refusal(records, taking.handover, actor.id):
            return json_response({"error": why_not}, 409)
        note = view[Shifts].handovers[taking.handover]
        if why_not := person.why_not("take-over", note.department):
            return json_response({"error": why_not}, 403)
        takeover = taken(note, actor, taking.note.strip(), wall_time())
        return await self._sent(self._commands.handover, self._log, takeover, name)

    async def _sent(self, write: Callable[..., Place], *what: object) -> Response:
        """Write what a person does: 202 with its place in the log, 503 where Kafka did not take it."""
        try:
            return json_response(await run_in_threadpool(write, *what), 202)
        except NotAcceptedError as error:
            return json_response({"error": str(error)}, 503)

    async def words(self, _request: Request) -> Response:
        """The words of every language."""
        return json_response(texts(), 200)

    async def bundle(self, _request: Request) -> Response:
        """The deck.gl of pydeck."""
        return FileResponse(BUNDLE, media_type="text/javascript", headers={"cache-control": "max-age=86400"})


async def _gone(socket: WebSocket) -> None:
    """Return when the page closes the socket; what it says is not listened to."""
    while (await socket.receive())["type"] != "websocket.disconnect":
        pass
