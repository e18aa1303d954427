"""The subjects of a partition in memory: which are at hand and which at rest, what of them is not saved or told yet, who wakes.

The fold reads and adds to `entries`, `wakes`, `dirty` and `changed` at each fact; they are the same objects for good.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from heapq import heapify, heappop, heappush
from operator import attrgetter

from agents.core.alerts.entry import Entry, Evictions, evicted
from agents.core.alerts.state import Subject
from agents.core.rules.book import Book
from agents.core.rules.bound import Timed
from streams.messages import NEVER

LEAST_AT_HAND = 1_000
"""How many subjects of a partition may be at hand however many there are; a choice."""

ROOM = 60_000
"""Room for the subjects of a partition, in subjects at rest (1 KB each); one at hand takes three times as much.

A choice: 60 MB, so that a million subjects in 20 partitions take little more than a gigabyte while all of them are judged.
"""


def most_at_hand(known: int) -> int:
    """How many subjects may be at hand where so many are known.

    >>> most_at_hand(1_000), most_at_hand(20_000), most_at_hand(50_000), most_at_hand(100_000)
    (29500, 20000, 5000, 1000)
    """
    return max(LEAST_AT_HAND, (ROOM - known) // 2)


class SubjectMemory:
    """All subjects of one partition, by name.

    `wakes`: when each is to wake (ms), soonest first; `dirty`: those that have changed since the last snapshot, `changed` since
    their status was looked at, longest waiting first; `awake`: those at hand, longest there first.
    """

    def __init__(self, domain: str) -> None:
        self.domain = domain
        self.entries: dict[str, Entry] = {}
        self.wakes: list[tuple[int, str]] = []
        self.dirty: list[Entry] = []
        self.changed: deque[Entry] = deque()
        self.awake: deque[Entry] = deque()
        self._loaded: list[Entry] = []
        self._evictions = Evictions()

    @property
    def evicted(self) -> int:
        """How many subjects are at rest."""
        return sum(entry.subject is None for entry in self.entries.values())

    def new(self, name: str) -> Entry:
        """A subject that was not known before."""
        entry = self.entries[name] = Entry(name.encode("utf-8", "surrogatepass"))
        entry.load(Subject(name))
        self.awake.append(entry)
        return entry

    def at_hand(self, entry: Entry, book: Book) -> Subject:
        """The subject of an entry, from now on at hand."""
        if entry.subject is None:
            entry.load(self.looked_at(entry, book))
            self._loaded.append(entry)
            self.awake.append(entry)
        return self.looked_at(entry, book)

    def relieve(self) -> None:
        """Let those rest that have been at hand for longest, where that are more than there is room for."""
        for _ in range(len(self.awake) - most_at_hand(len(self.entries))):
            self.awake.popleft().evict()

    def looked_at(self, entry: Entry, book: Book) -> Subject:
        """The subject of an entry, for a look: one at rest stays so."""
        return entry.subject or book.subject(self.domain, entry.packed)

    def timed(self, entry: Entry, book: Book) -> tuple[Timed, ...]:
        """The judges to whom time may matter for the subject of an entry, which is at hand."""
        if entry.timed is None:
            entry.timed = book.timed(self.domain, self.looked_at(entry, book))
        return entry.timed

    def touch(self, entry: Entry) -> None:
        """A subject has changed: the next snapshot holds it."""
        if not entry.dirty:
            entry.dirty = True
            self.dirty.append(entry)

    def await_wake(self, subject: Subject, before: int) -> None:
        """Await when time next matters to a subject, where that was at another moment (ms) `before`."""
        if subject.due != before and subject.due < NEVER:
            heappush(self.wakes, (subject.due, subject.id))

    def changed_now(self, entry: Entry) -> None:
        """A subject has changed: the next snapshot holds it, and its status is told."""
        self.touch(entry)
        if not entry.changed:
            entry.changed = True
            self.changed.append(entry)

    def forget(self) -> None:
        """Nothing of what was at hand of any subject holds any more: the book has changed."""
        for entry in self.entries.values():
            entry.forget()

    def waits(self, now: int) -> bool:
        """Whether the time of any subject may have come by `now` (ms); the list of wakes is kept short here."""
        if len(self.wakes) > 2 * len(self.entries):
            self._schedule_once()
        return bool(self.wakes) and self.wakes[0][0] <= now

    def due(self, now: int) -> Iterator[Entry]:
        """The subjects whose time has come by `now` (ms), soonest first, each once."""
        wakes = self.wakes
        while wakes and wakes[0][0] <= now:
            due, name = heappop(wakes)
            entry = self.entries[name]
            if entry.wakes() == due:
                yield entry

    def saved(self) -> list[tuple[bytes, bytes | None]]:
        """Key and value of every subject changed since the last snapshot; what rests long enough is packed."""
        changed, loaded = [*self.dirty], [*self._loaded]
        items: list[tuple[bytes, bytes | None]] = []
        for entry in sorted(changed, key=attrgetter("key")):
            entry.dirty = False
            items.append((entry.key, entry.saved()))
        self.dirty.clear()
        self._loaded.clear()
        self._evictions.after([*changed, *loaded])
        awake = [entry for entry in self.awake if entry.subject is not None]
        self.awake.clear()
        self.awake.extend(awake)
        return items

    def take_up(self, items: Iterable[tuple[bytes, bytes | None]]) -> None:
        """Subjects as a checkpoint holds them, all at rest."""
        for key, value in items:
            if value is not None:
                self.entries[key.decode("utf-8", "surrogatepass")] = evicted(key, value)
        self._schedule_once()
        for entry in self.entries.values():
            entry.changed = True
            self.changed.append(entry)

    def untold(self, limit: int) -> Iterator[Entry]:
        """At most `limit` subjects that changed since their status was looked at, longest waiting first."""
        for _ in range(min(limit, len(self.changed))):
            entry = self.changed.popleft()
            entry.changed = False
            yield entry

    def _schedule_once(self) -> None:
        """Await each subject once: each time it is to wake sooner and then later again leaves one more entry of the later."""
        self.wakes[:] = [(due, name) for name, entry in self.entries.items() if (due := entry.wakes()) < NEVER]
        heapify(self.wakes)
