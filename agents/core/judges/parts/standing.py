"""What several judges share: a condition that must hold for some readings or some time before it stands, and to end."""

from msgspec import Struct

from agents.core.alerts.state import Subject
from agents.core.judge import Finding
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


def note_newest(known: dict[str, int], name: str, at: int, most: int) -> None:
    """Keep the newest event time (ms) by name; of more than `most` names the one not noted for longest gives way.

    >>> known = {"a": 5, "b": 1}
    >>> note_newest(known, "a", 3, 2)
    >>> note_newest(known, "c", 9, 2)
    >>> known
    {'a': 5, 'c': 9}
    """
    before = known.pop(name, at)
    known[name] = before if before > at else at
    if len(known) > most:
        del known[next(iter(known))]


class Standing(Struct, array_like=True):
    """Whether a condition stands (`open`, since `opened_at`), and the readings in a row that speak for a change.

    `count` of them, the first at `since`, the newest at `at` (event times, ms). `value` and `limit` are those of the newest
    reading beyond the limit, `held` the tiers that it reached (by their place in the rule), `told` when people were last told.
    """

    open: bool = False
    opened_at: int = 0
    count: int = 0
    since: int = 0
    at: int = 0
    value: float | None = None
    limit: float | None = None
    held: list[int] = []
    told: int = 0


class Delay(Struct, frozen=True):
    """How many readings in a row open and close a condition, and for how long it must hold (`on`) or be gone (`off`), in ms.

    With `every` (ms) only readings so far apart are in a row.
    """

    opens: int
    closes: int
    every: int = 0
    on: int = 0
    off: int = 0

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
        return self.ripe(memory, at)

    def ripe(self, memory: Standing, now: int) -> bool | None:
        """Let the change that the readings speak for take place if it is time: True or False as by `turn`.

        >>> memory, delay = Standing(), Delay(opens=1, closes=1, on=30)
        >>> delay.turn(memory, True, 0), delay.due(memory), delay.ripe(memory, 29), delay.ripe(memory, 30)
        (None, 30, None, True)
        """
        if now < self.due(memory):
            return None
        memory.open, memory.count = not memory.open, 0
        if memory.open:
            memory.opened_at = memory.since
        return memory.open

    def due(self, memory: Standing) -> int:
        """When the change that the readings speak for takes place, or NEVER while there are too few of them."""
        closing = memory.open
        if memory.count == 0 or memory.count < (self.closes if closing else self.opens):
            return NEVER
        return memory.since + (self.off if closing else self.on)


def older(subject: Subject, kind: str, at: int) -> bool:
    """Whether a newer fact of this kind is known already."""
    newest = subject.latest.get(kind)
    return newest is not None and at < newest.at
