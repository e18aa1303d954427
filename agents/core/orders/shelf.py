"""All orders of a partition.

Kept packed and small, unpacked while a record concerns them, and when time next matters to each.
"""

import zlib
from collections.abc import Iterator
from heapq import heapify, heappop, heappush
from typing import Any

import msgspec
from msgspec import Struct

from agents.core.orders.family import Head, HeldLine, line_id
from streams.messages import NEVER, format_time

ORDER, LINE = b"order/", b"line/"
"""How the checkpoint's keys of orders and lines begin."""

_pack = msgspec.msgpack.encode
_unpack_head = msgspec.msgpack.Decoder(Head).decode
_unpack_line = msgspec.msgpack.Decoder(HeldLine).decode
_LEVEL, _RAW = 1, -15


WARM = 1_000
"""How many things of each form are kept as they are, those that were changed last: 4 MB in all; a choice.

Most acts of a day are on what came that day, and to squeeze a thing anew for each of them takes a fifth of an act.
"""


class Alike:
    """Bytes of one form by name, kept small: each is compressed against the first one, since all have the same fields.

    It is for memory alone; what it keeps it gives back as it was. Those that were changed last are not compressed yet.
    """

    def __init__(self) -> None:
        self._first = b""
        self._warm: dict[str, bytes] = {}
        self._cold: dict[str, bytes] = {}

    def __len__(self) -> int:
        return len(self._warm) + len(self._cold)

    def __contains__(self, name: str) -> bool:
        return name in self._warm or name in self._cold

    def __iter__(self) -> Iterator[str]:
        yield from self._cold
        yield from self._warm

    def get(self, name: str) -> bytes | None:
        """What is kept under a name, None where nothing is."""
        if (found := self._warm.get(name)) is not None:
            return found
        kept = self._cold.get(name)
        return None if kept is None else zlib.decompressobj(_RAW, zdict=self._first).decompress(kept)

    def put(self, name: str, value: bytes) -> None:
        """Keep a value."""
        self._first = self._first or value
        self._cold.pop(name, None)
        self._warm.pop(name, None)
        self._warm[name] = value
        if len(self._warm) > WARM:
            oldest = next(iter(self._warm))
            self.put_away(oldest, self._warm[oldest])

    def put_away(self, name: str, value: bytes) -> None:
        """Keep a value that was not changed lately."""
        self._first = self._first or value
        self._warm.pop(name, None)
        squeeze = zlib.compressobj(_LEVEL, zlib.DEFLATED, _RAW, zdict=self._first)
        self._cold[name] = squeeze.compress(value) + squeeze.flush()

    def drop(self, name: str) -> None:
        """Let go of one that is kept."""
        del (self._warm if name in self._warm else self._cold)[name]


class Shelf:
    """The orders and lines by id. `dirty`: keys of the checkpoint that have changed since the last snapshot.

    `due`: when time next matters to an order or line (ms), by its key.
    """

    def __init__(self) -> None:
        self.heads, self.lines = Alike(), Alike()
        self.dirty: set[bytes] = set()
        self.due: dict[bytes, int] = {}
        self._heap: list[tuple[int, bytes]] = []

    def __len__(self) -> int:
        """How many orders are remembered."""
        return len(self.heads)

    def head(self, order: str) -> Head | None:
        """An order, None where it is not known."""
        packed = self.heads.get(order)
        return None if packed is None else _unpack_head(packed)

    def line(self, order: str, n: str) -> HeldLine | None:
        """A line of an order, None where there is none of that number."""
        packed = self.lines.get(line_id(order, n))
        return None if packed is None else _unpack_line(packed)

    def put(self, head: Head, due: int) -> None:
        """Keep an order as it is now; time matters to it at `due` (ms)."""
        self.heads.put(head.order.id, _pack(head))
        self._changed(ORDER + head.order.id.encode(), due)

    def put_line(self, held: HeldLine, due: int) -> None:
        """Keep a line as it is now."""
        self.lines.put(held.line.id, _pack(held))
        self._changed(LINE + held.line.id.encode(), due)

    def forget(self, head: Head) -> None:
        """Let go of an order and all of its lines."""
        order = head.order.id
        self.heads.drop(order)
        keys = [ORDER + order.encode()]
        for n in head.names:
            self.lines.drop(line_id(order, n))
            keys.append(LINE + line_id(order, n).encode())
        for key in keys:
            self.due.pop(key, None)
        self.dirty.update(keys)

    def passed(self, now: int) -> Iterator[bytes]:
        """The keys of what is due at a time (ms), the earliest first; each as often as it is due again."""
        while self._heap and self._heap[0][0] <= now:
            at, key = heappop(self._heap)
            if self.due.get(key) == at:
                del self.due[key]
                yield key

    def holding(self, text: str) -> Iterator[str]:
        """The orders in which, or in a line of which, a text stands."""
        sought = text.encode()
        found = {order for order in self.heads if sought in (self.heads.get(order) or b"")}
        found |= {name.partition("/")[0] for name in self.lines if sought in (self.lines.get(name) or b"")}
        yield from sorted(found)

    def value(self, key: bytes) -> bytes | None:
        """What a checkpoint holds under a key of `dirty`: the packed thing and when it is due, None where it is gone."""
        packed = self._packed(key)
        return None if packed is None else _pack((self.due.get(key, NEVER), packed))

    def take_up(self, key: bytes, value: bytes) -> None:
        """Take up what a checkpoint holds."""
        due, packed = msgspec.msgpack.decode(value, type=tuple[int, bytes])
        if key.startswith(ORDER):
            self.heads.put_away(key.removeprefix(ORDER).decode(), packed)
        else:
            self.lines.put_away(key.removeprefix(LINE).decode(), packed)
        if due != NEVER:
            self.due[key] = due
            self._heap.append((due, key))

    def ready(self) -> None:
        """All of a checkpoint has been taken up."""
        heapify(self._heap)

    def _changed(self, key: bytes, due: int) -> None:
        self.dirty.add(key)
        if due == NEVER:
            self.due.pop(key, None)
        elif self.due.get(key) != due:
            self.due[key] = due
            heappush(self._heap, (due, key))

    def _packed(self, key: bytes) -> bytes | None:
        return (self.heads if key.startswith(ORDER) else self.lines).get(key.partition(b"/")[2].decode())


NUMBERS = b"numbers"
"""The checkpoint's key of the day's numbers."""


class Numbers(Struct, array_like=True):
    """The numbers of the orders of a day: the day, and how many there are."""

    day: str = ""
    count: int = 0

    def take(self, at: int, partition: int) -> str:
        """The next number at a time (ms).

        >>> Numbers().take(0, 2)
        'GD-19700101-20001'
        """
        day = format_time(at)[:10].replace("-", "")
        self.count = self.count + 1 if self.day == day else 1
        self.day = day
        return f"GD-{day}-{partition}{self.count:04d}"

    def bytes(self) -> bytes:
        """What a checkpoint holds of them."""
        return msgspec.msgpack.encode(self)


def numbers_of(value: bytes) -> Numbers:
    """The numbers that a checkpoint holds; msgspec.DecodeError where it is none of ours."""
    return msgspec.msgpack.decode(value, type=Numbers)


def legible(key: bytes, value: bytes) -> bool:
    """Whether a record of a checkpoint is an order or a line of ours: it is read as `take_up` and its users read it."""
    form: Any = Head if key.startswith(ORDER) else HeldLine
    try:
        key.decode()
        msgspec.msgpack.decode(msgspec.msgpack.decode(value, type=tuple[int, bytes])[1], type=form)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    return True
