"""What has come before, for a stated time and in bounded memory: by source and id, or by subject, quantity and time. Pure."""

from collections import OrderedDict
from hashlib import blake2b
from typing import Literal

import msgspec

from streams.messages import DAY

LASTS = DAY
"""How long an event is known again (ms). 本系统默认 (a default of this system): senders give up within hours."""

MOST = 300_000
"""Events that are remembered; beyond them the oldest is forgotten. 本系统默认: some 60 MB."""

Known = Literal["new", "same", "other", "coming"]
"""What is known of an event: nothing; that it was kept as it is; that another one has its name; that it is being kept."""


class Seen:
    """Events by a name of 16 bytes, with 8 bytes of what they say. `take` one, then `keep` it or `drop` it."""

    def __init__(self, lasts: int = LASTS, most: int = MOST) -> None:
        self._lasts, self._most = lasts, most
        self._kept: OrderedDict[bytes, tuple[bytes, int]] = OrderedDict()
        self._coming: dict[bytes, bytes] = {}

    def __len__(self) -> int:
        return len(self._kept)

    def take(self, name: bytes, content: bytes, now: int) -> Known:
        """What is known of an event at a moment (ms); a new one is on its way from now on."""
        coming = self._coming.get(name)
        if coming is not None:
            return "coming" if coming == content else "other"
        kept, at = self._kept.get(name, (b"", 0))
        if kept and now - at <= self._lasts:
            return "same" if kept == content else "other"
        self._coming[name] = content
        return "new"

    def keep(self, name: bytes, now: int) -> None:
        """An event that was on its way is kept."""
        self._add(name, self._coming.pop(name), now)

    def drop(self, name: bytes) -> None:
        """An event that was on its way could not be kept: the next one of its name is new."""
        self._coming.pop(name, None)

    def state(self) -> bytes:
        """All that is remembered, for the next start."""
        return msgspec.msgpack.encode([(name, content, at) for name, (content, at) in self._kept.copy().items()])

    def restore(self, state: bytes) -> None:
        """Take up what `state` gave; msgspec.DecodeError where it is none."""
        for name, content, at in msgspec.msgpack.decode(state, type=list[tuple[bytes, bytes, int]]):
            self._add(name, content, at)

    def _add(self, name: bytes, content: bytes, at: int) -> None:
        self._kept[name] = (content, at)
        self._kept.move_to_end(name)
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)


def name_of(*parts: str) -> bytes:
    """The name of an event that is known by these parts."""
    return blake2b("\x1f".join(f"{len(each)}:{each}" for each in parts).encode(), digest_size=16).digest()


def content_of(*parts: bytes) -> bytes:
    """What stands for what an event says."""
    return blake2b(b"\x1f".join(parts), digest_size=8).digest()
