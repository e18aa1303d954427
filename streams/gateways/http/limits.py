"""How much of one sender is taken in a time, and how much of a body. Pure."""

import zlib

from msgspec import Struct

from streams.messages import MINUTE

BODY = 4 << 20
"""Bytes of a body, as it comes and as it is unpacked. 本系统默认 (a default of this system): what a record of the spool has."""

MEMBERS = 100
"""Members of a gzip; 本系统默认. Programs that pack in pieces make some."""


class TooBig(Exception):  # noqa: N818 - what it says
    """More than BODY."""


class Rate(Struct):
    """The events that a sender has left of its `most` in a minute; it may owe, so that a batch is taken as a whole."""

    most: int
    left: float
    at: int

    def wait(self, now: int) -> int:
        """Seconds until the sender may post again at a moment (ms); 0: now."""
        self.left = min(self.most, self.left + self.most * max(now - self.at, 0) / MINUTE)
        self.at = now
        return 0 if self.left > 0 else int((1 - self.left) * MINUTE / self.most / 1_000) + 1

    def spend(self, events: int) -> None:
        """So many were posted; a request with none counts as one."""
        self.left -= max(events, 1)


def unpacked(body: bytes, coding: str) -> bytes:
    """A body without its Content-Encoding, gzip (of one member or several, RFC 1952, 2.2) or none.

    TooBig, or ValueError where it is no whole gzip. No more than BODY bytes are ever made of it, whatever it claims to hold.
    """
    if coding in {"", "identity"}:
        return body
    found, left = b"", body
    for _ in range(MEMBERS):
        made = zlib.decompressobj(wbits=31)
        try:
            found += made.decompress(left, BODY + 1 - len(found))
        except zlib.error as error:
            raise ValueError(f"no gzip: {error}") from None
        if len(found) > BODY:
            raise TooBig
        if not made.eof:
            raise ValueError("the gzip is cut short")
        if not (left := made.unused_data):
            return found
    raise ValueError(f"the gzip has more than {MEMBERS} members")
