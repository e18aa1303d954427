"""The book of signs and how one of them stands, for its page; and what stands behind one, by one press each.

Behind a sign are the sources of a district or of a street of it, and the newest records of a source with their places.
"""

from kafka.errors import KafkaError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from screen.access.declared_routes import Audience, LookRoute
from screen.access.people import person_of
from screen.desk.readings import BusyError, Reader
from screen.feed.hub import Hub
from screen.feed.signs.city_signs import CitySigns
from screen.feed.signs.scope import city, is_area
from screen.feed.slices.subjects import Subjects
from screen.signs.page import told_sign_areas, told_signs_book
from screen.signs.sources import sources
from screen.web.json_response import RefusedError, json_response
from streams import places
from streams.command import Trouble
from streams.topics import events_topic


class SignRoutes:
    """The routes of one log's signs."""

    def __init__(self, hub: Hub, log: str, reader: Reader) -> None:
        self._hub, self._log, self._reader = hub, log, reader

    def table(self) -> list[BaseRoute]:
        """All of them."""
        return [
            LookRoute("/screen/signs", self.book, right=Audience.SIGNED_IN),
            LookRoute("/screen/sign/{sign}", self.areas, right=Audience.SIGNED_IN),
            LookRoute("/screen/sign/{sign}/sources/{area}", self.sources, right=Audience.SIGNED_IN),
            LookRoute("/screen/sign/{sign}/records/{subject}", self.records, right=Audience.SIGNED_IN),
        ]

    async def book(self, _request: Request) -> Response:
        """The signs by which the log's workers reckon, as their page shows them; none before a worker has told any."""
        return json_response(told_signs_book(self._hub.view), 200)

    async def areas(self, request: Request) -> Response:
        """How a sign stands in the city and its districts; 404 where there is none."""
        view, sign = self._hub.view, request.path_params["sign"]
        if sign not in view[CitySigns].book:
            raise RefusedError(404, f"there is no sign {sign!r}")
        return json_response({"areas": told_sign_areas(view, sign, person_of(request))}, 200)

    async def sources(self, request: Request) -> Response:
        """The sources of a sign in an area or a street; 403 where that is not the person's, 404 where there is none."""
        sign, area = request.path_params["sign"], request.path_params["area"]
        if not is_area(area) and area not in places.areas():
            raise RefusedError(404, f"there is no area {area!r} here")
        if refused := person_of(request).not_for(None, None if area == city() else area):
            raise RefusedError(403, refused)
        return json_response(sources(self._hub.view, sign, area), 200)

    async def records(self, request: Request) -> Response:
        """The newest records of a source that the sign reads: 404 for one that there is not, 503 where Kafka is away."""
        view, person = self._hub.view, person_of(request)
        known = view[CitySigns].book.get(request.path_params["sign"])
        status = view[Subjects].subjects.get(request.path_params["subject"])
        if known is None or status is None or status.kind not in known.subjects:
            raise RefusedError(404, "the sign has no such source")
        if refused := person.not_for(None, status.adcode):
            raise RefusedError(403, refused)
        types = frozenset(each for each in known.reads if each.partition(".")[0] == status.domain)
        try:
            told = await run_in_threadpool(self._reader.newest, events_topic(self._log, status.domain), status.subject, types)
        except (KafkaError, Trouble, BusyError) as error:
            raise RefusedError(503, str(error)) from None
        return json_response(told, 200)
