"""The log's time and how its workers do, from their heartbeats. Pure."""

from typing import Any, ClassVar

from msgspec import Struct

from screen.feed.view import Slice, View
from streams.messages import SECOND, Heartbeat, parse_time

FEW, PACE = 2_000, 5 * SECOND
"""With more subjects or annunciations than FEW, what must look at all of them is told once each PACE of the log's time (ms).

To find where the numbers of 20,000 subjects can stand takes a third of a second, the life of 100,000 alarms a quarter.
"""


class Beat(Struct, frozen=True):
    """The newest heartbeat of a partition: real time when it was sent (ms), records not yet judged, and judged per second.

    `unjudged`: facts of the log's day of which no rule judged anything.
    """

    sent: int
    lag: int
    rate: float
    unjudged: int = 0


class Clock(Slice):
    """`now`: the log's time (ms), the newest tick. `ticked`: the real time (ms) at which a heartbeat told of it.

    `beats`: the newest heartbeat by domain and partition. Reads no other slice; most others read its `now`.
    """

    TAKES: ClassVar[tuple[type, ...]] = (Heartbeat,)

    beats: dict[tuple[str, int], Beat] = {}
    now: int | None = None
    ticked: int | None = None

    def take(self, message: Heartbeat, view: View) -> None:
        """Remember the newest one of its partition; time never goes back."""
        sent = parse_time(message.sent)
        self.beats[message.domain, message.partition] = Beat(sent, message.lag, message.rate, message.unjudged or 0)
        now = parse_time(message.now) if message.now else None
        if now is not None and (self.now is None or now > self.now):
            self.now, self.ticked = now, sent

    def sections(self, view: View) -> dict[str, Any]:
        """`time`."""
        beats = self.beats.values()
        told = {
            "now": self.now,
            "ticked": self.ticked,
            "beats": [beat.sent for beat in beats],
            "lag": sum(beat.lag for beat in beats),
            "unjudged": sum(beat.unjudged for beat in beats),
            "rate": round(sum(beat.rate for beat in beats), 1),
        }
        return {"time": told}


def within_pace(before: View, after: View) -> bool:
    """Whether the log's time has stayed within one PACE."""
    return (before[Clock].now or 0) // PACE == (after[Clock].now or 0) // PACE
