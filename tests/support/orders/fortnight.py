"""A fortnight of the simulated people's work on orders, slow enough that much is late, open and sent back."""

from collections import deque
from functools import cache

from streams.messages import DAY, HOUR, MINUTE, Order, OrderAudit, OrderLine
from tests.support.city.staffed import BEGIN, StaffedCity, arrivals, filed, shift

DAYS, STEP, FASTER = 14, 30 * MINUTE, 8
"""How long, from tick to tick, and how many times faster than people the people work."""

MORE = 60
"""Requests that come after the first day, six a day."""

Told = Order | OrderLine | OrderAudit


@cache
def fortnight() -> tuple[Told, ...]:
    """All revisions of orders and lines, and all entries of their trails, in the order in which they were told."""
    city = StaffedCity(shift(1, FASTER))
    natures = ("help", "complaint", "consultation")
    later = [
        filed("request", 100 + n, BEGIN + (1 + n // 6) * DAY + (9 + n % 6) * HOUR, traits=_traits(natures[n % 3], n))
        for n in range(MORE)
    ]
    waiting = deque(sorted([*arrivals(), *later], key=lambda each: each.at))
    for now in range(BEGIN, BEGIN + DAYS * DAY + 1, STEP):
        city.tick(now)
        while waiting and waiting[0].at <= now:
            each = waiting.popleft()
            city.write(each.domain, each.key or None, each.value)
    return tuple(each for each in city.told if isinstance(each, Told))


def _traits(nature: str, n: int) -> dict[str, str]:
    return {"nature": nature, "topic": f"sim-{n}"} | ({"anonymous": "yes"} if n % 10 == 9 else {})
