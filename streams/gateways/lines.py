"""A timeline as JSON lines. Kafka's library is not needed here, nor loaded."""

from collections.abc import Iterable
from itertools import islice
from typing import BinaryIO

from streams.gateways.timeline import Beat, Counts
from streams.messages import tick_bytes

_AT_ONCE = 1_000  # lines of one write


def write_lines(beats: Iterable[Beat], out: BinaryIO) -> Counts:
    """Write a timeline as JSON lines, for `python -m agents judge -`: one partition, each tick once."""
    counts, coming = Counts(), iter(beats)
    while some := list(islice(coming, _AT_ONCE)):
        out.write(b"\n".join([tick_bytes(beat) if isinstance(beat, int) else beat.value for beat in some]) + b"\n")
        ticks = sum(isinstance(beat, int) for beat in some)
        counts.ticks += ticks
        counts.events += len(some) - ticks
    out.flush()
    return counts
