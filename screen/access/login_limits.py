"""How often somebody may try to sign in: each failure beyond a few makes the next wait longer. Pure: times are the caller's."""

from msgspec import Struct

FORGET = 3600.0
"""Seconds without a failure after which the earlier ones count no more; a choice."""

MOST = 10_000
"""Accounts and addresses that are remembered at most; the one that failed longest ago goes first."""


class Rule(Struct, frozen=True):
    """`free` failures cost nothing; each further one doubles the wait, from one second up to `longest` seconds."""

    free: int
    longest: float


ACCOUNT, ADDRESS = Rule(3, 60.0), Rule(10, 900.0)
"""An account waits a minute at most, so that nobody can lock its owner out for long; an address a quarter of an hour. Choices:
at a minute each, a password of twelve characters withstands for ever. GB/T 22239-2019 8.1.4.1 b) asks for such a limit."""


class Limits:
    """Failures by name, each with its rule. An attempt counts as one until it has succeeded, so that many at once do too."""

    def __init__(self, rule: Rule) -> None:
        self._rule = rule
        self._failed: dict[str, tuple[int, float]] = {}

    def wait(self, name: str, now: float) -> float:
        """Seconds for which this name must still wait; 0.0 where it may try."""
        count, at = self._failed.get(name, (0, now))
        if now - at >= FORGET:
            return 0.0
        beyond = count - self._rule.free
        return max(0.0, at + min(2.0 ** min(beyond, 30), self._rule.longest) - now) if beyond >= 0 else 0.0

    def tried(self, name: str, now: float) -> None:
        """Count an attempt."""
        count, at = self._failed.pop(name, (0, now))
        self._failed[name] = (1 if now - at >= FORGET else count + 1, now)
        while len(self._failed) > MOST:
            del self._failed[next(iter(self._failed))]

    def undo(self, name: str) -> None:
        """The last attempt of this name was no failure."""
        count, at = self._failed.get(name, (1, 0.0))
        self._failed[name] = (count - 1, at)

    def forget(self, name: str) -> None:
        """Its failures count no more."""
        self._failed.pop(name, None)
