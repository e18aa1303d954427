"""The log's time and how its workers do, from their heartbeats. Pure."""

from typing import Any, ClassVar

from msgspec import Struct

from screen.feed.view import Slice, View
from streams.messages import DAY, SECOND, Heartbeat, parse_time

FEW, PACE = 2_000, 5 * SECOND
"""With more subjects or annunciations than FEW, what must look at all of them is told once each PACE of the log's time (ms).

To find where the numbers of 20,000 subjects can stand takes a third of a second, the life of 100,000 alarms a quarter.
"""


STRAY = DAY
"""How far ahead of all newest pulses (ms) the log's time may be before it is taken for that of a false one: what a worker that
starts again has to catch up with is less."""


class Beat(Struct, frozen=True):
    """The newest heartbeat of a partition: real time when it was sent (ms), records not yet judged, and judged per second.

    `unjudged`: facts of the log's day of which no rule judged anything. `end`: where its log ended, as an offset; `now`: its
    newest tick (ms), None before the first.
    """

    sent: int
    lag: int
    rate: float
    unjudged: int = 0
    end: int = 0
    now: int | None = None


class Clock(Slice):
    """`now`: the log's time (ms), the newest tick. `ticked`: the real time (ms) at which a heartbeat told of it.

    `beats`: the newest heartbeat by domain and partition. Reads no other slice; most others read its `now`.
    """

    TAKES: ClassVar[tuple[type, ...]] = (Heartbeat,)

    beats: dict[tuple[str, int], Beat] = {}
    now: int | None = None
    ticked: int | None = None

    def take(self, message: Heartbeat, view: View) -> None:
        """Remember the newest one of its partition; time never goes back, but where no pulse is near it any more."""
        sent = parse_time(message.sent)
        now = parse_time(message.now) if message.now else None
        place = message.domain, message.partition
        end = message.offset + message.lag
        self.beats[place] = Beat(sent, message.lag, message.rate, message.unjudged or 0, end, now)
        if now is None:
            return
        newest = max(beat.now for beat in self.beats.values() if beat.now is not None)
        if self.now is None or now > self.now or newest < self.now - STRAY:
            self.now, self.ticked = max(now, newest), sent

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
