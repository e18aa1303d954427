"""The fold of one partition of the incidents' input: revisions of alerts, ticks and people's acts in; incidents and floods out.

The second stage of judging, by the same contract as the first (`agents.core.alerts.fold`): a pure function of the log, which
the worker and the replay run alike. All of a city stands in one partition, so that its incidents have one order.
"""

from msgspec.structs import replace

from agents.core import intake
from agents.core.beyond import data_of, is_copy, remembered_among, with_act
from agents.core.incidents.grouping import city_of, member
from agents.core.incidents.incident import (
    IncidentCause,
    begun,
    incident_id,
    joined,
    refreshed,
    told,
)
from agents.core.incidents.partition import ACTS, KEPT_ACTS, SOURCE, IncidentPartition, Seen
from agents.core.incidents.regroup import begin_flood, doubt, mark_flooded, regroup, remark
from agents.core.intake import Refused
from agents.core.personal import KINDS, remark_of
from agents.core.trusted import Admitted, doubts
from streams.messages import (
    ASIDE,
    COMMAND,
    INCIDENT_RIGHTS,
    RESUMED,
    REVISED,
    TICK,
    Alert,
    Event,
    Incident,
    Place,
    Regroup,
    decode_event,
)
from streams.outputs import Output
from streams.signing.envelope import Envelope
from streams.signing.kinds import SERIES, matches
from streams.signing.state import Trust
from streams.signing.ticks import CHAIN


class Incidents(IncidentPartition):
    """The one way to move the incidents of a partition on. Records before `position` are skipped."""

    def record(self, offset: int, key: bytes | None, value: bytes, out: list[Output]) -> None:
        """Fold one record."""
        before = len(out)
        self._fold_in(offset, key, value, out)
        self.counts.hear(out[before:], self._rule_of)

    def _fold_in(self, offset: int, key: bytes | None, value: bytes, out: list[Output]) -> None:
        event = decode_event(value)
        place, before = Place(self.topic, self.partition, offset), self.trust
        admitted = self.admitted(event, offset, key, value)
        if admitted is None or (admitted.verified and event.type in {CHAIN, RESUMED}):
            return
        if admitted.verified and matches(SERIES, event.type):
            self._series(before, event, place, out)
            return
        at = intake.time_of(event.time)
        if event.type in {TICK, RESUMED}:
            self._tell_time(event, at, place, out, verified=admitted.verified)
        elif event.type == REVISED:
            self.check_key(event, key)
            self._alert(data_of(event, Alert), self.near(at), place, out)
        elif event.type in {COMMAND + verb for verb in INCIDENT_RIGHTS}:
            self.check_key(event, key)
            self._command(event, self._cause(place, at, admitted.kid), admitted, out)
        elif admitted.verified and event.type in KINDS:
            self._personal(event, self._cause(place, at), admitted, out)
        else:
            raise Refused("unknown-type", "nothing of its type concerns incidents", "$.type")

    def remembered(self, event: Envelope) -> str | None:
        """The digits that are remembered of an act."""
        return remembered_among(self._acts, event)

    def known_subject(self, subject: str) -> bool:
        """Whether a city has incidents here."""
        return subject in {group.incident.city for group in self.groups.values()}

    def _cause(self, place: Place, at: int, kid: str = "") -> IncidentCause:
        """A record as the cause of what follows, at the newest time; before the first one at its own (ms)."""
        return IncidentCause(place, at if self.now is None else self.now, self.trusted.opened, kid)

    def _series(self, before: Trust, event: Event, place: Place, out: list[Output]) -> None:
        """What the roots have said; the acts of a key of which they think otherwise than before are doubted."""
        if self.trust.logid != before.logid:
            self.ticked = self.now
        if found := doubts(before, self.trust):
            doubt(self.board, found, self._cause(place, intake.time_of(event.time)), out)

    def _tell_time(self, event: Event, at: int, place: Place, out: list[Output], *, verified: bool) -> None:
        self.tell_time(event, at, verified=verified)
        before = len(out)
        self._advance(IncidentCause(place, at, self.trusted.opened), out)
        self.counts.hear(out[before:], self._rule_of)
        out += self.desks.tick(at, place)
        out += self.counts.tick(at)

    def _rule_of(self, incident: Incident) -> str:
        """The rule of the alert with which an incident began, while that is among its members."""
        group = self.groups.get(incident.id)
        first = None if group is None else group.members.get(incident.first)
        return "" if first is None else first.alarm

    def _advance(self, cause: IncidentCause, out: list[Output]) -> None:
        """Time goes on: the incidents tell who has joined them; what ended too long ago to be opened again is forgotten."""
        at = cause.at
        if self.now is not None and at <= self.now:
            return
        self.now = at
        for group in self.board.untold():
            out.append(told(group, self.grouping, cause))
            self.board.changed(group)
        self.board.forget(at)

    def _alert(self, alert: Alert, at: int, place: Place, out: list[Output]) -> None:
        source = SOURCE + f"{alert.place.topic}/{alert.place.partition}".encode()
        seen = self._seen.setdefault(source, Seen())
        if seen.copy(alert):
            return
        self._dirty.add(source)
        cause = IncidentCause(place, at, self.trusted.opened)
        self._advance(cause, out)
        if alert.id in self.board.home:
            self._revise(alert, cause, out)
        elif not alert.ended and alert.state not in ASIDE:
            self._join(alert, cause, out)

    def _revise(self, alert: Alert, cause: IncidentCause, out: list[Output]) -> None:
        """A known member has changed."""
        group = self.board.group(alert.id)
        one = group.members[alert.id]
        one.severity, one.state, one.title = alert.severity, alert.state, alert.title
        if not alert.ended:
            one.ended = None
        elif one.ended is None:
            self.board.end(one, cause.at)
        desk, begins, floods = self.desks.call(alert, one, cause.at, cause.place)
        out += floods
        out += refreshed(group, self.grouping, cause)
        self.board.changed(group)
        if desk is not None and desk.flooded:
            out += mark_flooded(self.board, group, cause)
        if desk is not None and begins:
            begin_flood(self.board, desk, cause, out)

    def _join(self, alert: Alert, cause: IncidentCause, out: list[Output]) -> None:
        """A new alert joins an incident by the first rule that finds one, or begins one of its own."""
        one = member(alert, cause.place.offset, "")
        desk, begins, floods = self.desks.call(alert, one, cause.at, cause.place)
        out += floods
        flooded = desk is not None and desk.flooded
        city = city_of(one.adcode)
        found = self.board.found(one, city, flooded=flooded)
        if found is None:
            event, group = "open", begun(incident_id(alert.id), {one.id: one}, cause)
            self.groups[group.incident.id] = group
        else:
            rule, group = found
            event, one.rule = "reopen" if group.ended else "join", rule.id
            group.members[one.id] = one
        self.board.enter(one, group)
        if flooded:
            group.incident = replace(group.incident, flood=True)
        out += joined(group, self.grouping, cause, event, one)
        self.board.changed(group)
        if desk is not None and begins:
            begin_flood(self.board, desk, cause, out)

    def _personal(self, event: Event, cause: IncidentCause, admitted: Admitted, out: list[Output]) -> None:
        """What the keeper says of a city's texts stands in the trails of its open incidents with notes."""
        said = remark_of(event)
        self._remember(event, admitted)
        remark(self.board, event.subject, said, cause, out)

    def _remember(self, event: Event, admitted: Admitted) -> None:
        self._acts = with_act(self._acts, event, admitted, KEPT_ACTS)
        self._dirty.add(ACTS)

    def _command(self, event: Event, cause: IncidentCause, admitted: Admitted, out: list[Output]) -> None:
        act = data_of(event, Regroup)
        group = self.groups.get(act.incident)
        if group is None or group.incident.city != event.subject:
            raise Refused("unknown-incident", "its city has no such incident that may be changed", "$.data")
        if is_copy(self._acts, event):
            return
        self._remember(event, admitted)
        regroup(self.board, event.type.removeprefix(COMMAND), act, cause, out)
