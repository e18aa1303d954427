"""What is known of one partition of the incidents' input, and how a restart is survived; the fold beside it moves it on."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from msgspec import UNSET, Struct

from agents.core.incidents.board import GROUP, Board
from agents.core.incidents.flood import DESK, DeskFlood, Desks
from agents.core.incidents.grouping import Grouping
from agents.core.incidents.incident import Group
from agents.core.position import POSITION, TRUST, legible, position_bytes, position_of, trust_in
from agents.core.trusted import LogTrust, no_verdict
from streams.calendar.holidays import Notice
from streams.messages import Alert, SubjectStatus
from streams.signing.keys import Verify
from streams.signing.state import Trust
from streams.topics import split_events_topic

KEPT_ACTS = 256
"""How many commands a partition remembers, to know a second copy; those that were signed with the digits of their content."""

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
    if key in {POSITION, TRUST}:
        return legible(key, value)
    forms: dict[bytes, Any] = {GROUP: Group, DESK: DeskFlood, SOURCE: Seen}
    form = list[str] if key == ACTS else next((type_ for begin, type_ in forms.items() if key.startswith(begin)), None)
    try:
        key.decode()
        msgspec.msgpack.decode(value, type=form or Any)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    return form is not None


class IncidentPartition:
    """The incidents of one partition.

    `position` is the next offset to fold, `refused` the newest that was refused whole (-1 for none since the start). `now` is
    the newest time that any record told (ms), `ticked` the newest tick of a log that was opened; `bounded`: no time is believed
    that is far ahead. `keyed`: the record's key must be its subject, the city.
    It is not where the records come from a plain file, of which judging itself makes the revisions: these need no signature.
    `trusted`: what it trusts, by what `verify` says of signatures.
    """

    adopted: str | None = None
    notices: tuple[Notice, ...] = ()
    unjudged = 0

    def __init__(
        self, grouping: Grouping, topic: str, partition: int, *, keyed: bool = True, verify: Verify = no_verdict
    ) -> None:
        self.grouping = grouping
        self.topic = topic
        self.partition = partition
        self.keyed = keyed
        self.log, self.domain = split_events_topic(topic)
        self.position = 0
        self.refused = -1
        self.now: int | None = None
        self.bounded = False
        self.trusted = LogTrust(topic, partition, verify, keyed=keyed)
        self.ticked: int | None = None
        self.board = Board(grouping)
        self.groups, self._dirty = self.board.groups, self.board.dirty
        self.desks = Desks(grouping.flood, self.board.dirty)
        self._seen: dict[bytes, Seen] = {}
        self._acts: list[str] = []

    @property
    def trust(self) -> Trust:
        """What the partition trusts."""
        return self.trusted.state

    @property
    def known(self) -> int:
        """How many incidents are remembered."""
        return len(self.groups)

    def snapshot(self) -> list[tuple[bytes, bytes | None]]:
        """Key and value of all that changed since the last snapshot, and of the position, which is always last."""
        pack = msgspec.msgpack.encode
        held = self._held()
        items: list[tuple[bytes, bytes | None]] = [
            (key, pack(held[key]) if key in held else None) for key in sorted(self._dirty)
        ]
        self._dirty.clear()
        opened = self.trusted.opened is not None
        position = position_bytes(self.position, self.now, bounded=self.bounded, opened=opened, ticked=self.ticked)
        return [*items, *self.trusted.saved(), (POSITION, position)]

    def restore(self, items: Iterable[tuple[bytes, bytes | None]]) -> None:
        """Take up the state that a checkpoint holds; later items win. CheckpointError where a later program wrote it."""
        newest = dict(items)
        held = position_of(newest, self.topic, self.partition)
        if held is None:
            return
        self.position, self.now, self.bounded = held.offset, held.now, held.bounded is True
        self.trusted.take_up(trust_in(newest, held, self.topic, self.partition))
        self.ticked = None if held.ticked is UNSET else held.ticked
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

    def adopts(self, _offset: int, _key: bytes | None, _value: bytes | None) -> None:
        """None: incidents are grouped by the rules of the files."""

    def statuses(self, _limit: int) -> list[SubjectStatus]:
        """None: an incident has no values."""
        return []

    def _held(self) -> Mapping[bytes, Any]:
        groups = {GROUP + name.encode(): group for name, group in self.groups.items()}
        return {ACTS: self._acts, **groups, **self.desks.known, **self._seen}
