"""A subject in the memory of a fold: at hand while facts of it come, packed as its checkpoint has it while none do.

A subject at hand takes some 3 KB in many objects, one at rest a few hundred bytes in one. Resting changes no result: what a
checkpoint holds is all that is known of a subject.
"""

from collections import deque

import msgspec
from msgspec import Struct

from agents.core.alerts.state import Latest, Subject, bytes_of
from agents.core.position import POSITION, TRUST, legible
from agents.core.rules.bound import Timed
from agents.core.rules.guard import Numbers, Screen
from agents.core.signs.counts import COUNTS
from streams.messages import NEVER

PATIENCE = 1
"""Snapshots after which a subject that nothing has changed goes to rest (a choice: the worker takes one every five seconds)."""

Way = tuple[Screen, Numbers, Latest]
"""For one type of event: the subject's screen, its numbers, and its newest fact of that kind."""

Ways = dict[str, Way]

_NO_WAYS: Ways = {}

COUNTED = b"counted"
"""What a key of what was counted is read as: it is no text."""


class _Due(Struct):
    """Of a packed subject that alone which must be known while it rests."""

    due: int = NEVER


class _Packed(_Due):
    """What a packed subject has besides: its name."""

    id: str = ""


_due = msgspec.msgpack.Decoder(_Due).decode
_named = msgspec.msgpack.Decoder(_Packed).decode


class Entry:
    """A subject and what is at hand of it: the key of its records; by type of event its screen, numbers and newest fact.

    `subject` is None while it rests; then `packed` holds it, and `due` when time next matters to it (ms). `timed`: the judges
    to whom time may matter for it. All of it but the subject is made again when it is missing. `dirty`: it has changed since
    the last snapshot; `changed`: since its status was looked at; `told`: a digest of what was told of it, None for nothing;
    `seen`: the number of the newest snapshot that holds a change.
    """

    __slots__ = ("changed", "dirty", "due", "key", "packed", "seen", "subject", "timed", "told", "ways")

    def __init__(self, key: bytes) -> None:
        self.key = key
        self.subject: Subject | None = None
        self.packed = b""
        self.due = NEVER
        self.ways = _NO_WAYS
        self.timed: tuple[Timed, ...] | None = None
        self.dirty = False
        self.changed = False
        self.told: int | None = None
        self.seen = 0

    def forget(self) -> None:
        """Nothing of what was at hand holds any more: the registration or the rule book has changed."""
        self.ways = _NO_WAYS if self.subject is None else {}
        self.timed = None

    def wakes(self) -> int:
        """When time next matters to it (ms)."""
        return self.due if self.subject is None else self.subject.due

    def load(self, subject: Subject) -> Subject:
        """Have the subject at hand."""
        self.subject, self.packed, self.ways = subject, b"", {}
        return subject

    def saved(self) -> bytes:
        """The subject as a checkpoint holds it."""
        return self.packed if self.subject is None else bytes_of(self.subject)

    def evict(self) -> None:
        """Keep the subject packed."""
        self.due, self.packed, self.subject = self.wakes(), self.saved(), None
        self.forget()


def evicted(key: bytes, packed: bytes) -> Entry:
    """A subject as a checkpoint holds it."""
    entry = Entry(key)
    entry.packed, entry.due = packed, _due(packed).due
    return entry


def legible_subject(key: bytes, value: bytes) -> bool:
    """Whether a record of a checkpoint can be one of ours, by its look: a subject under its own name, position or trust."""
    if key in {POSITION, TRUST}:
        return legible(key, value)
    if key.startswith(COUNTS):
        return legible(COUNTED, value)
    try:
        return _named(value).id == key.decode("utf-8", "surrogatepass")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False


class Evictions:
    """The changed subjects of the newest snapshots, those of which go to rest that have not changed since."""

    def __init__(self) -> None:
        self.number = 0
        self._newest: deque[list[Entry]] = deque()

    def after(self, changed: list[Entry]) -> None:
        """One more snapshot has been taken, of these; what it alone had changed PATIENCE snapshots ago goes to rest."""
        self.number += 1
        for entry in changed:
            entry.seen = self.number
        self._newest.append(changed)
        if len(self._newest) > PATIENCE:
            last = self.number - PATIENCE
            for entry in self._newest.popleft():
                if entry.seen == last and not entry.dirty:
                    entry.evict()
