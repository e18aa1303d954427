"""The newest measures of the alarm system. Pure."""

from typing import ClassVar

from screen.feed.view import Slice, View
from streams.messages import DAY, Performance, parse_time


class Measures(Slice):
    """`performance`: the newest measures of each desk, district, domain and rule, by sort and key, for 24 h of the log.

    Reads no other slice; the pages ask for the measures, so that no section tells of them.
    """

    TAKES: ClassVar[tuple[type, ...]] = (Performance,)

    performance: dict[tuple[str, str], Performance] = {}

    def take(self, message: Performance, view: View) -> None:
        """Remember the newest ones."""
        parse_time(message.until)  # one whose time cannot be read is left out
        self.performance[message.by, message.key] = message

    def forget(self, now: int) -> None:
        """Let go of what nobody has renewed for 24 h."""
        self.performance = {key: item for key, item in self.performance.items() if parse_time(item.until) > now - DAY}
