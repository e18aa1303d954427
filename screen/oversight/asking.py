"""How the routes of oversight ask the service, and within what the person reaches."""

from typing import Annotated, Protocol, TypeVar

import msgspec
from msgspec import Meta
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from screen.access.people import person_of
from screen.feed.hub import Hub
from screen.oversight.sight import Narrowed, Reach, reach_of
from screen.web.json_response import RefusedError
from streams.messages import day_of, format_time
from streams.oversight.client import OversightAwayError, OversightRefusedError
from streams.oversight.wire import OversightAsked, Word

UNTOLD = frozenset({"starting", "broken"})
"""Why there is no answer now, though there may be one later."""

MOST_LISTED = 200
"""Rows in one list of the page at most; a choice."""

Count = Annotated[int, Meta(ge=1, le=MOST_LISTED)]
Offset = Annotated[int, Meta(ge=0)]

MonthOrNone = Annotated[str, Meta(pattern=r"\A(\d{4}-(0[1-9]|1[0-2]))?\Z")]

Told = TypeVar("Told")
Query = TypeVar("Query")


class Oversight(Protocol):
    """Whom the page asks: `streams.oversight.client.OversightClient`."""

    def ask(self, asked: OversightAsked, of: type[Told]) -> Told:
        """The answer, which is of this type; OversightAwayError, OversightRefusedError."""


class FiguresQuery(Narrowed, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Figures of the months `since` to `until`; empty: the running month of the log."""

    since: MonthOrNone = ""
    until: MonthOrNone = ""


class SaidQuery(Narrowed, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Corrections of figures, or objections to them: of one measure, or all."""

    measure: Word = ""
    offset: Offset = 0
    count: Count = 50


class Asking:
    """The service of one log as its page asks it."""

    def __init__(self, hub: Hub, service: Oversight) -> None:
        self.hub, self._service = hub, service

    def reach(self, request: Request) -> Reach:
        """What who asks reaches."""
        return reach_of(person_of(request), day_of(self.hub.now()))

    def months(self, query: FiguresQuery) -> tuple[str, str]:
        """The period, by default the running month of the log."""
        now = format_time(self.hub.now())[: len("2026-03")]
        return query.since or query.until or now, query.until or query.since or now

    async def told(self, asked: OversightAsked, of: type[Told]) -> Told:
        """What the service answers; RefusedError, 503 where it tells nothing now, 422 where there is no such thing."""
        try:
            return await run_in_threadpool(self._service.ask, asked, of)
        except OversightAwayError as away:
            raise RefusedError(503, away.words) from None
        except OversightRefusedError as refused:
            raise RefusedError(503 if refused.told.kind in UNTOLD else 422, refused.told.words) from None


def read(request: Request, form: type[Query]) -> Query:
    """What a page asks for; RefusedError, 422, where it is not that."""
    try:
        return msgspec.convert(dict(request.query_params), form, strict=False)
    except msgspec.ValidationError as error:
        raise RefusedError(422, str(error)) from None
