"""The fold of one partition of the incidents' input: revisions of alerts, ticks and people's acts in; incidents and floods out.

The second stage of judging, by the same contract as the first (`agents.core.alerts.fold`): a pure function of the log, which
the worker and the replay run alike. All of a city stands in one partition, so that its incidents have one order.
"""

from collections.abc import Iterable, Mapping
from heapq import heapify, heappop, heappush
from itertools import islice
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from agents.core import intake
from agents.core.alerts.fold import POSITION, Position, position_of
from agents.core.incidents import flood
from agents.core.incidents.flood import DeskFlood
from agents.core.incidents.grouping import Grouping, Key, Member, Rule, city_of, member
from agents.core.incidents.incident import (
    Group,
    IncidentCause,
    Told,
    begun,
    incident_id,
    joined,
    noted,
    open_members,
    refreshed,
    revised,
    told,
)
from agents.core.intake import Refused, Source
from streams.calendar.holidays import Notice
from streams.messages import (
    ASIDE,
    COMMAND,
    INCIDENT_RIGHTS,
    REVISED,
    TICK,
    Alert,
    DecodeError,
    Event,
    Flood,
    Place,
    Quality,
    Regroup,
    Regrouping,
    SubjectStatus,
    decode_event,
    format_time,
    invalid,
    parse_time,
)
from streams.topics import split_events_topic

LOOK = 64
"""How many alerts under one key a new one is compared with, the newest first; a choice that keeps the cost flat."""

KEPT_ACTS = 256
"""How many commands a partition remembers, to know a second copy."""

ACTS, GROUP, DESK, SOURCE = b"acts", b"group/", b"desk/", b"source/"
"""The checkpoint's keys, or how they begin."""

Output = Told | Flood | Quality


class Seen(Struct, array_like=True):
    """How far the alerts of one partition of events have come: offset of their newest cause, and the revisions of that one."""

    rev: int = -1
    revisions: dict[str, None] = {}

    def copy(self, alert: Alert) -> bool:
        """Whether this revision was seen before: a crash repeats what came last, in the same order; nothing older is new."""
        mark = f"{alert.id}/{alert.audit}"
        if alert.rev < self.rev or (alert.rev == self.rev and mark in self.revisions):
            return True
        if alert.rev > self.rev:
            self.rev, self.revisions = alert.rev, {}
        self.revisions[mark] = None
        return False


class Incidents:
    """The incidents of one partition, and the one way to move them on.

    `position` is the next offset to fold; records before it are skipped. `now` is the newest time that any record told (ms).
    `keyed`: the record's key must be its subject, the city.
    """

    adopted: str | None = None
    notices: tuple[Notice, ...] = ()

    def __init__(self, grouping: Grouping, topic: str, partition: int, *, keyed: bool = True) -> None:
        self.grouping = grouping
        self.topic = topic
        self.partition = partition
        self.keyed = keyed
        self.log, self.domain = split_events_topic(topic)
        self.position = 0
        self.now: int | None = None
        self.groups: dict[str, Group] = {}
        self.desks: dict[bytes, DeskFlood] = {}
        self._home: dict[str, str] = {}
        self._index: dict[tuple[str | int, ...], dict[str, None]] = {}
        self._seen: dict[bytes, Seen] = {}
        self._acts: list[str] = []
        self._ends: list[tuple[int, str]] = []
        self._untold: set[str] = set()
        self._dirty: set[bytes] = set()

    @property
    def known(self) -> int:
        """How many incidents are remembered."""
        return len(self.groups)

    def run(self, records: Iterable[tuple[int, bytes | None, bytes | None]]) -> list[Output]:
        """Fold records of (offset, key, value) in log order; bad input becomes quality records, never an error."""
        out: list[Output] = []
        for offset, key, value in records:
            if offset >= self.position:
                self.position = offset + 1
                try:
                    self._record(offset, key, value or b"", out)
                except Refused as refused:
                    self._refuse(refused, offset, value or b"", out)
                except DecodeError as error:
                    self._refuse(Refused(error.reason, str(error), error.field), offset, value or b"", out)
        return out

    def snapshot(self) -> list[tuple[bytes, bytes | None]]:
        """Key and value of all that changed since the last snapshot, and of the position, which is always last."""
        pack = msgspec.msgpack.encode
        held = self._held()
        items: list[tuple[bytes, bytes | None]] = [
            (key, pack(held[key]) if key in held else None) for key in sorted(self._dirty)
        ]
        self._dirty.clear()
        return [*items, (POSITION, pack(Position(self.position, self.now)))]

    def restore(self, items: Iterable[tuple[bytes, bytes | None]]) -> None:
        """Take up the state that a checkpoint holds; later items win."""
        newest = dict(items)
        held = position_of(newest)
        if held is None:
            return
        self.position, self.now = held.offset, held.now
        unpack = msgspec.msgpack.decode
        for key, value in sorted(newest.items()):
            if value is None:
                continue
            if key == ACTS:
                self._acts = unpack(value, type=list[str])
            elif key.startswith(GROUP):
                self.groups[key.removeprefix(GROUP).decode()] = unpack(value, type=Group)
            elif key.startswith(DESK):
                self.desks[key] = unpack(value, type=DeskFlood)
            elif key.startswith(SOURCE):
                self._seen[key] = unpack(value, type=Seen)
        self._take_up()

    def statuses(self, _limit: int) -> list[SubjectStatus]:
        """None: an incident has no values."""
        return []

    def _held(self) -> Mapping[bytes, Any]:
        groups = {GROUP + name.encode(): group for name, group in self.groups.items()}
        return {ACTS: self._acts, **groups, **self.desks, **self._seen}

    def _take_up(self) -> None:
        """Make again what follows from the groups: alerts are found in the order in which they joined."""
        everyone = [(one, name) for name, group in self.groups.items() for one in group.members.values()]
        for one, name in sorted(everyone, key=lambda each: each[0].joined):
            self._home[one.id] = name
            self._enter(one, self.groups[name].incident.city)
            if one.ended is not None:
                self._ends.append((one.ended + self.grouping.reopen, one.id))
        heapify(self._ends)
        self._untold = {name for name, group in self.groups.items() if group.untold}

    def _record(self, offset: int, key: bytes | None, value: bytes, out: list[Output]) -> None:
        event = decode_event(value)
        at = intake.time_of(event.time)
        place = Place(self.topic, self.partition, offset)
        if event.type == TICK:
            self._advance(IncidentCause(place, at), out)
            self._tick(at, place, out)
            return
        if event.type == REVISED:
            self._check_key(event, key)
            self._alert(_data(event, Alert), at, place, out)
        elif event.type in {COMMAND + verb for verb in INCIDENT_RIGHTS}:
            self._check_key(event, key)
            self._command(event, IncidentCause(place, at if self.now is None else self.now), out)
        else:
            raise Refused("unknown-type", f"nothing of type {event.type!r} concerns incidents", "$.type")

    def _check_key(self, event: Event, key: bytes | None) -> None:
        if self.keyed and key != event.subject.encode("utf-8", "surrogatepass"):
            raise Refused("key-mismatch", f"the record's key {key!r} is not its city {event.subject!r}", "$.subject")

    def _refuse(self, refused: Refused, offset: int, value: bytes, out: list[Output]) -> None:
        try:
            event = decode_event(value)
            type_, subject = event.type, event.subject
        except DecodeError:
            type_, subject = "", ""
        source = Source(Place(self.topic, self.partition, offset), value, self.grouping.owner, type_, subject)
        out.append(intake.record(refused, source, self.log, self.domain, self.now))

    def _advance(self, cause: IncidentCause, out: list[Output]) -> None:
        """Time goes on: the incidents tell who has joined them; what ended too long ago to be opened again is forgotten."""
        at = cause.at
        if self.now is not None and at <= self.now:
            return
        self.now = at
        untold, self._untold = self._untold, set()
        for name in sorted(untold):
            if (group := self.groups.get(name)) and group.untold:
                out.append(told(group, self.grouping, cause))
                self._changed(group)
        while self._ends and self._ends[0][0] < at:
            due, alert = heappop(self._ends)
            ended = self._member(alert).ended if alert in self._home else None
            if ended is not None and ended + self.grouping.reopen == due:
                self._forget(alert)

    def _forget(self, alert: str) -> None:
        name = self._home.pop(alert)
        group = self.groups[name]
        self._leave(group.members.pop(alert), group.incident.city)
        group.gone += 1
        self._dirty.add(GROUP + name.encode())
        if not group.members:
            del self.groups[name]

    def _tick(self, at: int, place: Place, out: list[Output]) -> None:
        for key, desk in self.desks.items():
            if ended := flood.passed(desk, self.grouping.flood, at, place):
                out += ended
                self._dirty.add(key)

    def _alert(self, alert: Alert, at: int, place: Place, out: list[Output]) -> None:
        source = SOURCE + f"{alert.place.topic}/{alert.place.partition}".encode()
        seen = self._seen.setdefault(source, Seen())
        if seen.copy(alert):
            return
        self._dirty.add(source)
        cause = IncidentCause(place, at)
        self._advance(cause, out)
        if alert.id in self._home:
            self._revise(alert, cause, out)
        elif not alert.ended and alert.state not in ASIDE:
            self._join(alert, cause, out)

    def _revise(self, alert: Alert, cause: IncidentCause, out: list[Output]) -> None:
        """A known member has changed."""
        group = self._group(alert.id)
        one = group.members[alert.id]
        one.severity, one.state, one.title = alert.severity, alert.state, alert.title
        if not alert.ended:
            one.ended = None
        elif one.ended is None:
            one.ended = cause.at
            heappush(self._ends, (cause.at + self.grouping.reopen, one.id))
        desk, begins = self._call(alert, one, cause, out)
        out += refreshed(group, self.grouping, cause)
        self._changed(group)
        if desk is not None and desk.flooded:
            out += self._marked(group, cause)
        if desk is not None and begins:
            self._calm(desk, cause, out)

    def _join(self, alert: Alert, cause: IncidentCause, out: list[Output]) -> None:
        """A new alert joins an incident by the first rule that finds one, or begins one of its own."""
        one = member(alert, cause.place.offset, "")
        desk, begins = self._call(alert, one, cause, out)
        flooded = desk is not None and desk.flooded
        city = city_of(one.adcode)
        found = self._found(one, city, flooded=flooded)
        if found is None:
            event, group = "open", begun(incident_id(alert.id), {one.id: one}, cause)
            self.groups[group.incident.id] = group
        else:
            rule, group = found
            event, one.rule = "reopen" if group.ended else "join", rule.id
            group.members[one.id] = one
        self._home[one.id] = group.incident.id
        self._enter(one, city)
        if flooded:
            group.incident = replace(group.incident, flood=True)
        out += joined(group, self.grouping, cause, event, one)
        if group.untold:
            self._untold.add(group.incident.id)
        self._changed(group)
        if desk is not None and begins:
            self._calm(desk, cause, out)

    def _call(self, alert: Alert, one: Member, cause: IncidentCause, out: list[Output]) -> tuple[DeskFlood | None, bool]:
        """Count an annunciation: its desk, and whether a flood begins with it; no desk where it calls for no attention anew."""
        if alert.state != "B" or alert.occurrence <= one.called:
            return None, False
        one.called = alert.occurrence
        city = city_of(alert.adcode)
        key = DESK + f"{city}/{alert.department.id}".encode("utf-8", "surrogatepass")
        desk = self.desks.setdefault(key, DeskFlood(city, alert.department))
        before = desk.flooded
        out += flood.called(desk, self.grouping.flood, cause.at, alert.id, cause.place)
        self._dirty.add(key)
        return desk, desk.flooded and not before

    def _found(self, one: Member, city: str, *, flooded: bool) -> tuple[Rule, Group] | None:
        """The first rule that finds an incident for an alert, and of the alerts that it finds the one that joined last."""
        for rule in self.grouping.rules:
            if rule.kind == "flood" and not flooded:
                continue
            near = [other for key in rule.seeks(one) if (other := self._nearest(rule, one, (city, *key)))]
            if near:
                other = max(near, key=lambda each: each.joined)
                return rule, self._group(other.id)
        return None

    def _nearest(self, rule: Rule, one: Member, key: Key) -> Member | None:
        for name in islice(reversed(self._index.get(key, {})), LOOK):
            group = self._group(name)
            other = group.members[name]
            if rule.joins(one, other) and self._takes(group, one):
                return other
        return None

    def _takes(self, group: Group, one: Member) -> bool:
        """Whether an incident may take another member: it has room, and has not ended too long ago."""
        ended = group.incident.ended_at
        if ended is not None and one.raised - parse_time(ended) > self.grouping.reopen:
            return False
        return len(group.members) < self.grouping.most

    def _calm(self, desk: DeskFlood, cause: IncidentCause, out: list[Output]) -> None:
        """A flood begins: mark the incidents of its annunciations, and merge those of one alarm that stand apart."""
        names = dict.fromkeys(self._home[alert] for _, alert in desk.calls if alert in self._home)
        for name in names:
            out += self._marked(self.groups[name], cause)
        for rule in self.grouping.rules:
            if rule.kind == "flood":
                self._gather(desk, rule, cause, out)

    def _marked(self, group: Group, cause: IncidentCause) -> list[Told]:
        """An incident of a flood says so, once."""
        if group.incident.flood:
            return []
        group.incident = replace(group.incident, flood=True)
        self._changed(group)
        return revised(group, self.grouping, cause, "flood")

    def _gather(self, desk: DeskFlood, rule: Rule, cause: IncidentCause, out: list[Output]) -> None:
        """Merge the open incidents of a desk's annunciations, alarm by alarm, into the one that holds the oldest alert."""
        members = [self._member(alert) for _, alert in desk.calls if alert in self._home]
        for alarm in dict.fromkeys(one.alarm for one in members):
            alike = [one for one in members if one.alarm == alarm]
            found = (self._group(one.id) for one in alike if rule.joins(one, alike[0]))
            groups = sorted({group.incident.id: group for group in found if _free(group)}.values(), key=_age)
            if len(groups) > 1 and sum(len(group.members) for group in groups) <= self.grouping.most:
                self._merge(groups[0], groups[1:], cause, out, rule=rule.id)

    def _group(self, alert: str) -> Group:
        return self.groups[self._home[alert]]

    def _member(self, alert: str) -> Member:
        return self._group(alert).members[alert]

    def _command(self, event: Event, cause: IncidentCause, out: list[Output]) -> None:
        act = _data(event, Regroup)
        group = self.groups.get(act.incident)
        if group is None or group.incident.city != event.subject:
            raise Refused(
                "unknown-incident", f"city {event.subject!r} has no incident {act.incident!r} that may be changed", "$.data"
            )
        identity = intake.identity(event)
        if identity in self._acts:
            return
        self._acts = [*self._acts, identity][-KEPT_ACTS:]
        self._dirty.add(ACTS)
        verb = event.type.removeprefix(COMMAND)
        why_not = self._objection(verb, act, group)
        if why_not:
            ids = act.others if verb == "merge" else act.alerts
            noted(group, _note(verb, act, cause, ids, why_not))
            out += revised(group, self.grouping, cause, "refuse", verb=verb, ids=ids, actor=act.actor, reason=why_not)
            self._changed(group)
        elif verb == "merge":
            self._merge(group, [self.groups[name] for name in act.others], cause, out, act=act)
        else:
            self._split(group, act, cause, out)

    def _objection(self, verb: str, act: Regroup, group: Group) -> str:
        """Why an act may not be done now, or an empty text."""
        if act.actor.role not in INCIDENT_RIGHTS[verb]:
            return f"role {act.actor.role!r} may not {verb}; {' or '.join(sorted(INCIDENT_RIGHTS[verb]))} may"
        if not act.reason.strip():
            return f"{verb} needs a reason"
        if group.ended:
            return "the incident has ended"
        return self._unmergeable(act, group) if verb == "merge" else _unsplittable(act, group)

    def _unmergeable(self, act: Regroup, group: Group) -> str:
        if not act.others or len(set(act.others)) < len(act.others) or act.incident in act.others:
            return "merge needs other incidents, each named once"
        for name in act.others:
            other = self.groups.get(name)
            if other is None or other.incident.city != group.incident.city or other.ended:
                return f"{name!r} is no open incident of city {group.incident.city}"
        members = sum(len(self.groups[name].members) for name in (act.incident, *act.others))
        if members > self.grouping.most:
            return f"together they have {members} alerts, an incident holds {self.grouping.most} at most"
        return ""

    def _merge(
        self,
        group: Group,
        others: list[Group],
        cause: IncidentCause,
        out: list[Output],
        *,
        act: Regroup | None = None,
        rule: str = "",
    ) -> None:
        """Make incidents part of another one, by a person's act or by a flood's rule."""
        actor, reason = (None, "") if act is None else (act.actor, act.reason)
        ids = tuple(other.incident.id for other in others)
        everyone = list(group.members.values())
        for other in others:
            for one in other.members.values():
                one.rule = one.rule or rule
                self._home[one.id] = group.incident.id
            everyone += other.members.values()
            group.gone += other.gone
            group.incident = replace(group.incident, flood=group.incident.flood or other.incident.flood)
        group.members = {one.id: one for one in sorted(everyone, key=lambda each: each.joined)}
        group.by_hand = group.by_hand or act is not None
        noted(group, _note("merge", act, cause, ids, "", rule))
        more: dict[str, Any] = {"verb": "merge" if act else "", "rule": rule, "actor": actor, "reason": reason}
        out += revised(group, self.grouping, cause, "merge", ids=ids, **more)
        self._changed(group)
        for other in others:
            other.members, other.gone = {}, 0
            other.incident = replace(other.incident, merged_into=group.incident.id)
            out += revised(other, self.grouping, cause, "merged", ids=(group.incident.id,), **more)
            self._changed(other)
            del self.groups[other.incident.id]

    def _split(self, group: Group, act: Regroup, cause: IncidentCause, out: list[Output]) -> None:
        """Make alerts of an incident one of their own; no rule has joined them any more."""
        leaving = {name: one for name, one in group.members.items() if name in set(act.alerts)}
        group.members = {name: one for name, one in group.members.items() if name not in leaving}
        for one in leaving.values():
            one.rule = ""
        place = cause.place
        first = next(iter(leaving))
        made = begun(incident_id(first, f"{place.topic}/{place.partition}/{place.offset}"), leaving, cause)
        made.by_hand = True
        made.incident = replace(made.incident, flood=group.incident.flood)
        self.groups[made.incident.id] = made
        self._home |= dict.fromkeys(leaving, made.incident.id)
        told: dict[str, Any] = {"verb": "split", "actor": act.actor, "reason": act.reason}
        for each in (group, made):
            noted(each, _note("split", act, cause, tuple(leaving), ""))
        out += revised(group, self.grouping, cause, "split", ids=tuple(leaving), **told)
        out += revised(made, self.grouping, cause, "split-off", ids=(group.incident.id,), **told)
        self._changed(group)
        self._changed(made)

    def _changed(self, group: Group) -> None:
        self._dirty.add(GROUP + group.incident.id.encode())

    def _enter(self, one: Member, city: str) -> None:
        for rule in self.grouping.rules:
            for key in rule.keys(one):
                self._index.setdefault((city, *key), {})[one.id] = None

    def _leave(self, one: Member, city: str) -> None:
        for rule in self.grouping.rules:
            for key in rule.keys(one):
                bucket = self._index[city, *key]
                del bucket[one.id]
                if not bucket:
                    del self._index[city, *key]


def _free(group: Group) -> bool:
    """Whether a flood may merge an incident: it is open, and no person has put it together."""
    return not group.ended and not group.by_hand


def _age(group: Group) -> tuple[int, str]:
    """What sorts incidents by the alert that has been in them longest."""
    return next(iter(group.members.values())).joined, group.incident.id


def _unsplittable(act: Regroup, group: Group) -> str:
    standing = {one.id for one in open_members(group)}
    if not act.alerts:
        return "split needs the alerts that leave"
    for name in act.alerts:
        if name not in standing:
            return f"{name!r} is no open alert of this incident"
    return "" if standing - set(act.alerts) else "one open alert at least must stay"


def _note(
    verb: str, act: Regroup | None, cause: IncidentCause, ids: tuple[str, ...], refused: str, rule: str = ""
) -> Regrouping:
    return Regrouping(
        verb="merge" if verb == "merge" else "split",
        actor=None if act is None else act.actor,
        rule=rule,
        reason="" if act is None else act.reason,
        at=format_time(cause.at),
        ids=ids,
        refused=refused,
    )


def _data(event: Event, type_: type[Any]) -> Any:
    try:
        return msgspec.json.decode(event.data, type=type_)
    except msgspec.DecodeError as error:
        bad = invalid("malformed-data", error, "$.data")
        raise Refused("malformed-data", str(bad), bad.field) from None
