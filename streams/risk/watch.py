"""The standing watch as a fold: records of a log in, events of the domain `data` out. It reads no clock: time is the log's."""

from datetime import date, timedelta

from streams.messages import TICK, Access, DecodeError, decode, decode_event, parse_time
from streams.risk.signs import Sign, signs_of_access, signs_of_event
from streams.risk.telling import Telling

PART = "risk"
"""The source of what it tells."""

_EPOCH = date(1970, 1, 1)
_DAY_MS = 86_400_000
_EAST = 8 * 3_600_000


class Watch:
    """What the watch knows: the newest tick (ms) that it has read, None before the first, and what it has told (`telling`)."""

    def __init__(self, region: str) -> None:
        self.now: int | None = None
        self.telling = Telling(PART, region)

    def event(self, value: bytes, mark: str) -> list[bytes]:
        """What is told of a record of an events topic; `mark`: its place in the log."""
        try:
            event = decode_event(value)
            at = parse_time(event.time)
        except (DecodeError, ValueError, OverflowError, RecursionError):
            return []
        if event.type == TICK:
            self.now = max(at, self.now or at)
            return []
        on = None if self.now is None else _EPOCH + timedelta(days=(self.now + _EAST) // _DAY_MS)
        return self._told(signs_of_event(event, on), at if self.now is None else self.now, mark)

    def access(self, value: bytes, mark: str) -> list[bytes]:
        """What is told of a record of the topic of access; nothing before the first tick."""
        try:
            told = decode(value, Access)
        except DecodeError:
            return []
        return [] if self.now is None else self._told(signs_of_access(told), self.now, mark)

    def _told(self, signs: list[Sign], at: int, mark: str) -> list[bytes]:
        return [event for sign in signs for event in self.telling.events(sign, at, mark)]
