"""What the wall is told once a second: the newest values of changed subjects, and a sign of life of the worker."""

import os
import resource
from pathlib import Path
from time import monotonic, time

from msgspec import UNSET

from agents.core.stage import Stage
from streams.messages import SECOND, Heartbeat, encode, format_time
from streams.outputs import target

MOST = 2_000
"""Subjects told at most in a second, of all partitions of a worker; the rest waits its turn. A choice: 5 % of its time."""

FEWEST = 10
"""Of a partition at least."""

BEHIND = 5_000
"""Records not judged yet from which on only the fewest are told: what they say is out of date before it is seen."""

_STATM = Path("/proc/self/statm")


class HeartbeatSender:
    """Says how one partition does. `lag` is asked of the consumer, because only it knows the end of the log."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._position = stage.position
        self._at = monotonic()

    def tell(self, heartbeat: Heartbeat, partitions: int) -> list[tuple[bytes, bytes]]:
        """Keys and values for the status topic: the newest values of subjects, and a heartbeat; of so many `partitions`."""
        most = FEWEST if heartbeat.lag > BEHIND else max(FEWEST, MOST // partitions)
        return [(target(each)[1].encode(), encode(each)) for each in (*self._stage.statuses(most), heartbeat)]

    def heartbeat(self, lag: int, saved: float) -> Heartbeat:
        """How the partition does since the last pulse; `lag`: records not yet judged; `saved` as `Partition` has it."""
        stage, at = self._stage, monotonic()
        judged, seconds = stage.position - self._position, at - self._at
        self._position, self._at = stage.position, at
        return Heartbeat(
            domain=stage.domain,
            partition=stage.partition,
            worker=f"worker-{os.getpid()}",
            now=None if stage.now is None else format_time(stage.now),
            sent=format_time(int(time() * 1000)),
            offset=stage.position,
            lag=lag,
            rate=round(judged / seconds, 1) if seconds else 0.0,
            rss=resident(),
            subjects=stage.known,
            saved=format_time(int(saved * SECOND)),
            unjudged=stage.unjudged or UNSET,
        )


def resident() -> int:
    """Bytes of memory that this process holds now; where there is no /proc, the most it has held."""
    if _STATM.exists():
        return int(_STATM.read_text().split()[1]) * resource.getpagesize()
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
