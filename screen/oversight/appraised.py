"""The routes of what stands beside figures: units against their kind, objections with their acts, indexes and their scores."""

from typing import Annotated, Literal

from msgspec import Meta, Struct
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from screen.access.authentication import token_of
from screen.access.declared_routes import ActRoute, Audience, LookRoute, reader
from screen.access.people import Person, person_of
from screen.acts.commands import Commands
from screen.acts.requests import Key
from screen.feed.directory import Appeals, measuring_office
from screen.feed.hub import Hub
from screen.oversight.asking import Asking, FiguresQuery, Oversight, SaidQuery, read
from screen.oversight.sight import Narrowed
from screen.oversight.told_beside import told_comparison, told_index, told_indexes, told_objections
from screen.web.json_response import RefusedError, json_response
from streams.appraisal.objections import objection_id, objection_refusal
from streams.messages import Place, format_time
from streams.messages.services.appraisal import (
    CaseIds,
    Ground,
    Month,
    Objection,
    ObjectionAnswer,
    ObjectionId,
    ObjectionOutcome,
)
from streams.oversight.wire import (
    AskCompare,
    AskIndex,
    AskIndexes,
    AskObjections,
    Comparison,
    IndexList,
    IndexTold,
    ObjectionList,
    Word,
)


class CompareQuery(FiguresQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The units of a measure beside each other."""

    measure: Word


class IndexQuery(Narrowed, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The scores of an index in a period. `weights`: `contacted:50,handled:30`, those that are to be other."""

    index: Word
    period: Annotated[str, Meta(max_length=8)]
    by: Literal["unit", "district"] = "unit"
    draft: bool = False
    weights: Annotated[str, Meta(max_length=2_000)] = ""


class ObjectionPress(Struct, frozen=True, forbid_unknown_fields=True):
    """What the page sends to object: to how these cases of one's own unit count in a measure, in these months, and why."""

    measure: Word
    unit: Word
    since: Month
    until: Month
    cases: CaseIds
    reason: Ground
    key: Key


class AnswerPress(Struct, frozen=True, forbid_unknown_fields=True):
    """What the page sends to answer an objection as the measuring office, or to take it back; for some of its cases, or all."""

    objection: ObjectionId
    outcome: ObjectionOutcome
    reason: Ground
    cases: CaseIds = ()


class AppraisedRoutes:
    """What stands beside figures, of one log."""

    def __init__(self, hub: Hub, service: Oversight, commands: Commands, log: str) -> None:
        self._hub, self._asking, self._commands, self._log = hub, Asking(hub, service), commands, log

    def table(self) -> list[BaseRoute]:
        """All of them."""
        looks = {"compare": self.compare, "objections": self.objections, "indexes": self.indexes, "index": self.index}
        return [
            *(LookRoute(f"/screen/oversight/{name}", each, right=Audience.SIGNED_IN) for name, each in looks.items()),
            ActRoute(
                "/screen/oversight/object",
                self.object,
                reads=reader(ObjectionPress),
                right="figure-object",
                bounds=_object_bounds,
            ),
            ActRoute(
                "/screen/oversight/answer", self.answer, reads=reader(AnswerPress), right=_right, bounds=self._answer_bounds
            ),
        ]

    async def compare(self, request: Request) -> Response:
        """The units that the person reaches, each among its kind."""
        query = read(request, CompareQuery)
        since, until = self._asking.months(query)
        scope = self._asking.reach(request).cases(query)
        told = await self._asking.told(AskCompare(measure=query.measure, since=since, until=until, scope=scope), Comparison)
        return json_response(told_comparison(told), 200)

    async def objections(self, request: Request) -> Response:
        """Objections of the units that the person reaches, with what it may do about each."""
        query = read(request, SaidQuery)
        scope = self._asking.reach(request).cases(query)
        asked = AskObjections(measure=query.measure, scope=scope, offset=query.offset, count=query.count)
        told = await self._asking.told(asked, ObjectionList)
        return json_response(told_objections(told, self._hub.view, person_of(request)), 200)

    async def indexes(self, _request: Request) -> Response:
        """The indexes of the place, and their versions."""
        return json_response(told_indexes(await self._asking.told(AskIndexes(), IndexList)), 200)

    async def index(self, request: Request) -> Response:
        """Scores of the units that the person reaches; of districts, which are made of all units, for who sees all."""
        query, reach = read(request, IndexQuery), self._asking.reach(request)
        if query.by == "district" and not reach.whole:
            raise RefusedError(403, "scores of districts are made of every unit's figures, which this account does not see")
        asked = AskIndex(
            index=query.index,
            period=query.period,
            by=query.by,
            draft=query.draft,
            weights=weights_of(query.weights),
            scope=reach.cases(query),
        )
        return json_response(told_index(await self._asking.told(asked, IndexTold)), 200)

    async def object(self, press: ObjectionPress, request: Request) -> Place:
        """Object for one's own unit; 409 where that may not be, with the reason."""
        by = person_of(request).actor
        record = Objection(
            objection=objection_id(by, press.key),
            measure=press.measure,
            unit=press.unit,
            since=press.since,
            until=press.until,
            cases=press.cases,
            reason=press.reason.strip(),
            at=format_time(self._hub.now()),
            by=by,
        )
        return await self._written(record, record.objection, request)

    async def answer(self, press: AnswerPress, request: Request) -> Place:
        """Answer an objection, or take it back; 409 where that may not be, with the reason."""
        record = ObjectionAnswer(
            objection=press.objection,
            outcome=press.outcome,
            cases=press.cases,
            reason=press.reason.strip(),
            at=format_time(self._hub.now()),
            by=person_of(request).actor,
        )
        return await self._written(record, f"{record.objection}/{record.outcome}/{record.by.id}", request)

    async def _written(self, record: Objection | ObjectionAnswer, name: str, request: Request) -> Place:
        if place := self._commands.place(name):
            return place
        if why_not := objection_refusal(self._hub.view[Appeals].known, record, measuring_office()):
            raise RefusedError(409, why_not)
        return await run_in_threadpool(self._commands.record, self._log, record, name, token_of(request))

    def _answer_bounds(self, press: AnswerPress, person: Person) -> str:
        known = self._hub.view[Appeals].known.get(press.objection)
        whose = measuring_office() if press.outcome != "withdrawn" else known.said.unit if known else ""
        return person.not_for(whose) if whose else ""


def weights_of(text: str) -> dict[str, float]:
    """Weights of `a:30,b:70`; RefusedError, 422, of what is none."""
    try:
        parts = (each.partition(":") for each in text.split(",") if each)
        return {name.strip(): float(number) for name, _, number in parts}
    except ValueError:
        raise RefusedError(422, f"weights are written a:30,b:70, not {text!r}") from None


def _right(press: AnswerPress) -> str:
    return "figure-object" if press.outcome == "withdrawn" else "figure-answer"


def _object_bounds(press: ObjectionPress, person: Person) -> str:
    return person.not_for(press.unit)
