"""The floods of alarms. Pure."""

from typing import Any, ClassVar

from screen.feed.slices.clock import Clock
from screen.feed.view import Slice, View
from streams.messages import DAY, Flood, parse_time


class Floods(Slice):
    """`floods`: the newest revision of each by id, of those that have ended for 24 h of the log more. Reads the Clock."""

    TAKES: ClassVar[tuple[type, ...]] = (Flood,)

    floods: dict[str, Flood] = {}

    def standing(self, view: View) -> list[Flood]:
        """Those that go on at the View's time, the greatest first: none whose end has come, whether it was told or not."""
        now = view[Clock].now or 0
        found = (one for one in self.floods.values() if one.ended_at is None and parse_time(one.until) > now)
        return sorted(found, key=lambda one: (-one.count, one.id))

    def take(self, message: Flood, view: View) -> None:
        """Remember a newer revision; a second copy changes nothing."""
        known = self.floods.get(message.id)
        if known is None or message.rev > known.rev:
            for text in (message.began_at, message.until):
                parse_time(text)
            self.floods[message.id] = message

    def forget(self, now: int) -> None:
        """Let go of what has ended 24 h ago."""
        self.floods = {key: item for key, item in self.floods.items() if parse_time(item.until) > now - DAY}

    def sections(self, view: View) -> dict[str, Any]:
        """`floods`: those that go on."""
        return {"floods": [_flood(flood) for flood in self.standing(view)]}


def _flood(flood: Flood) -> dict[str, Any]:
    return {
        "department": flood.department.name,
        "began": parse_time(flood.began_at),
        "count": flood.count,
        "peak": flood.peak,
        "until": parse_time(flood.until),
    }
