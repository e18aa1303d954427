"""What the workers of an opened log have sealed of alerts, incidents and orders, and what no seal covers yet. Pure.

Each checkpoint seals, so a true revision is without its seal for five seconds. It is shown at once where it continues what is
sealed; where the next seal of its partition is over another one, the sealed one is shown again. In a log that was never opened
nothing comes here.
"""

from collections.abc import Iterator
from typing import Any, ClassVar

from msgspec import Struct

from screen.feed.slices.clock import Clock
from screen.feed.slices.trails import Trails
from screen.feed.view import Slice, View
from streams.messages import SECOND, Alert, Audit, Incident, Order, OrderLine, Seal
from streams.outputs import TRAIL_OF, sealed_as
from streams.topics import split_events_topic

UNSEALED = 15 * SECOND
"""How long a revision may be shown without a seal and no mark, in the time of its worker's pulses (ms): three checkpoints."""

MOST_OPEN = 64
"""Revisions of one thing that are kept while no seal covers them, newest kept."""

ALERTS = TRAIL_OF[Alert].topic

Key = tuple[str, str]
"""Kind and id of the head by which a seal is over a thing."""

Trailed = Alert | Incident | Order | OrderLine
"""What has a trail, and is under seals."""


class Revision(Struct, frozen=True):
    """A revision of an opened log as it was read: the thing, and the digest of its stored bytes."""

    thing: Trailed
    digest: str

    @property
    def key(self) -> Key:
        """Whose it is."""
        return sealed_as(self.thing)

    @property
    def order(self) -> tuple[int, int]:
        """Its place among the revisions of one thing."""
        return self.thing.rev, self.thing.audit

    @property
    def place(self) -> tuple[str, int]:
        """The partition of the events that it is of."""
        return self.thing.place.topic, self.thing.place.partition


class Restored(Struct, frozen=True):
    """What is shown again, in the place of a newer revision that was none of the judge's."""

    thing: Trailed


class SealedState(Struct, frozen=True):
    """What is sealed of one thing: number and hash of its newest entry, digest of its newest revision."""

    n: int
    hash: str
    digest: str


class Sealed(Slice):
    """`heads`: what is sealed of each thing. `kept`: its newest sealed revision; `open`: those that no seal covers, in order.

    `begins` and `ends`: between which offsets of each partition of the events all is sealed. `since`: the worker's time (ms) at
    which what is shown of a thing came without a seal; `late`: the alerts of which that is too long ago. `waiting`: revisions
    whose trail has not come yet. `dropped`: how many were none of the judge's. Reads the Clock's pulses and the Trails.
    """

    TAKES: ClassVar[tuple[type, ...]] = (Seal,)

    heads: dict[Key, SealedState] = {}
    kept: dict[Key, Revision] = {}
    open: dict[Key, tuple[Revision, ...]] = {}
    begins: dict[tuple[str, int], int] = {}
    ends: dict[tuple[str, int], int] = {}
    since: dict[Key, int] = {}
    late: frozenset[str] = frozenset()
    waiting: tuple[Revision, ...] = ()
    dropped: int = 0

    def take(self, message: Seal, view: View) -> None:
        """Remember what a seal is over; what follows from it, `put_right` says."""
        place = message.topic, message.partition
        self.begins.setdefault(place, message.begin)
        self.ends[place] = max(message.end, self.ends.get(place, 0))
        for head in message.heads:
            key, known = (head.kind, head.id), self.heads.get((head.kind, head.id))
            if known is None or head.n >= known.n:
                digest = head.revision or (known.digest if known else "")
                self.heads[key] = SealedState(head.n, head.hash, digest)

    def admitted(self, revision: Revision, view: View) -> bool:
        """Whether a revision is shown now; else it is sealed away, dropped, or waits for its trail."""
        key, sealed = revision.key, self.heads.get(revision.key)
        kept = self.kept.get(key)
        if (sealed and revision.digest == sealed.digest) or revision.thing.rev < self.begins.get(revision.place, 0):
            if kept is None or revision.order > kept.order or (sealed and revision.digest == sealed.digest):
                self.kept[key] = revision
            return True
        if kept is not None and revision.order <= kept.order:
            return False
        if not self._is_open(revision, sealed, kept):
            waits = sealed is not None and sealed.digest != "" and (kept is None or kept.digest != sealed.digest)
            if waits:
                self._keep_open(revision)
            else:
                self.dropped += 1
            return False
        follows = _follows(revision, sealed, view[Trails])
        if follows is None:
            self.waiting = (*self.waiting, revision)[-MOST_OPEN:]
            return False
        if not follows:
            self.dropped += 1
            return False
        self._keep_open(revision)
        self.since.setdefault(key, _pulse(revision, view[Clock]))
        return True

    def retried(self) -> tuple[Revision, ...]:
        """Those that have waited for their trail; they wait no longer."""
        waiting, self.waiting = self.waiting, ()
        return waiting

    def put_right(self, shown: dict[Key, tuple[int, int]]) -> Iterator[Restored]:
        """What must be shown again, once all of a fold was taken in. `shown`: the order of what is shown of each thing."""
        for key, revisions in list(self.open.items()):
            sealed, kept = self.heads.get(key), self.kept.get(key)
            found = next((each for each in revisions if sealed and each.digest == sealed.digest), None)
            if found is not None:
                kept = self.kept[key] = found
            if kept is None or _unknown(sealed, kept):
                continue
            left = tuple(each for each in revisions if each.order > kept.order and self._is_open(each, sealed, kept))
            gone = [each for each in revisions if each.order >= kept.order and each not in left and each.digest != kept.digest]
            self.dropped += len(gone)
            newest = left[-1] if left else kept
            if left:
                self.open[key] = left
            else:
                del self.open[key]
                self.since.pop(key, None)
            order = shown.get(key)
            if order is not None and (order > newest.order or (gone and order == newest.order)):
                yield Restored(newest.thing)

    def settle(self, view: View, before: View) -> None:
        """Mark what is without a seal for too long."""
        clock = view[Clock]
        late = {
            key[1]
            for key, since in self.since.items()
            if key[0] == ALERTS and key in self.open and _pulse(self.open[key][-1], clock) - since >= UNSEALED
        }
        if late != self.late:
            self.late = frozenset(late)

    def sections(self, view: View) -> dict[str, Any]:
        """`unsealed`: of an opened log, the alerts that are shown without a seal for too long."""
        return {"unsealed": sorted(self.late)} if self.ends or self.open else {}

    def _is_open(self, revision: Revision, sealed: SealedState | None, kept: Revision | None) -> bool:
        """Whether a revision may still be sealed: its seal has not come."""
        return revision.thing.rev >= self.ends.get(revision.place, 0) or _told_later(revision, sealed, kept)

    def _keep_open(self, revision: Revision) -> None:
        known = self.open.get(revision.key, ())
        if revision not in known:
            self.open[revision.key] = tuple(sorted((*known, revision), key=lambda each: each.order))[-MOST_OPEN:]


def _unknown(sealed: SealedState | None, kept: Revision) -> bool:
    """Whether what is sealed of a thing is on its way."""
    return sealed is not None and sealed.digest not in {"", kept.digest}


def _told_later(revision: Revision, sealed: SealedState | None, kept: Revision | None) -> bool:
    """Whether an incident is told with an entry that was sealed before: who joins a large one is told of at the next tick."""
    thing = revision.thing
    if sealed is None or kept is None or not isinstance(thing, Incident):
        return False
    return kept.thing.audit < sealed.n == thing.audit and thing.head == sealed.hash


def _pulse(revision: Revision, clock: Clock) -> int:
    """The newest time of the worker of a revision's partition (ms), 0 where there is none."""
    beat = clock.beats.get((split_events_topic(revision.place[0])[1], revision.place[1]))
    return beat.sent if beat else 0


def _follows(revision: Revision, sealed: SealedState | None, trails: Trails) -> bool | None:
    """Whether a revision continues what is sealed of its thing; None where the entries that show it have not come."""
    thing = revision.thing
    if sealed is None:
        return True
    if thing.audit <= sealed.n:
        return thing.audit == sealed.n and thing.head == sealed.hash
    if not isinstance(thing, Alert):
        return True  # a screen reads no trails of others
    entries: dict[int, Audit] = {entry.n: entry for entry in trails.trails.get(thing.id, ())}
    first, last = entries.get(sealed.n + 1), entries.get(thing.audit)
    if first is None or last is None:
        return None
    between = range(sealed.n + 2, thing.audit + 1)
    chained = all(n in entries and n - 1 in entries and entries[n].prev == entries[n - 1].hash for n in between)
    return chained and _digits(first.prev) == _digits(sealed.hash) and last.hash == thing.head


def _digits(hashed: str) -> str:
    return hashed.rpartition(":")[2]
