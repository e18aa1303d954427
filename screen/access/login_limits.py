"""How often somebody may try to sign in: each failure beyond a few makes the next wait longer. Pure: times are the caller's.

A device in which the account has signed in before (`devices.py`) is counted by itself alone, so that nobody else's failures
keep its person out. Everybody else is a stranger, counted by account and by network.
"""

from ipaddress import IPv4Address, ip_address, ip_network

from msgspec import Struct

FORGET = 3600.0
"""Seconds without a failure after which the earlier ones count no more; a choice."""

MOST = 10_000
"""Names that each table remembers at most; the one that failed longest ago goes first."""

UNKNOWN = "unknown"
"""The network of an address that is none."""


class Rule(Struct, frozen=True):
    """`free` failures cost nothing; each further one doubles the wait, from one second up to `longest` seconds."""

    free: int
    longest: float


ACCOUNT, ADDRESS = Rule(3, 60.0), Rule(10, 900.0)
"""An account waits a minute at most, so that nobody can lock its owner out for long; an address a quarter of an hour. Choices:
at a minute each, a password of twelve characters withstands for ever. GB/T 22239-2019 8.1.4.1 b) asks for such a limit. A
known device has the account's rule for itself."""


class Limits:
    """Failures by name, each with its rule. An attempt counts as one until it has succeeded, so that many at once do too."""

    def __init__(self, rule: Rule) -> None:
        self._rule = rule
        self._failed: dict[str, tuple[int, float]] = {}

    def __len__(self) -> int:
        """How many names are remembered."""
        return len(self._failed)

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


class Attempt(Struct, frozen=True):
    """Who tries: an account ("" where it is a wall's token), from a network, at a known device ("" for a stranger)."""

    account: str
    network: str
    device: str = ""


class SignInLimits:
    """What limits attempts. Accounts that do not exist are counted as others, so that nobody learns which ones do."""

    def __init__(self) -> None:
        self._by_account, self._by_network, self._by_device = Limits(ACCOUNT), Limits(ADDRESS), Limits(ACCOUNT)

    @property
    def remembered(self) -> int:
        """How many names are remembered."""
        return len(self._by_account) + len(self._by_network) + len(self._by_device)

    def wait(self, attempt: Attempt, now: float) -> float:
        """Seconds to wait; 0.0 where this one may try."""
        return max(limits.wait(name, now) for limits, name in self._counted(attempt))

    def tried(self, attempt: Attempt, now: float) -> None:
        """Count an attempt, before it is known whether it succeeds."""
        for limits, name in self._counted(attempt):
            limits.tried(name, now)

    def succeeded(self, attempt: Attempt) -> None:
        """The attempt was none of a guesser: who has tried begins anew, of the network this one does not count."""
        for limits, name in self._counted(attempt):
            if limits is self._by_network:
                limits.undo(name)
            else:
                limits.forget(name)

    def _counted(self, attempt: Attempt) -> list[tuple[Limits, str]]:
        if attempt.device:
            return [(self._by_device, attempt.device)]
        network = [(self._by_network, attempt.network)]
        return [(self._by_account, attempt.account), *network] if attempt.account else network


def network_of(host: str) -> str:
    """What an address is counted as: of IPv4 itself, of IPv6 its /64, which is one customer's (RFC 6177 2)."""
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return UNKNOWN
    if isinstance(address, IPv4Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ip_network((address, 64), strict=False))
