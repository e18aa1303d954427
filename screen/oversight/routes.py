"""The routes of the page of oversight: each asks the service that keeps the measures, within what the person reaches."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from screen.access.declared_routes import Audience, LookRoute
from screen.access.people import person_of
from screen.feed.hub import Hub
from screen.oversight.asking import Asking, Count, FiguresQuery, Offset, Oversight, SaidQuery, read
from screen.oversight.sight import Narrowed
from screen.oversight.told import told_book, told_cases, told_corrections, told_figures, told_lead, told_rows
from screen.oversight.told_beside import told_beside, told_reckoned
from screen.web.json_response import json_response
from streams.oversight.wire import (
    AskBeside,
    AskBook,
    AskCases,
    AskCorrections,
    AskLead,
    AskOverview,
    AskReckoned,
    AskRows,
    AskWork,
    Behind,
    BesideTold,
    BookTold,
    By,
    CaseList,
    CorrectionList,
    LeadPage,
    MeasureRows,
    OversightAsked,
    Overview,
    ReckonedBy,
    ReckonedRows,
    SortBy,
    Word,
    WorkGroup,
)


class RowsQuery(FiguresQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A measure by something."""

    measure: Word
    by: By


class ReckonedQuery(FiguresQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A measure that is not counted case by case, by something."""

    measure: Word
    by: ReckonedBy


class CasesQuery(FiguresQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The cases behind a measure's figure, or of a group as they stand now."""

    measure: Word = ""
    behind: Behind = "rest"
    reason: Word = ""
    group: WorkGroup | None = None
    sort: SortBy = "due"
    descending: bool = False
    offset: Offset = 0
    count: Count = 50


class OversightRoutes:
    """What the page asks for, of one log."""

    def __init__(self, hub: Hub, service: Oversight) -> None:
        self._asking = Asking(hub, service)

    def table(self) -> list[BaseRoute]:
        """All of them."""
        answers = {
            "book": self.book,
            "lead": self.lead,
            "figures": self.figures,
            "rows": self.rows,
            "cases": self.cases,
            "corrections": self.corrections,
            "beside": self.beside,
            "reckoned": self.reckoned,
        }
        return [LookRoute(f"/screen/oversight/{name}", each, right=Audience.SIGNED_IN) for name, each in answers.items()]

    async def book(self, request: Request) -> Response:
        """The measures with whose they are, and what the person reaches."""
        told = await self._asking.told(AskBook(), BookTold)
        return json_response(told_book(told, self._asking.reach(request), person_of(request)), 200)

    async def lead(self, request: Request) -> Response:
        """The leader's one page: sums of the city or of one's own bodies, and those orders that one may see."""
        query, reach = read(request, Narrowed), self._asking.reach(request)
        sums, lists = reach.sums(query), reach.cases(query)
        page = await self._asking.told(AskLead(scope=sums), LeadPage)
        shown = page if lists == sums else None
        if shown is None and lists.units:
            shown = await self._asking.told(AskLead(scope=lists), LeadPage)
        return json_response(told_lead(page, shown, self._asking.hub.view, person_of(request)), 200)

    async def figures(self, request: Request) -> Response:
        """Every measure over the months."""
        query, reach = read(request, FiguresQuery), self._asking.reach(request)
        since, until = self._asking.months(query)
        scope = reach.sums(query)
        told = await self._asking.told(AskOverview(since=since, until=until, scope=scope), Overview)
        return json_response(told_figures(told, since, until, opens=scope == reach.cases(query)), 200)

    async def rows(self, request: Request) -> Response:
        """A measure by unit, district, domain, kind of order, matter or month."""
        query = read(request, RowsQuery)
        since, until = self._asking.months(query)
        scope = self._asking.reach(request).cases(query)
        asked = AskRows(measure=query.measure, by=query.by, since=since, until=until, scope=scope)
        return json_response(told_rows(await self._asking.told(asked, MeasureRows), query.by), 200)

    async def cases(self, request: Request) -> Response:
        """The cases behind a figure, or of a group of orders as they stand now."""
        query = read(request, CasesQuery)
        since, until = self._asking.months(query)
        scope = self._asking.reach(request).cases(query)
        page: dict[str, Any] = {
            "scope": scope,
            "sort": query.sort,
            "descending": query.descending,
            "offset": query.offset,
            "count": query.count,
        }
        asked: OversightAsked = (
            AskWork(group=query.group, **page)
            if query.group
            else AskCases(measure=query.measure, behind=query.behind, reason=query.reason, since=since, until=until, **page)
        )
        told = await self._asking.told(asked, CaseList)
        return json_response(told_cases(told, self._asking.hub.view, person_of(request)), 200)

    async def corrections(self, request: Request) -> Response:
        """Figures of past months that have changed, and why."""
        query = read(request, SaidQuery)
        scope = self._asking.reach(request).cases(query)
        asked = AskCorrections(measure=query.measure, scope=scope, offset=query.offset, count=query.count)
        return json_response(told_corrections(await self._asking.told(asked, CorrectionList)), 200)

    async def beside(self, _request: Request) -> Response:
        """The measures that are not counted case by case, and what is not measured."""
        return json_response(told_beside(await self._asking.told(AskBeside(), BesideTold)), 200)

    async def reckoned(self, request: Request) -> Response:
        """One of these over the months, or the hours that it is made of."""
        query = read(request, ReckonedQuery)
        since, until = self._asking.months(query)
        scope = self._asking.reach(request).cases(query)
        asked = AskReckoned(measure=query.measure, by=query.by, since=since, until=until, scope=scope)
        return json_response(told_reckoned(await self._asking.told(asked, ReckonedRows), query.by), 200)
