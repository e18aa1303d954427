"""What the clock of an opened log writes everywhere: now and then a signed chain, and ticks that each reveal its next link.

The links to come are in memory alone. After a restart, after a stall that is longer than the chain, and with other steps a new
chain begins.
"""

import os
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

from msgspec import Struct

from streams.command import Trouble
from streams.messages import RESUMED, SECOND, TICK, event_bytes, format_time
from streams.signing.machine.part import Part
from streams.signing.series import Policy
from streams.signing.sign import Signer
from streams.signing.ticks import CHAIN, MOST, SIZE, ClockChain, ClockTick, links
from streams.signing.words import base64url

SOURCE = "clock"
EVERYWHERE = "*"

Second = Callable[[], AbstractContextManager[Signer | None]]
"""The second signer of a clock that goes on after a long gap, for as long as it is needed; None where nobody is there."""


class NeedsSecondError(Trouble):
    """The gap is so long that a second signature is needed, and nobody is there to give it."""


class TimeStanding(Struct, frozen=True):
    """Where time stands in the partitions of a log (ms).

    The newest tick of the one that is behind most, and of the one ahead of all, None before the first tick; and to when the
    clock was resumed already in each of them.
    """

    low: int | None = None
    high: int | None = None
    resumed: int | None = None


class Ticker:
    """The clock's own part of a log that was opened. `part`: its key; `step`: ms from one tick to the next."""

    def __init__(
        self,
        part: Part,
        policy: Policy,
        hash_name: str,
        step: int,
        second: Second,
        secret: Callable[[int], bytes] = os.urandom,
    ) -> None:
        self._part, self._policy, self._hash, self._step = part, policy, hash_name, step
        self._second, self._secret = second, secret
        self._standing = TimeStanding()
        self._begin, self._links = 0, list[bytes]()
        self._chain_step = 0

    def begin(self, standing: TimeStanding) -> None:
        """Go on from where time stands in the log: the next tick begins a new chain."""
        self._standing, self._links = standing, []

    def told(self, at: int) -> list[bytes]:
        """What to write into every partition at a time (ms), in this order; nothing where it is not after the newest tick."""
        high = self._standing.high
        if high is not None and at <= high:
            return []
        before = [] if self._has(at) else self._new_chain(at)
        j = (at - self._begin) // self._chain_step
        self._standing = TimeStanding(at, at)
        return [*before, tick_of_chain(at, self._links[j])]

    def _has(self, at: int) -> bool:
        """Whether the chain has a link for this time."""
        j, off = divmod(at - self._begin, self._chain_step) if self._links else (0, 1)
        return not off and 0 < j < len(self._links)

    def _new_chain(self, at: int) -> list[bytes]:
        low, high, resumed = self._standing.low, self._standing.high, self._standing.resumed
        step = self._step if high is None else min(self._step, at - high)
        begin = at - step
        written = []
        if low is not None and begin > max(low, resumed or low) + self._policy.ahead:
            written.append(self._resumption(begin, high or low))
        self._links = list(links(self._hash, self._secret(SIZE), MOST))
        self._begin, self._chain_step = begin, step
        chain = ClockChain(format_time(begin), step, MOST, base64url(self._links[0]))
        value = event_bytes(type=CHAIN, source=SOURCE, id=f"chain/{chain.end}", time=format_time(begin), data=chain)
        return [*written, self._part.value(value, EVERYWHERE)]

    def _resumption(self, to: int, last: int) -> bytes:
        with self._second() as second:
            if second is None:
                raise NeedsSecondError(
                    f"the newest tick is {format_time(last)}, more than {self._policy.ahead // SECOND} s ago: "
                    "the clock goes on only with a second signature"
                )
            return resumption(self._part, to, last, [second])


def resumption(part: Part, to: int, last: int, seconds: Sequence[Signer]) -> bytes:
    """The event that lets the clock go on to a time (ms) after the newest tick `last`."""
    to_text, last_text = format_time(to), format_time(last)
    value = event_bytes(
        type=RESUMED, source=SOURCE, id=f"resumed/{last_text}/{to_text}", time=to_text, data={"last": last_text}
    )
    return part.value(value, EVERYWHERE, seconds)


def tick_of_chain(at: int, link: bytes) -> bytes:
    """The tick of a time (ms) that reveals a link."""
    text = format_time(at)
    return event_bytes(type=TICK, source=SOURCE, id=text, time=text, data=ClockTick(base64url(link)))
