"""The routes of the page of the data directory: the directory itself, how things are now, and its files."""

import gzip
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from screen.access.declared_routes import Audience, LookRoute
from screen.access.people import person_of
from screen.catalogue import page
from screen.catalogue.sharing import told_sharing
from screen.catalogue.sources import SourceReader
from screen.feed.hub import Hub
from screen.feed.slices.bad_input import BadInput
from screen.feed.slices.clock import Clock
from screen.i18n.texts import owner_name
from screen.orders.seen import looker
from screen.web.json_response import JSON, NOT_KEPT, RefusedError, json_response
from streams.directory.exports import FORMATS
from streams.rulebook import BookInForce
from streams.settings import Settings

FILES = {"xlsx": "directory.xlsx", "asyncapi": "asyncapi.json", "markdown": "directory.md"}
"""The forms that are one file; the others are many: `python -m streams catalogue export`."""


class CatalogueRoutes:
    """What the page asks for, of one log."""

    def __init__(self, hub: Hub, settings: Settings, log: str) -> None:
        self._hub = hub
        self._reader = SourceReader(settings, log)
        self._packed: bytes | None = None
        self._read: tuple[BookInForce | None, dict[str, list[dict[str, Any]]]] | None = None

    def table(self) -> list[BaseRoute]:
        """All of them."""
        return [
            LookRoute("/screen/catalogue", self.directory, right=Audience.SIGNED_IN),
            LookRoute("/screen/catalogue/now", self.now, right=Audience.SIGNED_IN),
            LookRoute("/screen/catalogue/file", self.file, right=Audience.SIGNED_IN),
        ]

    async def directory(self, _request: Request) -> Response:
        """Groups, types and fields, packed."""
        if self._packed is None:
            self._packed = await run_in_threadpool(lambda: gzip.compress(page.directory(), 6))
        return Response(self._packed, 200, NOT_KEPT | {"content-encoding": "gzip"}, JSON)

    async def now(self, request: Request) -> Response:
        """How the sources do, who reads which type, what stands open of it, orders to correct data, the versions."""
        view = self._hub.view
        book, calendar = page.law(view)
        if self._read is None or self._read[0] is not book:
            self._read = book, await run_in_threadpool(page.readers, book)
        time = view[Clock].now or 0
        bad = [(each.place, each.count) for each in view[BadInput].bad.values() if each.place]
        sources, trouble = await run_in_threadpool(self._reader.health, time, bad)
        owners = {each.provider: owner_name(each.provider) for each in sources}
        told = {
            "now": time,
            "sources": sources,
            "owners": owners,
            "trouble": trouble,
            "readers": self._read[1],
            "book": book is not None,
            "open": page.standing(view),
            "corrections": page.corrections(view, looker(person_of(request))),
            "versions": page.told_versions(view, time, calendar),
            "sharing": told_sharing(view, person_of(request), time, calendar),
            "undeclared": sum(each.count for each in view[BadInput].bad.values() if each.reason == "undeclared-field"),
        }
        return json_response(told, 200)

    async def file(self, request: Request) -> Response:
        """The directory as a file of `?format=`; 404 for a form that is none, or is many files."""
        name = request.query_params.get("format", "")
        if name not in FILES:
            return RefusedError(404, f"no file of the form {name!r}: ask for one of {', '.join(FILES)}").response
        content = (await run_in_threadpool(FORMATS[name]))[FILES[name]]
        headers = NOT_KEPT | {"content-disposition": f'attachment; filename="{FILES[name]}"'}
        return Response(content, 200, headers, "application/octet-stream")
