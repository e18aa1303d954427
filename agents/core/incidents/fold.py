"""The fold of one partition of the incidents' input: revisions of alerts, ticks and people's acts in; incidents and floods out.

The second stage of judging, by the same contract as the first (`agents.core.alerts.fold`): a pure function of the log, which
the worker and the replay run alike. All of a city stands in one partition, so that its incidents have one order.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from agents.core import intake
from agents.core.incidents.board import GROUP, Board
from agents.core.incidents.flood import DESK, DeskFlood, Desks
from agents.core.incidents.grouping import Grouping, city_of, member
from agents.core.incidents.incident import (
    Group,
    IncidentCause,
    begun,
    incident_id,
    joined,
    refreshed,
    told,
)
from agents.core.incidents.regroup import Output, begin_flood, mark_flooded, regroup
from agents.core.intake import Refused, Source
from agents.core.position import POSITION, legible, position_bytes, position_of
from agents.core.trail import OpenedLog
from streams.calendar.holidays import Notice
from streams.messages import (
    ASIDE,
    COMMAND,
    INCIDENT_RIGHTS,
    RESUMED,
    REVISED,
    STEP,
    TICK,
    Alert,
    DecodeError,
    Event,
    NoTime,
    Place,
    Regroup,
    SubjectStatus,
    check_times,
    decode_event,
    invalid,
    is_ours,
)
from streams.topics import split_events_topic

KEPT_ACTS = 256
"""How many commands a partition remembers, to know a second copy."""

ACTS, SOURCE = b"acts", b"source/"
"""The checkpoint's keys beside those of incidents and desks, or how they begin."""


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


def legible_incident(key: bytes, value: bytes) -> bool:
    """Whether a record of a checkpoint is one of ours: it is read as `restore` reads it."""
    if key == POSITION:
        return legible(key, value)
    forms: dict[bytes, Any] = {GROUP: Group, DESK: DeskFlood, SOURCE: Seen}
    form = list[str] if key == ACTS else next((type_ for begin, type_ in forms.items() if key.startswith(begin)), None)
    try:
        key.decode()
        msgspec.msgpack.decode(value, type=form or Any)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    return form is not None


class Incidents:
    """The incidents of one partition, and the one way to move them on.

    `position` is the next offset to fold; records before it are skipped. `now` is the newest time that any record told (ms);
    `bounded`: none is believed that is far ahead of it. `opened`: the log, where it was opened; nothing opens one yet.
    `keyed`: the record's key must be its subject, the city.
    """

    adopted: str | None = None
    notices: tuple[Notice, ...] = ()
    unjudged = 0

    def __init__(self, grouping: Grouping, topic: str, partition: int, *, keyed: bool = True) -> None:
        self.grouping = grouping
        self.topic = topic
        self.partition = partition
        self.keyed = keyed
        self.log, self.domain = split_events_topic(topic)
        self.position = 0
        self.now: int | None = None
        self.bounded = False
        self.opened: OpenedLog | None = None
        self.board = Board(grouping)
        self.groups, self._dirty = self.board.groups, self.board.dirty
        self.desks = Desks(grouping.flood, self.board.dirty)
        self._seen: dict[bytes, Seen] = {}
        self._acts: list[str] = []

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
                except (Refused, DecodeError, RecursionError) as error:
                    self._refuse(intake.refusal(error), offset, value or b"", out)
        return out

    def snapshot(self) -> list[tuple[bytes, bytes | None]]:
        """Key and value of all that changed since the last snapshot, and of the position, which is always last."""
        pack = msgspec.msgpack.encode
        held = self._held()
        items: list[tuple[bytes, bytes | None]] = [
            (key, pack(held[key]) if key in held else None) for key in sorted(self._dirty)
        ]
        self._dirty.clear()
        return [*items, (POSITION, position_bytes(self.position, self.now, bounded=self.bounded, opened=self.opened))]

    def restore(self, items: Iterable[tuple[bytes, bytes | None]]) -> None:
        """Take up the state that a checkpoint holds; later items win. CheckpointError where a later program wrote it."""
        newest = dict(items)
        held = position_of(newest, self.topic, self.partition)
        if held is None:
            return
        self.position, self.now, self.bounded = held.offset, held.now, held.bounded is True
        self.opened = held.opened or None
        unpack = msgspec.msgpack.decode
        for key, value in sorted(newest.items()):
            if value is None:
                continue
            if key == ACTS:
                self._acts = unpack(value, type=list[str])
            elif key.startswith(GROUP):
                self.groups[key.removeprefix(GROUP).decode()] = unpack(value, type=Group)
            elif key.startswith(DESK):
                self.desks.known[key] = unpack(value, type=DeskFlood)
            elif key.startswith(SOURCE):
                self._seen[key] = unpack(value, type=Seen)
        self.board.take_up()

    def statuses(self, _limit: int) -> list[SubjectStatus]:
        """None: an incident has no values."""
        return []

    def _held(self) -> Mapping[bytes, Any]:
        groups = {GROUP + name.encode(): group for name, group in self.groups.items()}
        return {ACTS: self._acts, **groups, **self.desks.known, **self._seen}

    def _record(self, offset: int, key: bytes | None, value: bytes, out: list[Output]) -> None:
        event = decode_event(value)
        at = intake.time_of(event.time)
        place = Place(self.topic, self.partition, offset)
        if event.type == TICK:
            intake.check_tick(at, self.now, bounded=self.bounded)
        elif event.type == RESUMED:
            intake.check_resumed(event, at, self.now, bounded=self.bounded, within=STEP)  # a revision may have come first
            self.bounded = True
        if event.type in {TICK, RESUMED}:
            self._advance(IncidentCause(place, at, self.opened), out)
            out += self.desks.tick(at, place)
            return
        if event.type == REVISED:
            self._check_key(event, key)
            self._alert(_data(event, Alert), self._near(at), place, out)
        elif event.type in {COMMAND + verb for verb in INCIDENT_RIGHTS}:
            self._check_key(event, key)
            self._command(event, IncidentCause(place, at if self.now is None else self.now, self.opened), out)
        else:
            raise Refused("unknown-type", "nothing of its type concerns incidents", "$.type")

    def _near(self, at: int) -> int:
        """The time of a revision (ms), where it is near the newest one: no revision carries the partition's time away."""
        far = self.bounded and self.now is not None and at > self.now + STEP
        return self.now if far and self.now is not None else at

    def _check_key(self, event: Event, key: bytes | None) -> None:
        if self.keyed and key != event.subject.encode("utf-8", "surrogatepass"):
            raise Refused("key-mismatch", "the record's key is not its city", "$.subject")

    def _refuse(self, refused: Refused, offset: int, value: bytes, out: list[Output]) -> None:
        type_, subject = intake.whose(value)
        cities = {group.incident.city for group in self.groups.values()}
        place, known = Place(self.topic, self.partition, offset), type_ == REVISED or is_ours(type_)
        source = Source(place, len(value), self.grouping.owner, type_ if known else "", subject if subject in cities else "")
        out.append(intake.record(refused, source, self.log, self.domain, self.now))

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
        cause = IncidentCause(place, at, self.opened)
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

    def _command(self, event: Event, cause: IncidentCause, out: list[Output]) -> None:
        act = _data(event, Regroup)
        group = self.groups.get(act.incident)
        if group is None or group.incident.city != event.subject:
            raise Refused("unknown-incident", "its city has no such incident that may be changed", "$.data")
        identity = intake.identity(event)
        if identity in self._acts:
            return
        self._acts = [*self._acts, identity][-KEPT_ACTS:]
        self._dirty.add(ACTS)
        regroup(self.board, event.type.removeprefix(COMMAND), act, cause, out)


def _data(event: Event, type_: type[Any]) -> Any:
    try:
        data = msgspec.json.decode(event.data, type=type_)
        check_times(data)
    except NoTime as error:
        raise Refused("malformed-data", "no time", f"$.data{str(error).removeprefix('$')}") from None
    except msgspec.DecodeError as error:
        bad = invalid("malformed-data", error, "$.data")
        raise Refused("malformed-data", str(bad), bad.field) from None
    return data
