"""Up to when what a log has is judged, by what its workers tell. Pure."""

from collections.abc import Iterable

from streams.messages import Heartbeat, parse_time

ORDERS = "orders"
"""The stage that makes orders: that of others may be far ahead of what is known of orders, or far behind."""


def judged_until(told: Iterable[object]) -> int:
    """Up to when (ms) all orders are judged: the least of the times of their partitions, by the newest heartbeats.

    0 where none tells a time. Those of other stages do not count.
    """
    pulses = (each for each in told if isinstance(each, Heartbeat) and each.domain == ORDERS)
    return min((parse_time(each.now) for each in pulses if each.now), default=0)
