"""What several judges share: a condition that must hold for some readings in a row before it stands, and to end."""

from msgspec import Struct

from agents.core.judge import Finding
from agents.core.state import Subject
from streams.messages import NEVER


class Untimed:
    """A judge to whom time itself does not matter."""

    timed = False

    def wake(self, subject: Subject, now: int) -> Finding | None:  # noqa: ARG002 - the contract of a judge
        """Nothing: it is never asked."""
        return None

    def due(self, subject: Subject) -> int:  # noqa: ARG002 - the contract of a judge
        """NEVER."""
        return NEVER


class Standing(Struct, array_like=True):
    """Whether a condition stands (`open`, since `opened_at`), and the readings in a row that speak for a change.

    `count` of them, the first at `since`, the newest at `at` (event times, ms).
    """

    open: bool = False
    opened_at: int = 0
    count: int = 0
    since: int = 0
    at: int = 0


class Delay(Struct, frozen=True):
    """How many readings in a row open and close a condition; with `every` (ms) only readings so far apart are in a row."""

    opens: int
    closes: int
    every: int = 0

    def turn(self, memory: Standing, over: bool, at: int) -> bool | None:
        """Count one reading: True while the condition stands, False when it just ended, None where nothing is to be said.

        >>> memory, delay = Standing(), Delay(opens=2, closes=1)
        >>> [delay.turn(memory, over, at) for at, over in enumerate([True, False, True, True, True, False, False])]
        [None, None, None, True, True, False, None]
        """
        if over == memory.open:
            memory.count = 0
            return True if over else None
        if memory.count == 0 or (self.every and at - memory.at != self.every):
            memory.count, memory.since = 0, at
        memory.count += 1
        memory.at = at
        if memory.count < (self.opens if over else self.closes):
            return None
        memory.open, memory.count = over, 0
        if over:
            memory.opened_at = memory.since
        return over


def older(subject: Subject, kinds: tuple[str, ...], at: int) -> bool:
    """Whether a newer fact of the first kind is known already."""
    newest = subject.latest.get(kinds[0])
    return newest is not None and at < newest.at
