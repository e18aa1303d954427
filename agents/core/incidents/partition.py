"""What is known of one partition of the incidents' input, and how a restart is survived; the fold beside it moves it on."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from msgspec import Struct

from agents.core.alerts.entry import COUNTED
from agents.core.beyond import BeyondStage
from agents.core.incidents.board import GROUP, Board
from agents.core.incidents.flood import DESK, DeskFlood, Desks
from agents.core.incidents.grouping import Grouping
from agents.core.incidents.incident import Group
from agents.core.position import legible, legible_as
from agents.core.signs.counts import COUNTS, IncidentCounts, NoCounts, taken_out
from agents.core.trusted import no_verdict
from streams.messages import REVISED, Alert
from streams.signing.keys import Verify

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
    if key.startswith(COUNTS):
        return legible(COUNTED, value)
    forms: dict[bytes, Any] = {GROUP: Group, DESK: DeskFlood, SOURCE: Seen}
    form = list[str] if key == ACTS else next((type_ for begin, type_ in forms.items() if key.startswith(begin)), None)
    return legible_as(key, value, form)


class IncidentPartition(BeyondStage):
    """The incidents of one partition, whose key is the city. `counts`: what is counted of them for the signs of the city."""

    fed = frozenset({REVISED})
    whom = "city"

    def __init__(
        self,
        grouping: Grouping,
        topic: str,
        partition: int,
        *,
        keyed: bool = True,
        verify: Verify = no_verdict,
        counts: IncidentCounts | None = None,
    ) -> None:
        super().__init__(topic, partition, verify, keyed=keyed)
        self.counts = counts or NoCounts()
        self.grouping = grouping
        self.owner = grouping.owner
        self.board = Board(grouping)
        self.groups, self._dirty = self.board.groups, self.board.dirty
        self.desks = Desks(grouping.flood, self.board.dirty)
        self._seen: dict[bytes, Seen] = {}
        self._acts: list[str] = []

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
        return [*items, *self.counts.saved(), *self.kept_position()]

    def restore(self, items: Iterable[tuple[bytes, bytes | None]]) -> None:
        """Take up the state that a checkpoint holds; later items win. CheckpointError where a later program wrote it."""
        newest = dict(items)
        if not self.take_up_position(newest):
            return
        self.counts.take_up(taken_out(newest), self.now or 0)
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

    def _held(self) -> Mapping[bytes, Any]:
        groups = {GROUP + name.encode(): group for name, group in self.groups.items()}
        return {ACTS: self._acts, **groups, **self.desks.known, **self._seen}
