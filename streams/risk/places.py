"""Whether a token is used in two places at one time. Addresses stay in memory, and nowhere else. Pure.

Whoever moves from one network to another is in one place: a token is in two where it comes back to a network that it had left
a short time ago. One network is a /24 of IPv4 and a /56 of IPv6: what one line or house has.
"""

from collections import OrderedDict
from ipaddress import IPv6Address, ip_address, ip_network

from streams.messages import MINUTE

WITHIN = 10 * MINUTE
"""Within which time (ms) a token that comes back was in two places; 本系统默认 (a default of this system)."""

MOST_TOKENS = 10_000
MOST_NETWORKS = 16
"""How many tokens, and networks of each, are remembered; the oldest are forgotten. 本系统默认."""


class Networks:
    """The networks of each token, newest last, with the time of its last use there (ms)."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, OrderedDict[str, int]] = OrderedDict()

    def used(self, token: str, address: str, at: int) -> int:
        """In how many networks a token is at a moment, by its use from this address; 0 where it is in one."""
        network = network_of(address)
        if not network:
            return 0
        uses = self._known.setdefault(token, OrderedDict())
        self._known.move_to_end(token)
        while len(self._known) > MOST_TOKENS:
            self._known.popitem(last=False)
        newest = next(reversed(uses), network)
        back = newest != network and at - uses.get(network, -WITHIN - 1) <= WITHIN
        uses[network] = at
        uses.move_to_end(network)
        while len(uses) > MOST_NETWORKS:
            uses.popitem(last=False)
        return sum(at - last <= WITHIN for last in uses.values()) if back else 0


def network_of(address: str) -> str:
    """The network of an address; empty where it is none.

    >>> network_of("192.0.2.7"), network_of("2001:db8:1:2ff::1"), network_of("::ffff:192.0.2.9"), network_of("testclient")
    ('192.0.2.0/24', '2001:db8:1:200::/56', '192.0.2.0/24', '')
    """
    try:
        found = ip_address(address)
    except ValueError:
        return ""
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    return str(ip_network(f"{found}/{24 if found.version == 4 else 56}", strict=False))
