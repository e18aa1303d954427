"""How far the trails of one kind have come: the head of each, moved on entry by entry."""

from typing import Any

from agents.audit.anchors import Anchors
from agents.audit.chained import form_of, hash_of
from streams.messages import GENESIS, CoveredTrail, DecodeError, TrailHead, decode
from streams.outputs import OutputKind


class Heads:
    """The heads of one kind of trail (a row with `trail`), from what the newest anchor covers on.

    `offsets`: before which offset of each partition all is read. `moved`: whose trails have moved since the newest anchor.
    Of the hashes of a log that was opened a head has the digits alone.
    """

    def __init__(self, kind: OutputKind, anchors: Anchors) -> None:
        self.kind = kind
        self.offsets = dict(enumerate(anchors.offsets.get(kind.topic, ())))
        self.moved: set[str] = set()
        self._heads = {name: (heads[-1][0], heads[-1][1]) for name, heads in anchors.heads.get(kind.topic, {}).items()}
        self._entries = sum(n for n, _ in self._heads.values())

    def take(self, value: bytes) -> tuple[str, str]:
        """Move a head where an entry follows it; an earlier one is a copy. Whose entry it is, and what is wrong with it."""
        try:
            entry: Any = decode(value, self.kind.message)
        except DecodeError as error:
            return "", f"no audit entry: {error}"
        name = self.kind.key(entry)
        n, head = self._heads.get(name, (0, GENESIS))
        if entry.n <= n:
            return name, ""
        own = hash_of(value, entry)
        first_of_opened = n == 0 and form_of(entry)  # its genesis depends on the log's id
        if own is None or entry.n != n + 1 or not (first_of_opened or entry.prev.rpartition(":")[2] == head):
            return name, f"entry {entry.n} of {self.kind.trail} {name} does not follow entry {n}: not anchored"
        self._heads[name] = (entry.n, own.hex())
        self.moved.add(name)
        self._entries += 1
        return name, ""

    def covered(self) -> CoveredTrail:
        """What an anchor says of them."""
        return CoveredTrail(
            trail=self.kind.topic,
            offsets=tuple(self.offsets.get(part, 0) for part in range(max(self.offsets, default=-1) + 1)),
            things=len(self._heads),
            entries=self._entries,
            heads=tuple(TrailHead(name, *self._heads[name]) for name in sorted(self.moved)),
        )
