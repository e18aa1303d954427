"""The acts of people on alerts, incidents and shifts: one table of what is read, whose it is, and what it becomes in the log.

Nothing is done here: an act that is taken is answered with its place in the log (202), and the log says what came of it.
"""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.routing import BaseRoute

from screen.access.authentication import token_of
from screen.access.declared_routes import ActRoute
from screen.access.people import Person, person_of
from screen.acts.commands import Commands, command_id, taking_id
from screen.acts.handovers import summary_now
from screen.acts.requests import (
    ActRequest,
    HandoverRequest,
    RegroupRequest,
    TakeoverRequest,
    act_of,
    read,
    read_handover,
    read_regroup,
    read_takeover,
    regroup_of,
)
from screen.feed.hub import Hub
from screen.feed.slices.alarms import Alarms
from screen.feed.slices.incidents import Incidents
from screen.feed.slices.shifts import Shifts
from screen.web.json_response import RefusedError
from streams.clock import wall_time
from streams.handover import Record, handed, refusal, taken
from streams.messages import Place


class Acts:
    """The routes by which people act on what one log shows."""

    def __init__(self, hub: Hub, commands: Commands, log: str) -> None:
        self._hub, self._commands, self._log = hub, commands, log

    def table(self) -> list[BaseRoute]:
        """All of them."""
        return [
            ActRoute("/screen/act", self.act, reads=read, right=lambda press: press.verb, bounds=self._act_bounds),
            ActRoute(
                "/screen/regroup", self.regroup, reads=read_regroup, right=lambda move: move.verb, bounds=self._regroup_bounds
            ),
            ActRoute("/screen/handover", self.handover, reads=read_handover, right="hand-over", bounds=_handover_bounds),
            ActRoute("/screen/takeover", self.takeover, reads=read_takeover, right="take-over", bounds=self._takeover_bounds),
        ]

    async def act(self, press: ActRequest, request: Request) -> Place:
        """Take a person's act on an alert; 409 where the alert does not offer it now."""
        act = act_of(press, person_of(request).actor)
        if place := self._commands.place(command_id(press.verb, act, press.key)):
            return place
        alert = self._hub.view[Alarms].find(press.alert)
        if alert is None or not alert.allows(press.verb) or press.occurrence != alert.occurrence:
            raise RefusedError(409, f"cannot {press.verb} occurrence {press.occurrence} of {press.alert} now")
        now = self._hub.now()
        return await run_in_threadpool(self._commands.act, alert, press.verb, act, press.key, now, token_of(request))

    async def regroup(self, move: RegroupRequest, request: Request) -> Place:
        """Take a person's merge or split; whether it can be done is the log's to say."""
        incident = self._hub.view[Incidents].incidents.get(move.incident)
        if incident is None or incident.state == "ended":
            raise RefusedError(409, f"there is no open incident {move.incident}")
        act, now = regroup_of(move, person_of(request).actor), self._hub.now()
        return await run_in_threadpool(self._commands.regroup, incident, move.verb, act, now, token_of(request))

    async def handover(self, handing: HandoverRequest, request: Request) -> Place:
        """Take a person's note to the next shift; 503 while it is not known how the alerts stand."""
        if not (self._hub.health.broker and self._hub.health.loaded):
            raise RefusedError(503, "the log is not read yet: its alerts cannot be counted")
        now = wall_time()
        found = await run_in_threadpool(summary_now, self._hub.view, handing.department, now)
        note = handed(handing.department, person_of(request).actor, handing.note.strip(), found, handing.key, now)
        return await run_in_threadpool(self._commands.record, self._log, note, note.id, token_of(request))

    async def takeover(self, taking: TakeoverRequest, request: Request) -> Place:
        """Take over a note: 409 where the person has written it, or somebody has taken it over."""
        actor = person_of(request).actor
        name = taking_id(taking.handover, actor, taking.key)
        if place := self._commands.place(name):
            return place
        shifts = self._hub.view[Shifts]
        records: tuple[Record, ...] = (*shifts.handovers.values(), *shifts.takeovers.values())
        if why_not := refusal(records, taking.handover, actor.id):
            raise RefusedError(409, why_not)
        takeover = taken(shifts.handovers[taking.handover], actor, taking.note.strip(), wall_time())
        return await run_in_threadpool(self._commands.record, self._log, takeover, name, token_of(request))

    def _act_bounds(self, press: ActRequest, person: Person) -> str:
        alert = self._hub.view[Alarms].find(press.alert)
        return person.not_for_alert(alert)

    def _regroup_bounds(self, move: RegroupRequest, person: Person) -> str:
        known = self._hub.view[Incidents].incidents
        return person.why_not_incident(move.verb, *(known[name] for name in (move.incident, *move.others) if name in known))

    def _takeover_bounds(self, taking: TakeoverRequest, person: Person) -> str:
        note = self._hub.view[Shifts].handovers.get(taking.handover)
        return person.not_for(note.department) if note else ""


def _handover_bounds(handing: HandoverRequest, person: Person) -> str:
    return person.not_for(handing.department)
