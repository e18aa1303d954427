"""What has come before, for a stated time and in bounded memory: by source and id, or by subject, quantity and time.

`Seen` is pure; `save` and `restore` keep it beside the spool from one start to the next.
"""

from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from hashlib import blake2b
from typing import Literal

import msgspec

from streams.gateways.drain import unpacked
from streams.gateways.spool import Spool, write_whole
from streams.messages import DAY

LASTS = DAY
"""How long an event is known again (ms). 本系统默认 (a default of this system): senders give up within hours."""

MOST = 300_000
"""Events that are remembered; beyond them the oldest is forgotten. 本系统默认: some 60 MB."""

KNOWN = 200_000
"""Newest records of the spool that are looked over at a start; 本系统默认."""

SAVED = 60
"""Seconds after which what is known is noted for the next start; 本系统默认."""

FILE = "seen"
"""Where it is noted, beside the spool."""

_AT_ONCE = 1_000  # records of the spool that are read at a time

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

    def again(self, label: bytes, now: int) -> None:
        """Know again what a record of the spool holds, by the names and contents in its label."""
        for name, content in msgspec.msgpack.decode(label, type=list[tuple[bytes, bytes]]):
            if self.take(name, content, now) == "new":
                self.keep(name, now)

    def _add(self, name: bytes, content: bytes, at: int) -> None:
        self._kept[name] = (content, at)
        self._kept.move_to_end(name)
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)


def save(seen: Seen, spool: Spool) -> None:
    """Note what is known for the next start."""
    with suppress(OSError, RuntimeError):  # without it less is known again after a start; it changes while it is read
        write_whole(spool.folder / FILE, seen.state())


def restore(seen: Seen, spool: Spool, now: int, say: Callable[[str], None]) -> None:
    """Know again what was kept before this start: what was noted, and what the newest records of the spool hold."""
    path = spool.folder / FILE
    try:
        seen.restore(path.read_bytes())
    except FileNotFoundError:
        pass
    except (OSError, msgspec.DecodeError) as error:
        say(f"{path} cannot be read ({error}): what came before this start is known again as far as the spool has it")
    after = max(spool.durable - KNOWN, 0)
    while records := spool.read(after, _AT_ONCE):
        for record in records:
            if label := unpacked(record.payload).label:
                seen.again(label, now)
        after = records[-1].number


def name_of(*parts: str) -> bytes:
    """The name of an event that is known by these parts."""
    return blake2b("\x1f".join(f"{len(each)}:{each}" for each in parts).encode(), digest_size=16).digest()


def content_of(*parts: bytes) -> bytes:
    """What stands for what an event says."""
    return blake2b(b"\x1f".join(parts), digest_size=8).digest()
