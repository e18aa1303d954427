"""Frames out of the bytes of a connection: however TCP cuts them, glued, halved, with noise between. Pure, in bounded memory.

HJ 212-2017 6.3.1: `##`, 4 digits of length, the data segment, 4 digits of CRC, CR LF. A frame is found by its length; one whose
length or CRC is wrong ends at its CR LF, or where the next good frame begins, so that a broken frame costs no good one.
"""

import re
from collections.abc import Iterator

from msgspec import Struct

from streams.gateways.hj212.frame import MAX_SEGMENT, crc

_START = re.compile(rb"##\d{4}")
_END = b"\r\n"
_AROUND = 10  # bytes of a frame beside its segment: ## and length before it, CRC behind it

LARGEST = 9_999 + _AROUND
"""Bytes of the longest frame whose length 4 digits can say; a segment beyond the 1,024 of table 2 is told as such."""

_TRIES = 4
"""How many beginnings inside a frame that has not come whole are looked at."""


class Noise(Struct, frozen=True):
    """Bytes between frames that belong to none: how many."""

    size: int


class Framer:
    """Takes what one connection receives; never holds more than one frame of the largest size and one piece of input."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._noise = 0

    @property
    def half(self) -> bool:
        """Whether a part of a frame, or what may be one, waits for its rest."""
        return bool(self._held)

    def feed(self, data: bytes) -> Iterator[bytes | Noise]:
        """The frames that are whole now, good and bad in their order, and what came between them."""
        self._held += data
        while (found := self._next()) is not None:
            yield from self._silence()
            yield found
        if not self._held:
            yield from self._silence()

    def flush(self) -> Iterator[bytes | Noise]:
        """What is left when its rest does not come: half a frame, as it is."""
        rest, self._held = bytes(self._held), bytearray()
        if not _START.match(rest):
            self._noise += len(rest)
        yield from self._silence()
        if _START.match(rest):
            yield rest

    def _silence(self) -> Iterator[Noise]:
        size, self._noise = self._noise, 0
        if size:
            yield Noise(size)

    def _next(self) -> bytes | None:
        """The next frame, or None where more must come."""
        if not self._to_start():
            return None
        held = self._held
        whole = int(held[2:6]) + _AROUND
        if len(held) < whole:
            return self._before_another()
        if _is_right(held[:whole]):
            return self._take(whole)
        end = held.find(_END, 6)
        inner = _START.search(held, 2, end if end >= 0 else whole)
        if inner is not None:
            return self._take(inner.start())
        if end >= 0:
            return self._take(end)
        return self._take(whole) if len(held) >= whole + len(_END) else None

    def _to_start(self) -> bool:
        """Let go what stands before the next beginning of a frame; whether there is one."""
        found = _START.search(self._held)
        keep = len(self._held) - _beginning(self._held) if found is None else found.start()
        lost = self._held[:keep]
        self._noise += len(lost.strip(_END))
        del self._held[:keep]
        return found is not None

    def _before_another(self) -> bytes | None:
        """What is there of a frame that cannot come whole, since a good one stands behind it; None where it may still come."""
        end = self._held.rfind(_END)
        if end < 0:
            return None
        starts = [found.start() for found in _START.finditer(self._held, 2, end)]
        for start in starts[-_TRIES:]:
            size = int(self._held[start + 2 : start + 6])
            frame = self._held[start : start + size + _AROUND]
            if size <= MAX_SEGMENT and len(frame) == size + _AROUND and _is_right(frame):
                return self._take(start)
        return None

    def _take(self, size: int) -> bytes:
        taken = bytes(self._held[:size])
        del self._held[:size]
        if self._held.startswith(_END):
            del self._held[:2]
        return taken


def _is_right(frame: bytes | bytearray) -> bool:
    try:
        return int(frame[-4:], 16) == crc(bytes(frame[6:-4]))
    except ValueError:
        return False


def _beginning(held: bytes | bytearray) -> int:
    """How many bytes at the end may be the beginning of a frame."""
    for size in range(min(5, len(held)), 0, -1):
        tail = held[-size:]
        if tail.startswith(b"##"[:size]) and (size < 3 or tail[2:].isdigit()):
            return size
    return 0
